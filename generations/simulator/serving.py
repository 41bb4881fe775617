"""Runs a simulator until the process is told to end."""

import logging
import signal
import sys
import threading

from generations.simulator.server import Simulator
from generations.simulator.settings import Settings


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; raises OSError if the port is taken."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s"
    )
    told_to_end = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: told_to_end.set())
    simulator = Simulator(settings)
    simulator.start()
    told_to_end.wait()
    simulator.stop()
