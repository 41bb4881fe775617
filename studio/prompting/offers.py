"""What is offered about words that are several prompts."""

from dataclasses import dataclass
from functools import cached_property

from studio.prompting import lists, wildcards

_FEWEST_LINES = 3


def list_in(words: str) -> str:
    """Return words that are several prompts, or nothing: what is pasted would run into one."""
    try:
        is_one = wildcards.read(words).count == 1 and not lists.is_table(words)
        return "" if is_one and len(lists.read(words)) == 1 else words
    except (wildcards.Unreadable, lists.Unreadable):
        return words


@dataclass(frozen=True)
class Offer:
    """What the composer offers about the words in it: to look at the prompts that they make."""

    words: str

    @cached_property
    def says(self) -> str:
        """What is offered; nothing where they are one prompt."""
        try:
            count = wildcards.read(self.words).count
            is_table, lines = lists.is_table(self.words), lists.read(self.words)
        except (wildcards.Unreadable, lists.Unreadable):
            return ""
        if count > 1 and not is_table:
            return f"These words make {count:,} prompts."
        if (is_table and len(lines) > 1) or len(lines) >= _FEWEST_LINES:
            return f"Make {len(lines)} takes of this list?"
        return ""
