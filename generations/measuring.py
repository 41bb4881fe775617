"""Counting calls: each process adds up what it saw, and the database adds up the processes.

There are several processes, on several machines even (docs/decisions/0007).
"""

import atexit
import json
import logging
import threading
from bisect import bisect_left
from collections import defaultdict

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from generations.models import Measure

log = logging.getLogger(__name__)

# Upper bounds in seconds of how long a provider's answer takes.
BUCKETS_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
CALLS, COLLECT_FAILURES = "provider_calls", "collect_failures"

_lock = threading.Lock()
_seen: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0])
_timer: threading.Timer | None = None


def called(provider: str, endpoint: str, status: str, seconds: float) -> None:
    """Note a call to a provider. `endpoint` has no ids in it; `status` is 2xx, 4xx … or lost."""
    bucket = bisect_left(BUCKETS_S, seconds)
    le = str(BUCKETS_S[bucket]) if bucket < len(BUCKETS_S) else "+Inf"
    _note(CALLS, seconds, provider=provider, endpoint=endpoint, status=status, le=le)


def couldnt_collect(why: str) -> None:
    """Note a file that couldn't be kept this time, by whose trouble it was."""
    _note(COLLECT_FAILURES, 0.0, why=why)


def flush() -> None:
    """Write what this process has seen. What can't be written now is kept for the next time."""
    global _timer  # noqa: PLW0603
    with _lock:
        _timer = None
        taken = dict(_seen)
        _seen.clear()
    if not taken:
        return
    try:
        with transaction.atomic():
            # In one order everywhere: two processes that write at once never wait in a circle.
            for (name, labels), (count, total_s) in sorted(taken.items()):
                _add(name, labels, int(count), total_s)
    except DatabaseError as error:
        log.warning("the measures can't be written now: %s", error)
        with _lock:
            for key, (count, total_s) in taken.items():
                _add_to(_seen[key], count, total_s)


def _note(name: str, seconds: float, **labels: str) -> None:
    global _timer  # noqa: PLW0603
    with _lock:
        _add_to(_seen[name, json.dumps(labels, sort_keys=True)], 1, seconds)
        if _timer is None and settings.MEASURE_EVERY_S:
            _timer = threading.Timer(settings.MEASURE_EVERY_S, _flush_and_leave)
            _timer.daemon = True
            _timer.start()


def _add_to(sums: list[float], count: float, total_s: float) -> None:
    sums[0] += count
    sums[1] += total_s


def _add(name: str, labels: str, count: int, total_s: float) -> None:
    row = Measure.objects.filter(name=name, labels=labels)
    more = {"count": F("count") + count, "total_s": F("total_s") + total_s}
    if not row.update(**more):
        Measure.objects.get_or_create(name=name, labels=labels)
        row.update(**more)


def _flush_and_leave() -> None:
    try:
        flush()
    finally:
        connection.close()  # the timer's own


@atexit.register
def _flush_at_the_end() -> None:
    if _seen and settings.MEASURE_EVERY_S:
        flush()
