"""`manage.py` in a process of its own, on a data directory and ports of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from generations.simulator.testing import PAINTED_PIXELS
from studio.running import ports
from studio.running.processes import Identity
from tests.databases import empty_sqlite, own_postgresql

NAMES = {"guard", "broker", "simulator", "web", "worker"}


class Stage:
    """One data directory, on which `up` and `generate` are run as a person runs them."""

    def __init__(self, directory: Path, database_url: str = "", redis_url: str = "") -> None:
        self.directory = directory
        self.data = directory / "var"
        self.port, self.simulator_port = ports.free(), ports.free()
        self.url = f"http://127.0.0.1:{self.port}"
        self.up: subprocess.Popen[str] | None = None
        self.log = directory / "up.log"
        self.env = os.environ | {
            "DATA_DIR": str(self.data),
            "DATABASE_URL": database_url or f"sqlite:///{self.data}/dailies.sqlite3",
            "REDIS_URL": redis_url,
            "REDIS_PREFIX": f"stage-{self.port}",
            "MEDIA_ROOT": str(self.data / "media"),
            "PORT": str(self.port),
            "SIMULATOR_PORT": str(self.simulator_port),
            "SIMULATOR_SPEED": "0",
            "SIMULATOR_PAINTED_PIXELS": str(PAINTED_PIXELS),
            "SIMULATOR_URL": f"http://127.0.0.1:{self.simulator_port}",
            "LOCAL_URL": self.url,
            **dict.fromkeys(
                ("HOST", "LUMA_API_KEY", "LUMA_AGENTS_API_KEY", "OPENAI_API_KEY", "PUBLIC_URL"), ""
            ),
            **dict.fromkeys(("IMAGES_BASE_URL", "IMAGES_API_KEY", "IMAGES_MODEL"), ""),
            **dict.fromkeys(("DEMO_PASSWORD", "SIMULATOR_FAULTS"), ""),
            "DEMO_TAKES": "0",
            "OUTBOUND_LOOPBACK": "0",
        }
        self.env.pop("LOG_LEVEL", None)
        self.names = NAMES - {"broker"} if redis_url else NAMES

    def start(self) -> subprocess.Popen[str]:
        """Run `up`, and wait until it has started its children."""
        before = self.children()
        with self.log.open("a") as log:
            self.up = self._popen(["up"], stdout=log, stderr=subprocess.STDOUT)
        wait_for(lambda: self._has_started(before) or self.up.poll() is not None, 300)
        assert self.up.poll() is None, self.log.read_text()
        return self.up

    def manage(self, *words: str, timeout_s: float = 60, **env: str) -> subprocess.CompletedProcess:
        """Run another command to its end."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command,
            check=False,
            cwd=settings.BASE_DIR,
            env=self.env | env,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )

    @classmethod
    @contextmanager
    def on_what_the_suite_runs_on(
        cls, directory: Path, *, is_fresh: bool = False
    ) -> "Iterator[Stage]":
        """Give a stage with a database of its own: SQLite, or TEST_DATABASE_URL's server.

        The tables are there, as at every start but the first: making them takes longer than all
        else that most tests of a command wait for. Where it `is_fresh`, nothing was ever started.
        """
        with ExitStack() as stack:
            server, redis = (
                os.environ.get(f"TEST_{name}_URL", "") for name in ("DATABASE", "REDIS")
            )
            own = stack.enter_context(own_postgresql(server, is_empty=is_fresh)) if server else ""
            stage = cls(directory, own, redis)
            stack.callback(stage.close)
            if not (server or is_fresh):
                stage.data.mkdir(parents=True)
                shutil.copy(empty_sqlite(), stage.data)
            yield stage

    def popen(self, *words: str, stdout: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start another command, its output in a pipe, or wherever that is to go."""
        return self._popen(list(words), stdout=stdout, stderr=subprocess.STDOUT)

    def children(self) -> dict[str, Identity]:
        """Return the children that `up` has noted, by name."""
        try:
            rows = json.loads((self.data / "up.json").read_text())
        except FileNotFoundError:
            return {}
        return {row["name"]: Identity(row["pid"], row["started"]) for row in rows}

    def ready(self) -> bool:
        """Tell whether /readyz says so."""
        return self.get("/readyz")[0] == 200

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and body of a page; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""

    def close(self) -> None:
        """End whatever still runs."""
        left = self.children().values()
        if self.up and self.up.poll() is None:
            self.up.kill()
            self.up.wait()
        for identity in left:
            if identity.is_alive():
                os.killpg(identity.pid, signal.SIGKILL)

    def _has_started(self, before: dict[str, Identity]) -> bool:
        now = self.children()
        return set(now) >= self.names and not set(now.values()) & set(before.values())

    def _popen(self, words: list[str], **pipes: object) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", *words]
        return subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=self.env, text=True, start_new_session=True, **pipes
        )


def wait_for(condition: Callable[[], bool], within_s: float) -> float:
    """Wait until a condition holds, and return how many seconds that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within_s, "it never happened"
        time.sleep(0.05)
    return time.monotonic() - began
