"""Clocks: which one counts, and noticing that one was set.

What a clock that was set says has passed didn't pass. Leases and the windows of POSTs run by the
one clock that all machines share (docs/decisions/0013).
"""

import threading
import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

_TOLERANCE_S = 5.0
SKEW = timedelta(seconds=30)
"""A provider's clock and ours may differ by this much."""


def monotonic_s() -> float:
    """Return seconds that only ever pass, whoever sets the clock."""
    return time.monotonic()


class _Watch:
    """Compares the clock that can be set with the one that can't."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Know nothing of the past, as a process that has just begun."""
        self._offset_s: float | None = None
        self._set_at_s: float | None = None
        self._unheeded = False

    def was_set_within(self, seconds: float) -> bool:
        """Tell whether the clock was seen to be set in the last seconds that really passed."""
        self._look()
        with self._lock:
            return self._set_at_s is not None and monotonic_s() - self._set_at_s < seconds

    def heed(self) -> bool:
        """Tell, once, that the clock was set."""
        self._look()
        with self._lock:
            unheeded, self._unheeded = self._unheeded, False
            return unheeded

    def _look(self) -> None:
        self.saw(time.time())

    def saw(self, time_s: float) -> None:
        """Learn what time the clock says it is, in seconds since 1970."""
        now_s = monotonic_s()
        offset_s = time_s - now_s
        with self._lock:
            if self._offset_s is not None and abs(offset_s - self._offset_s) > _TOLERANCE_S:
                self._set_at_s, self._unheeded = now_s, True
            self._offset_s = offset_s


class _DatabaseWatch(_Watch):
    """Compares the database's clock, as often as that is asked."""

    def _look(self) -> None:
        """Ask nobody: it was seen when it was asked last."""


clock = _Watch()
_database = _DatabaseWatch()


def shared_now() -> datetime:
    """Return what time it is by the clock that all machines share: the database server's.

    SQLite has no server: the clock of its one machine is everybody's.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    _database.saw(now.timestamp())
    return now


def was_set_within(seconds: float) -> bool:
    """Tell whether this machine's clock or the database's was seen to be set lately."""
    return clock.was_set_within(seconds) or _database.was_set_within(seconds)
