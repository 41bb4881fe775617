"""The demo's takes being rendered: files only, so that it can begin before there is a database."""

import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from django.conf import settings

from generations.canvas import canvas
from generations.simulator import rendering
from studio.demo.script import DURATION_S, RESOLUTION, DemoTake

_TIMEOUT_S = 900  # a few seconds each where nothing else runs
_PREFIX = ".demo-"


class RenderFailed(Exception):
    """A demo take couldn't be rendered; the message is the renderer's last words."""


class Renders:
    """Renders demo takes, `jobs` at a time, into files that are there while the context is open.

    `told` is called as each is there, one at a time, from a thread of its own.
    """

    def __init__(self, told: Callable[[], None], jobs: int = 2) -> None:
        self._told = told
        self._telling = threading.Lock()
        self._pool = ThreadPoolExecutor(jobs)
        self._files: dict[str, Future[Path]] = {}
        media = Path(settings.MEDIA_ROOT)
        media.mkdir(parents=True, exist_ok=True)
        # Beside the media, so that keeping is a rename.
        self._work = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=media)

    def __enter__(self) -> "Renders":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._work.cleanup()

    def begin(self, take: DemoTake, parent: Path | None = None) -> None:
        """Begin to render a take, once; `parent` is what it extends, unless that is begun here."""
        if take.key not in self._files:
            # A pool serves its oldest first: what a take waits for runs before it, or has run.
            begun = self._files.get(take.extends)
            self._files[take.key] = self._pool.submit(self._render, take, begun, parent)

    def file(self, take: DemoTake) -> Path:
        """Wait for a take that was begun and return its file. Raises RenderFailed."""
        return self._files[take.key].result()

    def _render(self, take: DemoTake, begun: "Future[Path] | None", parent: Path | None) -> Path:
        continues = begun.result() if begun else parent
        file = _rendered(take, Path(self._work.name), continues)
        with self._telling:
            self._told()
        return file


def remove_leftovers() -> None:
    """Remove what a renderer that was killed left. Call while none runs."""
    for left in Path(settings.MEDIA_ROOT).glob(f"{_PREFIX}*"):
        shutil.rmtree(left)


def _rendered(take: DemoTake, work: Path, continues: Path | None) -> Path:
    """Render a take in a process of its own and return the file."""
    width, height = canvas(RESOLUTION, take.ratio)
    job = rendering.VideoJob(
        prompt=take.words,
        width=width,
        height=height,
        duration_s=DURATION_S,
        concepts=take.concepts,
        continues=str(continues) if continues else None,
    )
    order, file = work / f"{take.key}.json", work / f"{take.key}.mp4"
    order.write_text(rendering.dump(job))
    command = [sys.executable, "-m", rendering.__name__, str(order), str(file)]
    try:
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise RenderFailed(f"{take.key} wasn't rendered within {_TIMEOUT_S} s") from late
    if done.returncode != 0:
        raise RenderFailed(f"{take.key}: {done.stderr.decode(errors='replace').strip()[-500:]}")
    return file
