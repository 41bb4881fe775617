"""Noting what is wrong with an account, and telling the pages once it is left alone."""

import logging

from generations.models import Account
from generations.queueing import tell_the_line

log = logging.getLogger(__name__)


def note(account: Account, problem: str) -> None:
    """Remember why an account can't take work (an `Account.Problem`)."""
    was_open = account.is_open
    account.note_problem(problem)
    _tell(account, was_open=was_open)


def note_lost_answer(account: Account) -> None:
    """Remember that an account's answer was lost."""
    was_open = account.is_open
    account.note_lost_answer()
    _tell(account, was_open=was_open)


def _tell(account: Account, *, was_open: bool) -> None:
    """Have the pages show that an account is left alone from now on."""
    if account.is_open and not was_open:
        log.warning("account=%s is left alone: %s", account.pk, account.trouble)
        tell_the_line("account_down", account=account)
