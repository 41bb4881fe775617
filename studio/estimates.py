"""How long what is being made still takes, in words; static/js/progress.js says the same."""

from dataclasses import dataclass
from math import floor

IN_A_MOMENT = "in a moment"


@dataclass(frozen=True)
class Estimate:
    """How far a take is, beside how long the last of its kind needed; all in seconds.

    Eight of ten were ready between `from_s` and `to_s`.
    """

    elapsed_s: float
    expected_s: float | None = None
    from_s: float | None = None
    to_s: float | None = None

    @property
    def words(self) -> str:
        """What is to be expected: what is left while it is in time, else how long it has taken."""
        so_far = f"{span(floor(self.elapsed_s))} so far"
        if self.expected_s is None:
            return so_far
        if self.is_late:
            said = f"longer than usual, {so_far}"
            return f"{said} ({self.usually})" if self.usually else said
        left_s = self.expected_s - self.elapsed_s
        said = f"about {span(left_s)} left"
        if left_s < 1:
            said = f"up to {span(max(self.end_s - self.elapsed_s, 1))} left"
        return f"{said}, {self.usually}" if self.usually else said

    @property
    def is_late(self) -> bool:
        """Whether it takes longer than the last of its kind did."""
        if self.expected_s is None:
            return False
        late_after_s = self.expected_s - 1 if self.to_s is None else self.to_s
        return self.elapsed_s > late_after_s

    @property
    def usually(self) -> str:
        """How long takes of its kind need, where enough of them are known."""
        if self.from_s is None or self.to_s is None:
            return ""
        return f"usually {between(self.from_s, self.to_s)}"

    @property
    def end_s(self) -> float:
        """Where its bar ends."""
        return self.to_s or self.expected_s or 0

    @property
    def band(self) -> float | None:
        """Where on its bar it becomes likely to be ready, in percent; up to the end."""
        return 100 * self.from_s / self.end_s if self.from_s is not None else None

    @property
    def clock(self) -> str:
        """Write how long it has taken as a clock does: `1:05`."""
        whole = floor(self.elapsed_s)
        return f"{whole // 60}:{whole % 60:02}"


def span(seconds: float) -> str:
    """Write a length of time as it is said: `12 s`, `4 min`."""
    return f"{_whole(seconds)} s" if seconds < 100 else f"{_whole(seconds / 60)} min"


def between(from_s: float, to_s: float) -> str:
    """Write two lengths of time as it is said: `20 to 40 s`, `90 s to 2 min`, or `20 s`."""
    (low, low_unit), (high, high_unit) = span(from_s).split(), span(to_s).split()
    if low_unit != high_unit:
        return f"{low} {low_unit} to {high} {high_unit}"
    return f"{high} {high_unit}" if low == high else f"{low} to {high} {high_unit}"


def about(seconds: float) -> str:
    """Write an estimate: `about 4 min`, in steps that it is good for."""
    if seconds < 8:
        return IN_A_MOMENT
    if seconds < 55:
        return f"about {round(seconds / 10) * 10:.0f} s"
    if seconds < 5400:
        return f"about {max(seconds / 60, 1):.0f} min"
    return f"about {seconds / 3600:.0f} h"


def _whole(number: float) -> int:
    """Round as a browser does: a half goes up."""
    return floor(number + 0.5)
