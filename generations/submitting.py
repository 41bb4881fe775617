"""Sending: the intent is durable before the POST, and a POST is sent once (DESIGN, promise 2)."""

import logging
import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from generations import publishing
from generations.durability import durable
from generations.logs import about
from generations.models import Account, Attempt, Generation, Keyframe
from generations.models.states import Reason
from generations.providers import provider_for
from generations.providers.base import (
    Busy,
    ContentRefused,
    Frame,
    GenerationFrame,
    ImageFrame,
    KeyRefused,
    LostAnswer,
    OutOfCredits,
    ProviderError,
    Unreachable,
    VideoRequest,
)
from generations.sealing import CannotUnseal

log = logging.getLogger(__name__)

_MINUTE = timedelta(seconds=60)
# How long an account is left alone after it turned work away, in seconds.
_PAUSES_S = {KeyRefused: 60.0, OutOfCredits: 60.0, Busy: 5.0, Unreachable: 5.0}
_SWITCHED_OFF = (
    "Its account is switched off. Cancel it and order it again, or switch the account on."
)
_REASONS = {
    KeyRefused: (Reason.KEY, Account.Problem.KEY),
    OutOfCredits: (Reason.CREDITS, Account.Problem.CREDITS),
    Busy: (Reason.BUSY, Account.Problem.NONE),
    Unreachable: (Reason.UNREACHABLE, Account.Problem.UNREACHABLE),
}


def submit_due(account_id: int) -> int:
    """Send what waits for an account, first in line first, while it has slots.

    Returns how many were sent. Safe to run many times at once.
    """
    sent = 0
    while attempt := _claim(account_id):
        with about(attempt.generation):
            _send(attempt)
        sent += 1
        if attempt.account.problem:
            break
    return sent


def room_at(account: Account, now: datetime) -> tuple[int, datetime | None]:
    """Return how many creates the account can take now, and when to look again if none.

    None for the time means: when one of its jobs finishes.
    """
    # What a person has to decide about is long over, one way or the other.
    in_flight = (
        Generation.objects.filter(account=account)
        .in_flight()
        .exclude(reason=Reason.UNDECIDED)
        .count()
    )
    free_slots = account.concurrent_limit - in_flight
    recent = Attempt.objects.filter(account=account, sent_at__gt=now - _MINUTE)
    sent_at = list(
        recent.order_by("-sent_at").values_list("sent_at", flat=True)[: account.per_minute_limit]
    )
    free_minute = account.per_minute_limit - len(sent_at)
    if free_slots > 0 and free_minute <= 0 and sent_at[-1]:
        return 0, sent_at[-1] + _MINUTE
    return min(free_slots, free_minute), None


def _claim(account_id: int) -> Attempt | None:
    """Intend, durably, to send the first in line; None when nothing may be sent now.

    The account's row is locked, so that several workers count its slots one after the other.
    """
    now = timezone.now()
    with durable():
        account = _locked(account_id)
        first = Generation.objects.filter(account=account, next_at__lte=now).waiting().first()
        if first is None:
            return None
        if not account.enabled:
            first.note(Reason.SWITCHED_OFF, _SWITCHED_OFF, next_at=now + _MINUTE)
            return None
        room, again_at = room_at(account, now)
        if room <= 0:
            again = again_at or now + timedelta(seconds=settings.POLL_AFTER_S)
            waiting = Generation.objects.filter(account=account).waiting()
            waiting.filter(next_at__lt=again).update(next_at=again)
            return None
        attempt = first.begin(now + timedelta(seconds=settings.SUBMIT_LEASE_S))
        if attempt:
            # Kept, for this server's address may be another when the answer is looked for.
            attempt.callback_url = callback_url(attempt)
            attempt.save(update_fields=["callback_url"])
        return attempt


def _locked(account_id: int) -> Account:
    """Lock an account's line until the transaction ends; on SQLite the transaction is the lock.

    Its key stays free: an order that refers to the account must not wait for its line while it
    holds the project's counter, which the line's first needs.
    """
    return Account.objects.select_for_update(no_key=True).get(pk=account_id)


