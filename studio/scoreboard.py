"""The scoreboard: which model and settings earn their money, by scores, verdicts and price."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from math import sqrt
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Sum
from django.http import QueryDict

from generations.catalogue import catalogue
from generations.kinds import PICTURES
from generations.models import Generation, LedgerEntry, State
from generations.models.generation_queries import GenerationQuerySet
from generations.models.ledger import exact
from studio.dates import Days
from studio.models import Criterion, Project, Score, Team, User, Verdict
from studio.models.rubric import HIGHEST

_MOST_TIMED = 20_000
_COUNTED = {
    "takes": Count("pk"),
    "ready": Count("pk", filter=Q(state=State.COMPLETED)),
    "judged": Count("pk", filter=Q(review__judged_at__isnull=False)),
    "approved": Count("pk", filter=Q(review__verdict=Verdict.APPROVED)),
}
_SCORED = {
    "scores": Count("pk"),
    "total": Sum("value"),
    "squares": Sum(F("value") * F("value")),
}


class Key(NamedTuple):
    """What is told apart: a model with its settings, in a project; `kind` is a prompt's."""

    project: int
    model: str
    kind: str
    resolution: str
    duration_s: int
    mode: str

    @property
    def settings(self) -> "Key":
        """The same, in whatever project."""
        return self._replace(project=0)

    @property
    def settings_words(self) -> str:
        """The settings as they are said: `Ray 2, 720p, 5 s`."""
        return settings_words(*self[1:])


_FIELDS = (
    *("project_id", "prompt__model", "prompt__kind"),
    *("prompt__resolution", "prompt__duration_s", "prompt__mode"),
)


@dataclass(frozen=True)
class Tally:
    """What some takes came to: how many, how they were judged and scored, and what they cost.

    `total` and `squares` are the sum of their `scores` and of the scores' squares, `took_s` the
    median of the seconds from a provider's accepting a take to its being rendered.
    """

    takes: int = 0
    ready: int = 0
    judged: int = 0
    approved: int = 0
    spent_usd: Decimal = Decimal(0)
    scores: int = 0
    total: int = 0
    squares: int = 0
    took_s: float | None = None

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together; a median of both can't be told from the two."""
        names = [name for name in self.__dataclass_fields__ if name != "took_s"]
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def mean(self) -> float | None:
        """The mean of the scores."""
        return self.total / self.scores if self.scores else None

    @property
    def spread(self) -> float | None:
        """The scores' standard deviation, of the scores themselves: nothing for a single one."""
        if self.scores < 2:
            return None
        mean = self.total / self.scores
        return sqrt(max(self.squares / self.scores - mean * mean, 0))

    @property
    def approved_percent(self) -> int | None:
        """How many of a hundred that were judged are approved."""
        return round(100 * self.approved / self.judged) if self.judged else None

    @property
    def per_approved_usd(self) -> Decimal | None:
        """Dollars spent on all of them for each that is approved."""
        return exact(self.spent_usd / self.approved) if self.approved else None


@dataclass(frozen=True)
class Row:
    """A line of a table and of its chart, in the units of the drawing: 100 wide."""

    name: str
    tally: Tally

    @property
    def bar(self) -> float:
        """How long the bar of its mean is."""
        return _place(self.tally.mean or 0)

    @property
    def from_(self) -> float:
        """Where its spread begins."""
        return _place((self.tally.mean or 0) - (self.tally.spread or 0))

    @property
    def to(self) -> float:
        """Where its spread ends."""
        return _place((self.tally.mean or 0) + (self.tally.spread or 0))

    @property
    def wide(self) -> float:
        """How long its spread is."""
        return round(self.to - self.from_, 1)


@dataclass(frozen=True)
class Bar:
    """What one line of a table comes to, and how long its bar is, of 100."""

    name: str
    value: float | Decimal
    long: float


@dataclass(frozen=True)
class Chart:
    """The lines of a table by something else than their scores; `unit` is what it counts."""

    title: str
    unit: str
    bars: list[Bar]


_CHARTED: tuple[tuple[str, str, Callable[[Tally], float | Decimal | None]], ...] = (
    ("Approved of what was judged", "percent", lambda tally: tally.approved_percent),
    ("Spent for each approved", "usd", lambda tally: tally.per_approved_usd),
    ("Time to finish", "seconds", lambda tally: tally.took_s),
)


@dataclass(frozen=True)
class Table:
    """A grouping of the same takes: a title, its lines and the name of its first column."""

    title: str
    column: str
    rows: list[Row] = field(default_factory=list)

    @property
    def scored(self) -> list[Row]:
        """The lines that have a score, for the chart."""
        return [row for row in self.rows if row.tally.scores]

    @property
    def charts(self) -> list[Chart]:
        """The lines by what else is known of them: the longest bar is the most, or all."""
        found = []
        for title, unit, measure in _CHARTED:
            told = [(row.name, measure(row.tally)) for row in self.rows]
            known = [(name, value) for name, value in told if value is not None]
            most = 100 if unit == "percent" else max((float(it) for _, it in known), default=0)
            bars = [Bar(name, it, round(100 * float(it) / (most or 1), 1)) for name, it in known]
            if bars:
                found.append(Chart(title, unit, bars))
        return found


