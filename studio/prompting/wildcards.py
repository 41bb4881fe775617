r"""Words with braces: `{dawn|noon|night}` is a choice, `{subject}` a blank to be filled in.

A choice expands to as many prompts as it has ways; choices and blanks may stand inside a choice.
`\{`, `\}` and `\|` are the characters themselves.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from math import prod

MOST_PROMPTS = 100
LONGEST_NAME = 60
_DEEPEST = 5
_MARKS = re.compile(r"\\[{}|]|[{}|]|[^\\{}|]+|\\")
_SHOWN = 24
_UNCOUNTED = 1_000_000
_LONGEST = 20_000  # as the composer takes; what comes of it has to be shorter still

_OPEN = "The brace before “{after}” is never closed. Close it, or write \\{{ for the brace itself."
_CLOSED = (
    "The brace after “{before}” closes nothing. Take it out, or write \\}} for the brace itself."
)
_EMPTY = (
    "Nothing stands between two braces. Write ways to choose from, as in {dawn|noon}, or a name, "
    "as in {subject}."
)
_LONG = f"A name between braces has at most {LONGEST_NAME} characters. Shorten it."
_TOO_LONG = f"Words with braces have at most {_LONGEST:,} characters. Shorten them."
_DEEP = f"Choices stand {_DEEPEST} deep inside each other at most. Write some of them out."
_MANY = (
    "These words make {count} prompts, and {most} is the most at once. Take some of the ways out."
)
_UNFILLED = "Fill in {names} first; \\{{ writes a brace itself."


class Unreadable(Exception):
    """Braces that make no sense, or too many prompts; the message is for a person."""


@dataclass(frozen=True)
class Blank:
    """A place to be filled in, and where it stands in the words."""

    name: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{{{self.name}}}"


@dataclass(frozen=True)
class Choice:
    """Several ways, one of which stands there."""

    ways: tuple["Words", ...]


@dataclass(frozen=True)
class Words:
    """What was written, piece by piece."""

    pieces: tuple[str | Blank | Choice, ...]

    @property
    def count(self) -> int:
        """How many prompts they make."""
        return prod(
            sum(way.count for way in piece.ways)
            for piece in self.pieces
            if isinstance(piece, Choice)
        )

    def blanks(self) -> Iterator[Blank]:
        """Yield every blank, as they stand."""
        for piece in self.pieces:
            if isinstance(piece, Blank):
                yield piece
            elif isinstance(piece, Choice):
                for way in piece.ways:
                    yield from way.blanks()

    @property
    def names(self) -> list[str]:
        """What is to be filled in, each once, in the order in which they stand."""
        return list(dict.fromkeys(blank.name for blank in self.blanks()))

    def prompts(self) -> Iterator[str]:
        """Yield every prompt: the last choice changes first. A blank stays as it is written."""
        for parts in product(*[list(_ways(piece)) for piece in self.pieces]):
            yield "".join(parts)


def _ways(piece: str | Blank | Choice) -> Iterator[str]:
    if isinstance(piece, Choice):
        for way in piece.ways:
            yield from way.prompts()
    else:
        yield str(piece)


def read(written: str) -> Words:
    """Read words with braces; without any, they are as they are. Raises Unreadable."""
    if not re.search("[{}]", written):
        return Words((written,))
    if len(written) > _LONGEST:
        raise Unreadable(_TOO_LONG)
    return _Reader(written).read()


def expand(written: str, most: int = MOST_PROMPTS) -> list[str]:
    """Return the prompts that words make, at least one. Raises Unreadable.

    That is also raised where something is to be filled in, and where they are more than `most`.
    """
    words = read(written)
    if words.names:
        raise Unreadable(_UNFILLED.format(names=_listed([f"{{{name}}}" for name in words.names])))
    if words.count > most:
        count = f"{words.count:,}" if words.count < _UNCOUNTED else "more than a million"
        raise Unreadable(_MANY.format(count=count, most=most))
    return list(islice(words.prompts(), most))


def fill(written: str, values: Mapping[str, str]) -> str:
    """Return words with their blanks filled in; one without a value stays. Raises Unreadable.

    Values are put in as they are: one may be a choice itself.
    """
    filled, end = [], 0
    for blank in read(written).blanks():
        filled += [written[end : blank.start], values.get(blank.name) or str(blank)]
        end = blank.end
    return "".join([*filled, written[end:]])


def literal(words: str) -> str:
    """Write words so that reading them gives them back: those of a prompt that was made."""
    return re.sub("([{}|])", r"\\\1", words) if re.search("[{}]", words) else words


class _Reader:
    """Reads from the left, with what is open kept by hand: no depth of braces can exhaust it."""

    def __init__(self, written: str) -> None:
        self._written = written
        self._starts: list[int] = []  # of the braces that are open
        self._ways: list[list[list[str | Blank | Choice]]] = [[[]]]

    def read(self) -> Words:
        for mark in _MARKS.finditer(self._written):
            self._take(mark.group(), mark.start(), mark.end())
        if self._starts:
            after = self._written[self._starts[-1] + 1 :]
            raise Unreadable(_OPEN.format(after=_shortened(after)))
        return Words(tuple(self._ways[0][0]))

    def _take(self, mark: str, start: int, end: int) -> None:
        if mark == "{":
            if len(self._starts) == _DEEPEST:
                raise Unreadable(_DEEP)
            self._starts.append(start)
            self._ways.append([[]])
        elif mark == "}":
            self._close(start, end)
        elif mark == "|" and self._starts:
            self._ways[-1].append([])
        else:
            is_escaped = len(mark) == 2 and mark[0] == "\\" and mark[1] in "{}|"
            self._ways[-1][-1].append(mark[1] if is_escaped else mark)

    def _close(self, start: int, end: int) -> None:
        if not self._starts:
            raise Unreadable(_CLOSED.format(before=_shortened(self._written[:start], last=True)))
        opened, ways = self._starts.pop(), self._ways.pop()
        if len(ways) > 1:
            self._ways[-1][-1].append(Choice(tuple(Words(tuple(way)) for way in ways)))
            return
        inside = ways[0]
        name = " ".join("".join(each for each in inside if isinstance(each, str)).split())
        if not name or len(inside) != sum(isinstance(each, str) for each in inside):
            raise Unreadable(_EMPTY)
        if len(name) > LONGEST_NAME:
            raise Unreadable(_LONG)
        self._ways[-1][-1].append(Blank(name, opened, end))


def _shortened(words: str, *, last: bool = False) -> str:
    line = " ".join(words.split())
    if len(line) <= _SHOWN:
        return line
    return f"…{line[-_SHOWN:]}" if last else f"{line[:_SHOWN]}…"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
