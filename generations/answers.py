"""Answers that are the finished work: on disk before anything else, until it is collected.

A provider that answers so can't be asked again for what it made: what is lost here is paid for
and gone. An answer is the file itself, or the address where it is.
"""

import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from generations import disk
from generations.models import Asset, Attempt, Generation
from generations.providers.base import Progress, Snapshot

_YOUNG_S = 6 * 3600.0
_ROOM_BYTES = 128 * 1024 * 1024
_ADDRESS = ".url"


def check_room() -> None:
    """Raise OSError where an answer couldn't be kept: then nothing must be ordered."""
    probe = _directory() / f"probe-{uuid4().hex}"  # others look at the same time
    disk.write_whole(probe, b"-")
    probe.unlink()
    disk.check_room(_directory(), _ROOM_BYTES)


def keep(attempt: Attempt, snapshot: Snapshot) -> None:
    """Write an attempt's answer down, flushed. Raises OSError."""
    if snapshot.content:
        disk.write_whole(_path(attempt), snapshot.content)
    else:
        disk.write_whole(_path(attempt, _ADDRESS), snapshot.image_url.encode())


def recalled(attempt: Attempt) -> Snapshot | None:
    """Return the answer to an attempt, if it is kept."""
    content, address = _path(attempt), _path(attempt, _ADDRESS)
    url = address.read_text() if address.exists() else ""
    if not (url or content.exists()):
        return None
    return Snapshot(str(attempt.nonce), Progress.COMPLETED, image_url=url)


def of(generation: Generation) -> Path | None:
    """Return the file that was the answer to a generation's last attempt, while it is kept."""
    path = _path(generation.attempt())
    return path if path.exists() else None


def hand_on(attempt: Attempt, to: Attempt) -> None:
    """Have the answer to an attempt be another one's."""
    for suffix in ("", _ADDRESS):
        with suppress(FileNotFoundError):
            _path(attempt, suffix).rename(_path(to, suffix))


def let_go(generation: Generation) -> None:
    """Remove the answers to a generation's attempts: its file is stored, or gone for good."""
    for attempt in generation.attempts.all():
        for path in (_path(attempt), _path(attempt, _ADDRESS)):
            path.unlink(missing_ok=True)


def tidy() -> int:
    """Remove old answers that nobody will collect. Returns how many.

    One whose file is still to be stored stays, also where that was given up, for it can be tried
    again; and one of an attempt of which nobody knows yet what became.
    """
    removed = 0
    for file in _directory().glob("*"):
        with suppress(FileNotFoundError):  # whoever collects it has just let it go
            old = time.time() - file.stat().st_mtime > _YOUNG_S
            if old and not _is_wanted(file):
                file.unlink()
                removed += 1
    return removed


def _is_wanted(file: Path) -> bool:
    try:
        attempts = Attempt.objects.filter(nonce=UUID(file.stem))
    except ValueError:
        return False
    if attempts.filter(outcome__in=Attempt.DOUBTFUL).exists():
        return True
    there = Asset.objects.filter(generation__attempts__in=attempts, generation__purged_at=None)
    return there.exclude(state=Asset.State.STORED).exists()


def _path(attempt: Attempt, suffix: str = "") -> Path:
    return _directory() / f"{attempt.nonce}{suffix}"


def _directory() -> Path:
    return Path(settings.MEDIA_ROOT) / "answers"
