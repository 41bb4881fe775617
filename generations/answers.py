"""Answers that hold the finished file themselves: on disk before anything else, until collected.

A provider that answers so can't be asked again for what it made: what is lost here is paid for
and gone.
"""

import time
from pathlib import Path
from uuid import UUID

from django.conf import settings

from generations import disk
from generations.models import Asset, Attempt, Generation

_YOUNG_S = 6 * 3600.0


def keep(attempt: Attempt, content: bytes) -> None:
    """Write an attempt's answer down, flushed. Raises OSError."""
    disk.write_whole(_path(attempt.nonce), content)


def of(generation: Generation) -> Path | None:
    """Return where the answer to a generation's last attempt is kept, if it held a file."""
    path = _path(generation.attempt().nonce)
    return path if path.exists() else None


def let_go(generation: Generation) -> None:
    """Remove an answer whose file is stored."""
    _path(generation.attempt().nonce).unlink(missing_ok=True)


def tidy() -> int:
    """Remove old answers that nobody will collect. Returns how many.

    One whose file is still to be stored stays, also where that was given up: it can be tried again.
    """
    removed = 0
    for file in _directory().glob("*"):
        old = time.time() - file.stat().st_mtime > _YOUNG_S
        if old and not _is_wanted(file.name):
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def _is_wanted(name: str) -> bool:
    try:
        nonce = UUID(name)
    except ValueError:
        return False
    kept = Asset.objects.filter(generation__attempts__nonce=nonce, generation__purged_at=None)
    return kept.exclude(state=Asset.State.STORED).exists()


def _path(nonce: UUID) -> Path:
    return _directory() / str(nonce)


def _directory() -> Path:
    return Path(settings.MEDIA_ROOT) / "answers"
