"""The team's gallery: what is looked for over its projects, the archived ones if asked."""

import re
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.http import QueryDict

from generations.models import Generation
from generations.models.generation_queries import GenerationQuerySet
from studio.finding import ON, Choice, Filter, Finding
from studio.models import Team, User
from studio.offers import Offers

# Each project's takes are walked in their own index and merged. SQLite puts no more than 500
# questions together, and PostgreSQL's planning of each costs time.
_MOST_MERGED = 100


_SEEN = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")


def seen_of(said: str) -> dict[int, int]:
    """Return what `GalleryFinding.seen` said of a page; nothing for what it didn't."""
    pairs = (_SEEN.fullmatch(each) for each in said.split("-"))
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


class GalleryFinding(Finding):
    """What is looked for over a team's open projects, or all of them, and in which.

    A take's number counts within its project, so what is newest goes by ids.
    """

    orders = {
        "newest": ("Newest first", ("-id",)),
        "oldest": ("Oldest first", ("id",)),
        "dearest": ("Dearest first", ("-price_usd", "-id")),
    }

    def __init__(self, team: Team, user: User, query: QueryDict) -> None:
        super().__init__(team, user, query)
        self._project = query.get("project", "")
        self._with_archived = query.get("archived", "") == ON

    @cached_property
    def chosen(self) -> dict[str, str]:
        """As on a board, with `project`, one of their slugs, and `archived`, where these are in."""
        slugs = {slug for _, _, slug in self._offers.projects}
        project = {"project": self._project} if self._project in slugs else {}
        archived = {"archived": ON} if self._with_archived else {}
        return project | archived | super().chosen

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves any take out of the projects that it is about."""
        return bool(self.words or self.days.said or set(self.chosen) - {"archived"})

    @cached_property
    def switches(self) -> tuple[Filter, ...]:
        """As on a board, and whether archived projects are in."""
        title = "Archived projects too"
        archived = Filter("archived", title, (Choice(ON, title, self._with_archived),))
        return (*super().switches, archived)

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        """The menus, that of the projects first."""
        return (self.projects_menu, *super().filters)

    @cached_property
    def projects_menu(self) -> Filter:
        """The menu of the projects."""
        asked = self.chosen.get("project", "")
        offered = (("", "Any"), *((slug, name) for _, name, slug in self._offers.projects))
        choices = tuple(Choice(slug, name, slug == asked) for slug, name in offered)
        return Filter("project", "Project", choices)

    @property
    def parameters(self) -> str:
        """As on a board; the team is always named."""
        return "&".join(filter(None, (f"team={self.team.uuid}", self.sought)))

    def place_of(self, take: Generation) -> int:
        """Return its id."""
        return take.pk

    @cached_property
    def projects(self) -> list[int]:
        """The ids of the projects whose takes are shown."""
        asked = self.chosen.get("project")
        return [pk for pk, _, slug in self._offers.projects if asked in (None, slug)]

    @property
    def events(self) -> dict[int, int]:
        """How many events each open project has had, by its id."""
        return self._offers.events

    @property
    def seen(self) -> str:
        """The same for the page, which sends it back when it asks what changed."""
        return "-".join(f"{pk}.{count}" for pk, count in sorted(self.events.items()))

    @cached_property
    def _offers(self) -> Offers:
        archived = self._with_archived
        return Offers.to(self.user, self.team, with_projects=True, with_archived=archived)

    def _first(self, found: GenerationQuerySet, count: int) -> Any:
        """Return the ids of the first takes of what was found in the projects.

        No index knows a take's team. Of each project the takes are walked in their order, and
        merged, so that no more is read than is shown, however many there are.
        """
        order = self.orders[self.sort][1]
        is_merged = len(order) == 1 and not self.words and 1 < len(self.projects) <= _MOST_MERGED
        if not is_merged:
            return super()._first(found.filter(project__in=self.projects), count)
        first, *others = (self._of(found, pk, count) for pk in self.projects)
        merged = first.union(*others, all=True).order_by(order[0].replace("id", "place"))
        # Asked for by themselves: PostgreSQL can't tell how few they are, and would read every take
        # to join their cards.
        return [each["place"] for each in merged[:count]]

    def _of(self, found: GenerationQuerySet, project: int, count: int) -> Any:
        """Return the ids of one project's takes to merge.

        PostgreSQL walks an index only as far as each part says; SQLite has no such parts, and
        stops by itself.
        """
        ids = found.filter(project=project).values(place=F("id"))
        if connection.features.supports_slicing_ordering_in_compound:
            return ids[:count]
        return ids.order_by()

    def _by_project(self, _: str) -> Q:
        return Q(project__in=self.projects)

    def _by_archived(self, _: str) -> Q:
        """Leave nothing out: the projects are those that are asked for already."""
        return Q()
