"""What every page shows around itself."""

from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property

from generations.models import Budget, Generation, LedgerEntry, State
from generations.models.budget import Standing
from generations.models.ledger import exact, reserved_in_team
from generations.queries import WrittenOnce, built_once
from studio import single_sign_on
from studio.access import judges, leads
from studio.http import Request
from studio.models import Membership, Notice, Project, Review, User
from studio.models.project import ProjectQuerySet

_PROJECTS_SHOWN = 30


class _Team(NamedTuple):
    """The person's role in a team, what waits for their word there, and its month in dollars.

    `asked` takes wait for approval of their price, `to_judge` for a verdict. `told` is how many
    notices the person hasn't seen, of all teams: it comes along, for no query of its own.
    """

    uuid: UUID
    name: str
    role: str
    asked: int
    to_judge: int
    told: int
    limit_usd: Decimal | None
    spent_usd: Decimal
    reserved_usd: Decimal


@built_once
def _projects_of(user_pk: int) -> ProjectQuerySet:
    user = User(pk=user_pk)
    return Project.objects.visible_to(user).open().with_covers(user)


@built_once
def _teams_of(user_pk: int, year: int, month: int) -> QuerySet[Membership, dict[str, Any]]:
    user = User(pk=user_pk)
    seen = Generation.objects.visible_to(user).filter(state=State.REQUESTED)
    asked = seen.filter(project__team=OuterRef("team")).order_by()
    count = asked.values("project__team").annotate(n=Count("pk")).values("n")
    to_judge = Review.objects.waiting_in(OuterRef("team"), user).order_by()
    judging = to_judge.values("project__team").annotate(n=Count("pk")).values("n")
    told = Notice.objects.unseen_by(user).order_by().values("user")
    budget = Budget.objects.filter(team=OuterRef("team"), project=None).values("limit_usd")
    ledger = LedgerEntry.objects.filter(team=OuterRef("team"))
    rows = Membership.objects.filter(user=user).annotate(
        uuid=F("team__uuid"),
        name=F("team__name"),
        asked=Coalesce(WrittenOnce(count), 0),
        to_judge=Coalesce(WrittenOnce(judging), 0),
        told=Coalesce(WrittenOnce(told.annotate(n=Count("pk")).values("n")), 0),
        limit_usd=WrittenOnce(budget[:1]),
        spent_usd=ledger.of_month(year, month).spent_within("team"),
        reserved_usd=reserved_in_team(OuterRef("team")),
    )
    return rows.order_by("team__name").values(*_Team._fields)


class Rail:
    """The rail's contents, each asked for when a template first names it."""

    def __init__(self, request: Request) -> None:
        self.user = request.user
        self._kept = request.session.get("team", "")

    def projects(self) -> list[Project]:
        """The person's projects with their covers."""
        return list(_projects_of(self.user.pk)[:_PROJECTS_SHOWN])

    @cached_property
    def _teams(self) -> list[_Team]:
        """What the rail tells of each of the person's teams."""
        now = timezone.now()
        return [
            _Team(**row | {each: exact(row[each]) for each in ("spent_usd", "reserved_usd")})
            for row in _teams_of(self.user.pk, now.year, now.month)
        ]

    @property
    def teams(self) -> list[_Team]:
        """The person's teams by name."""
        return self._teams

    @property
    def team(self) -> _Team | None:
        """The current one, as studio.access.team_for would choose it where one was chosen."""
        kept = (team for team in self._teams if str(team.uuid) == self._kept)
        return next(kept, self._teams[0] if len(self._teams) == 1 else None)

    def may_start(self) -> bool:
        """Whether the person may start a project somewhere."""
        return any(leads(team.role) for team in self._teams)

    def requests(self) -> int:
        """How many takes wait for the person's approval."""
        return sum(team.asked for team in self._teams if leads(team.role))

    def told(self) -> int:
        """How many notices the person hasn't seen."""
        return self._teams[0].told if self._teams else 0

    def may_judge(self) -> bool:
        """Whether the person may judge takes somewhere."""
        return any(judges(team.role) for team in self._teams)

    def reviews(self) -> int:
        """How many takes wait for the person's verdict."""
        return sum(team.to_judge for team in self._teams if judges(team.role))

    def month(self) -> dict[str, Any]:
        """The month's money over the person's teams, in dollars.

        With how the budget stands, for a person of one team that has one.
        """
        spent_usd = sum((team.spent_usd for team in self._teams), Decimal(0))
        reserved_usd = sum((team.reserved_usd for team in self._teams), Decimal(0))
        limits = [team.limit_usd for team in self._teams]
        budget = Budget(limit_usd=limits[0]) if len(limits) == 1 and limits[0] is not None else None
        return {
            "name": timezone.now(),
            "spent_usd": spent_usd,
            "reserved_usd": reserved_usd,
            "standing": Standing(budget, spent_usd, reserved_usd) if budget else None,
        }


def rail(request: Request) -> dict[str, Any]:
    """Give the rail, lazily: a partial doesn't pay for it. And what the door needs.

    That is whether strangers may sign up, and what the single sign-on is called, if there is one.
    """
    return {
        "rail": SimpleLazyObject(lambda: Rail(request)),
        "signup_open": settings.SIGNUP_OPEN,
        "single_sign_on": single_sign_on.name(),
    }
