"""What came of a bake-off, for who may know who is who."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import sqrt
from statistics import mean

from django.db.models import QuerySet, Sum

from generations.models import LedgerEntry, State
from generations.models.ledger import exact
from studio.bakeoffs.blind import Blind, Seen
from studio.models import Criterion, Mark, Pick
from studio.scoreboard import settings_words


@dataclass(frozen=True)
class Result:
    """An entrant with its name, what judges gave it, and what it cost in dollars.

    `won` counts a pair of which neither was better as half.
    """

    seen: Seen
    values: list[int]
    by_criterion: list[float | None]
    won: float
    pairs: int
    spent_usd: Decimal

    @property
    def name(self) -> str:
        """The model and the settings."""
        prompt = self.seen.generation.prompt
        return settings_words(
            prompt.model, prompt.kind, prompt.resolution, prompt.duration_s, prompt.mode
        )

    @property
    def mean(self) -> float | None:
        """The mean of all that it was given."""
        return mean(self.values) if self.values else None

    @property
    def spread(self) -> float | None:
        """The standard deviation of those; nothing for a single one."""
        if len(self.values) < 2:
            return None
        middle = mean(self.values)
        return sqrt(mean((each - middle) ** 2 for each in self.values))

    @property
    def won_percent(self) -> int | None:
        """Of how many of a hundred pairs it was the better one."""
        return round(100 * self.won / self.pairs) if self.pairs else None

    @property
    def took_s(self) -> float | None:
        """Seconds from the provider's accepting it to its being rendered."""
        take = self.seen.generation
        if not (take.accepted_at and take.finished_at):
            return None
        return float((take.finished_at - take.accepted_at).total_seconds())

    @property
    def problem(self) -> str:
        """Why there is nothing to look at, in words."""
        take = self.seen.generation
        if take.trashed_at:
            return "Deleted"
        if self.seen.is_coming:
            return "Being made"
        if take.state == State.COMPLETED:
            return "Its file couldn't be fetched"
        label = State(take.state).label
        return f"{label}. {take.words}" if take.words else f"{label}."

    @property
    def _rank(self) -> tuple[bool, float, float, str]:
        share = self.won / self.pairs if self.pairs else 0.0
        return (not self.seen.is_ready, -(self.mean or 0), -share, self.name)


class Results:
    """The entrants with their names, the best first, and who judged them.

    Every judge's scores count that were given blind, also of one who didn't judge all.
    """

    def __init__(self, blind: Blind) -> None:
        self.blind = blind

    @cached_property
    def criteria(self) -> list[Criterion]:
        """What they were scored by."""
        given = self._marks.values("criterion")
        return list(Criterion.objects.filter(pk__in=given).order_by("position", "pk"))

    @cached_property
    def judges(self) -> list[str]:
        """Who judged them."""
        bakeoff = self.blind.bakeoff
        said = bakeoff.ballots.exclude(marks=None, picks=None).select_related("judge").distinct()
        return sorted(str(each.judge) for each in said)

    @cached_property
    def rows(self) -> list[Result]:
        """The best scored first, then who won the most pairs; what came to nothing is last."""
        marks: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for each in self._marks:
            marks[each.entrant_id].append((each.criterion_id, each.value))
        won, pairs = self._pairs()
        rows = [
            Result(
                seen,
                [value for _, value in marks[pk]],
                [_mean_of(marks[pk], it.pk) for it in self.criteria],
                won[pk],
                pairs[pk],
                self._spent_usd.get(seen.generation.pk, Decimal(0)),
            )
            for seen in self.blind.entrants
            for pk in (seen.entrant.pk,)
        ]
        return sorted(rows, key=lambda row: row._rank)

    @property
    def spent_usd(self) -> Decimal:
        """What all of them cost, in dollars."""
        return sum((row.spent_usd for row in self.rows), Decimal(0))

    @property
    def was_scored(self) -> bool:
        """Whether anybody gave anything."""
        return any(row.values for row in self.rows)

    @property
    def was_paired(self) -> bool:
        """Whether anybody held two of them against each other."""
        return any(row.pairs for row in self.rows)

    @cached_property
    def _marks(self) -> QuerySet[Mark]:
        return Mark.objects.filter(ballot__bakeoff=self.blind.bakeoff)

    @cached_property
    def _spent_usd(self) -> dict[int, Decimal]:
        takes = [each.generation.pk for each in self.blind.entrants]
        booked = LedgerEntry.objects.filter(generation__in=takes).spending().order_by()
        rows = booked.values_list("generation").annotate(usd=Sum("amount_usd"))
        return {pk: exact(usd) for pk, usd in rows}

    def _pairs(self) -> tuple[dict[int, float], dict[int, int]]:
        won: dict[int, float] = defaultdict(float)
        pairs: dict[int, int] = defaultdict(int)
        for each in Pick.objects.filter(ballot__bakeoff=self.blind.bakeoff):
            for side in (each.one_id, each.other_id):
                pairs[side] += 1
                won[side] += 0.5 if each.better_id is None else float(each.better_id == side)
        return won, pairs


def _mean_of(marks: list[tuple[int, int]], criterion: int) -> float | None:
    values = [value for pk, value in marks if pk == criterion]
    return mean(values) if values else None
