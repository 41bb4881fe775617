"""What is shown of a clip beside its timeline: how it joins its neighbours, and how it can grow."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from studio.access import may_edit
from studio.editing.seams import Seam, name_of, words_of
from studio.forms.growing import GrowingForm
from studio.models import Sequence, User
from studio.timeline import JOINS, Shown, Timeline


@dataclass(frozen=True)
class Join:
    """A seam as it is shown: the numbers of its clips, and its mismatch in words."""

    seam: Seam
    first: Shown
    second: Shown

    @cached_property
    def mismatch(self) -> int | None:
        """0 to 100, or None where nothing is judged."""
        return self.seam.mismatch()

    @property
    def name(self) -> str:
        """How it is called in styles."""
        return "unjudged" if self.mismatch is None else name_of(self.mismatch)

    @property
    def words(self) -> str:
        """How it looks, in words."""
        if self.mismatch is not None:
            return words_of(self.mismatch)
        if not self.seam.is_cut:
            return f"{JOINS[self.first.clip.into.join].lower()}, which hides what differs"
        for side, shown in ((self.seam.before, self.first), (self.seam.after, self.second)):
            if side is None:
                if shown.state == "blind":
                    return f"{shown.name} is still to be judged blind"
                return "a title card" if shown.clip.is_card else f"{shown.name} isn't here"
        return "its frames can't be read"


class Panel:
    """A clip's joins, and the form that has it grow. `query` has the `clip`, and what was typed."""

    def __init__(self, sequence: Sequence, user: User, query: QueryDict) -> None:
        self.sequence, self.user, self.query = sequence, user, query
        self.timeline = Timeline(sequence, user, query.getlist("clip")[-1:])

    @property
    def shown(self) -> Shown | None:
        """The clip, if it is there."""
        return self.timeline.one

    @cached_property
    def joins(self) -> list[Join]:
        """The seams at its ends, as far as there are others beside it."""
        return (
            joins_of(self.timeline, [self.shown.number - 1, self.shown.number])
            if (self.shown)
            else []
        )

    @cached_property
    def form(self) -> GrowingForm | None:
        """The form; None where there is no take, or nobody who may order."""
        if not self.shown or not self.shown.take or not self.may_grow:
            return None
        if self.shown.state != "here":
            return None
        return GrowingForm(
            self.sequence, self.shown.clip.key, self.shown.take, self.user, self.query
        )

    @property
    def may_grow(self) -> bool:
        """Whether the person may order here."""
        return may_edit(self.sequence.project)

    @property
    def has_failed(self) -> bool:
        """Whether its take wasn't made, so that it can be retried in its place."""
        return self.may_grow and self.shown is not None and self.shown.state == "failed"


def joins_of(timeline: Timeline, numbers: list[int]) -> list[Join]:
    """Return the seams behind the clips of some numbers, counted from 1."""
    clips: Any = timeline.clips
    return [
        Join(Seam.of(one.placed, two.placed, one.footage, two.footage), one, two)
        for number in numbers
        if 1 <= number < len(clips)
        for one, two in [(clips[number - 1], clips[number])]
    ]
