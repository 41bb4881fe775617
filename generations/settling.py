"""Settling lost answers by listing: adopt what is there, send again only what certainly isn't."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from generations.logs import about
from generations.models import Account, Attempt, Generation, State
from generations.models.states import Reason
from generations.providers import provider_for
from generations.providers.base import (
    ImageFrame,
    ProviderError,
    Snapshot,
    VideoRequest,
    all_pages,
)
from generations.sealing import CannotUnseal
from generations.submitting import request_of

log = logging.getLogger(__name__)

# The provider's clock and ours may differ by this much.
_SKEW = timedelta(seconds=30)
_LISTING_S = 60.0
_A_PERSON_DECIDES = (
    "Luma's answer was lost and its list doesn't settle whether the job was made. Look at Luma's "
    "own page: was it made, or may it be sent again? Its price stays reserved until you say."
)


def expire_leases(now: datetime) -> int:
    """Doubt every POST whose lease has ended: its worker died. Returns how many."""
    expired = Generation.objects.filter(state=State.SUBMITTING, next_at__lte=now)
    return sum(
        generation.lose_answer(
            generation.attempt(),
            next_at=now,
            words="The sender died while it was sent; Dailies looks for it.",
        )
        for generation in expired.select_related("prompt", "project")
    )


@dataclass(frozen=True)
class Listing:
    """All jobs of an account, read to the last page from a moment on.

    `echoes`: some job repeats a nonce of ours. `unreadable`: jobs that made no sense.
    """

    started: datetime
    snapshots: tuple[Snapshot, ...]
    echoes: bool
    unreadable: int


def settle_due(account_id: int) -> int:
    """List an account's jobs and settle its unconfirmed attempts. Returns how many were settled.

    The list is read to its end, so that absence can be told from not having looked.
    """
    account = Account.objects.get(pk=account_id)
    doubtful = _claim(account)
    if not doubtful:
        return 0
    try:
        listing = _list(account)
    except (ProviderError, CannotUnseal) as error:
        log.warning("account=%s the list can't be read: %s", account.pk, error)
        return 0
    settled = 0
    for generation in doubtful:
        with about(generation):
            settled += _settle(generation.attempt(), listing)
    return settled


def _claim(account: Account) -> list[Generation]:
    """Take the account's due doubts, so that no other task lists for them."""
    with transaction.atomic():
        due = Generation.objects.filter(
            account=account, state=State.UNCONFIRMED, next_at__lte=timezone.now()
        )
        taken = list(due.select_for_update(skip_locked=True, no_key=True).order_by("pk"))
        again = timezone.now() + timedelta(seconds=_LISTING_S)
        Generation.objects.filter(pk__in=[each.pk for each in taken]).update(next_at=again)
    return taken


def _list(account: Account) -> Listing:
    started = timezone.now()
    pages = list(all_pages(provider_for(account)))
    snapshots = tuple(snapshot for page in pages for snapshot in page.snapshots)
    unreadable = sum(page.unreadable for page in pages)
    return Listing(started, snapshots, note_echoes(account, snapshots), unreadable)


def note_echoes(account: Account, listed: Sequence[Snapshot]) -> bool:
    """Tell whether these jobs repeat one of our callback URLs, and remember the first time."""
    nonces = {nonce for snapshot in listed if (nonce := _nonce_in(snapshot.callback_url))}
    echoed = Attempt.objects.filter(account=account, nonce__in=list(nonces)[:500]).exists()
    if echoed and account.echoed_at is None:
        account.echoed_at = timezone.now()
        account.save(update_fields=["echoed_at"])
    return echoed


