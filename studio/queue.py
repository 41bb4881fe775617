"""A team's queue: what runs, what waits for which account, and who may do what about it."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from generations.buckets import bucket_name, facts_of
from generations.models import Account, Counter, Generation, Keyframe, PausedLine, Reference, State
from generations.models.generation_queries import IN_LINE, GenerationQuerySet
from generations.refusal import upper_first
from studio.access import leads, makes
from studio.cards import Card
from studio.estimates import about
from studio.marks import unveiled
from studio.models import Project, Team, User

SHOWN = 200
# However many an address asks for: a page of more is of use to nobody. The next ones have a page.
MOST_SHOWN = 2_000
_ORDER = ("account__rank", "account_id", "bucket", *IN_LINE)


@dataclass(frozen=True)
class Row(Card):
    """A take in the queue, as a person of the team sees it."""

    viewer: User = field(kw_only=True)
    leads: bool = False
    is_first: bool = False  # among those that the person may change places with
    is_last: bool = False
    is_secret: bool = False  # of a project that is private to others: only its place is told

    @property
    def may_act(self) -> bool:
        """Whether the person may hold it back, edit it and put it elsewhere: their own, or all."""
        return self.changes_places and not self.is_secret

    @property
    def changes_places(self) -> bool:
        """Whether another that the person moves may change places with it."""
        return self.leads or self.generation.author_id == self.viewer.pk

    @property
    def bucket(self) -> str:
        """Which of its account's limits it waits for, empty for those of videos."""
        return str(self.generation.bucket)  # type: ignore[attr-defined]

    @property
    def number(self) -> int:
        """Its place in line, from 1, unless it is paused."""
        return int(self.generation.ahead_in_line) + 1  # type: ignore[attr-defined]

    @property
    def no_way_up(self) -> str:
        """Why it can't be moved before another, or nothing."""
        return self._end("before") if self.is_first else ""

    @property
    def no_way_down(self) -> str:
        """Why it can't be moved behind another, or nothing."""
        return self._end("behind") if self.is_last else ""

    def _end(self, side: str) -> str:
        return f"nothing{'' if self.leads else ' of yours'} waits {side} it"

    @property
    def is_preferred(self) -> bool:
        """Whether a producer put it in front."""
        return self.generation.priority > 0

    @property
    def starts(self) -> str:
        """When it is likely to be sent, or why it isn't."""
        if self.pause:
            return self.pause
        if self.wait_s is None:
            return self.stands or "When a slot frees"
        return upper_first(about(self.wait_s)) + self.rest


@dataclass(frozen=True)
class Line:
    """The line before one account's slots for a bucket, such as Photon's."""

    account: Account
    bucket: str
    rows: list[Row]

    @property
    def key(self) -> str:
        """What tells it from others on the page."""
        return f"{self.account.uuid}-{self.bucket}" if self.bucket else str(self.account.uuid)

    @property
    def name(self) -> str:
        """What its takes wait for; videos wait for the account itself."""
        if not self.bucket:
            return str(self.account)
        return f"{self.account}, {facts_of(self.account.provider, self.bucket).title}"


