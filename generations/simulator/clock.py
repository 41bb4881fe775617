"""What time it is, and what happens when: a clock that tests can move, and a timeline on it."""

import heapq
import logging
import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Protocol

log = logging.getLogger(__name__)

LONGEST_NAP_S = 0.5


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()


class ManualClock:
    """A clock that stands still until it is moved, so that no test has to wait."""

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._now += seconds


class Timeline:
    """Actions at times of a clock.

    A thread runs them when they are due; `run_due` runs them from any thread, so whoever calls it
    first sees everything that should have happened by now.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._changed = threading.Condition()
        self._running = threading.RLock()
        self._stopped = False
        self._thread = threading.Thread(target=self._tick, name="timeline", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what is still to come never happens."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Run `action` once the clock shows `when` (epoch seconds)."""
        with self._changed:
            heapq.heappush(self._due, (when, next(self._order), action))
            self._changed.notify()

    def soon(self, action: Callable[[], None]) -> None:
        """Run `action` at once, on the timeline's thread."""
        self.at(self._clock.now(), action)

    def run_due(self) -> None:
        """Run everything that is due, in order; return when it is done."""
        with self._running:
            while (action := self._next_due()) is not None:
                try:
                    action()
                except Exception:
                    # One generation's mishap must not stop the time of all others.
                    log.exception("an action on the timeline failed")

    def _next_due(self) -> Callable[[], None] | None:
        with self._changed:
            if self._due and self._due[0][0] <= self._clock.now() and not self._stopped:
                return heapq.heappop(self._due)[2]
            return None

    def _tick(self) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                nap = self._due[0][0] - self._clock.now() if self._due else LONGEST_NAP_S
                if nap > 0:
                    # Short enough to notice that the machine's or a test's clock was moved.
                    self._changed.wait(min(nap, LONGEST_NAP_S))
            self.run_due()
