"""Putting files where they are kept, and taking them away again where that was for nothing."""

import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from generations import disk


class Places:
    """Files that were put in their places; all of them are removed if it ends by an exception."""

    def __init__(self) -> None:
        self._put: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            for file in self._put:
                file.unlink(missing_ok=True)

    def put(self, file: Path, path: str) -> None:
        """Have a file be at a path below MEDIA_ROOT, too: the same bytes where the disk can."""
        target = Path(settings.MEDIA_ROOT) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # left by an import that was killed: no row names it
        self._put.append(target)
        try:
            os.link(file, target)
            os.utime(target)  # looking into them all may have taken hours: no row names it yet
        except OSError:  # a disk that knows no links
            shutil.copyfile(file, target)
            with target.open("rb+") as opened:
                os.fsync(opened.fileno())

    def flush(self) -> None:
        """Have all of that survive a power cut."""
        for directory in {file.parent for file in self._put}:
            disk.flush_directory(directory)
