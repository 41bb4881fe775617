"""A person's decisions, where listing can't settle what became of a POST (DESIGN, promise 2)."""

from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from generations import outbound
from generations.models import Attempt, Generation, State
from generations.polling import file_of, is_about, why_it_failed
from generations.providers import provider_for
from generations.providers.base import KeyRefused, NotFound, Progress, ProviderError, Snapshot
from generations.refusal import Refused
from generations.requesting import source_id_of
from generations.sealing import CannotUnseal
from generations.waking import wake

ASK_S = 5.0
"""How long a person who presses a button waits for a provider's answer."""
_TOO_LATE = "Something else has happened to this take meanwhile. Look at it again."


class NotKnown(Refused):
    """A provider can't say what became of a job; the words say why."""


def it_was_made(generation: Generation, actor: Any, provider_id: str) -> None:
    """Take a job at the provider as this take's, once it is seen to exist. Raises Refused."""
    attempt = generation.attempt()
    provider_id = provider_id.strip()
    try:
        provider_for(attempt.account).get(provider_id)
        adopted = generation.needs_decision and generation.accept(
            attempt,
            provider_id,
            next_at=timezone.now(),
            owns_id=provider_id != source_id_of(attempt),
            actor=actor,
        )
    except NotFound:
        raise Refused(
            {"provider_id": "Luma doesn't know this id. Copy it from its page."}
        ) from None
    except IntegrityError:
        raise Refused({"provider_id": "This job already belongs to another take."}) from None
    except (ProviderError, CannotUnseal) as error:
        raise Refused({"provider_id": f"Luma can't be asked now ({error}). Try again."}) from error
    if not adopted:
        raise Refused({"": _TOO_LATE})
    wake("poll_due", attempt.account_id)


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
    try:
        with outbound.within(ASK_S):
            return provider_for(attempt.account).get(attempt.provider_id)
    except NotFound:
        raise NotKnown({"": "Luma doesn't know this job any more."}) from None
    except KeyRefused:
        said = f"Luma can't be asked: it refuses the key of {attempt.account}."
        raise NotKnown({"": said}) from None
    except CannotUnseal as error:
        raise NotKnown({"": f"Luma can't be asked: {error}"}) from None
    except ProviderError:
        raise NotKnown({"": "Luma can't be asked now. Try again later."}) from None


def _settled(generation: Generation, attempt: Attempt, actor: Any, snapshot: Snapshot) -> bool:
    """Go by what a provider says of a lost job; False for the loser of a race. Raises NotKnown."""
    if not is_about(attempt, snapshot):
        raise NotKnown({"": "Luma shows only what it was made from under this id."})
    if snapshot.progress is Progress.FAILED:
        reason, words = why_it_failed(snapshot)
        return generation.release(actor, failed=True, reason=reason, words=words)
    if snapshot.progress is not Progress.COMPLETED:
        raise NotKnown({"": "Luma hasn't finished it, nor says that it failed."})
    kind, url = file_of(generation, snapshot)
    if not url:
        raise NotKnown({"": "Luma says that it is finished, and shows no file yet."})
    return generation.complete(attempt, kind, url, actor=actor)
