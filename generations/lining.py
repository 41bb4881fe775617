"""The line before an account: who is next, and how many may be sent now."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from generations.catalogue import BucketFacts, catalogue
from generations.durability import durable
from generations.models import Account, Attempt, Generation
from generations.models.states import Reason
from generations.requesting import callback_url

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
        Generation.objects.filter(_in_bucket(account, bucket), account__in=sharing)
        .in_flight()
        .exclude(reason=Reason.UNDECIDED)
        .count()
    )
    free_slots = concurrent_limit - in_flight
    recent = Attempt.objects.filter(
        _in_bucket(account, bucket, "generation__prompt__model"),
        account__in=sharing,
        sent_at__gt=now - _MINUTE,
        sent_at__lte=now + _CLOCKS_DIFFER,
    )
    sent_at = list(recent.order_by("-sent_at").values_list("sent_at", flat=True)[:per_minute_limit])
    free_minute = per_minute_limit - len(sent_at)
    if free_slots > 0 and free_minute <= 0 and sent_at[-1]:
        return 0, min(sent_at[-1], now) + _MINUTE
    return min(free_slots, free_minute), None


def limits_of(account: Account, bucket: str) -> tuple[int, int]:
    """Return how many jobs may be in flight, and how many creates in a minute, of a bucket.

    An account's own limits are those of its provider's first bucket, the one for videos.
    """
    buckets = _buckets_of(account)
    if bucket == next(iter(buckets)):
        return account.concurrent_limit, account.per_minute_limit
    return buckets[bucket].concurrent_limit, buckets[bucket].per_minute_limit


def _in_bucket(account: Account, bucket: str, field: str = "prompt__model") -> Q:
    """Return what asks for the models that count against a bucket of an account's provider.

    One that left the catalogue counts against the first, the one for videos.
    """
    buckets = _buckets_of(account)
    mine = [each for each in catalogue().models.values() if each.provider == account.provider]
    if bucket == next(iter(buckets)):
        others = [model.key for model in mine if model.bucket != bucket]
        return ~Q(**{f"{field}__in": others})
    return Q(**{f"{field}__in": [model.key for model in mine if model.bucket == bucket]})


def wait_s(account: Account, ahead: int) -> float | None:
    """Return in how many seconds a slot frees for a take with so many ahead of it in line.

    As long as the account's last jobs took, over its slots, and no faster than its creates in a
    minute. None while none has finished yet.
    """
    if account.pace_s is None:
        return None
    by_slots = account.pace_s * (ahead + 1) / account.concurrent_limit
    by_minute = 60.0 * (ahead // account.per_minute_limit)
    return max(by_slots, by_minute)


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
        if not _may_send(account):
            _hold_back(account, now)
            return None
        senders = [each for each in sharing if _may_send(each)]
        passed = set()
        while (first := _first(senders, now)) and first.pk not in passed:
            passed.add(first.pk)
            account = next(each for each in senders if each.pk == first.account_id)
            bucket = _bucket_of(first, account)
            room, again_at = room_at(account, now, sharing, bucket)
            if room > 0:
                return _begin(first, now)
            soon = now + timedelta(seconds=max(settings.POLL_AFTER_S, 0.01))
            _look_again(account, again_at or soon, bucket)
        return None


def _bucket_of(generation: Generation, account: Account) -> str:
    """Return the bucket of its model; a model that left the catalogue counts as a video's."""
    model = catalogue().models.get(generation.prompt.model)
    known = model and model.provider == account.provider
    return model.bucket if model and known else next(iter(_buckets_of(account)))


def _buckets_of(account: Account) -> dict[str, BucketFacts]:
    return catalogue().providers[account.provider].buckets


def _begin(first: Generation, now: datetime) -> Attempt | None:
    attempt = first.begin(now + timedelta(seconds=settings.SUBMIT_LEASE_S))
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
        waiting.free().update(next_at=timezone.now())


def _may_send(account: Account) -> bool:
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


def _first(accounts: list[Account], now: datetime) -> Generation | None:
    """Return who is next: the first in line of the account that sent the longest ago."""
    due = Generation.objects.filter(next_at__lte=now, paused_at__isnull=True)
    line = due.select_related("prompt")
    firsts = [first for each in accounts if (first := line.filter(account=each).waiting().first())]
    return firsts[0] if len(firsts) == 1 else min(firsts, key=_sent_last, default=None)


def _sent_last(first: Generation) -> datetime:
    sent = Attempt.objects.filter(account_id=first.account_id, sent_at__isnull=False)
    return sent.order_by("-sent_at").values_list("sent_at", flat=True).first() or _NEVER


def _look_again(account: Account, at: datetime, bucket: str = "") -> None:
    waiting = Generation.objects.filter(account=account, next_at__lt=at).waiting()
    if bucket:
        waiting = waiting.filter(_in_bucket(account, bucket))
    waiting.free().update(next_at=at)
