"""What a script may still spend, as Luma's credits say it."""

from decimal import Decimal

from django.db.models import Sum

from generations.models import Account
from studio.models import Project
from studio.spending import budgets_of


def balance_cents(project: Project) -> float:
    """Return what may still be spent in a project, in US cents.

    It is what the budget nearest its end allows this month; without a budget, what the team's keys
    had left when they were tested last.
    """
    budgets = budgets_of(project)
    if budgets:
        left_usd = min(each.left_usd for each in budgets)
    else:
        on = Account.objects.filter(team=project.team_id, enabled=True)
        left_usd = on.aggregate(left=Sum("credits_usd"))["left"] or Decimal(0)
    return float(max(left_usd, Decimal(0)) * 100)
