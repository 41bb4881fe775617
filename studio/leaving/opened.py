"""Opening a bundle that comes from outside: nothing in it is believed, and no name in it is a path.

What can't be right is refused in words before anything of it is kept.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from generations.refusal import Refused
from studio.leaving.box import HASHES
from studio.leaving.kinds import FORMAT, KINDS, VERSION

MOST_FILES = 200_000
MOST_TEXT_BYTES = 2 * 1024**3
MOST_LINE_BYTES = 8 * 1024**2
_MOST_MANIFEST_BYTES = 64 * 1024**2
_AT_ONCE = 1024 * 1024
_ROWS = "|".join(["people", *(kind.name for kind in KINDS)])
_KNOWN = re.compile(
    rf"README\.txt|manifest\.json|{re.escape(HASHES)}|({_ROWS})\.jsonl"
    r"|media/[0-9a-f]{64}\.[a-z0-9]{2,5}|sequences/[a-z0-9_-]{1,80}\.otio"
)
_DAMAGED = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)

_NO_ZIP = "This isn't a ZIP file, or it was cut short. Copy it again, whole."
_STRANGE = "It holds {name}, which no bundle does. Nothing was read."
_TWICE = "It holds {name} twice. Nothing was read."
_PACKED = "{name} is packed in a way that no bundle is. Nothing was read."
_TOO_MANY = f"It holds over {MOST_FILES:,} files, more than any bundle. Nothing was read."
_TOO_LARGE = "{name} unpacks to more than it can be worth. Nothing was read."
_ABSENT = "{name} is missing in it. Export the project again."
_WRONG_HASH = "{name} isn't what it was when it was exported: its hash is another. Copy it again."
_NO_HASH = "{name} has no hash in it. Export the project again."
_NO_JSON = "{name}, line {line}, isn't JSON as a bundle has it."
_NO_BUNDLE = "This is a ZIP, but no bundle of a project: its manifest isn't one."
_NEWER = "It is of format version {version}; this Dailies reads version 1. Update Dailies first."


class Opened:
    """A bundle whose list of files is as a bundle's is. Raises Refused whatever is asked of it."""

    def __init__(self, file: Path) -> None:
        try:
            self._size_bytes = file.stat().st_size
            self._zip = ZipFile(file)
        except OSError as error:
            raise Refused({"": f"{file} can't be read: {error.strerror}."}) from error
        except _DAMAGED as error:
            raise Refused({"": _NO_ZIP}) from error
        self._files: dict[str, ZipInfo] = {}
        self._hashes: dict[str, str] = {}
        try:
            self._look_through()
            self.manifest = self._manifest()
            self._hashes = dict(self._said_hashes())
            self.missing = {str(it["file"]) for it in self.manifest["missing"]}
        except (KeyError, TypeError) as error:
            self.close()
            raise Refused({"": _NO_BUNDLE}) from error
        except Refused:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def check_texts(self) -> None:
        """Hold everything but the media against their hashes."""
        for name in self._files:
            if not name.startswith("media/") and name != HASHES:
                digest = hashlib.sha256()
                for some in self._chunks(name):
                    digest.update(some)
                self._check_hash(name, digest.hexdigest())

    def rows(self, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the rows of a file of lines, each with its number from 1."""
        name = f"{kind}.jsonl"
        for number, line in enumerate(self._lines(name), start=1):
            row = self._json(name, number, line)
            if not isinstance(row, dict):
                raise Refused({"": _NO_JSON.format(name=name, line=number)})
            yield number, row

    def check_holds(self, name: str) -> None:
        """Raise Refused for a file that isn't in it."""
        if name not in self._files:
            said = name if _KNOWN.fullmatch(name) else _shown(name)
            raise Refused({"": _ABSENT.format(name=said)})

    def size_of(self, name: str) -> int:
        """Return how large a file of it is, in bytes; 0 for one that isn't in it."""
        found = self._files.get(name)
        return found.file_size if found else 0

    def unpack(self, name: str, to: Path) -> None:
        """Write a file of media somewhere, and hold it against its hash and its name."""
        digest = hashlib.sha256()
        with to.open("xb") as out:
            for some in self._chunks(name):
                digest.update(some)
                out.write(some)
        self._check_hash(name, digest.hexdigest())
        if not name.startswith(f"media/{digest.hexdigest()}."):
            raise Refused({"": _WRONG_HASH.format(name=name)})

    def _look_through(self) -> None:
        listed = self._zip.infolist()
        if len(listed) > MOST_FILES:
            raise Refused({"": _TOO_MANY})
        texts = media = 0
        for info in listed:
            name = info.filename
            if not _KNOWN.fullmatch(name):
                raise Refused({"": _STRANGE.format(name=_shown(name))})
            if name in self._files:
                raise Refused({"": _TWICE.format(name=name)})
            is_media = name.startswith("media/")
            how = (ZIP_STORED,) if is_media else (ZIP_STORED, ZIP_DEFLATED)
            if info.compress_type not in how or info.flag_bits & 1:
                raise Refused({"": _PACKED.format(name=name)})
            texts += 0 if is_media else info.file_size
            media += info.file_size if is_media else 0
            # What is only stored can't be larger together than the file that it is in.
            if texts > MOST_TEXT_BYTES or media > self._size_bytes:
                raise Refused({"": _TOO_LARGE.format(name=name)})
            self._files[name] = info
        for name in (
            "manifest.json",
            HASHES,
            "people.jsonl",
            *(f"{it.name}.jsonl" for it in KINDS),
        ):
            if name not in self._files:
                raise Refused({"": _ABSENT.format(name=name) if len(listed) > 1 else _NO_BUNDLE})

    def _manifest(self) -> dict[str, Any]:
        data = b"".join(self._chunks("manifest.json", _MOST_MANIFEST_BYTES))
        manifest = self._json("manifest.json", 1, data)
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise Refused({"": _NO_BUNDLE})
        if manifest.get("version") != VERSION:
            raise Refused({"": _NEWER.format(version=ascii(manifest.get("version"))[:20])})
        return manifest

    def _said_hashes(self) -> Iterator[tuple[str, str]]:
        for line in self._lines(HASHES):
            digest, _, name = line.decode("ascii", "replace").rstrip("\n").partition("  ")
            if not re.fullmatch("[0-9a-f]{64}", digest):
                raise Refused({"": _WRONG_HASH.format(name=HASHES)})
            if name not in self._files:
                raise Refused({"": _ABSENT.format(name=_shown(name))})
            yield name, digest

    def _check_hash(self, name: str, digest: str) -> None:
        said = self._hashes.get(name)
        if said is None:
            raise Refused({"": _NO_HASH.format(name=name)})
        if said != digest:
            raise Refused({"": _WRONG_HASH.format(name=name)})

    def _lines(self, name: str) -> Iterator[bytes]:
        left = self.size_of(name)
        with self._reading(name) as source:
            while line := self._read(name, lambda: source.readline(MOST_LINE_BYTES + 1)):
                left -= len(line)
                if len(line) > MOST_LINE_BYTES or left < 0:
                    raise Refused({"": _TOO_LARGE.format(name=name)})
                yield line

    def _chunks(self, name: str, most: int | None = None) -> Iterator[bytes]:
        left = self.size_of(name) if most is None else most
        with self._reading(name) as source:
            while some := self._read(name, lambda: source.read(_AT_ONCE)):
                left -= len(some)
                if left < 0:
                    raise Refused({"": _TOO_LARGE.format(name=name)})
                yield some

    def _reading(self, name: str) -> IO[bytes]:
        self.check_holds(name)
        return self._read(name, lambda: self._zip.open(self._files[name]))

    def _read(self, name: str, read: Any) -> Any:
        try:
            return read()
        except _DAMAGED as error:
            raise Refused({"": _WRONG_HASH.format(name=name)}) from error

    def _json(self, name: str, number: int, data: bytes) -> Any:
        try:
            found = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
            _look_into(found)
        except (ValueError, RecursionError) as error:
            raise Refused({"": _NO_JSON.format(name=name, line=number)}) from error
        return found


def _refuse_constant(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _look_into(value: Any) -> None:
    """Raise ValueError for text that no database keeps, and numbers that none counts to."""
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            left += [*each, *each.values()]
        elif isinstance(each, list):
            left += each
        elif isinstance(each, str):
            each.encode()  # half of a pair of surrogates is no letter
            if "\0" in each:
                raise ValueError("a NUL in a text")
        elif isinstance(each, int) and abs(each) >= 2**63:
            raise ValueError("a number without end")


def _shown(name: str) -> str:
    return f"“{name[:80]}”" if name.isprintable() else repr(name[:80])