class Scoreboard:
    """A team's takes of some days, in all projects or one, scored by all criteria or one.

    What is in the trash counts as well: it was paid for. So do archived projects. What a take's
    versions cost and were given counts as the take's, among its settings.
    """

    def __init__(self, team: Team, user: User, query: QueryDict) -> None:
        self.team = team
        self.days = Days(query)
        self._user = user
        self._asked = query

    @cached_property
    def projects(self) -> list[Project]:
        """The projects that the person sees."""
        mine = Project.objects.visible_to(self._user).filter(team=self.team)
        return list(mine.order_by("name"))

    @cached_property
    def project(self) -> Project | None:
        """The one that it is narrowed to."""
        slug = self._asked.get("project", "")
        return next((each for each in self.projects if each.slug == slug), None)

    @cached_property
    def criteria(self) -> list[Criterion]:
        """What the team scores by now."""
        return list(Criterion.objects.filter(team=self.team).kept())

    @cached_property
    def criterion(self) -> Criterion | None:
        """The one whose scores are counted; none for all."""
        asked = self._asked.get("by", "")
        return next((each for each in self.criteria if str(each.pk) == asked), None)

    @property
    def query(self) -> str:
        """What the address says of it, encoded."""
        said = {"team": str(self.team.uuid), **self.days.said}
        if self.project:
            said["project"] = self.project.slug
        if self.criterion:
            said["by"] = str(self.criterion.pk)
        return urlencode(said)

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves any take out."""
        return bool(self.project or self.days.said)

    @cached_property
    def whole(self) -> Tally:
        """All of them together."""
        return sum(self._tallies.values(), Tally())

    @cached_property
    def tables(self) -> list[Table]:
        """By model, by settings and by project; the best scored first."""
        names = {each.pk: each.name for each in self.projects}
        return [
            Table("By model", "Model", self._rows(_model_of, model_title)),
            Table("By settings", "Settings", self._rows(_settings_of, _settings_words)),
            Table("By project", "Project", self._rows(_project_of, lambda pk: names[pk])),
        ]

    def lines(self) -> Iterator[tuple[str, Key, Tally]]:
        """Yield the project's name, what is told apart, and what it came to, for a spreadsheet."""
        names = {each.pk: each.name for each in self.projects}
        for key, tally in sorted(self._tallies.items(), key=lambda each: each[0][1:]):
            times = self._times.get(key)
            yield names[key.project], key, replace(tally, took_s=median(times) if times else None)

    @cached_property
    def _takes(self) -> GenerationQuerySet:
        shown = [self.project] if self.project else self.projects
        takes: GenerationQuerySet = Generation.objects.takes().filter(project__in=shown)
        return takes.filter(self.days.as_q())

    @cached_property
    def _tallies(self) -> dict[Key, Tally]:
        """Return what is told apart, each with its sums: five questions to the database."""
        found: dict[Key, Tally] = defaultdict(Tally)
        counted = self._takes.order_by().values_list(*_FIELDS)
        for row in counted.annotate(**_COUNTED):
            found[Key(*row[:6])] += Tally(**dict(zip(_COUNTED, row[6:], strict=True)))
        mine = self._takes.order_by().values("pk")
        # Of a take's own and of its versions' apart: an index serves each, and none both at once.
        for take in ("generation", "generation__version_of"):
            of_takes = [f"{take}__{name}" for name in _FIELDS]
            spent = LedgerEntry.objects.filter(**{f"{take}__in": mine}).spending().order_by()
            for row in spent.values_list(*of_takes).annotate(usd=Sum("amount_usd")):
                found[Key(*row[:6])] += Tally(spent_usd=exact(row[6]))
            scores = Score.objects.filter(**{f"{take}__in": mine}).order_by()
            if self.criterion:
                scores = scores.filter(criterion=self.criterion)
            for row in scores.values_list(*of_takes).annotate(**_SCORED):
                found[Key(*row[:6])] += Tally(**dict(zip(_SCORED, row[6:], strict=True)))
        return found

    @cached_property
    def _times(self) -> dict[Key, list[float]]:
        """Return how many seconds the newest of the finished takes took."""
        done = self._takes.filter(state=State.COMPLETED, accepted_at__isnull=False)
        rows = done.order_by("-pk").values_list(*_FIELDS, "accepted_at", "finished_at")
        found: dict[Key, list[float]] = defaultdict(list)
        for *key, accepted_at, finished_at in rows[:_MOST_TIMED]:
            found[Key(*key)].append((finished_at - accepted_at).total_seconds())
        return found

    def _rows(self, part: Callable[[Key], Any], name: Callable[[Any], str]) -> list[Row]:
        """Return what has the same part of its key together, the best scored first."""
        tallies: dict[Hashable, Tally] = defaultdict(Tally)
        times: dict[Hashable, list[float]] = defaultdict(list)
        for key, tally in self._tallies.items():
            tallies[part(key)] += tally
            times[part(key)] += self._times.get(key, [])
        rows = [
            Row(name(each), replace(tally, took_s=median(times[each]) if times[each] else None))
            for each, tally in tallies.items()
        ]
        return sorted(rows, key=lambda row: (-(row.tally.mean or 0), -row.tally.takes, row.name))


def settings_words(model: str, kind: str, resolution: str, duration_s: int, mode: str) -> str:
    """Return a model with its settings as they are said: `Ray 2, 720p, 5 s`."""
    size = "" if kind in PICTURES else f"{duration_s} s"
    parts = (model_title(model), resolution, size, mode.replace("_", " "))
    return ", ".join(part for part in parts if part)


def model_title(key: str) -> str:
    """Return what a model is called, also one that the catalogue doesn't know any more."""
    known = catalogue().models.get(key)
    return known.title if known else key


def _model_of(key: Key) -> str:
    return key.model


def _settings_of(key: Key) -> Key:
    return key.settings


def _settings_words(key: Key) -> str:
    return key.settings_words


def _project_of(key: Key) -> int:
    return key.project


def _place(score: float) -> float:
    """Return where a score is in the drawing, within it."""
    return round(100 * min(max(score / HIGHEST, 0), 1), 1)
