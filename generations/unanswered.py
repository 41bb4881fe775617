"""Jobs that a provider took and that can't be asked after: a person is told, and in the end."""

import logging
from datetime import datetime, timedelta

from generations import probing, troubles
from generations.models import Account, Attempt, Generation
from generations.models.states import AT_PROVIDER, Reason, State
from generations.providers import called
from generations.providers.base import KeyRefused, ProviderError
from generations.sealing import CannotUnseal

log = logging.getLogger(__name__)

REASONS = (Reason.KEY, Reason.UNREACHABLE)
# A process that has just begun may have no network yet, or be started with the wrong key.
_IN_VAIN = timedelta(hours=1)
_WORDS = {
    Reason.KEY: (
        "{server} refuses this team's API key, so what became of this can't be seen. Have a "
        "producer replace the key under Accounts. It is asked after on and on."
    ),
    Reason.UNREACHABLE: (
        "{server} can't be asked at the moment, so what became of this can't be seen. It is asked "
        "after on and on."
    ),
}
_GIVEN_UP = (
    "For over a day it wasn't finished, and nobody could be asked what became of it. Its price "
    "stays reserved until a person releases it; look at the provider's own page."
)


def reason_of(error: ProviderError | CannotUnseal) -> Reason:
    """Return why a job can't be asked after."""
    return Reason.KEY if isinstance(error, KeyRefused | CannotUnseal) else Reason.UNREACHABLE


def note_key(account: Account) -> None:
    """Learn that a poll's key was refused: the account is left alone until its key works.

    Unless its balance can be read: then only this job is refused, and a probe would find that
    nothing is wrong.
    """
    if account.is_open and account.problem == Account.Problem.KEY:
        return  # it is probed already
    try:
        probing.ask(account)
    except (KeyRefused, CannotUnseal):
        troubles.note(account, Account.Problem.KEY)
    except ProviderError as error:
        log.info("account=%s its key can't be tried: %s", account.pk, error)


def say(generation: Generation, reason: Reason, *, next_at: datetime) -> None:
    """Tell people why nothing is heard of a job that should be over by now."""
    words = _WORDS[reason].format(server=called(generation.account))
    generation.note(reason, words, next_at=next_at, among=AT_PROVIDER)


def answered(generation: Generation, *, next_at: datetime) -> None:
    """Learn that it can be asked after again."""
    generation.note(Reason.NONE, "", next_at=next_at, among=AT_PROVIDER)


def give_up(attempt: Attempt, now: datetime) -> bool:
    """Give up a job of over a day, once it was asked after in vain for an hour."""
    since = _in_vain_since(attempt.generation)
    if since is None or now - since < _IN_VAIN:
        return False
    return attempt.generation.give_up(attempt, _GIVEN_UP)


def _in_vain_since(generation: Generation) -> datetime | None:
    """Return when people were told that it can't be asked after, if that holds still."""
    since = None
    for event in generation.events.order_by("-number"):
        if event.kind in REASONS:
            since = event.at
        elif event.kind == "answered" or event.kind in State.values:
            break
    return since
