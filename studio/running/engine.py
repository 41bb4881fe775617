"""The engine inside this process: the worker's share, for a command that runs on its own."""

import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from socketserver import ThreadingMixIn
from types import TracebackType
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from generations import sweeping
from generations.models import Heartbeat
from studio import provider_accounts
from studio.models import Team
from studio.running import children, ports
from studio.running.supervisor import Supervisor

_SIMULATOR_START_S = 30.0
_IDLE_S = 0.2


class EngineFailed(Exception):
    """The engine can't be started here; the message says why."""


class OwnEngine:
    """Does what worker, beat and simulator do, one pass at a time, while the context is open.

    Without a Luma key it uses the simulator that is there, or starts one, and serves the
    keyframes that it fetches.
    """

    def __init__(self, team: Team) -> None:
        self._team = team
        self._open = ExitStack()

    def __enter__(self) -> "OwnEngine":
        try:
            url = None
            if not provider_accounts.has_real_key():
                settings.OUTBOUND_LOOPBACK = True
                url = self._open.enter_context(_simulator())
                settings.LOCAL_URL = self._open.enter_context(_keyframes_served())
            provider_accounts.sync(self._team, simulator_url=url)
            self._open.callback(Heartbeat.silence, "sweep")
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def work(self) -> None:
        """Do what is due, or wait a moment when nothing is."""
        if not sweeping.work_once():
            time.sleep(_IDLE_S)  # the schedule is in the database: nobody tells when it's time


@contextmanager
def _simulator() -> Iterator[str]:
    """Give the address of a simulator: the configured one, or one of our own while open."""
    if _answers(settings.SIMULATOR_URL):
        yield settings.SIMULATOR_URL
        return
    plan = children.Plan.from_settings()
    if not plan.simulator:
        raise EngineFailed(
            f"No simulator answers at {settings.SIMULATOR_URL} (SIMULATOR=0 keeps this command "
            "from starting one)."
        )
    port = plan.simulator_port
    try:
        ports.claim("SIMULATOR_PORT", "127.0.0.1", port)
    except ports.PortTaken:
        port = ports.free()
    url = f"http://127.0.0.1:{port}"
    with Supervisor(output=sys.stderr) as supervisor:
        supervisor.start(children.simulator(port, children.environment(plan)))
        deadline = time.monotonic() + _SIMULATOR_START_S
        while not _answers(url):
            if time.monotonic() > deadline or not supervisor.is_running("simulator"):
                raise EngineFailed(f"The simulator didn't start at {url}.")
            time.sleep(0.05)
        yield url


def _answers(url: str) -> bool:
    """Tell whether a simulator listens there: it answers Luma's ping (sheet §2)."""
    ping = urllib.request.Request(  # noqa: S310 - our own address
        f"{url}/dream-machine/v1/ping", headers={"Authorization": "Bearer simulator"}
    )
    try:
        with urllib.request.urlopen(ping, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the progress."""


@contextmanager
def _keyframes_served() -> Iterator[str]:
    """Serve the site on a free port of this machine while open, and give its address."""
    with make_server(
        "127.0.0.1", 0, WSGIHandler(), server_class=_Server, handler_class=_Quiet
    ) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
