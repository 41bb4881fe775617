"""What every page shows around itself."""

from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property

from generations.models import Generation, LedgerEntry, State
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
    def _requests(self) -> list[int]:
        """How many takes wait for the person's approval, in each team that they produce in."""
        mine = self.user.memberships.filter(role__in=MAY_START)
        asked = Generation.objects.filter(
            state=State.REQUESTED, project__team=OuterRef("team")
        ).order_by()
        count = asked.values("project__team").annotate(n=Count("pk")).values("n")
        counted = mine.annotate(asked=Coalesce(Subquery(count), 0))
        return list(counted.values_list("asked", flat=True))

    def may_start(self) -> bool:
        """Whether the person may start a project somewhere."""
        return bool(self._requests)

    def requests(self) -> int:
        """How many takes wait for the person's approval."""
        return sum(self._requests)

    def month(self) -> dict[str, Any]:
        """The month's money over the person's teams, in dollars."""
        now = timezone.now()
        mine = LedgerEntry.objects.filter(team__memberships__user=self.user)
        return {
            "name": now,
            "spent_usd": mine.of_month(now.year, now.month).spent_usd(),
            "reserved_usd": mine.reserved_usd(),
        }


def rail(request: Request) -> dict[str, Any]:
    """Give the rail, lazily: a partial doesn't pay for it. And whether strangers may sign up."""
    return {
        "rail": SimpleLazyObject(lambda: Rail(request)),
        "signup_open": settings.SIGNUP_OPEN,
    }
