"""A Dailies of its own for a benchmark: database, broker, simulator and worker."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.databases import make_tables, own_postgresql


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Any, timeout_s: float, what: str) -> None:
    """Wait for a condition. Raises TimeoutError naming it."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


class Stack:
    """The processes of one benchmark, each of which may be killed and started again."""

    def __init__(self, directory: Path) -> None:
        from studio.running.children import Plan, children

        self.directory = directory
        plan = Plan(
            host="127.0.0.1",
            port=int(os.environ["PORT"]),
            simulator=True,
            simulator_port=int(os.environ["SIMULATOR_PORT"]),
            broker=not os.environ.get("REDIS_URL"),
        )
        self.children = {child.name: child for child in children(plan)}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start a process; its output goes to a file of its name."""
        child = self.children[name]
        with (self.directory / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                child.command, env=child.env, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """Kill a process and what it started, as a power cut would."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Kill everything that still runs."""
        for name in list(self.running):
            self.kill(name)

    def show_logs(self, lines: int = 30) -> None:
        """Print the end of every process's output, for finding out what went wrong."""
        for log in sorted(self.directory.glob("*.log")):
            tail = log.read_text(errors="replace").splitlines()[-lines:]
            print(f"--- {log.name}", *tail, sep="\n", file=sys.stderr)

    def simulator(self, path: str, body: object = None) -> Any:
        """Ask the simulator's control endpoint."""
        url = f"http://127.0.0.1:{os.environ['SIMULATOR_PORT']}/_control/{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def simulator_is_up(self) -> bool:
        """Tell whether the simulator answers."""
        try:
            return self.simulator("health")["status"] == "ok"
        except OSError:
            return False


@contextmanager
def stack(**environment: str) -> Iterator[Stack]:
    """Set up a Dailies in a temporary directory; everything of it is gone afterwards.

    TEST_DATABASE_URL and TEST_REDIS_URL choose PostgreSQL and Redis; otherwise SQLite and an
    embedded Valkey.
    """
    # A benchmark that is told to end takes its processes with it.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="dailies-bench-") as name:
        directory = Path(name)
        port = str(free_port())
        os.environ.update(
            DJANGO_SETTINGS_MODULE="studio.settings",
            DATA_DIR=str(directory),
            PORT=port,
            LOCAL_URL=f"http://127.0.0.1:{port}",
            SIMULATOR_PORT=str(free_port()),
            OUTBOUND_LOOPBACK="1",
            LUMA_API_KEY="",
            REDIS_URL=os.environ.get("TEST_REDIS_URL", ""),
            REDIS_PREFIX=directory.name,
            LOG_LEVEL=os.environ.get("LOG_LEVEL", "WARNING"),
            **environment,
        )
        with own_database():
            import django

            django.setup()
            from django.conf import settings
            from django.db import connections

            settings.MEASURE_EVERY_S = 0  # of this process: its timer would outlive the database
            make_tables()
            made = Stack(directory)
            try:
                if "broker" in made.children:
                    made.start("broker")
                made.start("simulator")
                wait_until(made.simulator_is_up, 30, "the simulator to answer")
                yield made
            except Exception:
                made.show_logs()
                raise
            finally:
                made.stop()
                connections.close_all()


@contextmanager
def own_database() -> Iterator[None]:
    """Make a PostgreSQL database of our own where TEST_DATABASE_URL asks for it."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        os.environ.pop("DATABASE_URL", None)
        yield
        return
    with own_postgresql(url) as own:
        os.environ["DATABASE_URL"] = own
        yield


def report(figures: dict[str, object], *, holds: bool) -> None:
    """Print the figures as one JSON object on the last line, and exit 0 exactly when it holds."""
    print(json.dumps(figures), flush=True)
    sys.exit(0 if holds else 1)
