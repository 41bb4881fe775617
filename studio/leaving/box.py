"""A ZIP as a bundle is written: each file with its hash, none of them ever in memory whole."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

HASHES = "HASHES.sha256"
_AT_ONCE = 1024 * 1024


class Box:
    """A ZIP that is being written. Lines and texts are packed, media are packed already."""

    def __init__(self, file: Path) -> None:
        self._zip = ZipFile(file, "x", allowZip64=True)
        self._date = time.gmtime()[:6]
        self.hashes: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def put_lines(self, name: str, rows: Iterable[dict[str, Any]]) -> int:
        """Write rows as JSON Lines, and return how many there were."""
        digest, count = hashlib.sha256(), 0
        with self._zip.open(self._info(name, ZIP_DEFLATED), "w", force_zip64=True) as out:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                digest.update(line)
                out.write(line)
                count += 1
        self.hashes[name] = digest.hexdigest()
        return count

    def put_text(self, name: str, text: str) -> None:
        """Write a text."""
        data = text.encode()
        self._zip.writestr(self._info(name, ZIP_DEFLATED), data)
        self.hashes[name] = hashlib.sha256(data).hexdigest()

    def put_file(self, name: str, file: Path, said: Callable[[int], None]) -> str:
        """Write a file, and return its SHA-256; `said` is told how many bytes of it are there.

        Raises OSError.
        """
        digest, done = hashlib.sha256(), 0
        with (
            file.open("rb") as source,
            self._zip.open(self._info(name, ZIP_STORED), "w", force_zip64=True) as out,
        ):
            while some := source.read(_AT_ONCE):
                digest.update(some)
                out.write(some)
                done += len(some)
                said(done)
        self.hashes[name] = digest.hexdigest()
        return digest.hexdigest()

    def put_hashes(self) -> None:
        """Write down every hash, as `sha256sum -c` reads them."""
        lines = (f"{digest}  {name}\n" for name, digest in self.hashes.items())
        self._zip.writestr(self._info(HASHES, ZIP_DEFLATED), "".join(lines))

    def _info(self, name: str, how: int) -> ZipInfo:
        info = ZipInfo(name, self._date)
        info.compress_type = how
        info.external_attr = 0o644 << 16
        return info
