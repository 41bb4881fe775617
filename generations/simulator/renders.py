"""The render pool: each file is made once, in a process of its own, and kept under its fingerprint.

The directory can be shared by any number of simulators: a file appears whole (write to a temporary
name, then rename) and never changes.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from generations.simulator import rendering
from generations.simulator.workers import Workers

log = logging.getLogger(__name__)

PROJECT = Path(__file__).parents[2]
PAINTED_PIXELS = "SIMULATOR_PAINTED_PIXELS"
LONGEST_RENDER_S = 600.0


class RenderFailed(Exception):
    """A render ended without a file; the message is its last words."""


@dataclass(kw_only=True)
class _Order:
    name: str
    job: rendering.Job
    waiting: list[Callable[[str | None], None]] = field(default_factory=list)


class Renders:
    """Turns jobs into files, `workers` at a time."""

    def __init__(self, directory: Path, workers: int, painted_pixels: int | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        told = {} if painted_pixels is None else {PAINTED_PIXELS: str(painted_pixels)}
        self._env = os.environ | told
        self._sweep()
        self._orders: dict[str, _Order] = {}
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False
        self._workers = Workers("render", workers)

    def start(self) -> None:
        """Start the workers."""
        self._workers.start()

    def stop(self) -> None:
        """End the workers and what they are rendering."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                _kill(process)
        self._workers.stop(wait=True)

    def path(self, name: str) -> Path:
        """Return where a finished file is."""
        return self._directory / name

    def order(self, job: rendering.Job, done: Callable[[str | None], None]) -> None:
        """Have a job rendered, then call `done` with the file's name, or None if it failed.

        An equal job that is finished or under way is not rendered again. `done` runs on any
        thread, or within this call. Raises OSError when an input of the job can't be read.
        """
        name = f"{rendering.fingerprint(job)}.{_suffix(job)}"
        with self._lock:
            if not self.path(name).exists():
                order = self._orders.get(name)
                if order is None:
                    order = self._orders[name] = _Order(name=name, job=job)
                    self._workers.do(partial(self._fulfil, order))
                order.waiting.append(done)
                return
        done(name)

    def _sweep(self) -> None:
        """Remove what killed renders left; younger files may be another simulator's work."""
        for unfinished in self._directory.glob(".*.part"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - unfinished.stat().st_mtime > LONGEST_RENDER_S:
                    unfinished.unlink()

    def _fulfil(self, order: _Order) -> None:
        name: str | None = order.name
        try:
            self._render(order)
        except (RenderFailed, OSError) as error:
            if not self._stopped:
                log.error("render %s failed: %s", order.name, error)
            name = None
        with self._lock:
            del self._orders[order.name]
        if not self._stopped:
            for done in order.waiting:
                done(name)

    def _render(self, order: _Order) -> None:
        out = self.path(order.name)
        if out.exists():
            return
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="render-") as temporary:
            job = Path(temporary, "job.json")
            job.write_text(rendering.dump(order.job))
            self._run([sys.executable, "-m", rendering.__name__, str(job), str(out)])
        took = time.monotonic() - started
        log.info("rendered %s in %.1f s", order.name, took)

    def _run(self, command: list[str]) -> None:
        with self._lock:
            if self._stopped:
                raise RenderFailed("the simulator is stopping")
            # A session of its own, so that it can be killed together with its ffmpeg.
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=self._env,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            self._running.add(process)
        try:
            _, words = process.communicate(timeout=LONGEST_RENDER_S)
        except subprocess.TimeoutExpired as error:
            _kill(process)
            process.communicate()
            raise RenderFailed(f"took longer than {LONGEST_RENDER_S:g} s") from error
        finally:
            with self._lock:
                self._running.discard(process)
        if process.returncode != 0:
            raise RenderFailed(words.decode(errors="replace").strip()[-800:])


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _suffix(job: rendering.Job) -> str:
    if isinstance(job, rendering.ImageJob | rendering.ReframeImageJob):
        return job.format
    return "mp4"
