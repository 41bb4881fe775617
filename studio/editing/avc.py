"""What an H.264 decoder is told before the first frame: the avcC box (ISO/IEC 14496-15 §5.3.3).

Frames name their parameters by a number. So those of several encoders fit into one file, as long
as no number is used for two.
"""

from dataclasses import dataclass

_MOST_IDS = 32


class Differing(Exception):
    """Two kinds of frames can't stand in one file; the message says why."""


@dataclass(frozen=True)
class _Record:
    """The parts of an avcC box: `profile` are its first bytes, `tail` what follows the sets."""

    profile: bytes
    lengths: int
    sequences: tuple[bytes, ...]
    pictures: tuple[bytes, ...]
    tail: bytes


def spare_id(parameters: bytes) -> int:
    """Return a number that none of the parameters has, from 1 to 31. Raises Differing."""
    record = _read(parameters)
    used = {_first_number(each[4:]) for each in record.sequences}
    used |= {_first_number(each[1:]) for each in record.pictures}
    free = [number for number in range(1, _MOST_IDS) if number not in used]
    if not free:
        raise Differing("every parameter number is used")
    return free[0]


def together(parameters: list[bytes]) -> bytes:
    """Return one avcC box with the parameters of several. Raises Differing."""
    records = [_read(each) for each in parameters]
    first = records[0]
    if any(each.lengths != first.lengths for each in records):
        raise Differing("their frames count their bytes differently")
    sequences = _unlike([s for each in records for s in each.sequences], skip=4)
    pictures = _unlike([p for each in records for p in each.pictures], skip=1)
    written = first.profile + bytes([0xFC | first.lengths])
    written += bytes([0xE0 | len(sequences)]) + _lengths_before(sequences)
    return written + bytes([len(pictures)]) + _lengths_before(pictures) + first.tail


def _unlike(sets: list[bytes], *, skip: int) -> list[bytes]:
    """Return every set once. Raises Differing when a number stands for two."""
    found: dict[int, bytes] = {}
    for each in sets:
        if found.setdefault(_first_number(each[skip:]), each) != each:
            raise Differing("two kinds of frames have one parameter number")
    return list(found.values())


def _lengths_before(sets: list[bytes]) -> bytes:
    return b"".join(len(each).to_bytes(2, "big") + each for each in sets)


def _read(box: bytes) -> _Record:
    if len(box) < 7 or box[0] != 1:
        raise Differing("the file says nothing of its frames in the usual way")
    at, sequences = _sets(box, 6, box[5] & 0x1F)
    at, pictures = _sets(box, at + 1, box[at])
    return _Record(box[:4], box[4] & 3, sequences, pictures, box[at:])


def _sets(box: bytes, at: int, count: int) -> tuple[int, tuple[bytes, ...]]:
    found = []
    for _ in range(count):
        size = int.from_bytes(box[at : at + 2], "big")
        each = box[at + 2 : at + 2 + size]
        if not size or len(each) < size:
            raise Differing("what the file says of its frames is cut short")
        found.append(each)
        at += 2 + size
    if at >= len(box) and count == 0:
        raise Differing("what the file says of its frames is cut short")
    return at, tuple(found)


def _first_number(bits: bytes) -> int:
    """Read the first number of a set: Exp-Golomb coded (ITU-T H.264 §9.1)."""
    value = int.from_bytes(bits[:8].ljust(8, b"\0"), "big")
    zeros = 64 - value.bit_length()
    if zeros > 15:
        raise Differing("a parameter number can't be read")
    return (value >> (63 - 2 * zeros)) - 1
