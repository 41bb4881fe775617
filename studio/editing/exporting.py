"""Exporting: what waits is rendered, looked into, and only then a file of the sequence's."""

import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from generations import disk
from generations.clocks import shared_now
from generations.ffmpeg import FFmpegFailed
from generations.media import NotMedia
from studio.editing import films
from studio.editing.films import Film
from studio.editing.joining import CannotJoin
from studio.editing.material import StandsInTheWay
from studio.editing.mixing import CannotMix
from studio.editing.verifying import NotAsAsked
from studio.models import Export

log = logging.getLogger(__name__)

MOST_TRIES = 5
_SAY_EVERY_S = 1.0
_KILLED = (
    "It was begun {tries} times, and the server ended in the middle of each. See whether it has "
    "memory enough, then export again."
)
_BROKEN = (
    "The film couldn't be made: {why} Export it again; if that doesn't help, tell who runs Dailies."
)
# One at a time in a process: it keeps every core busy already.
_place = threading.Lock()


class Overtaken(Exception):
    """It was cancelled, or another worker has it by now."""


def export_due() -> int:
    """Render what waits, one after the other. Returns how many were done.

    Another thread of this process that is at it already goes on until nothing waits.
    """
    if not _place.acquire(blocking=False):
        return 0
    try:
        done = 0
        while export := _claim():
            done += _export(export)
        return done
    finally:
        _place.release()


def _claim() -> Export | None:
    for export in Export.objects.due(shared_now()).select_related("sequence__project", "edit"):
        if not export.claim(settings.EXPORT_LEASE_S):
            continue
        _remove_work(export)
        if export.tries - export.tries_before <= MOST_TRIES:
            return export
        export.fail(_KILLED.format(tries=MOST_TRIES))
    return None


def _export(export: Export) -> bool:
    """Render one; on failure say why."""
    work = _work_dir() / f"{export.uuid}-{export.tries}"
    try:
        work.mkdir(parents=True)
        say = _Progress(export).say
        return _keep(export, films.make(export, work, say), say)
    except Overtaken:
        log.info("export=%s was ended", export.uuid)
    except StandsInTheWay as error:
        export.fail(str(error))
    except (FFmpegFailed, NotMedia, NotAsAsked, CannotJoin, CannotMix, OSError) as error:
        log.warning("export=%s failed: %s", export.uuid, error)
        export.fail(_words(error))
    except DatabaseError:  # it isn't the film's fault: another try may do
        raise
    except Exception as error:  # another try would end just so
        log.exception("export=%s failed", export.uuid)
        export.fail(_words(error))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return False


def _words(error: Exception) -> str:
    if ours := disk.trouble(error):
        return f"{ours.split(';')[0]}, then export again."
    why = str(error) if isinstance(error, NotAsAsked) else f"{str(error)[-200:]}."
    return _BROKEN.format(why=why)


def _keep(export: Export, film: Film, say: Callable[[float], None]) -> bool:
    """Move a film that was looked into to its place, flushed, and then say so. Raises Overtaken."""
    with ThreadPoolExecutor(1) as beside:
        flushed = beside.submit(_flush, film.file)
        while not wait([flushed], _SAY_EVERY_S).done:  # a large one outlasts the lease
            say(1.0)
    sha256 = flushed.result()
    name = f"{export.uuid}-{export.tries}{film.file.suffix}"
    path = Path("exports") / export.uuid.hex[:2] / name
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    size_bytes = film.file.stat().st_size
    film.file.replace(target)
    disk.flush_directory(target.parent)
    if export.finish(
        path=str(path),
        size_bytes=size_bytes,
        sha256=sha256,
        content_type=film.content_type,
        duration_s=film.duration_s,
        width=film.width,
        pixel_height=film.height,
        frames_copied=film.frames_copied,
        frames_rendered=film.frames_rendered,
    ):
        return True
    target.unlink()
    return False


def _flush(file: Path) -> str:
    """Return a file's SHA-256, once all of it is on the disk."""
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        os.fsync(opened.fileno())
    return sha256


def tidy() -> None:
    """Clear away what dead workers and deleted exports left behind."""
    open_ones = {str(it) for it in Export.objects.unfinished().values_list("uuid", flat=True)}
    for leftover in _work_dir().glob("*"):
        if leftover.name.rpartition("-")[0] not in open_ones:
            shutil.rmtree(leftover, ignore_errors=True)
    kept = set(Export.objects.exclude(path="").values_list("path", flat=True))
    root = Path(settings.MEDIA_ROOT)
    oldest = time.time() - 3600  # one that is being kept has its file before its row
    for file in (root / "exports").glob("*/*"):
        if str(file.relative_to(root)) not in kept and file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def _work_dir() -> Path:
    """Beside the media, so that a rename is atomic."""
    return Path(settings.MEDIA_ROOT) / "exporting"


def _remove_work(export: Export) -> None:
    """Remove what a worker left that died over it."""
    for leftover in _work_dir().glob(f"{export.uuid}-*"):
        shutil.rmtree(leftover, ignore_errors=True)


class _Progress:
    """Says how far an export is, at most once a second, and notices when it was ended."""

    def __init__(self, export: Export, now_s: Callable[[], float] = time.monotonic) -> None:
        self._export = export
        self._now_s = now_s
        self._said_s = now_s()

    def say(self, progress: float) -> None:
        """Say which part is done. Raises Overtaken."""
        if self._now_s() - self._said_s < _SAY_EVERY_S:
            return
        self._said_s = self._now_s()
        if not self._export.go_on(progress, settings.EXPORT_LEASE_S):
            raise Overtaken
