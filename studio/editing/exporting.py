"""Exporting: what waits is rendered, looked into, and only then a file of the sequence's."""

import logging
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from generations import disk
from generations.ffmpeg import FFmpegFailed
from generations.media import NotMedia
from studio.editing import films
from studio.editing.joining import CannotJoin
from studio.editing.material import StandsInTheWay
from studio.editing.mixing import CannotMix
from studio.editing.verifying import NotAsAsked
from studio.models import Export
from studio.working import Overtaken, Workshop

log = logging.getLogger(__name__)

_PLACE = re.compile(r"(?<![\w/.])/(?:[^/\s'\"]+/)+")

_BROKEN = (
    "The film couldn't be made: {why} Export it again; if that doesn't help, tell who runs Dailies."
)
# One at a time in a process: it keeps every core busy already.
_shop = Workshop(
    Export,
    work_in="exporting",
    kept_in="exports",
    killed=(
        "It was begun {tries} times, and the server ended in the middle of each. See whether it "
        "has memory enough, then export again."
    ),
)


def export_due() -> int:
    """Render what waits, one after the other. Returns how many were done."""
    return _shop.do_due(_export)


def tidy() -> None:
    """Clear away what dead workers and deleted exports left behind."""
    _shop.tidy()


def _export(export: Export, work: Path, say: Callable[[float], None]) -> bool:
    """Render one; on failure say why. Raises Overtaken."""
    try:
        work.mkdir(parents=True)
        film = films.make(export, work, say)
        return _shop.keep(
            export,
            film.file,
            say,
            content_type=film.content_type,
            duration_s=film.duration_s,
            width=film.width,
            pixel_height=film.height,
            frames_copied=film.frames_copied,
            frames_rendered=film.frames_rendered,
        )
    except StandsInTheWay as error:
        export.fail(str(error))
    except (FFmpegFailed, NotMedia, NotAsAsked, CannotJoin, CannotMix, OSError) as error:
        log.warning("export=%s failed: %s", export.uuid, error)
        export.fail(_words(error))
    except (DatabaseError, Overtaken):  # it isn't the film's fault: another try may do
        raise
    except Exception as error:  # another try would end just so
        log.exception("export=%s failed", export.uuid)
        export.fail(_words(error))
    return False


def _words(error: Exception) -> str:
    if ours := disk.trouble(error):
        return f"{ours.split(';')[0]}, then export again."
    why = str(error) if isinstance(error, NotAsAsked) else f"{_without_places(str(error))[-200:]}."
    return _BROKEN.format(why=why)


def _without_places(words: str) -> str:
    """Name files without saying where on this server they are."""
    for place in (str(settings.MEDIA_ROOT), tempfile.gettempdir()):
        words = words.replace(place, "/.")
    return _PLACE.sub("", words)
