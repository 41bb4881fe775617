"""What every page shows around itself."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property

from generations.models import Budget, Generation, LedgerEntry, State
from generations.models.budget import Standing
from studio.forms.project import MAY_START
from studio.http import Request
from studio.models import Project

_PROJECTS_SHOWN = 30


class Rail:
    """The rail's contents, each asked for when a template first names it."""

    def __init__(self, request: Request) -> None:
        self.user = request.user

    def projects(self) -> list[Project]:
        """The person's projects with their covers."""
        visible = Project.objects.visible_to(self.user)
        return list(visible.with_covers()[:_PROJECTS_SHOWN])

    @cached_property
    def _teams(self) -> list[tuple[str, int, Decimal | None]]:
        """The person's role, how many takes wait for approval, and the budget of each team."""
        asked = Generation.objects.filter(
            state=State.REQUESTED, project__team=OuterRef("team")
        ).order_by()
        count = asked.values("project__team").annotate(n=Count("pk")).values("n")
        budget = Budget.objects.filter(team=OuterRef("team"), project=None).values("limit_usd")
        counted = self.user.memberships.annotate(
            asked=Coalesce(Subquery(count), 0), limit_usd=Subquery(budget[:1])
        )
        return list(counted.values_list("role", "asked", "limit_usd"))

    def may_start(self) -> bool:
        """Whether the person may start a project somewhere."""
        return any(role in MAY_START for role, *_ in self._teams)

    def requests(self) -> int:
        """How many takes wait for the person's approval."""
        return sum(asked for role, asked, _ in self._teams if role in MAY_START)

    def month(self) -> dict[str, Any]:
        """The month's money over the person's teams, in dollars.

        With how the budget stands, for a person of one team that has one.
        """
        now = timezone.now()
        mine = LedgerEntry.objects.filter(team__memberships__user=self.user)
        spent_usd = mine.of_month(now.year, now.month).spent_usd()
        reserved_usd = mine.reserved_usd()
        limits = [limit_usd for *_, limit_usd in self._teams]
        budget = Budget(limit_usd=limits[0]) if len(limits) == 1 and limits[0] is not None else None
        return {
            "name": now,
            "spent_usd": spent_usd,
            "reserved_usd": reserved_usd,
            "standing": Standing(budget, spent_usd, reserved_usd) if budget else None,
        }


def rail(request: Request) -> dict[str, Any]:
    """Give the rail, lazily: a partial doesn't pay for it. And whether strangers may sign up."""
    return {
        "rail": SimpleLazyObject(lambda: Rail(request)),
        "signup_open": settings.SIGNUP_OPEN,
    }
