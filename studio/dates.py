"""When takes were asked for: the days that a finder's address names."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format

PRESETS = {"today": "Today", "week": "This week", "month": "This month"}


@dataclass(frozen=True)
class Days:
    """The days that are looked at: a preset, or from one to another, each included; in UTC."""

    asked: QueryDict

    @property
    def when(self) -> str:
        """The preset, or nothing."""
        when = self.asked.get("when", "")
        return when if when in PRESETS else ""

    @cached_property
    def first(self) -> date | None:
        """The first day that was chosen by itself."""
        return _day(self.asked.get("from", ""))

    @cached_property
    def last(self) -> date | None:
        """The last day that was chosen by itself."""
        return _day(self.asked.get("to", ""))

    @property
    def said(self) -> dict[str, str]:
        """What the address says of them; a preset leaves no room for single days."""
        if self.when:
            return {"when": self.when}
        days = {"from": self.first, "to": self.last}
        return {name: day.isoformat() for name, day in days.items() if day}

    @property
    def title(self) -> str:
        """What is chosen, in words."""
        if self.when:
            return PRESETS[self.when]
        first, last = (day and date_format(day, "M j, Y") for day in (self.first, self.last))
        if first and last:
            return first if first == last else f"{first} to {last}"
        return f"From {first}" if first else f"Until {last}" if last else "Any date"

    @property
    def presets(self) -> list[tuple[str, str, bool]]:
        """The presets: their values, words, and which is chosen."""
        offered = {"": "Any date, or the days below"} | PRESETS
        return [(value, words, value == self.when) for value, words in offered.items()]

    def as_q(self) -> Q:
        """Leave out what was asked for on other days."""
        first = _first_of(self.when, timezone.now().date()) if self.when else self.first
        found = Q(created_at__gte=_midnight(first)) if first else Q()
        if self.last and not self.when and self.last < date.max:
            found &= Q(created_at__lt=_midnight(self.last + timedelta(days=1)))
        return found


def _first_of(preset: str, today: date) -> date:
    if preset == "week":
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if preset == "month" else today


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
