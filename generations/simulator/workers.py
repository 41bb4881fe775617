"""Threads that do one thing after another."""

import logging
import queue
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Workers:
    """A fixed number of threads over one queue of actions.

    They are daemons: a process that is told to end doesn't wait for somebody else's slow network.
    """

    def __init__(self, name: str, count: int) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True)
            for n in range(count)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self, *, wait: bool = False) -> None:
        """Drop what is queued; end after what is under way, and wait for that if asked to."""
        self._stopping.set()
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            if wait and thread.is_alive():
                thread.join()

    def do(self, action: Callable[[], None]) -> None:
        """Queue an action."""
        self._queue.put(action)

    def _work(self) -> None:
        while (action := self._queue.get()) is not None and not self._stopping.is_set():
            try:
                action()
            except Exception:
                # The thread must live on for the next action.
                log.exception("an action failed")
