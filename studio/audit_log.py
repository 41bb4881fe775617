"""The audit log of a team, as a producer looks through it."""

from collections.abc import Iterator
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from studio.dates import Days
from studio.models import AuditEntry, Role, Team, User
from studio.models.audit import AuditEntryQuerySet

WORDS_MAX = 200
PAGE = 50
COLUMNS = ("at", "who", "kind", "did", "address", "user_agent")
_AT_A_TIME = 1000
_ID_DIGITS = 18


class AuditLog:
    """What is looked for in a team's log. It lives in the address; what isn't known is left out."""

    def __init__(self, team: Team, user: User, query: QueryDict) -> None:
        self.team = team
        self.user = user
        self.words = query.get("find", "").replace("\0", "").strip()[:WORDS_MAX]
        self.days = Days(query)
        self._kind, self._who = query.get("kind", ""), query.get("who", "")
        self._before = _number(query.get("before", ""))

    @property
    def kind(self) -> str:
        """What it is about, or nothing for anything."""
        return self._kind if self._kind in AuditEntry.Kind.values else ""

    @property
    def who(self) -> int | None:
        """The person's id, of the team or gone from it."""
        return _number(self._who)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """What it can be about."""
        return AuditEntry.Kind.choices

    @cached_property
    def people(self) -> list[tuple[int, str]]:
        """The team's members, and who was chosen but isn't in it any more."""
        members = self.team.members.order_by("name", "email")
        found = {member.pk: str(member) for member in members}
        if self.who is not None:
            found.setdefault(self.who, "Someone who left")
        return list(found.items())

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves any entry out."""
        return bool(self.parameters)

    @property
    def parameters(self) -> str:
        """What the address says of it, encoded; nothing where nothing is asked for."""
        said = {"find": self.words, "kind": self.kind, "who": self.who or "", **self.days.said}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def address(self) -> str:
        """What follows the path to look for the same, with room for more."""
        return f"?team={self.team.uuid}" + (f"&{self.parameters}" if self.parameters else "")

    @cached_property
    def _page(self) -> list[AuditEntry]:
        return list(self._behind(self._before)[: PAGE + 1])

    @property
    def entries(self) -> list[AuditEntry]:
        """The newest ones, or those before the one that the address names."""
        return self._page[:PAGE]

    @property
    def before(self) -> int | None:
        """The last one's id, if there are earlier ones."""
        return self.entries[-1].pk if len(self._page) > PAGE else None

    @property
    def is_behind(self) -> bool:
        """Whether there are newer ones than those that are shown."""
        return self._before is not None

    def rows(self) -> Iterator[list[str]]:
        """Yield all of them for a table, some at a time, so that no query stays open meanwhile."""
        last = self._before
        while found := list(self._behind(last)[:_AT_A_TIME]):
            for each in found:
                at = each.created_at.isoformat(timespec="seconds")
                kind = AuditEntry.Kind(each.kind).label
                yield [at, each.who, kind, each.words, each.address or "", each.agent]
            last = found[-1].pk

    def _behind(self, last: int | None) -> AuditEntryQuerySet:
        found = AuditEntry.objects.of(self.team).readable_by(self.user, Role(self.team.role))
        if last is not None:
            found = found.filter(pk__lt=last)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.who is not None:
            found = found.filter(actor=self.who)
        for word in self.words.split():
            where = Q(words__icontains=word) | Q(who__icontains=word)
            found = found.filter(where | Q(agent__icontains=word) | Q(address__startswith=word))
        return found.filter(self.days.as_q())


def _number(text: str) -> int | None:
    good = text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS
    return int(text) if good else None