class Queue:
    """Everything of a team that waits or runs, for one person."""

    def __init__(self, team: Team, viewer: User, shown: int = SHOWN, after: str = "") -> None:
        self.team, self.viewer = team, viewer
        self._after_uuid = after
        self.shown = min(max(shown, SHOWN), MOST_SHOWN)
        self.leads = leads(team.role)
        self.makes = makes(team.role)

    @property
    def running(self) -> list[Row]:
        """What is at a provider, the oldest first; not where the page begins behind others."""
        return [] if self.after else self._running[: self.shown]

    @cached_property
    def running_count(self) -> int:
        """How many are at a provider, also of those that aren't shown."""
        found = len(self._running)
        return found if found <= self.shown else self._under_way(Generation.objects.all()).count()

    @cached_property
    def _running(self) -> list[Row]:
        in_order = self._under_way(self._takes).order_by("accepted_at", "id")
        return self._rows(in_order[: self.shown + 1])

    def _under_way(self, takes: GenerationQuerySet) -> GenerationQuerySet:
        return takes.in_flight().filter(project__team=self.team)

    @cached_property
    def _waiting(self) -> list[Row]:
        in_lines = self._behind(self._in_lines(self._takes)).order_by(*_ORDER)
        return self._rows(in_lines[: self.shown + 1])

    def _in_lines(self, takes: GenerationQuerySet) -> GenerationQuerySet:
        return takes.filter(state=State.WAITING, project__team=self.team)

    @cached_property
    def after(self) -> Generation | None:
        """The take behind which the page begins; it may have left the line meanwhile."""
        if not self._after_uuid:
            return None
        named = Generation.objects.filter(project__team=self.team, waiting_since__isnull=False)
        with suppress(ValidationError):  # an address that somebody made up
            found = named.filter(uuid=self._after_uuid).annotate(bucket=bucket_name())
            return found.select_related("account").first()
        return None

    def _behind(self, takes: GenerationQuerySet) -> GenerationQuerySet:
        """Only those that stand behind the take after which the page begins."""
        if self.after is None:
            return takes
        behind, alike = Q(), Q()
        for name in _ORDER:
            field = name.removeprefix("-")
            value = self.after
            for part in field.split("__"):
                value = getattr(value, part)
            further = f"{field}__{'lt' if name.startswith('-') else 'gt'}"
            behind |= alike & Q(**{further: value})
            alike &= Q(**{field: value})
        return takes.filter(behind)

    @property
    def next_after(self) -> str:
        """The take behind which the next page begins, where this one is full; else nothing."""
        full = self.is_full and len(self._waiting) > self.shown
        return str(self._waiting[self.shown - 1].generation.uuid) if full else ""

    @cached_property
    def left_count(self) -> int:
        """How many wait behind the last that is shown."""
        waiting = self._in_lines(Generation.objects.annotate(bucket=bucket_name()))
        return self._behind(waiting).count() - self.shown

    @property
    def hidden_running_count(self) -> int:
        """How many run that no page shows."""
        return 0 if self.after or not self.is_full else max(self.running_count - self.shown, 0)

    @property
    def lines(self) -> list[Line]:
        """What waits, account by account and limit by limit, the first in line first."""
        lines: dict[tuple[int, str], Line] = {}
        for row in self._waiting[: self.shown]:
            account, bucket = row.generation.account, row.bucket
            lines.setdefault((account.pk, bucket), Line(account, bucket, [])).rows.append(row)
        return [replace(line, rows=self._with_ends(line.rows)) for line in lines.values()]

    def _with_ends(self, rows: list[Row]) -> list[Row]:
        """Mark the rows that have nobody before or behind them to change places with."""
        mine = [row for row in rows if row.changes_places]
        # What isn't shown may be behind: then nobody is known to be the last.
        cut = len(self._waiting) > self.shown
        first = mine[0] if mine and not self.after else None
        last = mine[-1] if mine and not cut else None
        return [
            replace(row, is_first=row is first, is_last=row is last) if row.may_act else row
            for row in rows
        ]

    @property
    def more(self) -> int:
        """How many of each to show next, where more run or wait than are shown; else 0."""
        return min(self.shown + SHOWN, MOST_SHOWN) if self.is_cut and not self.is_full else 0

    @property
    def is_cut(self) -> bool:
        """Whether more run or wait than are shown."""
        running = 0 if self.after else len(self._running)
        return max(running, len(self._waiting)) > self.shown

    @property
    def is_full(self) -> bool:
        """Whether the page shows no more of them."""
        return self.shown >= MOST_SHOWN

    @property
    def is_empty(self) -> bool:
        """Whether nothing runs or waits."""
        return not (self._running or self._waiting)

    @cached_property
    def is_paused(self) -> bool:
        """Whether a producer stopped the team's line."""
        return PausedLine.objects.filter(team=self.team).exists()

    @cached_property
    def version(self) -> str:
        """What a page compares to know whether anything changed."""
        events = Counter.objects.filter(project__team=self.team).aggregate(n=Sum("events"))["n"]
        return f"{events or 0}.{int(self.is_paused)}.{self.shown}.{self._after_uuid}"

    @cached_property
    def accounts(self) -> list[Account]:
        """The team's accounts that take work, the preferred first."""
        return list(Account.objects.filter(team=self.team).usable())

    @property
    def _takes(self) -> GenerationQuerySet:
        takes = ("source", "still__source")  # none that the person is still to judge blind
        frames = unveiled(Keyframe.objects.filter(generation=OuterRef("pk")), self.viewer, *takes)
        frames = frames.order_by("-position")
        made_from = Reference.objects.filter(generation=OuterRef("pk"), role=Reference.Role.SOURCE)
        made_from = unveiled(made_from, self.viewer, *takes)
        originals = unveiled(Generation.objects.filter(pk=OuterRef("version_of")), self.viewer)
        return (
            Generation.objects.for_cards()
            .select_related("version_of")
            .annotate(
                # What is looked at first: a frame, else what it is made from.
                frame_still=Coalesce(
                    Subquery(frames.values("still__uuid")[:1]),
                    Subquery(made_from.values("still__uuid")[:1]),
                ),
                frame_take=Coalesce(
                    Subquery(frames.values("source__uuid")[:1]),
                    Subquery(originals.values("uuid")),
                    Subquery(made_from.values("source__uuid")[:1]),
                ),
            )
        )

    def _rows(self, takes: Iterable[Generation]) -> list[Row]:
        return [
            Row(take, viewer=self.viewer, leads=self.leads, is_secret=self._is_secret(take.project))
            for take in takes
        ]

    def _is_secret(self, project: Any) -> bool:
        return project.is_private and project.pk not in self._private_to_them

    @cached_property
    def _private_to_them(self) -> set[int]:
        """The private projects that the person may see."""
        theirs = Project.objects.visible_to(self.viewer).filter(team=self.team, is_private=True)
        return set(theirs.values_list("pk", flat=True))
