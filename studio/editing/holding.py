"""Saves a change of which clips stand beside which, with transitions that fit, and says so."""

from collections.abc import Callable
from typing import Any

from studio.editing import operations
from studio.editing.cut import Cut, Lengths
from studio.models import Edit, Sequence


def change(
    sequence: Sequence,
    version: int,
    author: Any,
    said: str,
    make: Callable[[Cut], Cut],
    lengths: Lengths,
    *,
    anew: bool = False,
) -> tuple[Edit, str]:
    """Change a sequence, and return its new state and what of its transitions that shortened.

    Looked at are the transitions that are new or have fewer frames to be in, or `anew` all of
    them. Raises as Sequence.change.
    """
    besides = ""

    def held(cut: Cut) -> Cut:
        nonlocal besides
        before = Cut() if anew else cut
        made, besides = operations.held(before, operations.checked(make(cut), lengths), lengths)
        return made

    def words() -> str:
        if not besides:
            return said
        return f"{said[: Edit.LONGEST_SAID - len(besides) - 2]}; {besides}"

    return sequence.change(version, author, words, held), besides
