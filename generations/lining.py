"""The line before an account: who is next, and how many may be sent now."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from generations.buckets import FIRST, bucket_of, in_bucket
from generations.clocks import shared_now
from generations.durability import durable
from generations.limits import limits_of, limits_with
from generations.models import Account, AccountBucket, Attempt, Generation
from generations.models.states import Reason
from generations.requesting import callback_url

# The buckets in which an account takes nothing now, by its id.
_Shut = dict[int, list[str]]
_MINUTE = timedelta(seconds=60)
# What was sent later than this is from a clock that was set back since.
_CLOCKS_DIFFER = timedelta(seconds=5)
_NEVER = datetime.min.replace(tzinfo=UTC)
_SWITCHED_OFF = (
    "Its account is switched off. Cancel it and order it again, or switch the account on."
)


def room_at(
    account: Account, now: datetime, sharing: list[Account], bucket: str
) -> tuple[int, datetime | None]:
    """Return how many creates the account can take now, and when to look again if none.

    `sharing` are all accounts with its key, whose jobs count as well; `bucket` is the one of its
    provider's limits that is meant. None for the time means: when one of its jobs finishes.
    """
    concurrent_limit, per_minute_limit = limits_of(account, bucket)
    # What a person has to decide about is long over, one way or the other.
    in_flight = (
        Generation.objects.filter(account__in=sharing)
        .in_bucket(bucket)
        .in_flight()
        .exclude(reason=Reason.UNDECIDED)
        .count()
    )
    free_slots = concurrent_limit - in_flight
    recent = Attempt.objects.filter(
        in_bucket(bucket, "generation__prompt__model"),
        account__in=sharing,
        sent_at__gt=now - _MINUTE,
        sent_at__lte=now + _CLOCKS_DIFFER,
    )
    sent_at = list(recent.order_by("-sent_at").values_list("sent_at", flat=True)[:per_minute_limit])
    free_minute = per_minute_limit - len(sent_at)
    if free_slots > 0 and free_minute <= 0 and sent_at[-1]:
        return 0, min(sent_at[-1], now) + _MINUTE
    return min(free_slots, free_minute), None


def wait_s(waiting: Generation) -> float | None:
    """Return in how many seconds a slot frees for a take of `for_cards()` that waits.

    As long as its account's last jobs of its bucket took, over the bucket's slots, and no faster
    than its creates in a minute, nor before the account is sent anything again. None while none
    has finished yet.
    """
    left_s = _rest_s(waiting)
    ahead: int = waiting.ahead_in_line  # type: ignore[attr-defined]
    bucket: str = waiting.bucket  # type: ignore[attr-defined]
    own = waiting.own_concurrent_limit, waiting.own_per_minute_limit  # type: ignore[attr-defined]
    concurrent_limit, per_minute_limit = limits_with(waiting.account, bucket, own)
    pace_s: float | None = waiting.account.pace_s
    if bucket != FIRST:
        pace_s = waiting.own_pace_s  # type: ignore[attr-defined]
    if pace_s is None:
        return left_s or None
    by_slots = pace_s * (ahead + 1) / concurrent_limit
    by_minute = 60.0 * (ahead // per_minute_limit)
    return max(by_slots, by_minute, left_s)


def rests_until(waiting: Generation) -> datetime | None:
    """Return until when nothing is sent in the line of a take of `for_cards()`, if that is to come.

    Its account turned work away and said when to come again, or it is given a little time.
    """
    account, bucket = waiting.account, waiting.bucket  # type: ignore[attr-defined]
    full_until = account.full_until if bucket == FIRST else waiting.own_full_until  # type: ignore[attr-defined]
    return _latest(account.quiet_until, full_until)


def _rest_s(waiting: Generation) -> float:
    until = rests_until(waiting)
    return (until - timezone.now()).total_seconds() if until else 0.0


def _rests_until(account: Account, bucket: str) -> datetime | None:
    """Return until when nothing of a bucket is sent to an account, if that is to come."""
    full_until = account.full_until
    if bucket != FIRST:
        own = AccountBucket.objects.filter(account=account, bucket=bucket)
        full_until = own.values_list("full_until", flat=True).first()
    return _latest(account.quiet_until, full_until)


def _latest(*times: datetime | None) -> datetime | None:
    now = timezone.now()
    return max((each for each in times if each and each > now), default=None)


def claim(account_id: int) -> Attempt | None:
    """Intend, durably, to send who is next with an account's key; None when nothing may be sent.

    That may be a take of another account with the same key: they take turns. All their rows are
    locked, so that several workers count their slots one after the other.
    """
    now = timezone.now()
    # Most wakes find that another has done it: they needn't wait for anybody's lock.
    if not Generation.objects.filter(account=account_id, next_at__lte=now).waiting().exists():
        return None
    with durable():
        sharing = locked(account_id)
        account = next(each for each in sharing if each.pk == account_id)
        if not may_send(account):
            _hold_back(account, now)
            return None
        senders = [each for each in sharing if may_send(each)]
        shut: _Shut = {each.pk: [] for each in senders}
        while first := _first(senders, shut, now):
            account = next(each for each in senders if each.pk == first.account_id)
            bucket = bucket_of(first.prompt.model)
            shut[account.pk].append(bucket)
            if until := _rests_until(account, bucket):
                _look_again(account, until, bucket)
                continue
            shared = shared_now()
            room, again_at = room_at(account, shared, sharing, bucket)
            if room > 0:
                return _begin(first, shared)
            soon = now + timedelta(seconds=max(settings.POLL_AFTER_S, 0.01))
            own_again_at = again_at - (shared - now) if again_at else soon
            _note_no_room(account, bucket, own_again_at, now)
        return None


def takes_one_more(account_id: int, bucket: str) -> bool:
    """Tell whether one more take of a bucket would be sent with an account's key at once.

    Call in the transaction that puts it there: the line stays locked until that ends, so that
    several workers don't all find the same room.
    """
    sharing = locked(account_id)
    account = next(each for each in sharing if each.pk == account_id)
    if not may_send(account) or _rests_until(account, bucket):
        return False
    room, _ = room_at(account, shared_now(), sharing, bucket)
    line = Generation.objects.filter(account__in=sharing, paused_at__isnull=True).waiting()
    return room > 0 and room > line.in_bucket(bucket)[:room].count()


def _begin(first: Generation, now: datetime) -> Attempt | None:
    attempt = first.begin(now + timedelta(seconds=settings.SUBMIT_LEASE_S), now)
    if attempt:
        # Kept, for this server's address may be another when the answer is looked for.
        attempt.callback_url = callback_url(attempt)
        attempt.save(update_fields=["callback_url"])
    return attempt


def locked(account_id: int) -> list[Account]:
    """Lock the lines of all accounts with an account's key until the transaction ends.

    On SQLite the transaction is the lock. The keys of the rows stay free: an order that refers
    to an account must not wait for its line while it holds the project's counter, which the
    line's first needs.
    """
    account = Account.objects.get(pk=account_id)
    together = Account.objects.sharing(account).with_lines()
    return list(together.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def go_on(**whose: Any) -> None:
    """Have what waits looked at now; `whose` filters generations.

    Their lines are locked meanwhile: who puts them off at this moment has done so before.
    """
    waiting = Generation.objects.filter(**whose).waiting()
    with transaction.atomic():
        theirs = Account.objects.filter(pk__in=waiting.order_by().values("account"))
        list(theirs.select_for_update(no_key=True).order_by("pk"))
        waiting.free().update(next_at=timezone.now(), no_room_since=None)


def may_send(account: Account) -> bool:
    """Tell whether an account that came `with_lines()` sends what waits for it."""
    still = account.paused_at or account.line_is_paused  # type: ignore[attr-defined]
    return account.enabled and not account.is_open and not still


def _hold_back(account: Account, now: datetime) -> None:
    """Have what waits for an account that sends nothing looked at again later."""
    waiting = Generation.objects.filter(account=account, next_at__lte=now).waiting()
    first = waiting.first()
    if first and not account.enabled:
        first.note(Reason.SWITCHED_OFF, _SWITCHED_OFF, next_at=now + _MINUTE)
    if first:
        _look_again(account, account.probe_at or now + _MINUTE)


def _first(accounts: list[Account], shut: _Shut, now: datetime) -> Generation | None:
    """Return who is next: the first in line of the account that sent the longest ago.

    Who was put off since there was no room is as near as who comes newly. What is in a bucket that
    is `shut` isn't asked for.
    """
    due = Q(next_at__lte=now) | Q(no_room_since__isnull=False)
    line = Generation.objects.filter(due, paused_at__isnull=True).select_related("prompt")
    firsts = []
    for each in accounts:
        own = line.filter(account=each)
        for bucket in shut[each.pk]:
            own = own.exclude(in_bucket(bucket))
        if first := own.waiting().first():
            firsts.append(first)
    return firsts[0] if len(firsts) == 1 else min(firsts, key=_sent_last, default=None)


def _sent_last(first: Generation) -> datetime:
    sent = Attempt.objects.filter(account_id=first.account_id, sent_at__isnull=False)
    return sent.order_by("-sent_at").values_list("sent_at", flat=True).first() or _NEVER


def _look_again(account: Account, at: datetime, bucket: str | None = None) -> None:
    waiting = Generation.objects.filter(account=account, next_at__lt=at).waiting()
    if bucket is not None:
        waiting = waiting.in_bucket(bucket)
    waiting.free().update(next_at=at)


def _note_no_room(account: Account, bucket: str, again_at: datetime, now: datetime) -> None:
    """Have what waits in a full bucket looked at again, and know since when it had no room.

    Of a clock that was set back the earlier of both times counts, or it would wait for that.
    """
    waiting = Generation.objects.filter(account=account, next_at__lt=again_at).waiting()
    since = Least(Coalesce("no_room_since", Value(now)), Value(now))
    waiting.in_bucket(bucket).free().update(next_at=again_at, no_room_since=since)
