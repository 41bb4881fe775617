"""Sending: the intent is durable before the POST, and a POST is sent once."""

import logging
import random
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from generations import answers, looking, moving, outbound, publishing, respites, strays, troubles
from generations.bucket import BucketAway
from generations.buckets import bucket_of
from generations.clocks import shared_now
from generations.echoing import source_id
from generations.lining import claim, locked
from generations.logs import about
from generations.models import Account, Attempt, Generation
from generations.models.generation_queries import GenerationQuerySet
from generations.models.states import Reason
from generations.providers import abilities_of, answers_within_s, named, provider_for
from generations.providers.base import (
    Busy,
    ContentRefused,
    KeyRefused,
    LostAnswer,
    NoHdrAccess,
    NoSuchModel,
    NotReady,
    OutOfCredits,
    Provider,
    ProviderError,
    Request,
    Snapshot,
    Unreachable,
)
from generations.requesting import request_of
from generations.sealing import CannotUnseal
from generations.taking_in import is_the_work, take_in
from generations.waking import wake

log = logging.getLogger(__name__)

# A POST that is answered with the finished work takes minutes: other threads of the worker stay
# free for what is quick.
_long_posts = threading.BoundedSemaphore(settings.LONG_POSTS_AT_ONCE)
# How long an account is left alone after it turned work away, in seconds.
_PAUSES_S = {KeyRefused: 60.0, OutOfCredits: 60.0, Busy: 5.0, Unreachable: 5.0}
# So long may the files of a request take to go up; those that are up needn't again.
_UPLOADS_S = 240.0
# The longest wait for a bucket, or for a mistake of this server to be mended, in seconds.
_AWAY_AT_MOST_S = 600.0
_NOT_BUILT = (
    "Something went wrong on this server before it was sent; its log says what. Nothing was "
    "charged; the take waits and tries again."
)
_NOT_KEPT = "It was made and paid for, and what came couldn't be kept on this server: {why}."
_NO_ROOM = (
    "This server couldn't keep the picture: {why}. Make room on the disk that holds the media. "
    "Nothing was sent or charged; the take waits and tries again."
)
_REASONS = {
    KeyRefused: (Reason.KEY, Account.Problem.KEY),
    OutOfCredits: (Reason.CREDITS, Account.Problem.CREDITS),
    Busy: (Reason.BUSY, Account.Problem.BUSY),
    Unreachable: (Reason.UNREACHABLE, Account.Problem.UNREACHABLE),
}


def submit_due(account_id: int) -> int:
    """Send what waits for an account, first in line first, while it has slots.

    Returns how many were sent. Safe to run many times at once. What waits for an account in
    trouble moves to another that can do it.
    """
    account = Account.objects.get(pk=account_id)
    if not abilities_of(account).answers_within_s:
        return _submit_each(account_id)
    if not _long_posts.acquire(blocking=False):
        moving.move_due(account_id)
        return 0  # the next sweep looks again
    try:
        sent = _submit_each(account_id, at_most=1)
    finally:
        _long_posts.release()
    if sent:  # after whoever waits for the place
        wake("submit_due", account_id)
    return sent


def _submit_each(account_id: int, *, at_most: int | None = None) -> int:
    sent = 0
    tried = {account_id}
    while sent != at_most and (attempt := claim(account_id)):
        with about(attempt.generation):
            _send(attempt)
        sent += 1
        tried.add(attempt.account_id)
        if attempt.account.problem:
            break
    for each in tried:
        moving.move_due(each)
    return sent


def _send(attempt: Attempt) -> None:
    """POST an attempt whose intent is committed, and learn the outcome."""
    generation, account = attempt.generation, attempt.account
    built = _build(attempt)
    if built is None:
        return
    provider, request = built
    try:
        if not _lease_holds(attempt):
            log.warning("the lease ran down before the POST; it is not sent")
            _turn_away_unsent(attempt, Reason.BUSY, "", timezone.now())
            return
        snapshot = provider.create(request)
    except LostAnswer as error:
        log.warning("lost answer: %s", error)
        generation.lose_answer(attempt, next_at=timezone.now(), words=error.words(named(account)))
        troubles.note_lost_answer(account)
    except ProviderError as error:
        _turn_away_or_refuse(attempt, error)
    else:
        _accept(attempt, snapshot, owns_id=snapshot.provider_id != source_id(request))
        respites.takes_work(account)
        account.note_problem(Account.Problem.NONE)
        if generation.prompt.options.get("hdr"):
            account.note_hdr(has=True)


