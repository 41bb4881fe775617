"""What the finder's menus offer that a team has made: people, tags, projects, a person's views."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from generations.models import Account
from studio.models import Membership, Project, SavedView, Tag, Team, User

OF_GALLERY = 0
"""What a person's views of the team's gallery are kept by, which are no project's."""
_NAME = Case(
    When(archived_at=None, then=F("name")),
    default=Concat("name", Value(", archived")),
    output_field=TextField(),
)


@dataclass
class Offers:
    """People by their ids, tags by their keys, and a person's views by the projects' ids.

    `providers` are those at which the team has accounts that take work. And the ids, names and
    slugs of the open projects, and how many events each has had, where these were asked for; of the
    archived ones, which stay as they are, without the events.
    """

    people: list[tuple[str, str]] = field(default_factory=list)
    tags: list[tuple[str, str]] = field(default_factory=list)
    views: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    providers: set[str] = field(default_factory=set)
    projects: list[tuple[int, str, str]] = field(default_factory=list)
    events: dict[int, int] = field(default_factory=dict)

    @classmethod
    def to(
        cls, user: User, team: Team, *, with_projects: bool = False, with_archived: bool = False
    ) -> "Offers":
        """Ask for all that a person is offered in a team, in one query."""
        name = Coalesce(NullIf(F("user__name"), Value("")), F("user__email"))
        people = Membership.objects.filter(team=team).exclude(user=user)
        tags = Tag.objects.filter(team=team).in_use_for(user).order_by()
        views = SavedView.objects.filter(Q(project__team=team) | Q(team=team), user=user)
        accounts = Account.objects.filter(team=team).usable()
        of = Coalesce(Cast("project", TextField()), Value(str(OF_GALLERY)))
        others = [
            _as_rows(tags, "tag", "key", F("word")),
            _as_rows(views.order_by(), "view", of, F("name"), F("query")),
            _as_rows(accounts.order_by(), "provider", "provider", F("provider")),
        ]
        if with_projects:
            mine = Project.objects.visible_to(user).filter(team=team).order_by()
            listed = mine if with_archived else mine.open()
            others.append(_as_rows(listed, "project", "id", _NAME, F("slug")))
            counted = Coalesce(F("counter__events"), Value(0), output_field=BigIntegerField())
            others.append(_as_rows(mine.open(), "events", "id", counted))
        rows = _as_rows(people, "person", "user", name).union(*others, all=True)
        found = cls()
        for kind, key, words, query in sorted(rows, key=lambda row: row[2].casefold()):
            if kind == "person":
                found.people.append((key, words))
            elif kind == "tag":
                found.tags.append((key, words))
            elif kind == "provider":
                found.providers.add(key)
            elif kind == "project":
                found.projects.append((int(key), words, query))
            elif kind == "events":
                found.events[int(key)] = int(words)
            else:
                found.views.setdefault(int(key), []).append((words, query))
        return found


def _as_rows(
    found: QuerySet[Any], kind: str, key: Any, words: Any, query: Any = None
) -> QuerySet[Any, Any]:
    """Return rows of the same four columns, of the same types on every database."""
    text = TextField()
    return found.values_list(
        Value(kind, CharField()), Cast(key, text), Cast(words, text), Cast(query or Value(""), text)
    )
