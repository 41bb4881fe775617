"""Noticing that this machine's clock was set: the time that it says has passed then didn't."""

import threading
import time
from datetime import timedelta

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
        now_s = monotonic_s()
        offset_s = time.time() - now_s
        with self._lock:
            if self._offset_s is not None and abs(offset_s - self._offset_s) > _TOLERANCE_S:
                self._set_at_s, self._unheeded = now_s, True
            self._offset_s = offset_s


clock = _Watch()
