"""A pasted list of prompts: one a line, one a paragraph, or a table with lengths and ratios."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

COLUMNS = ("prompt", "duration", "ratio")
_SAME = {"words": "prompt", "length": "duration", "seconds": "duration", "aspect ratio": "ratio"}
_DELIMITERS = "\t;,"
_DURATION = re.compile(r"(\d{1,4})\s*(?:s|sec|seconds)?", re.IGNORECASE)
_RATIO = re.compile(r"\d{1,3}\s*:\s*\d{1,3}")

_UNCLOSED = "A quote is opened and never closed. Close it, or take it out."
_SURPLUS = (
    "This row has {cells} cells, and there are {columns}. Put the prompt in quotes, as its comma "
    "begins another cell."
)
_NO_DURATION = "“{value}” is no length. Write seconds, such as 5."
_NO_RATIO = "“{value}” is no ratio. Write one such as 16:9."
_UNKNOWN = "There is no column called {name}. There are prompt, duration and ratio."


class Unreadable(Exception):
    """A table that can't be read at all; the message is for a person."""


@dataclass(frozen=True)
class Line:
    """One prompt of a list, with what its row says of its length and ratio; None: nothing."""

    number: int
    words: str
    duration_s: int | None = None
    ratio: str | None = None
    error: str = ""


def read(text: str) -> list[Line]:
    """Return the prompts of a list, without empty ones. Raises Unreadable."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    table = _table(text)
    if table is not None:
        return table
    apart = r"\n\s*\n" if re.search(r"\S[^\S\n]*\n\s*\n\s*\S", text) else r"\n"
    found = [each.strip() for each in re.split(apart, text)]
    return [Line(number, words) for number, words in enumerate(filter(None, found), 1)]


def is_table(text: str) -> bool:
    """Tell whether it looks like a table rather than like prose."""
    try:
        return _table(text) is not None
    except Unreadable:
        return True


def _table(text: str) -> list[Line] | None:
    """Return the rows of a table, or None where it is a plain list."""
    for delimiter in _DELIMITERS:
        first = next((line for line in text.split("\n") if line.strip()), "")
        header = _header(first, delimiter)
        if header:
            rows = list(_rows(text, delimiter))[1:]
            return [_line(number, row, header) for number, row in enumerate(rows, 1)]
    for delimiter in _DELIMITERS:
        if delimiter not in text:
            continue
        try:
            rows = list(_rows(text, delimiter))
        except Unreadable:
            continue
        if sum(map(_says_settings, rows)) * 2 > len(rows):
            return [_line(number, row, COLUMNS) for number, row in enumerate(rows, 1)]
    return None


def _header(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the columns that a line names; none where it is no header. Raises Unreadable."""
    names = [cell.strip().strip('"').strip().casefold() for cell in line.split(delimiter)]
    columns = tuple(_SAME.get(name, name) for name in names)
    if len(columns) < 2 or "prompt" not in columns:
        return ()
    unknown = next((name for name in columns if name not in COLUMNS), None)
    if unknown is not None:
        raise Unreadable(_UNKNOWN.format(name=unknown or "nothing"))
    return columns


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows that hold something. Raises Unreadable."""
    try:
        lines = io.StringIO(text)
        for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True):
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield cells
    except csv.Error as error:
        raise Unreadable(_UNCLOSED) from error


def _says_settings(row: list[str]) -> bool:
    """Tell whether a row's last cells can only be a length, a ratio, or both."""
    if not 2 <= len(row) <= len(COLUMNS) + 9:
        return False
    last, before = row[-1], row[-2] if len(row) > 2 else ""
    says_length = bool(_DURATION.fullmatch(last)) and len(row) == 2
    says_ratio = bool(_RATIO.fullmatch(last)) and (not before or bool(_DURATION.fullmatch(before)))
    return says_length or says_ratio or (not last and bool(_DURATION.fullmatch(before)))


def _line(number: int, row: list[str], columns: tuple[str, ...]) -> Line:
    cells = dict(zip(columns, row, strict=False))
    words, duration, ratio = (cells.get(column, "") for column in COLUMNS)
    if any(row[len(columns) :]):
        return Line(number, words, error=_SURPLUS.format(cells=len(row), columns=len(columns)))
    seconds = _DURATION.fullmatch(duration)
    if duration and not seconds:
        return Line(number, words, error=_NO_DURATION.format(value=duration))
    if ratio and not _RATIO.fullmatch(ratio):
        return Line(number, words, error=_NO_RATIO.format(value=ratio))
    return Line(
        number,
        words,
        duration_s=int(seconds[1]) if seconds else None,
        ratio="".join(ratio.split()) or None,
    )
