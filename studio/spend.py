"""A team's money in a month, as a person may see it: sums that the database makes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import CharField, Count, F, Func, Min, QuerySet, Sum
from django.utils import timezone

from generations.models import Budget, BudgetWarning, LedgerEntry, Reconciliation, Standing
from generations.models.ledger import HELD, LedgerQuerySet, exact
from studio.access import leads
from studio.models import Project, Team, User

_READINGS_SHOWN = 12
CORRECTIONS = "Corrections by the balance"
GONE = "Someone who left"
PRIVATE = "A private project"
_PROJECT = ("project_id", "project__name", "project__is_private")
_PERSON = ("generation__author_id", "generation__author__name", "generation__author__email")
_MODEL = ("generation__prompt__model",)


class Day(Func):
    """The day of a moment (UTC) as text, `2026-11-22`: Django's own calls Python for each row."""

    output_field = CharField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Read it off the text that SQLite keeps."""
        context["template"] = "substr(%(expressions)s, 1, 10)"
        return self.as_sql(compiler, connection, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Have PostgreSQL write it."""
        context["template"] = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
        return self.as_sql(compiler, connection, **context)


@dataclass(frozen=True)
class Row:
    """One line of a breakdown: a name, dollars spent, takes paid for, and dollars reserved."""

    name: str
    spent_usd: Decimal
    takes: int
    reserved_usd: Decimal = Decimal(0)


@dataclass(frozen=True)
class Bar:
    """One day of the chart, in the units of its drawing: 1 wide, 100 high."""

    day: date
    spent_usd: Decimal
    x: int
    height: int

    @property
    def y(self) -> int:
        """Where the bar begins, from above."""
        return 100 - self.height


