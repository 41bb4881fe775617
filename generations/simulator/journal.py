"""What survives a kill: an append-only file of JSON lines."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class JournalDamaged(Exception):
    """A line in the middle of the journal is not JSON; the message says which."""


class Journal:
    """Appends facts and gives them back in order.

    A line is in the operating system's hands before `append` returns, so it outlives a kill -9 of
    the process (not a power loss: nothing of value is kept here).
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._mend()
        self._file = path.open("ab", buffering=0)

    def append(self, fact: str, **details: Any) -> None:
        """Write one fact; callers serialise among themselves."""
        line = json.dumps({"fact": fact, **details}, default=str) + "\n"
        self._file.write(line.encode())

    def facts(self) -> Iterator[dict[str, Any]]:
        """Yield every fact, oldest first; raises JournalDamaged."""
        with self._path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise JournalDamaged(f"{self._path}, line {number}: {error}") from error

    def clear(self) -> None:
        """Forget everything."""
        self._file.truncate(0)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _mend(self) -> None:
        """Cut off a last line that a kill left unfinished."""
        if not self._path.exists():
            return
        with self._path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            end = size
            while end and not _ends_line(file, end):
                end -= 1
            if end != size:
                file.truncate(end)


def _ends_line(file: Any, end: int) -> bool:
    file.seek(end - 1)
    return bool(file.read(1) == b"\n")
