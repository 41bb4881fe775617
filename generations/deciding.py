"""A person's decisions, where listing can't settle what became of a POST (DESIGN, promise 2)."""

from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from generations.models import Generation
from generations.providers import provider_for
from generations.providers.base import NotFound, ProviderError
from generations.refusal import Refused
from generations.requesting import source_id_of
from generations.sealing import CannotUnseal
from generations.waking import wake

_TOO_LATE = "Something else has happened to this take meanwhile. Look at it again."


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


def release(generation: Generation, actor: Any) -> None:
    """Release the price of a take that was given up as lost. Raises Refused."""
    if not generation.release(actor):
        raise Refused({"": _TOO_LATE})
