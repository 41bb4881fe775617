"""What a script may still spend, as Luma's credits say it."""

import logging
from decimal import Decimal

from generations.models import Account
from generations.providers import provider_for
from generations.providers.base import ProviderError
from generations.sealing import CannotUnseal
from studio.models import Project
from studio.spending import budgets_of

log = logging.getLogger(__name__)


def balance_cents(project: Project) -> float:
    """Return what may still be spent in a project, in US cents.

    It is what the budget nearest its end allows this month; without a budget, what the team's keys
    have left. A key that was never tested is asked for it.
    """
    budgets = budgets_of(project)
    if budgets:
        left_usd = min(each.left_usd for each in budgets)
    else:
        on = Account.objects.filter(team=project.team_id, enabled=True)
        left_usd = sum((_left_usd(account) for account in on), Decimal(0))
    return float(max(left_usd, Decimal(0)) * 100)


def _left_usd(account: Account) -> Decimal:
    if account.credits_usd is not None:
        return account.credits_usd
    try:
        left_usd = provider_for(account).credits_usd()
    except (ProviderError, CannotUnseal) as error:
        log.warning("account %s: its credits can't be had: %s", account.uuid, error)
        return Decimal(0)
    account.note_test(left_usd)
    return left_usd or Decimal(0)
