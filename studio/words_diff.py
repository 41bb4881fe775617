"""What differs between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# A word, one sign of a script that is written without spaces, or a punctuation mark; then space.
_SIGN = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"([{_SIGN}]|[^\W{_SIGN}]+(?:['’-][^\W{_SIGN}]+)*|[^\w\s])(\s*)")
# A single word that stayed between two changes is no landmark: it is read as part of the change.
_LANDMARK = 2


class Change(StrEnum):
    """What became of some words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """Words that follow one another and fared alike, with the space after them."""

    change: Change
    words: str


def words_diff(before: str, after: str) -> list[Piece]:
    """Return how `before` became `after`: what is gone stands before what came in its place.

    The pieces that aren't gone are `after`, but for space before its first word.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, [word for word, _ in old], [word for word, _ in new])
    pieces: list[Piece] = []
    at_old = at_new = 0
    for a, b, size in matcher.get_matching_blocks():
        is_at_an_end = a == b == 0 or (a + size, b + size) == (len(old), len(new))
        if size < _LANDMARK and not is_at_an_end:
            continue
        for change, tokens in (
            (Change.GONE, old[at_old:a]),
            (Change.NEW, new[at_new:b]),
            (Change.SAME, new[b : b + size]),
        ):
            if tokens:
                pieces.append(Piece(change, "".join(word + space for word, space in tokens)))
        at_old, at_new = a + size, b + size
    return pieces
