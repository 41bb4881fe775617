"""The first start's demo: rendered while everything else is made, and waited for a while."""

import subprocess
import time
from collections.abc import Callable

from studio.running import children
from studio.running.supervisor import Supervisor

STILL_RENDERING = "The demo's takes are still being rendered; the board shows each as it comes."


class FirstDemo:
    """Says when to show the address: once all is ready, and on a first start the demo's takes are.

    Those are waited for at most `wait_s` seconds after all else is ready.
    """

    def __init__(self, supervisor: Supervisor, wait_s: float) -> None:
        self._supervisor = supervisor
        self._wait_s = wait_s
        self._is_first = False
        self._ready_at: float | None = None

    def begin(self, plan: children.Plan) -> None:
        """Begin to render, on a first start, while the tables are made."""
        self._is_first = True
        self._supervisor.start(children.demo(plan, tables_later=True), stdin=subprocess.PIPE)

    def go_on(self, plan: children.Plan) -> None:
        """Have the takes kept, now that the tables are there; a renderer that ended begins anew."""
        if not (self._is_first and self._supervisor.tell("demo")):
            self._supervisor.start(children.demo(plan))

    def is_awaited(self) -> bool:
        """Tell whether this is a first start whose takes aren't all there."""
        return self._is_first and self._supervisor.is_running("demo")

    def is_shown(self, ready: Callable[[], bool]) -> bool:
        """Tell whether to show the address now; `ready` is asked until it says so."""
        if self._ready_at is None:
            if not ready():
                return False
            self._ready_at = time.monotonic()
        return not self.is_awaited() or time.monotonic() - self._ready_at >= self._wait_s
