"""What differs between two cuts: clips that were added, removed, moved, trimmed or changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from studio.editing.cut import Clip, Cut, Lengths


@dataclass(frozen=True)
class Row:
    """A clip of either cut, or of both, side by side; places count from 1.

    `what` says what became of it: nothing where it is the same.
    """

    before: Clip | None
    after: Clip | None
    place_before: int | None
    place_after: int | None
    what: tuple[str, ...] = ()


def compare(before: Cut, after: Cut, lengths: Lengths) -> list[Row]:
    """Return the clips of two cuts side by side, in their order."""
    keys = [[clip.key for clip in cut.clips] for cut in (before, after)]
    return list(_rows(before, after, keys, lengths))


def _rows(before: Cut, after: Cut, keys: list[list[str]], lengths: Lengths) -> Iterator[Row]:
    places = [{key: place for place, key in enumerate(each, 1)} for each in keys]
    matcher = SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    for how, from_, to, other_from, other_to in matcher.get_opcodes():
        if how == "equal":
            for place, other in zip(range(from_, to), range(other_from, other_to), strict=True):
                old, new = before.clips[place], after.clips[other]
                yield Row(old, new, place + 1, other + 1, tuple(_changes(old, new, lengths)))
            continue
        for place in range(from_, to):
            clip = before.clips[place]
            now = places[1].get(clip.key)
            what = f"moved to {now}" if now else "removed"
            yield Row(clip, None, place + 1, None, (what,))
        for place in range(other_from, other_to):
            clip = after.clips[place]
            then = places[0].get(clip.key)
            if then is None:
                yield Row(None, clip, None, place + 1, ("added",))
            else:
                changes = _changes(before.clips[then - 1], clip, lengths)
                yield Row(None, clip, None, place + 1, (f"moved from {then}", *changes))


def _changes(old: Clip, new: Clip, lengths: Lengths) -> Iterator[str]:
    if old.take != new.take:
        yield "swapped"
    if lengths.ends_of(old) != lengths.ends_of(new):
        yield "trimmed"
    if old.into != new.into:
        yield "joined otherwise"
    if (old.gain_db, old.muted) != (new.gain_db, new.muted):
        yield "sound changed"
    if (old.words, old.more_words) != (new.words, new.more_words):
        yield "other words"