def _lease_holds(attempt: Attempt) -> bool:
    """Tell whether the lease is open for as long as a POST may take, by the database.

    Whoever ends it then may know that nothing is under way (docs/decisions/0013).
    """
    if attempt.lease_until is None:
        return False
    mine = Attempt.objects.filter(pk=attempt.pk, outcome=Attempt.Outcome.SENDING)
    ends = shared_now() + timedelta(seconds=answers_within_s(attempt.account))
    return ends <= attempt.lease_until and mine.exists()


def _build(attempt: Attempt) -> tuple[Provider, Request] | None:
    """Return what is needed for the POST; without it nothing is sent, and the take says why."""
    generation, account = attempt.generation, attempt.account
    try:
        provider = provider_for(account)
        if not provider.can_get:
            answers.check_room()
        uploads = provider.takes_files and _has_files(generation)
        if uploads or provider.answers_within_s:
            _make_time(attempt, _UPLOADS_S if uploads else 0.0)
        if uploads:
            with outbound.within(_UPLOADS_S):
                return provider, request_of(attempt)
        return provider, request_of(attempt)
    except publishing.Unpublishable as error:
        with transaction.atomic():
            if generation.refuse(attempt, Reason.FRAMES, str(error)):
                attempt.was_not_sent()
    except BucketAway as error:
        next_at = _after(_away_s(generation))
        _turn_away_unsent(attempt, Reason.FRAMES, str(error), next_at)
        # The others that need the bucket would wait for it in vain, one after the other.
        _put_off(Generation.objects.publishing(), account, next_at)
    except CannotUnseal as error:
        _turn_away_unsent(attempt, Reason.KEY, str(error), _after(60.0))
        troubles.note(account, Account.Problem.KEY)
    except ProviderError as error:  # a file of it couldn't be brought there
        _turn_away_over_a_file(attempt, error)
    except OSError as error:
        log.warning("there is no room for its answer: %s", error)
        words = _NO_ROOM.format(why=error.strerror or error)
        _turn_away_unsent(attempt, Reason.REQUEST, words, _after(_away_s(generation)))
    except Exception:  # whatever it is, nothing was sent: it mustn't look like a lost answer
        log.exception("the request couldn't be built; it is not sent")
        _turn_away_unsent(attempt, Reason.REQUEST, _NOT_BUILT, _after(_away_s(generation)))
    return None


def _has_files(generation: Generation) -> bool:
    pictures = generation.keyframes.exclude(still=None)
    return bool(pictures.exists() or generation.references.exists())


def _make_time(attempt: Attempt, uploads_s: float) -> None:
    """Have the lease outlive uploads that come before the POST, and a POST that takes longer."""
    longer_s = answers_within_s(attempt.account) - settings.SUBMIT_TIMEOUT_S
    lasts_s = uploads_s + settings.SUBMIT_LEASE_S + longer_s
    attempt.generation.prolong(attempt, shared_now() + timedelta(seconds=lasts_s))


def _turn_away_over_a_file(attempt: Attempt, error: ProviderError) -> None:
    """Have a take wait, or fail, whose file its provider didn't take: nothing was posted."""
    generation, account = attempt.generation, attempt.account
    log.warning("a file isn't taken: %s: %s", type(error).__name__, error)
    words = error.words(named(account))
    if not error.retryable:
        with transaction.atomic():
            if generation.refuse(attempt, Reason.FRAMES, words):
                attempt.was_not_sent()
        return
    if isinstance(error, NotReady):
        # Ever more rarely: each try is a row, and some files never are.
        tries = generation.attempts.count()
        wait_s = min((error.retry_after_s or _away_s(generation)) * tries, _AWAY_AT_MOST_S)
        _turn_away_unsent(attempt, Reason.FRAMES, words, _after(wait_s))
        return
    kind = _kind_of(error)
    next_at = _after(error.retry_after_s or _away_s(generation))
    reason, problem = _REASONS[kind]
    _turn_away_unsent(attempt, reason, words, next_at)
    if kind is Busy:
        _leave_alone(attempt, next_at, kind)
    troubles.note(account, problem)


