"""Reading a TOML file strictly: every mistake is told with its line."""

import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
Path = tuple[str | int, ...]


class Mistake(Exception):
    """The file holds something that can't be: the line it stands on, and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class Table:
    """A table of the file. What is read from it is taken; `close` refuses what is left."""

    def __init__(self, data: dict[str, Any], path: Path, lines: dict[Path, int]) -> None:
        self._left = dict(data)
        self._path = path
        self._lines = lines

    def line(self, name: str = "") -> int:
        """Return the line of a key, or that of the table's head."""
        wanted: Path = (*self._path, name) if name else self._path
        while wanted and wanted not in self._lines:
            wanted = wanted[:-1]
        return self._lines.get(wanted, 1)

    def mistake(self, name: str, reason: str) -> Mistake:
        """Return a mistake at a key."""
        where = ".".join(str(part) for part in self._path if isinstance(part, str))
        return Mistake(self.line(name), f"{where}.{name} {reason}" if where else f"{name} {reason}")

    def text(self, name: str) -> str:
        """Take a text that isn't empty."""
        value = self._take(name, str, "a text in quotes")
        if not value.strip():
            raise self.mistake(name, "is empty")
        return str(value)

    def whole(self, name: str, default: int | None = None) -> int:
        """Take a whole number above zero."""
        value = self._take(name, int, "a whole number", default)
        if value <= 0:
            raise self.mistake(name, "must be above zero")
        return int(value)

    def flag(self, name: str) -> bool:
        """Take true or false; a missing one is false."""
        return bool(self._take(name, bool, "true or false", False))

    def day(self, name: str) -> date:
        """Take a date."""
        found: date = self._take(name, date, "a date such as 2026-11-22")
        return found

    def dollars(self, name: str) -> Decimal:
        """Take an amount in dollars, written in quotes so that it stays exact."""
        text = self._take(name, str, 'an amount in quotes, such as "0.0064"')
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise self.mistake(name, f"is no amount: {text}") from None
        if not amount.is_finite() or amount < 0:
            raise self.mistake(name, f"is no amount: {text}")
        return amount

    def texts(self, name: str, known: Collection[str] | None = None) -> tuple[str, ...]:
        """Take a list of texts, each once; each one of `known` if given. A missing one is empty."""
        values = self._take(name, list, "a list", [])
        if not all(isinstance(value, str) and value for value in values):
            raise self.mistake(name, "must be a list of texts in quotes")
        self._check_once(name, values)
        unknown = [value for value in values if known is not None and value not in known]
        if unknown:
            choices = ", ".join(known or ())
            raise self.mistake(name, f"has {', '.join(unknown)}, and there is only {choices}")
        return tuple(values)

    def wholes(self, name: str) -> tuple[int, ...]:
        """Take a list of whole numbers above zero. A missing one is empty."""
        values = self._take(name, list, "a list", [])
        if not all(type(value) is int and value > 0 for value in values):
            raise self.mistake(name, "must be a list of whole numbers above zero")
        self._check_once(name, values)
        return tuple(values)

    def pairs(self, name: str, known: Collection[str]) -> tuple[tuple[str, str], ...]:
        """Take a list of pairs of what is known. A missing one is empty."""
        found: list[tuple[str, str]] = []
        for value in self._take(name, list, "a list", []):
            if type(value) is not list or len(value) != 2 or not {*value} <= {*known}:
                raise self.mistake(name, f"must be a list of pairs of {', '.join(known)}")
            found.append((value[0], value[1]))
        return tuple(found)

    def table(self, name: str) -> "Table":
        """Take a table within this one; a missing one is empty."""
        value = self._take(name, dict, "a table", {})
        return Table(value, (*self._path, name), self._lines)

    def tables(self, name: str) -> list["Table"]:
        """Take a list of tables."""
        values = self._take(name, list, f"given as [[{name}]]")
        if not all(isinstance(value, dict) for value in values):
            raise self.mistake(name, f"must be given as [[{name}]]")
        return [Table(each, (*self._path, name, n), self._lines) for n, each in enumerate(values)]

    def names(self) -> list[str]:
        """Return the keys that nobody has taken yet."""
        return list(self._left)

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def close(self) -> None:
        """Raise Mistake over a key that nobody has taken."""
        for name in self._left:
            raise self.mistake(name, "is unknown here")

    def _take(self, name: str, kind: type, wanted: str, default: Any = None) -> Any:
        if name not in self._left:
            if default is None:
                raise self.mistake(name, "is missing")
            return default
        value = self._left.pop(name)
        if type(value) is not kind:
            raise self.mistake(name, f"must be {wanted}")
        return value

    def _check_once(self, name: str, values: list[Any]) -> None:
        twice = {str(value) for value in values if values.count(value) > 1}
        if twice:
            raise self.mistake(name, f"has {', '.join(sorted(twice))} twice")


def read(text: str) -> Table:
    """Read a TOML file. Raises Mistake when it isn't TOML."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\s*\(at line (\d+), column (\d+)\)$", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise Mistake(line, re.sub(r"\s*\(at .*\)$", "", str(error))) from error
    return Table(data, (), dict(_lines(text)))


def _lines(text: str) -> Iterator[tuple[Path, int]]:
    """Yield the path of every head and key, with its line. Keys in one line count as that line."""
    path: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEADER.match(line):
            path = _full_path(tuple(part.strip() for part in head[2].split(".")), counts)
            if head[1] == "[[":
                nth = counts.get(path, 0)
                counts[path] = nth + 1
                path = (*path, nth)
            yield path, number
        elif key := _KEY.match(line):
            yield (*path, key[1]), number


def _full_path(parts: tuple[str, ...], counts: dict[Path, int]) -> Path:
    """Return a head's path with the number of the list's newest table in it."""
    path: Path = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path] - 1)
    return (*path, parts[-1])