@dataclass(frozen=True)
class Spend:
    """A team's books of a month. Whoever doesn't produce sees only their own takes in detail.

    A project that is private to others is in the sums, and is nowhere named.
    """

    team: Team
    user: User
    first: date

    # --- the month ---------------------------------------------------------------------------

    @property
    def sees_everybody(self) -> bool:
        """Whether the person sees who spent what."""
        return leads(self.team.role)

    @property
    def is_current(self) -> bool:
        """Whether it is this month, in which money is still reserved."""
        return self.first == this_month()

    @property
    def previous(self) -> date:
        """The month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def next(self) -> date | None:
        """The month after, unless it is still to come."""
        return None if self.is_current else (self.first + timedelta(days=31)).replace(day=1)

    @cached_property
    def months(self) -> list[date]:
        """Every month since the team's first entry, the newest first."""
        oldest = LedgerEntry.objects.filter(team=self.team).aggregate(at=Min("at"))["at"]
        earliest = min((oldest or timezone.now()).date().replace(day=1), self.first)
        found = [this_month()]
        while found[-1] > earliest:
            found.append((found[-1] - timedelta(days=1)).replace(day=1))
        return found

    # --- the team's totals and budgets -------------------------------------------------------

    @cached_property
    def _spent(self) -> dict[int | None, Decimal]:
        return self._of_team.of_month(self.first.year, self.first.month).spent_by("project_id")

    @cached_property
    def _reserved(self) -> dict[int | None, Decimal]:
        return self._of_team.reserved_by("project_id") if self.is_current else {}

    @property
    def spent_usd(self) -> Decimal:
        """Dollars that the team spent in the month."""
        return sum(self._spent.values(), Decimal(0))

    @property
    def reserved_usd(self) -> Decimal:
        """Dollars that the team has reserved now; nothing in a month that is over."""
        return sum(self._reserved.values(), Decimal(0))

    @cached_property
    def standings(self) -> list[Standing]:
        """How the budgets stand, the team's first."""
        budgets = Budget.objects.filter(team=self.team).select_related("project", "set_by")
        self._conceal(each.project for each in budgets)
        kept = sorted(budgets, key=lambda each: (each.project is not None, str(each.project)))
        return [Standing.of(each, self._spent, self._reserved) for each in kept]

    @cached_property
    def warnings(self) -> list[Any]:
        """The budgets of which four fifths were gone this month, and when."""
        warned = BudgetWarning.objects.filter(budget__team=self.team, month=self.first)
        found = list(warned.select_related("budget__project").order_by("at"))
        self._conceal(each.budget.project for each in found)
        return found

    # --- who, for what, with what, when ------------------------------------------------------

    @cached_property
    def by_project(self) -> list[Row]:
        """What was spent for each project."""
        return self._rows(_PROJECT)

    @cached_property
    def by_person(self) -> list[Row]:
        """What each person spent."""
        return self._rows(_PERSON)

    @cached_property
    def by_model(self) -> list[Row]:
        """What was spent on each model."""
        return self._rows(_MODEL)

    @cached_property
    def days(self) -> list[Bar]:
        """What was spent on each day of the month, for the chart."""
        grouped = self._entries.annotate(day=Day("at")).order_by().values_list("day")
        spent = {day: exact(total) for day, total in grouped.annotate(total=Sum("amount_usd"))}
        most = max([*spent.values(), Decimal("0.01")])
        bars = []
        for number in range(_days_in(self.first)):
            day = self.first + timedelta(days=number)
            usd = spent.get(day.isoformat(), Decimal(0))
            height = max(round(usd * 100 / most), 1) if usd > 0 else 0
            bars.append(Bar(day, usd, number, height))
        return bars

    @property
    def most_in_a_day_usd(self) -> Decimal:
        """What the highest bar of the chart stands for."""
        return max(bar.spent_usd for bar in self.days)

    def lines(self) -> Iterator[tuple[str, str, str, str, int, Decimal]]:
        """Yield day, person, project, model, takes and dollars, for a spreadsheet."""
        fields = ("day", *_PERSON[1:], *_PROJECT, *_MODEL, "kind")
        grouped = self._entries.annotate(day=Day("at")).order_by("day").values_list(*fields)
        sums = grouped.annotate(takes=Count("generation"), total=Sum("amount_usd"))
        for day, name, email, *project, model, kind, takes, total in sums.iterator():
            corrects = kind == LedgerEntry.Kind.ADJUSTED
            who = "" if corrects else name or email or GONE
            what = CORRECTIONS if corrects else self._named(_PROJECT, project)
            yield day, who, what, model or "", takes, exact(total)

    # --- the balances ------------------------------------------------------------------------

    @cached_property
    def readings(self) -> list[Reconciliation]:
        """The last readings of the team's balances, the newest first."""
        rows = Reconciliation.objects.filter(account__team=self.team)
        return list(rows.select_related("account", "corrected_by")[:_READINGS_SHOWN])

    @cached_property
    def projects(self) -> list[Project]:
        """The team's projects with their `limit_usd`, for setting their budgets."""
        seen = Project.objects.visible_to(self.user)
        mine = seen.filter(team=self.team).order_by("name")
        return list(mine.annotate(limit_usd=F("budget__limit_usd")))

    @property
    def limit_of_team(self) -> Decimal | None:
        """The team's own budget in dollars, if it has one."""
        own = [each.budget for each in self.standings if each.budget.project is None]
        return own[0].limit_usd if own else None

    # --- how ---------------------------------------------------------------------------------

    @property
    def _of_team(self) -> LedgerQuerySet:
        entries: LedgerQuerySet = LedgerEntry.objects.filter(team=self.team)
        return entries

    @property
    def _scope(self) -> LedgerQuerySet:
        """The entries that the person sees in detail."""
        if self.sees_everybody:
            return self._of_team
        return self._of_team.filter(generation__author=self.user)

    @property
    def _entries(self) -> QuerySet[Any]:
        return self._scope.of_month(self.first.year, self.first.month).spending()

    def _rows(self, fields: tuple[str, ...]) -> list[Row]:
        spent = self._entries.order_by().values_list("kind", *fields)
        found: dict[tuple[Any, ...], Row] = {}
        for kind, *key, takes, usd in spent.annotate(
            takes=Count("generation"), usd=Sum("amount_usd")
        ):
            corrects = kind == LedgerEntry.Kind.ADJUSTED
            name = CORRECTIONS if corrects else self._named(fields, key)
            found[name, *key] = Row(name, exact(usd), takes)
        for *key, usd in self._held(fields):
            name = self._named(fields, key)
            row = found.get((name, *key), Row(name, Decimal(0), 0))
            if usd:
                found[row.name, *key] = replace(row, reserved_usd=exact(usd))
        return sorted(found.values(), key=lambda row: (-row.spent_usd, row.name))

    @cached_property
    def _hidden(self) -> set[int]:
        """The team's projects that are private to others than the person."""
        private = Project.objects.filter(team=self.team, is_private=True)
        seen = Project.objects.visible_to(self.user).values("pk")
        return set(private.exclude(pk__in=seen).values_list("pk", flat=True))

    def _conceal(self, projects: Iterable[Project | None]) -> None:
        """Take the names off those that the person may not see."""
        for project in projects:
            if project and project.is_private and project.pk in self._hidden:
                project.name = PRIVATE

    def _named(self, fields: tuple[str, ...], key: list[Any]) -> str:
        """Return what a breakdown's line is called: the last name that there is."""
        if fields is _PROJECT:
            pk, name, is_private = key
            return PRIVATE if is_private and pk in self._hidden else name or GONE
        _, *names = [None, *key] if len(key) == 1 else key
        return next((name for name in names if name), GONE)

    def _held(self, fields: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
        if not self.is_current:
            return []
        held = self._scope.holding().order_by().values_list(*fields)
        return held.annotate(usd=Sum(HELD))


def _days_in(first: date) -> int:
    following = (first + timedelta(days=31)).replace(day=1)
    return (following - first).days


def this_month() -> date:
    """Return the first day of this month (UTC)."""
    return timezone.now().astimezone(UTC).date().replace(day=1)


def month_named(text: str) -> date:
    """Return the first day of the month that is called `2026-11`; this month for anything else."""
    try:
        named = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        return this_month()
    return named if date(2000, 1, 1) <= named <= this_month() else this_month()
