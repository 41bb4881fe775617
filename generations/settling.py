"""Settling lost answers by listing: adopt what is there, send again only what certainly isn't."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from generations.logs import about
from generations.models import Account, Attempt, Generation, State
from generations.providers import provider_for
from generations.providers.base import (
    ImageFrame,
    ProviderError,
    Snapshot,
    VideoRequest,
    all_pages,
)
from generations.submitting import callback_url, request_of

log = logging.getLogger(__name__)

# The provider's clock and ours may differ by this much.
_SKEW = timedelta(seconds=30)
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


def settle_due(account_id: int) -> int:
    """List an account's jobs and settle its unconfirmed attempts. Returns how many were settled.

    The list is read to its end, so that absence can be told from not having looked.
    """
    account = Account.objects.get(pk=account_id)
    doubtful = list(
        Generation.objects.filter(
            account=account, state=State.UNCONFIRMED, next_at__lte=timezone.now()
        ).select_related("prompt", "project")
    )
    if not doubtful:
        return 0
    started = timezone.now()
    provider = provider_for(account)
    try:
        listed = [s for page in all_pages(provider) for s in page.snapshots]
    except ProviderError as error:
        log.warning("account=%s the list can't be read: %s", account.pk, error)
        Generation.objects.filter(pk__in=[g.pk for g in doubtful]).update(
            next_at=timezone.now() + timedelta(seconds=error.retry_after_s or 5.0)
        )
        return 0
    echoed = note_echoes(account, listed)
    settled = 0
    for generation in doubtful:
        with about(generation):
            settled += _settle(generation, listed, started, echoed)
    return settled


def note_echoes(account: Account, listed: list[Snapshot]) -> bool:
    """Tell whether these jobs repeat one of our callback URLs, and remember the first time."""
    nonces = {nonce for snapshot in listed if (nonce := _nonce_in(snapshot.callback_url))}
    echoed = Attempt.objects.filter(account=account, nonce__in=list(nonces)[:500]).exists()
    if echoed and account.echoed_at is None:
        account.echoed_at = timezone.now()
        account.save(update_fields=["echoed_at"])
    return echoed


def _settle(
    generation: Generation, listed: list[Snapshot], started: datetime, echoed: bool
) -> bool:
    attempt = generation.attempt()
    mine = callback_url(attempt)
    found = next((s for s in listed if mine and s.callback_url == mine), None)
    if found:
        return _adopt(attempt, found)
    candidates = _candidates(attempt, listed, has_nonce=bool(mine))
    rivals = _rivals(attempt)
    if len(candidates) == 1 and not rivals:
        return _adopt(attempt, candidates[0])
    settle_after = (attempt.lease_until or started) + timedelta(seconds=settings.SETTLE_AFTER_S)
    if started < settle_after:
        return _look_again(attempt, started)
    if mine and echoed and not candidates:
        log.warning("certainly not there: it is sent again")
        return generation.find_absent(attempt, next_at=timezone.now())
    log.warning("can't be known: %s candidates; a person decides", len(candidates))
    Generation.objects.filter(pk=generation.pk, state=State.UNCONFIRMED).update(
        words=_A_PERSON_DECIDES, next_at=started + timedelta(minutes=10)
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


def _candidates(attempt: Attempt, listed: list[Snapshot], *, has_nonce: bool) -> list[Snapshot]:
    """Return the unclaimed jobs that echo the attempt's request and were made in its window.

    A job with somebody else's callback URL is none of an attempt that sent its own.
    """
    if attempt.sent_at is None or attempt.lease_until is None:
        return []
    wanted = request_of(attempt)
    claimed = set(
        Attempt.objects.filter(account=attempt.account)
        .exclude(provider_id="")
        .values_list("provider_id", flat=True)
    )
    first, last = attempt.sent_at - _SKEW, attempt.lease_until + _SKEW
    return [
        snapshot
        for snapshot in {s.provider_id: s for s in listed}.values()
        if snapshot.provider_id not in claimed
        and not (has_nonce and snapshot.callback_url)
        and snapshot.created_at is not None
        and first <= snapshot.created_at <= last
        and snapshot.echo is not None
        and _alike(snapshot.echo, wanted)
    ]


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
    """Tell whether another doubtful attempt of the account asked for the same words."""
    doubtful = (Attempt.Outcome.SENDING, Attempt.Outcome.UNCONFIRMED)
    others = Attempt.objects.filter(account=attempt.account, outcome__in=doubtful)
    words = attempt.generation.prompt.words
    return others.exclude(pk=attempt.pk).filter(generation__prompt__words=words).exists()


def _nonce_in(url: str) -> UUID | None:
    try:
        return UUID(url.rstrip("/").rsplit("/", maxsplit=1)[-1])
    except ValueError:
        return None
