"""The named cuts of a sequence, and two of its cuts side by side, as their page shows them."""

import re
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from generations.models import Generation
from studio.cards import Card
from studio.editing.comparing import Row, compare
from studio.editing.cut import Clip, Cut, Lengths, length_of
from studio.editing.footage import Footage, footage_of, lengths_from
from studio.models import NamedCut, Sequence, User

NOW = "now"
_VERSION = re.compile(r"v(\d{1,6})", re.IGNORECASE)


@dataclass(frozen=True)
class Side:
    """A clip of one of two cuts; `place` counts from 1, `frames` is how long it is shown."""

    place: int
    clip: Clip
    take: Generation | None
    frames: int

    @property
    def poster_url(self) -> str:
        """Where its picture is, or nothing."""
        card = Card(self.take) if self.take else None
        return card.poster_url if card and card.shows_poster else ""

    @property
    def name(self) -> str:
        """What it is called beside its number."""
        if self.clip.is_card:
            return self.clip.words
        return self.take.name if self.take else "a take that is gone"


class Cuts:
    """A sequence's named cuts; `before` and `after` say which two are compared, by their ids.

    `viewer` is who looks, from whom pictures may be kept.
    """

    def __init__(self, sequence: Sequence, viewer: User, before: str = "", after: str = "") -> None:
        self.sequence, self.viewer = sequence, viewer
        self._asked = before, after

    @cached_property
    def named(self) -> list[NamedCut]:
        """The named cuts, the newest first."""
        return list(self.sequence.names.select_related("edit", "author"))

    @property
    def next_name(self) -> str:
        """What the next one is likely to be called: `v4` after `v3`."""
        found = [match for each in self.named if (match := _VERSION.fullmatch(each.name))]
        return f"v{max((int(match[1]) for match in found), default=0) + 1}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What can be compared: values and words."""
        return [(NOW, "As it is now"), *((str(each.pk), each.name) for each in self.named)]

    @property
    def before(self) -> str:
        """Which one is on the left; the newest named one unless another was asked for."""
        return self._known(self._asked[0]) or (str(self.named[0].pk) if self.named else NOW)

    @property
    def after(self) -> str:
        """Which one is on the right."""
        return self._known(self._asked[1]) or NOW

    @cached_property
    def rows(self) -> list[tuple[Side | None, Side | None, str]]:
        """The clips of both side by side, with what became of each."""
        return [
            (
                self._side(row.before, row.place_before),
                self._side(row.after, row.place_after),
                ", ".join(row.what),
            )
            for row in self._compared
        ]

    @property
    def has_differences(self) -> bool:
        """Whether anything differs."""
        return self._pair[0] != self._pair[1]

    @property
    def remarks(self) -> list[str]:
        """What differs besides the clips."""
        old, new = self._pair
        found = []
        if old.titles != new.titles:
            found.append(f"Titles: {len(old.titles)} before, {len(new.titles)} after.")
        if (old.sounds, old.duck_db) != (new.sounds, new.duck_db):
            found.append(f"Sounds: {len(old.sounds)} before, {len(new.sounds)} after.")
        return found

    @property
    def frames(self) -> tuple[int, int]:
        """How long either is."""
        old, new = (length_of(cut, self._lengths) for cut in self._pair)
        return old, new

    @cached_property
    def _pair(self) -> tuple[Cut, Cut]:
        cuts = {NOW: self.sequence.cut} | {
            str(each.pk): each.edit.cut
            for each in self.named
            if str(each.pk) in (self.before, self.after)
        }
        return cuts[self.before], cuts[self.after]

    @cached_property
    def _footage(self) -> dict[UUID, Footage]:
        takes = {take for cut in self._pair for take in cut.takes}
        return footage_of(self.sequence.project, takes, self.viewer)

    @cached_property
    def _lengths(self) -> Lengths:
        return lengths_from(self._footage)

    @cached_property
    def _compared(self) -> list[Row]:
        return compare(*self._pair, self._lengths)

    def _side(self, clip: Clip | None, place: int | None) -> Side | None:
        if clip is None or place is None:
            return None
        begin, out = self._lengths.ends_of(clip)
        footage = self._footage.get(clip.take) if clip.take else None
        return Side(place, clip, footage.take if footage else None, out - begin)

    def _known(self, asked: str) -> str:
        return asked if asked in dict(self.choices) else ""
