"""`python -m studio.running.worker`: Celery's worker with beat as a thread of it.

One process where there would be two, each with the whole application in its memory. Celery's own
`--beat` forks one that nobody watches; here the worker ends when its clock does.
"""

import logging
import os
import signal
import sys
import threading
import warnings
from typing import Any

from celery import Celery, bootsteps
from celery.beat import Service
from celery.exceptions import SecurityWarning
from celery.worker import state

from studio.celery import app

log = logging.getLogger(__name__)


class _Ticking(threading.Thread):
    """Beat's loop, which takes the process down with it."""

    def __init__(self, app: Celery) -> None:
        super().__init__(name="beat", daemon=True)
        self._service = Service(
            app, max_interval=1, scheduler_cls=app.conf.beat_scheduler, remote_control=False
        )
        self._stopping = False

    def run(self) -> None:
        """Send what is due until stopped."""
        try:
            self._service.start()
        finally:
            if not self._stopping:
                log.critical("beat ended; ending the worker")
                os.kill(os.getpid(), signal.SIGTERM)

    def stop(self) -> None:
        """Let the loop end, and wait for it."""
        self._stopping = True
        self._service.stop(wait=True)


class Clock(bootsteps.StartStopStep):
    """Starts and stops beat with the worker."""

    def create(self, parent: Any) -> _Ticking:
        """Return what the worker is to start and stop."""
        return _Ticking(parent.app)


def main() -> None:
    """Work until a signal ends it; the arguments are those of `celery worker`.

    A worker that ends by itself becomes a new one, under the same process id.
    """
    # Celery warns whoever is root of pickled messages; only JSON is accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app.steps["worker"].add(Clock)
    app.worker_main(["--quiet", "worker", *sys.argv[1:]])
    if state.should_stop is None and state.should_terminate is None:
        # Nobody told it to end: Celery gives up when the broker dies while messages are
        # unacknowledged (kombu restores them through a connection that is closed by then).
        log.critical("the worker ended by itself; it begins anew")
        os.execv(sys.executable, [sys.executable, "-m", "studio.running.worker", *sys.argv[1:]])  # noqa: S606


if __name__ == "__main__":
    main()
