"""A pasted script: a shot for each paragraph."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from generations.catalogue import WORDS_MAX, WORDS_MIN
from studio.models import Shot
from studio.models.storyboard import MOST_SHOTS

# A hundred shots of their longest words are more than anybody writes.
LONGEST = 200_000
_NOTHING = "There is no paragraph here yet. Leave an empty line between two shots."
_MANY = (
    f"These are {{count}} shots, and a storyboard has at most {MOST_SHOTS}{{there}}. "
    "Take {over} out."
)
_SHORT = f"Write at least {WORDS_MIN} characters."
_LONG = f"These are {{count:,}} characters, and {WORDS_MAX:,} is the limit for a shot."


@dataclass(frozen=True)
class Paragraph:
    """One shot of a script, and why it can't be one, if it can't."""

    number: int
    words: str

    @property
    def error(self) -> str:
        """What is wrong with its words, or nothing."""
        if len(self.words) < WORDS_MIN:
            return _SHORT
        return _LONG.format(count=len(self.words)) if len(self.words) > WORDS_MAX else ""


@dataclass(frozen=True)
class Script:
    """Words that become shots; `there` is how many shots stay beside them."""

    text: str
    continues: bool = True
    duration_s: int = 5
    there: int = 0

    @cached_property
    def paragraphs(self) -> Sequence[Paragraph]:
        """Its paragraphs: an empty line ends one, and a line's end within one is a space."""
        found = re.split(r"\n\s*\n", self.text.replace("\r\n", "\n").strip())
        words = [" ".join(each.split()) for each in found]
        return [Paragraph(number, each) for number, each in enumerate(filter(None, words), 1)]

    @property
    def error(self) -> str:
        """Why it can't be made shots of as a whole, or nothing."""
        count = len(self.paragraphs)
        if not count:
            return _NOTHING
        over = count + self.there - MOST_SHOTS
        if over > 0:
            there = f", of which {self.there} are there" if self.there else ""
            return _MANY.format(count=count, there=there, over=over)
        wrong = next((each for each in self.paragraphs if each.error), None)
        return f"Shot {wrong.number}: {wrong.error}" if wrong else ""

    @property
    def length_s(self) -> int:
        """How long its film is, in seconds."""
        return len(self.paragraphs) * self.duration_s

    def shots(self) -> list[Shot]:
        """Return its shots, not kept yet. Call when there is no error."""
        facts = {"continues": self.continues, "duration_s": self.duration_s}
        return [Shot(words=each.words, **facts) for each in self.paragraphs]
