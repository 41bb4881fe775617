"""The boxes that an MP4 or MOV is made of (ISO/IEC 14496-12 §4.2), before a demuxer sees them.

A demuxer believes what the tables say: a few bytes can ask it for gigabytes of index, or name
another file as the place of the samples.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_MOST_BOXES = 20_000
_MOST_SAMPLES = 2_000_000  # eleven hours of sound, a day of pictures
_MOST_SAMPLE_BYTES = 64 * 1024 * 1024
_DEEPEST = 8
_FOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"moof", b"traf", b"mvex"}


class BadBoxes(Exception):
    """The file isn't made as it should be; the message says how."""


@dataclass(frozen=True)
class _Box:
    kind: bytes
    begins: int  # of what is in it
    ends: int


def check(path: Path) -> None:
    """Raise BadBoxes unless the file is whole boxes that stay within sane limits."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        if file.read(8)[4:] != b"ftyp":
            raise BadBoxes("the file isn't an MP4")
        _Walk(file).through(0, size_bytes, depth=0)


class _Walk:
    """One way through a file's boxes, counting."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._boxes = self._samples = 0

    def through(self, begins: int, ends: int, *, depth: int) -> None:
        if depth > _DEEPEST:
            raise BadBoxes("the file's boxes are nested too deeply")
        for box in self._boxes_in(begins, ends):
            self._boxes += 1
            if self._boxes > _MOST_BOXES:
                raise BadBoxes("the file has too many boxes")
            if box.kind in _FOLDERS:
                self.through(box.begins, box.ends, depth=depth + 1)
            elif look := _LOOKS.get(box.kind):
                look(self, box)

    def _boxes_in(self, at: int, ends: int) -> Iterator[_Box]:
        while at < ends:
            head = self._read(at, 16)
            length, begins = int.from_bytes(head[:4], "big"), at + 8
            if length == 1:
                length, begins = int.from_bytes(head[8:16], "big"), at + 16
            elif length == 0:  # to the end
                length = ends - at
            if length < begins - at:
                raise BadBoxes("the file isn't an MP4")
            if at + length > ends:
                raise BadBoxes("the file is cut short")
            yield _Box(head[4:8], begins, at + length)
            at += length

    def _sample_sizes(self, box: _Box) -> None:
        """stsz (§8.7.3.2): one size for all, or one each."""
        head = self._read(box.begins, 12)
        same, count = int.from_bytes(head[4:8], "big"), int.from_bytes(head[8:12], "big")
        self._count(count)
        self._weigh(same)
        if not same:
            self._weigh_table(box.begins + 12, count, stride=4, box=box)

    def _sample_times(self, box: _Box) -> None:
        """stts (§8.6.1.2): counts of samples of one duration; the demuxer unrolls them."""
        rows = int.from_bytes(self._read(box.begins + 4, 4), "big")
        table = self._table(box.begins + 8, rows, 8, box)
        total = sum(int.from_bytes(table[at : at + 4], "big") for at in range(0, len(table), 8))
        if total > _MOST_SAMPLES:
            raise BadBoxes("the file has too many samples")

    def _fragment(self, box: _Box) -> None:
        """trun (§8.8.8): samples of a fragment; flag 0x200 says that each has a size."""
        head = self._read(box.begins, 8)
        flags, count = int.from_bytes(head[1:4], "big"), int.from_bytes(head[4:8], "big")
        self._count(count)
        if not flags & 0x200:
            return
        first = box.begins + 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
        stride = 4 * sum(bool(flags & flag) for flag in (0x100, 0x200, 0x400, 0x800))
        before = 4 * bool(flags & 0x100)
        self._weigh_table(first + before, count, stride=stride, box=box)

    def _fragment_default(self, box: _Box) -> None:
        """tfhd (§8.8.7): flag 0x10 says that there is a size for every sample."""
        flags = int.from_bytes(self._read(box.begins + 1, 3), "big")
        if flags & 0x10:
            skipped = 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2) + 4 * bool(flags & 0x8)
            self._weigh(int.from_bytes(self._read(box.begins + 8 + skipped, 4), "big"))

    def _every_fragment(self, box: _Box) -> None:
        """trex (§8.8.3): the size for every sample of every fragment."""
        self._weigh(int.from_bytes(self._read(box.begins + 16, 4), "big"))

    def _references(self, box: _Box) -> None:
        """dref (§8.7.2): flag 1 says that the samples are in this file."""
        for entry in self._boxes_in(box.begins + 8, box.ends):
            if not self._read(entry.begins + 3, 1)[0] & 1:
                raise BadBoxes("the file names another file as the place of its pictures")

    def _count(self, samples: int) -> None:
        self._samples += samples
        if self._samples > _MOST_SAMPLES:
            raise BadBoxes("the file has too many samples")

    def _weigh(self, sample_bytes: int) -> None:
        if sample_bytes > _MOST_SAMPLE_BYTES:
            raise BadBoxes("a single picture of the file is too large")

    def _weigh_table(self, at: int, rows: int, *, stride: int, box: _Box) -> None:
        table = self._table(at, rows, stride, box)
        for row in range(0, len(table), stride):
            self._weigh(int.from_bytes(table[row : row + 4], "big"))

    def _table(self, at: int, rows: int, stride: int, box: _Box) -> bytes:
        # A table may be shorter than it says: the demuxer, too, reads only what is there.
        return self._read(at, min(rows * stride, max(box.ends - at, 0)), short=True)

    def _read(self, at: int, count: int, *, short: bool = False) -> bytes:
        self._file.seek(at)
        found = self._file.read(count)
        if len(found) < min(count, 8) and not short:
            raise BadBoxes("the file is cut short")
        return found


_LOOKS = {
    b"stsz": _Walk._sample_sizes,
    b"stts": _Walk._sample_times,
    b"trun": _Walk._fragment,
    b"tfhd": _Walk._fragment_default,
    b"trex": _Walk._every_fragment,
    b"dref": _Walk._references,
}
