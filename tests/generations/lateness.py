"""Answers of the simulator that come late by a clock that tests move, and not by waiting for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from generations.simulator import routes

_PATIENCE_S = 60.0


@dataclass(frozen=True)
class _Asleep:
    due: float
    woken: threading.Event = field(default_factory=threading.Event)


class Lateness:
    """The simulator's calls on their way: what is slow sleeps until the clock has moved so far.

    Whoever moves the clock wakes what is due by then, and waits until it is done: else a job
    would be made later than its fault says, by as much as the test is quicker than the clock.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._changed = threading.Condition()
        self._asleep: list[_Asleep] = []
        self._working = 0

    @contextmanager
    def installed(self) -> Iterator["Lateness"]:
        """Have the simulator's calls sleep here; at the end all of them are woken."""
        with (
            patch.object(routes, "time", SimpleNamespace(sleep=self._sleep)),
            patch.object(routes, "_api", self._counted(routes._api)),
        ):
            try:
                yield self
            finally:
                self.wake(inf)

    def next_due(self) -> float:
        """Return when the first of those that sleep goes on (epoch seconds), inf without any."""
        self._wait()
        return min((each.due for each in self._asleep), default=inf)

    def wake(self, until: float) -> None:
        """Have all go on that sleep no longer than until then; return when they are done."""
        with self._changed:
            woken = [each for each in self._asleep if each.due <= until]
            self._asleep = [each for each in self._asleep if each.due > until]
            self._working += len(woken)
        for each in woken:
            each.woken.set()
        self._wait()

    def _wait(self) -> None:
        with self._changed:
            done = self._changed.wait_for(lambda: self._working == 0, _PATIENCE_S)
        assert done, "the simulator hangs"

    def _sleep(self, seconds: float) -> None:
        with self._changed:
            asleep = _Asleep(self._now() + seconds)
            self._asleep.append(asleep)
            self._working -= 1
            self._changed.notify_all()
        asleep.woken.wait()

    def _counted(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any) -> Any:
            with self._changed:
                self._working += 1
            try:
                return answer(*args)
            finally:
                with self._changed:
                    self._working -= 1
                    self._changed.notify_all()

        return counted
