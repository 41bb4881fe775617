"""A person's decisions, where listing can't settle what became of a POST."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from generations import outbound
from generations.claiming import Claimed, claim_job
from generations.failing import why_it_failed
from generations.kinds import Kind
from generations.logs import about
from generations.models import Attempt, Generation, State
from generations.polling import apply, is_about
from generations.providers import called, named, provider_for
from generations.providers.base import KeyRefused, NotFound, Progress, ProviderError, Snapshot
from generations.refusal import Refused
from generations.requesting import source_id_of
from generations.sealing import CannotUnseal
from generations.taking_in import file_of
from generations.waking import wake

# A clock that was wrong for longer than this is somebody's to know of.
_NEARLY = timedelta(minutes=15)
_ITS_SOURCE = (
    "{server} shows only what it was made from under this id. Copy the id of what was made."
)
_ANOTHER_KIND = (
    "That job isn't what was asked for: {server} calls it “{made}”, and {take} is “{wanted}”. Look "
    "at its id again."
)
_NOT_THEN = (
    "That job was made on {made}, and this take was sent on {sent}. Look at its id again, or say "
    "that it is this one all the same."
)
ASK_S = 5.0
"""How long a person who presses a button waits for a provider's answer."""
_TOO_LATE = "Something else has happened to this take meanwhile. Look at it again."


class NotThen(Refused):
    """A job was made at another time than the take was sent; the words say when."""


class NotKnown(Refused):
    """A provider can't say what became of a job; the words say why."""

    may_be_known_later = False


class NotKnownYet(NotKnown):
    """It can't say so now, and perhaps later."""

    may_be_known_later = True


def it_was_made(
    generation: Generation, actor: Any, provider_id: str, *, anyway: bool = False
) -> None:
    """Take a job at the provider as this take's, once it is seen to be what was asked for.

    One that was made at another time is taken only `anyway`: NotThen says when it was made. One
    that failed by now releases the price. Raises Refused.
    """
    attempt = generation.attempt()
    provider_id = provider_id.strip()
    try:
        with about(generation):
            job = provider_for(attempt.account).get(provider_id)
        _refuse_unlike(attempt, job, provider_id, anyway=anyway)
        adopted = generation.needs_decision and claim_job(
            attempt, provider_id, next_at=timezone.now(), actor=actor
        )
    except NotFound:
        said = f"{called(attempt.account)} doesn't know this id. Copy it from its page."
        raise Refused({"provider_id": said}) from None
    except Claimed:
        raise Refused({"provider_id": "This job already belongs to another take."}) from None
    except (ProviderError, CannotUnseal) as error:
        said = f"{called(attempt.account)} can't be asked now ({error}). Try again."
        raise Refused({"provider_id": said}) from error
    if not adopted:
        raise Refused({"": _TOO_LATE})
    if job.progress is Progress.FAILED:
        apply(attempt, job)
    wake("poll_due", attempt.account_id)


def _refuse_unlike(attempt: Attempt, job: Snapshot, provider_id: str, *, anyway: bool) -> None:
    """Raise Refused for a job that can't be an attempt's, and NotThen for one that hardly can."""
    generation = attempt.generation
    wanted = Kind(generation.prompt.kind)
    if provider_id == source_id_of(attempt):
        if job.kind not in (None, wanted):
            said = _ITS_SOURCE.format(server=called(attempt.account))
            raise Refused({"provider_id": said})
        return  # it may be answered under that id, whose age is perhaps its source's
    made = job.kind or (Kind.IMAGE if job.image_url and not job.video_url else None)
    if made is not None and made != wanted:
        server = called(attempt.account)
        words = _ANOTHER_KIND.format(
            server=server, made=made.label, wanted=wanted.label, take=generation.name
        )
        raise Refused({"provider_id": words})
    if anyway or job.created_at is None or attempt.sent_at is None:
        return
    last = (attempt.lease_until or attempt.sent_at) + _NEARLY
    if not attempt.sent_at - _NEARLY <= job.created_at <= last:
        made_at, sent_at = (f"{at:%-d %b, %H:%M} UTC" for at in (job.created_at, attempt.sent_at))
        raise NotThen({"provider_id": _NOT_THEN.format(made=made_at, sent=sent_at)})


def send_again(generation: Generation, actor: Any) -> None:
    """Send a take again which a person knows was not made. Raises Refused."""
    attempt = generation.attempt()
    if not generation.needs_decision or not generation.find_absent(
        attempt, next_at=timezone.now(), actor=actor
    ):
        raise Refused({"": _TOO_LATE})
    wake("submit_due", attempt.account_id)


def give_up(generation: Generation, actor: Any) -> None:
    """Stop looking; its price is booked as spent. Raises Refused."""
    if not generation.needs_decision or not generation.write_off(generation.attempt(), actor):
        raise Refused({"": _TOO_LATE})


def release(generation: Generation, actor: Any, *, anyway: bool = False) -> bool:
    """Release the price of a take that was given up as lost, unless it was made after all.

    Its provider is asked for it once more, for at most `ASK_S`: what it has finished is charged
    and fetched, and this is False. What it failed is released. Where neither is known, NotKnown
    says why; the person may want it released `anyway`. Raises Refused.
    """
    attempt = generation.attempt()
    if not generation.is_unreleased:
        raise Refused({"": _TOO_LATE})
    try:
        done = _settled(generation, attempt, actor, _ask(attempt))
    except NotKnown:
        if not anyway:
            raise
        done = generation.release(actor)
    if not done:
        raise Refused({"": _TOO_LATE})
    if generation.state == State.COMPLETED:
        wake("collect_due")
    return generation.state != State.COMPLETED


def _ask(attempt: Attempt) -> Snapshot:
    """Ask a provider for a job by its id. Raises NotKnown."""
    server = called(attempt.account)
    try:
        with about(attempt.generation), outbound.within(ASK_S):
            return provider_for(attempt.account).get(attempt.provider_id)
    except NotFound:
        raise NotKnown({"": f"{server} doesn't know this job any more."}) from None
    except KeyRefused:
        said = f"{server} can't be asked: it refuses the key of {attempt.account}."
        raise NotKnown({"": said}) from None
    except CannotUnseal as error:
        raise NotKnown({"": f"{server} can't be asked: {error}"}) from None
    except ProviderError:
        raise NotKnownYet({"": f"{server} can't be asked now. Try again later."}) from None


def _settled(generation: Generation, attempt: Attempt, actor: Any, snapshot: Snapshot) -> bool:
    """Go by what a provider says of a lost job; False for the loser of a race. Raises NotKnown."""
    server, name = called(attempt.account), named(attempt.account)
    if not is_about(attempt, snapshot):
        raise NotKnown({"": f"{server} shows only what it was made from under this id."})
    if snapshot.progress is Progress.FAILED:
        reason, words = why_it_failed(snapshot, name)
        return generation.release(actor, failed=True, reason=reason, words=words)
    if snapshot.progress is not Progress.COMPLETED:
        raise NotKnownYet({"": f"{server} hasn't finished it, nor says that it failed."})
    kind, url = file_of(generation, snapshot)
    if not url:
        raise NotKnownYet({"": f"{server} says that it is finished, and shows no file yet."})
    return generation.complete(attempt, kind, url, snapshot.beside, actor=actor)
