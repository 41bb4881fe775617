"""Runs a simulator until the process is told to end."""

import logging
import signal
import sys
from contextlib import suppress
from queue import Empty, SimpleQueue

from generations.simulator.server import Simulator
from generations.simulator.settings import Settings

_LOOK_EVERY_S = 0.5


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; raises OSError if the port is taken."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s"
    )
    # A handler may run in the middle of anything: of the queues, this one's put allows it.
    told_to_end: SimpleQueue[int] = SimpleQueue()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda number, _: told_to_end.put(number))
    simulator = Simulator(settings)
    simulator.start()
    # A signal that comes just before the wait begins doesn't interrupt it: look again.
    while told_to_end.empty():
        with suppress(Empty):
            told_to_end.get(timeout=_LOOK_EVERY_S)
            break
    simulator.stop()
