"""Files that outlive a power cut, and what is wrong with the disk, in words with the remedy."""

import errno
import os
import shutil
import uuid
from pathlib import Path

_FULL = (
    "The disk is full. Make room on the disk that holds the media; the file is then fetched "
    "by itself."
)
_TOO_LONG = (
    "This server may not write a file that large. Raise its limit (ulimit -f) and start Dailies "
    "again; the file is then fetched by itself."
)
_READ_ONLY = (
    "This server may not write where the media are kept. Give it the right to; the file is then "
    "fetched by itself."
)
_WORDS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _TOO_LONG,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
}


def trouble(error: Exception) -> str:
    """Return what is wrong with our disk, or nothing when the error isn't about that.

    ffmpeg and Pillow pass the system's own words on, so the text counts as well.
    """
    code = code_of(error)
    return _WORDS[code] if code else ""


def code_of(error: Exception) -> int | None:
    """Return the errno of what is wrong with our disk, or None when the error isn't about that."""
    text = str(error)
    for code in _WORDS:
        if getattr(error, "errno", None) == code or os.strerror(code) in text:
            return code
    return None


def check_room(directory: Path, size_bytes: int) -> None:
    """Raise OSError (ENOSPC) when a file of this size can't fit: the database needs the rest."""
    if shutil.disk_usage(directory).free < size_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_whole(target: Path, data: bytes) -> None:
    """Write a file so that it is seen whole or not at all, also after a power cut.

    Several may write the same file at once: the last one stays. Raises OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with partial.open("xb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    flush_directory(target.parent)


def flush_directory(directory: Path) -> None:
    """Have a rename in a directory survive a power cut, too."""
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
