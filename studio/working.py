"""Long work of a worker: claimed, said how far it is, kept whole or not at all, cleared away.

Whoever is killed in the middle leaves a lease that ends; another begins anew in a directory of its
own. The file is moved to its place only once it is whole and on the disk, and its row then says so.
"""

import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from generations import disk
from generations.clocks import shared_now
from studio.models.work import Work

log = logging.getLogger(__name__)

MOST_TRIES = 5
SAY_EVERY_S = 1.0


class Overtaken(Exception):
    """It was cancelled, or another worker has it by now."""


class Workshop:
    """A kind of work: one piece at a time in a process.

    Files are made in `work_in` and kept in `kept_in`, both within MEDIA_ROOT. `killed` says, with
    `{tries}`, that it ended in the middle too often.
    """

    def __init__(self, model: type[Work], *, work_in: str, kept_in: str, killed: str) -> None:
        self._model, self._work_in, self._kept_in = model, work_in, kept_in
        self._killed = killed
        self._place = threading.Lock()

    def do_due(self, make: Callable[[Any, Path, Callable[[float], None]], bool]) -> int:
        """Have what waits made, one after the other. Returns how much was done.

        `make` is given the work, a directory that is its own, and what says which part is done
        (and raises Overtaken). Another thread that is at it already goes on until nothing waits.
        """
        if not self._place.acquire(blocking=False):
            return 0
        try:
            done = 0
            while work := self._claim():
                done += self._do(work, make)
            return done
        finally:
            self._place.release()

    def _do(self, work: Work, make: Callable[[Any, Path, Callable[[float], None]], bool]) -> bool:
        directory = self._directory / f"{work.uuid}-{work.tries}"
        try:
            return make(work, directory, Progress(work).say)
        except Overtaken:
            log.info("%s=%s was ended", work._meta.model_name, work.uuid)
            return False
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def keep(self, work: Work, file: Path, say: Callable[[float], None], **facts: Any) -> bool:
        """Move a file that is as it should be to its place, and then say so. Raises Overtaken."""
        with ThreadPoolExecutor(1) as beside:
            flushed = beside.submit(_flush, file)
            while not wait([flushed], SAY_EVERY_S).done:  # a large one outlasts the lease
                say(1.0)
        sha256 = flushed.result()
        path = Path(self._kept_in) / work.uuid.hex[:2] / f"{work.uuid}-{work.tries}{file.suffix}"
        target = Path(settings.MEDIA_ROOT) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        size_bytes = file.stat().st_size
        file.replace(target)
        disk.flush_directory(target.parent)
        if work.finish(path=str(path), size_bytes=size_bytes, sha256=sha256, **facts):
            return True
        target.unlink()
        return False

    def tidy(self) -> None:
        """Clear away what dead workers and deleted work left behind."""
        unfinished = self._model.objects.unfinished().values_list("uuid", flat=True)
        open_ones = {str(it) for it in unfinished}
        for leftover in self._directory.glob("*"):
            if leftover.name.rpartition("-")[0] not in open_ones:
                shutil.rmtree(leftover, ignore_errors=True)
        kept = set(self._model.objects.exclude(path="").values_list("path", flat=True))
        root = Path(settings.MEDIA_ROOT)
        oldest = time.time() - 3600  # one that is being kept has its file before its row
        for file in (root / self._kept_in).glob("*/*"):
            if str(file.relative_to(root)) not in kept and file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)

    def _claim(self) -> Work | None:
        for work in self._model.objects.due(shared_now()):
            if not work.claim(settings.EXPORT_LEASE_S):
                continue
            for leftover in self._directory.glob(f"{work.uuid}-*"):  # of a worker that died over it
                shutil.rmtree(leftover, ignore_errors=True)
            if work.tries - work.tries_before <= MOST_TRIES:
                return work
            work.fail(self._killed.format(tries=MOST_TRIES))
        return None

    @property
    def _directory(self) -> Path:
        """Beside the media, so that a rename is atomic."""
        return Path(settings.MEDIA_ROOT) / self._work_in


class Progress:
    """Says how far some work is, at most once a second, and notices when it was ended."""

    def __init__(self, work: Work, now_s: Callable[[], float] = time.monotonic) -> None:
        self._work = work
        self._now_s = now_s
        self._said_s = now_s()

    def say(self, progress: float) -> None:
        """Say which part is done. Raises Overtaken."""
        if self._now_s() - self._said_s < SAY_EVERY_S:
            return
        self._said_s = self._now_s()
        if not self._work.go_on(progress, settings.EXPORT_LEASE_S):
            raise Overtaken


def _flush(file: Path) -> str:
    """Return a file's SHA-256, once all of it is on the disk."""
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        os.fsync(opened.fileno())
    return sha256


@contextmanager
def kept_alive(work: Work) -> Iterator[None]:
    """Keep some work this worker's while it does something long in one go."""
    over = threading.Event()

    def prolong() -> None:
        try:
            while not over.wait(settings.EXPORT_LEASE_S / 3):
                if not work.go_on(work.progress, settings.EXPORT_LEASE_S):
                    return
        finally:
            connection.close()

    beside = threading.Thread(target=prolong, name="kept-alive", daemon=True)
    beside.start()
    try:
        yield
    finally:
        over.set()
        beside.join()
