"""The bake-offs of a team, as their list shows them."""

from functools import cached_property

from django.db.models import Count, F, Q, QuerySet

from studio.models import BakeOff, Project, Role, Team, User

_SHOWN = 100
_MAKERS = Role.ARTIST.and_above


class Shelf:
    """What a person sees of a team's bake-offs, the newest first."""

    def __init__(self, team: Team, user: User) -> None:
        self.team = team
        self.user = user

    @cached_property
    def bakeoffs(self) -> QuerySet[BakeOff]:
        """Each with its `size`, how many `judged` it, and whether the person was `told`."""
        mine = Q(ballots__judge=self.user, ballots__done_at__isnull=False)
        shown = BakeOff.objects.visible_to(self.user).filter(project__team=self.team)
        return shown.select_related("project", "author").annotate(
            size=Count("entrants", distinct=True),
            judged=Count("ballots", filter=Q(ballots__done_at__isnull=False), distinct=True),
            told=Count("ballots", filter=mine, distinct=True),
        )[:_SHOWN]

    @cached_property
    def projects(self) -> list[Project]:
        """Where the person may begin another."""
        visible = Project.objects.visible_to(self.user).open().filter(team=self.team)
        role = visible.annotate(mine=F("team__memberships__role"))
        return list(role.filter(mine__in=_MAKERS).order_by("name"))