def _settle(attempt: Attempt, listing: Listing) -> bool:
    nonce = attempt.nonce if attempt.callback_url else None
    found = next(
        (s for s in listing.snapshots if nonce and _nonce_in(s.callback_url) == nonce), None
    )
    if found:
        return _adopt(attempt, found)
    candidates, unclear = _candidates(attempt, listing)
    if len(candidates) == 1 and not _rivals(attempt):
        return _adopt(attempt, candidates[0])
    settle_after = timedelta(seconds=settings.SETTLE_AFTER_S)
    if listing.started < (attempt.lease_until or listing.started) + settle_after:
        return _look_again(attempt, listing.started)
    same_key = attempt.sent_at is not None and attempt.sent_at >= attempt.account.key_since
    if nonce and listing.echoes and same_key and not candidates and not unclear:
        log.warning("certainly not there: it is sent again")
        return attempt.generation.find_absent(attempt, next_at=timezone.now())
    log.warning("can't be known: %s candidates, unclear=%s", len(candidates), unclear)
    attempt.generation.note(
        Reason.UNDECIDED, _A_PERSON_DECIDES, next_at=listing.started + timedelta(minutes=10)
    )
    return False


def _adopt(attempt: Attempt, found: Snapshot) -> bool:
    """Take a listed job as the one whose answer was lost; never one that another attempt has."""
    try:
        adopted = attempt.generation.accept(attempt, found.provider_id, next_at=timezone.now())
    except IntegrityError:
        log.warning("%s already belongs to another attempt", found.provider_id)
        return False
    if adopted:
        log.info("adopted %s", found.provider_id)
    return adopted


def _look_again(attempt: Attempt, now: datetime) -> bool:
    age = now - (attempt.sent_at or now)
    pause = min(max(age.total_seconds() / 4, 1.0), 30.0)
    Generation.objects.filter(pk=attempt.generation_id, state=State.UNCONFIRMED).update(
        next_at=now + timedelta(seconds=pause)
    )
    return False


def _candidates(attempt: Attempt, listing: Listing) -> tuple[list[Snapshot], bool]:
    """Return the unclaimed jobs that echo the attempt's request and were made in its window.

    The second value tells whether some unclaimed job says too little to be ruled out. A job with
    somebody else's callback URL is none of an attempt that sent its own.
    """
    if attempt.sent_at is None or attempt.lease_until is None:
        return [], True
    wanted = request_of(attempt, publish=False)
    claimed = set(
        _with_the_same_list(attempt).exclude(provider_id="").values_list("provider_id", flat=True)
    )
    first, last = attempt.sent_at - _SKEW, attempt.lease_until + _SKEW
    candidates, unclear = [], listing.unreadable > 0
    for snapshot in {s.provider_id: s for s in listing.snapshots}.values():
        if snapshot.provider_id in claimed or not snapshot.is_video:
            continue
        if attempt.callback_url and snapshot.callback_url:
            continue
        if snapshot.created_at and not first <= snapshot.created_at <= last:
            continue
        if snapshot.created_at is None or snapshot.echo is None:
            unclear = True
        elif _alike(snapshot.echo, wanted):
            candidates.append(snapshot)
    return candidates, unclear


def _alike(echo: VideoRequest, wanted: VideoRequest) -> bool:
    """Compare a request with its echo, but for what differs each time it is made.

    A published picture has a fresh URL each time, so pictures match by being there.
    """
    return (
        (echo.model, echo.words, echo.ratio, echo.resolution, echo.duration_s)
        == (wanted.model, wanted.words, wanted.ratio, wanted.resolution, wanted.duration_s)
        and echo.loop == wanted.loop
        and set(echo.concepts) == set(wanted.concepts)
        and all(
            type(a) is type(b) and (isinstance(a, ImageFrame) or a == b)
            for a, b in ((echo.start, wanted.start), (echo.end, wanted.end))
        )
    )


def _rivals(attempt: Attempt) -> bool:
    """Tell whether another doubtful attempt asked for the same words."""
    doubtful = (Attempt.Outcome.SENDING, Attempt.Outcome.UNCONFIRMED)
    others = _with_the_same_list(attempt).filter(outcome__in=doubtful)
    words = attempt.generation.prompt.words
    return others.exclude(pk=attempt.pk).filter(generation__prompt__words=words).exists()


def _with_the_same_list(attempt: Attempt) -> QuerySet[Attempt]:
    """Attempts whose jobs may stand in the same list: several teams may hold the same key."""
    return Attempt.objects.filter(account__provider=attempt.account.provider)


def _nonce_in(url: str) -> UUID | None:
    try:
        return UUID(url.rstrip("/").rsplit("/", maxsplit=1)[-1])
    except ValueError:
        return None
