"""What the studio says about money before it is spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from generations.catalogue import dollars, dollars_left
from generations.models import Budget, Standing, standings
from studio.access import leads
from studio.models import Project


def must_ask(project: Project) -> bool:
    """Tell whether the person at the project's door spends only below the team's threshold."""
    return not leads(project.role)


@dataclass(frozen=True)
class Terms:
    """What stands beside the button that spends: the price, the verb, and a budget's warning.

    `held_usd` is what a take that is being changed has reserved already, in dollars. `price_usd` is
    that of all `takes`, of so many `prompts`, which are ordered at one press: a producer is asked
    about them together.
    """

    project: Project
    price_usd: Decimal | None
    held_usd: Decimal = Decimal(0)
    takes: int = 1
    prompts: int = 1

    @classmethod
    def of_prompts(
        cls, project: Project, prompts_usd: Sequence[Decimal], takes: int, held_usd: Decimal
    ) -> "Terms":
        """Return the terms of several prompts; of none: no price."""
        price_usd = sum(prompts_usd, Decimal(0)) if prompts_usd else None
        return cls(project, price_usd, held_usd, takes, len(prompts_usd))

    @property
    def needs_approval(self) -> bool:
        """Whether the button asks a producer instead of spending."""
        above_usd = self.project.approval_above_usd if must_ask(self.project) else None
        return above_usd is not None and self.price_usd is not None and self.price_usd > above_usd

    @property
    def verb(self) -> str:
        """What the button says."""
        if self.is_over:
            return "Over budget"
        if self.needs_approval and self.price_usd is not None:
            return f"Request, {dollars(self.price_usd)}"
        return "Generate"

    @cached_property
    def _budgets(self) -> list[Standing]:
        """How its budgets stand, that with the least left first."""
        return sorted(budgets_of(self.project), key=lambda each: each.left_usd)

    @property
    def is_over(self) -> bool:
        """Whether a budget has no room for it, so that pressing the button would be refused.

        A request is no spending: whoever approves it is asked by the budget then.
        """
        if self.price_usd is None or self.needs_approval or not self._budgets:
            return False
        return self.price_usd - self.held_usd > self._budgets[0].left_usd

    @property
    def left(self) -> str:
        """What the budget nearest its end still allows, where nothing is to be warned of."""
        if not self._budgets or self.warning:
            return ""
        return f"{dollars_left(self._budgets[0].left_usd)} left in {timezone.now():%B}"

    @cached_property
    def warning(self) -> str:
        """How the budget stands that is nearest its end, once four fifths of it are gone."""
        if self.is_over:
            remedy = "Ask a producer to raise it" if must_ask(self.project) else "Raise it on Spend"
            words = standing_words(self._budgets[0])
            return f"{words}. {remedy}, or ask for less."
        return next((standing_words(each) for each in self._budgets if each.is_near), "")


def budgets_of(project: Project) -> list[Standing]:
    """Return how the budgets stand this month that a project's takes count against."""
    return standings(Budget.objects.over(project).select_related("project"), timezone.now())


def standing_words(standing: Standing) -> str:
    """Say how much of a budget is gone and how much is left this month."""
    whose = f"{standing.budget.project}'s" if standing.budget.project else "the team's"
    gone = f"{standing.share} % of {whose} {dollars(standing.budget.limit_usd)} for this month is"
    return f"{gone} gone, {dollars_left(standing.left_usd)} is left"