def _send(attempt: Attempt) -> None:
    """POST an attempt whose intent is committed, and learn the outcome."""
    generation, account = attempt.generation, attempt.account
    try:
        request = request_of(attempt)
        provider = provider_for(account)
        if attempt.lease_until and timezone.now() > attempt.lease_until - timedelta(
            seconds=settings.SUBMIT_TIMEOUT_S
        ):
            log.warning("the lease ran down before the POST; it is not sent")
            generation.turn_away(attempt, Reason.BUSY, "", next_at=timezone.now())
            return
        snapshot = provider.create_video(request)
    except publishing.Unpublishable as error:
        generation.refuse(attempt, Reason.FRAMES, str(error))
    except CannotUnseal as error:
        generation.turn_away(attempt, Reason.KEY, str(error), next_at=_after(60.0))
        account.note_problem(Account.Problem.KEY)
    except LostAnswer as error:
        log.warning("lost answer: %s", error)
        generation.lose_answer(attempt, next_at=timezone.now(), words=error.message)
    except ProviderError as error:
        _turn_away_or_refuse(attempt, error)
    else:
        _accept(attempt, snapshot.provider_id)
        account.note_problem(Account.Problem.NONE)


def _accept(attempt: Attempt, provider_id: str) -> None:
    generation = attempt.generation
    try:
        accepted = generation.accept(attempt, provider_id, next_at=_after(settings.POLL_AFTER_S))
    except IntegrityError:
        log.exception("%s was answered twice; what became of this POST is unknown", provider_id)
        generation.lose_answer(attempt, next_at=timezone.now(), words=LostAnswer.message)
        return
    if not accepted and Attempt.objects.filter(
        pk=attempt.pk, provider_id="", outcome=Attempt.Outcome.ABSENT
    ).update(provider_id=provider_id):
        log.error("%s arrived after its POST was thought absent", provider_id)
        generation.announce("stray", provider_id=provider_id)


def _turn_away_or_refuse(attempt: Attempt, error: ProviderError) -> None:
    generation, account = attempt.generation, attempt.account
    log.warning("not taken: %s: %s", type(error).__name__, error)
    if not error.retryable:
        reason = Reason.CONTENT if isinstance(error, ContentRefused) else Reason.REQUEST
        generation.refuse(attempt, reason, error.message)
        return
    reason, problem = _REASONS[type(error)]
    tries = generation.attempts.count()
    pause_s = error.retry_after_s or _PAUSES_S[type(error)] * min(tries, 12)
    next_at = _after(pause_s * random.uniform(1.0, 1.2))  # noqa: S311
    generation.turn_away(attempt, reason, error.message, next_at=next_at)
    # The others in line would be turned away as well: they wait as long.
    with transaction.atomic():
        waiting = Generation.objects.filter(account=_locked(account.pk)).waiting()
        waiting.filter(next_at__lt=next_at).update(next_at=next_at)
    account.note_problem(problem)


def request_of(attempt: Attempt, *, publish: bool = True) -> VideoRequest:
    """Return the request that an attempt sends, frames published and callback named.

    Without `publish` its pictures have no address: enough to compare it with an echo.

    Publishing a still again gives another URL; the callback URL is the one that was kept.
    Raises publishing.Unpublishable.
    """
    generation = attempt.generation
    prompt = generation.prompt
    frames = {keyframe.position: keyframe for keyframe in generation.keyframes.all()}
    return VideoRequest(
        model=prompt.model,
        words=prompt.words,
        ratio=prompt.ratio,
        resolution=prompt.resolution,
        duration_s=prompt.duration_s,
        loop=prompt.loop,
        concepts=tuple(prompt.concepts),
        start=_frame(frames.get("start"), attempt.account, publish=publish),
        end=_frame(frames.get("end"), attempt.account, publish=publish),
        callback_url=attempt.callback_url,
    )


def callback_url(attempt: Attempt) -> str:
    """Return where the provider calls back, the nonce in its path.

    Empty where it couldn't: Luma may fail a job whose callback it can't reach. The simulator
    can always reach this machine.
    """
    base = settings.LOCAL_URL if attempt.account.simulated else settings.PUBLIC_URL
    if not base:
        return ""
    return base + reverse("callback", args=[attempt.account.provider, attempt.nonce])


def _frame(keyframe: Keyframe | None, account: Account, *, publish: bool) -> Frame | None:
    if keyframe is None:
        return None
    if keyframe.still:
        return ImageFrame(publishing.publish(keyframe.still, account) if publish else "")
    assert keyframe.source is not None  # noqa: S101  (the database says so)
    return GenerationFrame(keyframe.source.attempt().provider_id)


def _after(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)
