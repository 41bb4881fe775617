"""Budgets: what a team, or a project of it, may spend in a calendar month (UTC)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from generations.catalogue import dollars, dollars_left
from generations.models.ledger import LedgerEntry
from generations.refusal import Refused

WARN_AT = Decimal("0.8")
_GONE = (
    "This costs {price}, and {left} is left of {whose} {limit} for {month} ({spent} spent, "
    "{reserved} reserved). A producer or the owner can raise the budget on the Spend page; a "
    "shorter or smaller take costs less."
)


Sums = dict[int | None, Decimal]


@dataclass(frozen=True)
class Standing:
    """How a budget stands in a month, in dollars."""

    budget: "Budget"
    spent_usd: Decimal
    reserved_usd: Decimal

    @classmethod
    def of(cls, budget: "Budget", spent: "Sums", reserved: "Sums") -> "Standing":
        """Return how a budget stands, from its team's sums by project."""
        return cls(budget, _part(spent, budget), _part(reserved, budget))

    @property
    def used_usd(self) -> Decimal:
        """What is spent and what is reserved."""
        return self.spent_usd + self.reserved_usd

    @property
    def left_usd(self) -> Decimal:
        """What may still be spent; never less than nothing."""
        return max(self.budget.limit_usd - self.used_usd, Decimal(0))

    @property
    def is_near(self) -> bool:
        """Whether four fifths are gone."""
        return self.used_usd >= self.budget.limit_usd * WARN_AT

    @property
    def share(self) -> int:
        """How much of it is gone, in whole percent; more than 100 when it was lowered."""
        if not self.budget.limit_usd:
            return 100
        return int(self.used_usd * 100 / self.budget.limit_usd)

    @property
    def share_shown(self) -> int:
        """How far a bar of 100 is filled."""
        return min(self.share, 100)

    @property
    def share_spent(self) -> int:
        """How far a bar of 100 is filled by what is spent for good."""
        if not self.used_usd:
            return 0
        return int(self.share_shown * self.spent_usd / self.used_usd)


class BudgetQuerySet(models.QuerySet["Budget"]):
    """Questions about many budgets."""

    def over(self, project: Any) -> Self:
        """The budgets that a project's takes count against: its team's and its own."""
        return self.filter(Q(project__isnull=True) | Q(project=project), team_id=project.team_id)

    def set_limit(
        self, team: Any, project: Any, limit_usd: Decimal | None, actor: Any
    ) -> "Budget | None":
        """Set what a team, or a project of it, may spend in a month; None takes the budget away."""
        with transaction.atomic():
            mine = self.filter(team=team, project=project)
            if limit_usd is None:
                mine.delete()
                return None
            facts = {"limit_usd": limit_usd, "set_by": actor, "set_at": timezone.now()}
            budget, _ = mine.update_or_create(team=team, project=project, defaults=facts)
            now = timezone.now()
            budget.warn(standings([budget], now)[0].used_usd, now)
            return budget

    def admit(self, project: Any, *prices_usd: Decimal) -> None:
        """See that every budget of a project has room for all prices together. Raises Refused.

        Call in the transaction that reserves it. The budgets are locked to its end, so that many
        at once are judged one after the other; they are the last rows that it locks.
        """
        locked = list(self.over(project).select_for_update(no_key=True).order_by("pk"))
        now, total_usd = timezone.now(), sum(prices_usd, Decimal(0))
        for standing in standings(locked, now):
            if total_usd > standing.left_usd:
                raise Refused({"": _refusal(standing, project, prices_usd, now)})
            standing.budget.warn(standing.used_usd + total_usd, now)


class Budget(models.Model):
    """The most that a team, or one of its projects, may spend in a calendar month (UTC).

    Spent counts in the month of its charge; what is still reserved counts whenever it was made.
    """

    team = models.ForeignKey("studio.Team", on_delete=models.CASCADE, related_name="budgets")
    project = models.OneToOneField(
        "studio.Project", on_delete=models.CASCADE, null=True, blank=True, related_name="budget"
    )
    limit_usd = models.DecimalField(max_digits=12, decimal_places=4)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[BudgetQuerySet] = BudgetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=Q(project__isnull=True), name="budget_once_per_team"
            ),
            models.CheckConstraint(condition=Q(limit_usd__gte=0), name="budget_not_negative"),
        ]

    def __str__(self) -> str:
        return f"${self.limit_usd} a month"

    def warn(self, used_usd: Decimal, now: datetime) -> None:
        """Write down that four fifths of it are gone, once a month."""
        if used_usd < self.limit_usd * WARN_AT:
            return
        BudgetWarning.objects.get_or_create(
            budget=self,
            month=now.date().replace(day=1),
            defaults={"used_usd": used_usd, "limit_usd": self.limit_usd},
        )


class BudgetWarning(models.Model):
    """Four fifths of a budget were gone: when, and how it stood. Once for a budget and month."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="warnings")
    month = models.DateField()
    used_usd = models.DecimalField(max_digits=12, decimal_places=4)
    limit_usd = models.DecimalField(max_digits=12, decimal_places=4)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "month"], name="budget_warned_once_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}: ${self.used_usd} of ${self.limit_usd}"


def standings(budgets: Iterable[Budget], when: date) -> list[Standing]:
    """Return how budgets of one team stand in the month of a day, in two queries."""
    budgets = list(budgets)
    if not budgets:
        return []
    entries = LedgerEntry.objects.filter(team_id=budgets[0].team_id)
    if all(budget.project_id for budget in budgets):
        entries = entries.filter(project__in=[budget.project_id for budget in budgets])
    spent = entries.of_month(when.year, when.month).spent_by("project_id")
    reserved = entries.reserved_by("project_id")
    return [Standing.of(budget, spent, reserved) for budget in budgets]


def _part(sums: Sums, budget: Budget) -> Decimal:
    """Return what counts against a budget: all of a team's, corrections too, or a project's."""
    if budget.project_id:
        return sums.get(budget.project_id, Decimal(0))
    return sum(sums.values(), Decimal(0))


def _refusal(standing: Standing, project: Any, prices_usd: Sequence[Decimal], now: datetime) -> str:
    gone = _GONE.format(
        price=dollars(sum(prices_usd, Decimal(0))),
        left=dollars_left(standing.left_usd),
        whose=f"{project}'s" if standing.budget.project_id else "the team's",
        limit=dollars(standing.budget.limit_usd),
        month=f"{now:%B}",
        spent=dollars(standing.spent_usd),
        reserved=dollars(standing.reserved_usd),
    )
    if len(prices_usd) == 1:
        return gone
    fit = sum(total_usd <= standing.left_usd for total_usd in accumulate(prices_usd))
    which = f"{fit or 'None'} of these {len(prices_usd)} takes" if fit != 1 else "One of the takes"
    return f"{gone} {which} would fit."