def _turn_away_unsent(attempt: Attempt, reason: Reason, words: str, next_at: datetime) -> None:
    with transaction.atomic():
        # Its generation first, as whoever ends its lease locks them.
        if attempt.generation.turn_away(attempt, reason, words, next_at=next_at):
            attempt.was_not_sent()


def _put_off(whose: GenerationQuerySet, account: Account, next_at: datetime) -> None:
    """Have takes of everybody who has an account's key wait until a time."""
    with transaction.atomic():
        waiting = whose.filter(account__in=locked(account.pk)).waiting()
        later = waiting.filter(next_at__lt=next_at).free()
        later.update(next_at=next_at, no_room_since=None)


def _leave_alone(attempt: Attempt, until: datetime, kind: type[ProviderError]) -> None:
    """Have nothing sent with the attempt's key until a time, whoever waits or comes: in its bucket.

    A limit is a bucket's; any other trouble is the whole account's. Call when the attempt was
    turned away, and that is committed: who is refused here is only turned away once more, but an
    answer that is lost can't be had again.
    """
    account, others = attempt.account, Generation.objects.all()
    bucket = bucket_of(attempt.generation.prompt.model) if kind is Busy else None
    if bucket is not None:
        others = others.in_bucket(bucket)
    try:
        with transaction.atomic():
            sharing = locked(account.pk)
            if all(each.key_print != account.key_print for each in sharing):
                return  # another key was put in meanwhile, which nobody turned away
            respites.send_nothing(account, until, bucket)
            waiting = others.filter(account__in=sharing, next_at__lt=until).waiting()
            waiting.free().update(next_at=until)
    except DatabaseError:
        log.exception("account=%s can't be left alone now; others are sent before", account.pk)


def _away_s(generation: Generation) -> float:
    return min(30.0 * generation.attempts.count(), _AWAY_AT_MOST_S)


def _accept(attempt: Attempt, snapshot: Snapshot, *, owns_id: bool = True) -> None:
    """Learn that it was taken, and what came of it where the answer says that, too."""
    generation, provider_id = attempt.generation, snapshot.provider_id
    if is_the_work(attempt, snapshot):
        _keep(attempt, snapshot)
    try:
        next_at = _after(settings.POLL_AFTER_S)
        accepted = take_in(attempt, snapshot, next_at=next_at, owns_id=owns_id)
    except IntegrityError:
        log.exception("%s was answered twice; what became of this POST is unknown", provider_id)
        words = LostAnswer().words(named(attempt.account))
        generation.lose_answer(attempt, next_at=timezone.now(), words=words)
        return
    if not accepted:
        strays.came_late(attempt, snapshot)


def _keep(attempt: Attempt, snapshot: Snapshot) -> None:
    """Keep an answer that is the work itself; where that fails, it is paid for all the same."""
    try:
        answers.keep(attempt, snapshot)
    except OSError as error:
        log.exception("the answer is the file, and can't be kept")
        attempt.generation.tell(_NOT_KEPT.format(why=error.strerror or error))


def _turn_away_or_refuse(attempt: Attempt, error: ProviderError) -> None:
    generation, account = attempt.generation, attempt.account
    log.warning("not taken: %s: %s", type(error).__name__, error)
    words = error.words(named(account))
    if isinstance(error, NoSuchModel):
        looking.look_soon(account, timezone.now())
    if isinstance(error, NoHdrAccess):
        account.note_hdr(has=False)
    if not error.retryable:
        reason = Reason.CONTENT if isinstance(error, ContentRefused) else Reason.REQUEST
        generation.refuse(attempt, reason, words)
        return
    kind = _kind_of(error)
    reason, problem = _REASONS[kind]
    tries = generation.attempts.count()
    pause_s = error.retry_after_s or _PAUSES_S[kind] * min(tries, 12)
    next_at = _after(pause_s * random.uniform(1.0, 1.2))  # noqa: S311
    generation.turn_away(attempt, reason, words, next_at=next_at)
    # The others in line, and who comes newly, would be turned away as well: they wait as long.
    _leave_alone(attempt, next_at, kind)
    troubles.note(account, problem)


def _kind_of(error: ProviderError) -> type[ProviderError]:
    """Return which of those that turn work away it is, however a provider calls its own."""
    return next((kind for kind in _REASONS if isinstance(error, kind)), Unreachable)


def _after(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)
