"""Answers that take their time: few at once in a process, for the others need its threads, too."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Of four (studio.running.children).
_places = threading.BoundedSemaphore(2)


class Busy(Exception):
    """As many take their time already as may."""

    retry_after_s = 5

    def __str__(self) -> str:
        return "Too many pictures are fetched for scripts at this moment. Send it again in a while."


@contextmanager
def place(patience_s: float = 0.0) -> Iterator[bool]:
    """Give whether there is a place for one more, for as long as that lasts."""
    mine = _places.acquire(timeout=patience_s)
    try:
        yield mine
    finally:
        if mine:
            _places.release()
