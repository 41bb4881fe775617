"""Changing the clips of a cut: each gives a new cut, or Refused in words and no change at all."""

from dataclasses import replace
from uuid import UUID

from generations.refusal import Refused
from studio.editing.cut import (
    LONGEST_FRAMES,
    LOUDEST_DB,
    MOST_CLIPS,
    QUIETEST_DB,
    Clip,
    Cut,
    Into,
    Join,
    Lengths,
    length_of,
    new_key,
)

SHORTEST_DIP = 2  # frames: one of either side

GONE = "That clip isn't in the sequence any more. Somebody may have removed it."
_TOO_MANY = f"A sequence holds at most {MOST_CLIPS} clips. Remove some, or begin another sequence."
_TOO_LONG = "A sequence is at most three hours long. Remove some clips, or begin another sequence."
_NO_LENGTH = "The out point must be at least one frame after the in point."
_BEYOND = "The take has only {frames} frames; the out point can be at most there."
_NO_INSIDE = "Put the playhead inside the clip, away from its ends, to split it there."
_LAST = "It is the last clip: there is no next one to go over into."
_LOUDNESS = f"The gain is between {QUIETEST_DB:.0f} and +{LOUDEST_DB:.0f} dB."
_ONE_FRAME = "Give the transition at least {least} frames, or choose a cut."
_OVERLAP = (
    "{frames} frames are too long for these clips: with the transitions beside it, at most {most} "
    "fit. Make it shorter, or the clips longer."
)


def insert(cut: Cut, clips: list[Clip], place: int | None = None) -> Cut:
    """Put clips at a place, counted from 0; at the end where none is said. Raises Refused."""
    if len(cut.clips) + len(clips) > MOST_CLIPS:
        raise Refused({"": _TOO_MANY})
    at = len(cut.clips) if place is None else min(max(place, 0), len(cut.clips))
    return replace(cut, clips=(*cut.clips[:at], *clips, *cut.clips[at:]))


def move(cut: Cut, keys: list[str], place: int) -> Cut:
    """Take clips out and put them, in the order in which they were, before the clip at a place.

    `place` is counted in the sequence as it is now; its length is the end. Raises Refused.
    """
    moved = [clip for clip in cut.clips if clip.key in keys]
    if len(moved) != len(set(keys)):
        raise Refused({"": GONE})
    at = min(max(place, 0), len(cut.clips))
    before = [clip for clip in cut.clips[:at] if clip.key not in keys]
    after = [clip for clip in cut.clips[at:] if clip.key not in keys]
    return _checked_end(replace(cut, clips=(*before, *moved, *after)))


def trim(cut: Cut, key: str, in_frame: int, out_frame: int | None, lengths: Lengths) -> Cut:
    """Give a clip other in and out points; None is the take's end. Raises Refused."""
    clip = _clip(cut, key)
    most = lengths.of(clip)
    if out_frame is not None and out_frame > most:
        raise Refused({"out": _BEYOND.format(frames=most)})
    out = most if out_frame is None else out_frame
    if not 0 <= in_frame < out:
        raise Refused({"out": _NO_LENGTH})
    kept = None if out_frame == most and not clip.is_card else out_frame
    changed = replace(clip, in_frame=in_frame, out_frame=kept, only_new=False)
    return _fitting(cut.with_clip(changed), key, lengths)


def split(cut: Cut, key: str, frame: int, lengths: Lengths) -> Cut:
    """Make two clips of one, the second begins `frame` frames after its start. Raises Refused."""
    clip = _clip(cut, key)
    begin, out = lengths.ends_of(clip)
    if not 0 < frame < out - begin:
        raise Refused({"": _NO_INSIDE})
    if clip.only_new:
        end = None if out == lengths.of(clip) else out
        clip = replace(clip, in_frame=begin, out_frame=end, only_new=False)
    first = replace(clip, in_frame=begin, out_frame=begin + frame, into=Into())
    second = replace(clip, key=new_key(), in_frame=begin + frame)
    place = cut.place_of(key)
    made = replace(cut, clips=(*cut.clips[:place], first, second, *cut.clips[place + 1 :]))
    return _fitting(_fitting(made, first.key, lengths), second.key, lengths)


def duplicate(cut: Cut, keys: list[str]) -> Cut:
    """Put copies of clips right behind the last of them. Raises Refused."""
    copied = [replace(clip, key=new_key()) for clip in cut.clips if clip.key in keys]
    if len(copied) != len(set(keys)):
        raise Refused({"": GONE})
    last = max(cut.place_of(key) for key in keys)
    return insert(cut, copied, last + 1)


def remove(cut: Cut, keys: list[str]) -> Cut:
    """Take clips out; those behind them close the gap. Raises Refused."""
    kept = tuple(clip for clip in cut.clips if clip.key not in keys)
    if len(kept) != len(cut.clips) - len(set(keys)):
        raise Refused({"": GONE})
    return _checked_end(replace(cut, clips=kept))


def swap(cut: Cut, key: str, take: UUID, lengths: Lengths) -> Cut:
    """Show another take in a clip; its in and out stay where the take has them. Raises Refused.

    In the place of a card, which may stand for what an import didn't know, its words go.
    """
    clip = _clip(cut, key)
    changed = replace(clip, take=take, only_new=False, words="", more_words="")
    most = lengths.of(changed)
    if clip.out_frame is not None and clip.out_frame >= most:
        changed = replace(changed, out_frame=None)
    changed = replace(changed, in_frame=min(clip.in_frame, most - 1))
    return _fitting(cut.with_clip(changed), key, lengths)


def join(cut: Cut, key: str, into: Into, lengths: Lengths) -> Cut:
    """Have a clip go over into the next in another way. Raises Refused."""
    clip = _clip(cut, key)
    if into.join is Join.CUT:
        return cut.with_clip(replace(clip, into=Into()))
    if cut.clips[-1].key == key:
        raise Refused({"": _LAST})
    least = SHORTEST_DIP if into.join is Join.BLACK else 1
    if into.frames < least:
        raise Refused({"frames": _ONE_FRAME.format(least=least)})
    made = cut.with_clip(replace(clip, into=into))
    most = room_for(made, key, lengths)
    if into.frames > most:
        raise Refused({"frames": _OVERLAP.format(frames=into.frames, most=max(most, 0))})
    return made


def room_for(cut: Cut, key: str, lengths: Lengths) -> int:
    """Return how many frames the transition behind a clip may have at most.

    Of both clips a frame always stands by itself between the transitions at their ends.
    """
    place = cut.place_of(key)
    if place + 1 >= len(cut.clips):
        return 0
    is_dip = cut.clips[place].into.join is Join.BLACK
    before = _taken(cut.clips[place - 1].into) if place else 0
    after = _taken(cut.clips[place + 1].into) if place + 2 < len(cut.clips) else 0
    left = min(
        _frames_of(cut.clips[place], lengths) - before,
        _frames_of(cut.clips[place + 1], lengths) - after,
    )
    return (left - 1) * 2 if is_dip else left - 1


def held(before: Cut, cut: Cut, lengths: Lengths) -> tuple[Cut, str]:
    """Return what became of a cut with transitions as long as fit, and words for what that changed.

    Only those are looked at that are new, or have fewer frames to be in than before.
    """
    was = {clip.key for clip in before.clips}
    changed: list[str] = []
    for number, clip in enumerate(cut.clips, start=1):
        if clip.into.join is Join.CUT:
            continue
        most = room_for(cut, clip.key, lengths)
        if clip.into.frames <= most:
            continue
        if clip.key in was and room_for(before, clip.key, lengths) <= most:
            continue
        fits = most >= (SHORTEST_DIP if clip.into.join is Join.BLACK else 1)
        into = replace(clip.into, frames=most) if fits else Into()
        cut = cut.with_clip(replace(clip, into=into))
        what = "dip to black" if clip.into.join is Join.BLACK else "crossfade"
        frames = f"{most} frame{'' if most == 1 else 's'}"
        became = f"shortened to {frames}" if fits else "a cut now, for want of frames"
        changed.append(f"the {what} after clip {number} is {became}")
    if len(changed) > 1:
        return cut, f"{len(changed)} transitions are shorter now, for want of frames"
    return cut, "".join(changed)


def cramped(cut: Cut, lengths: Lengths) -> dict[str, int]:
    """Return the clips whose transition is longer than fits, with how many frames it is seen in.

    Nobody asked for that: a take turned out shorter, or what is shown is from before it did.
    """
    found = {
        clip.key: max(room_for(cut, clip.key, lengths), 0)
        for clip in cut.clips[:-1]
        if clip.into.join is not Join.CUT
    }
    return {key: most for key, most in found.items() if cut.clip(key).into.frames > most}


def checked(cut: Cut, lengths: Lengths) -> Cut:
    """Return a cut that may be kept. Raises Refused where it is too long."""
    if length_of(cut, lengths) > LONGEST_FRAMES:
        raise Refused({"": _TOO_LONG})
    return cut


def mute(cut: Cut, key: str, *, muted: bool) -> Cut:
    """Silence the take's own sound in a clip, or let it be heard again. Raises Refused."""
    return cut.with_clip(replace(_clip(cut, key), muted=muted))


def turn_up(cut: Cut, key: str, gain_db: float) -> Cut:
    """Make the take's own sound in a clip louder, or quieter below 0. Raises Refused."""
    if not QUIETEST_DB <= gain_db <= LOUDEST_DB:
        raise Refused({"gain_db": _LOUDNESS})
    return cut.with_clip(replace(_clip(cut, key), gain_db=gain_db))


def _clip(cut: Cut, key: str) -> Clip:
    try:
        return cut.clip(key)
    except KeyError:
        raise Refused({"": GONE}) from None


def _frames_of(clip: Clip, lengths: Lengths) -> int:
    begin, out = lengths.ends_of(clip)
    return out - begin


def _taken(into: Into) -> int:
    """How many frames of either clip a transition takes."""
    return into.frames if into.join is Join.CROSSFADE else (into.frames + 1) // 2


def _fitting(cut: Cut, key: str, lengths: Lengths) -> Cut:
    """Refuse a clip that has become too short for the transitions at its ends."""
    place = cut.place_of(key)
    for at in (place - 1, place):
        if not 0 <= at < len(cut.clips) - 1:
            continue
        into = cut.clips[at].into
        most = room_for(cut, cut.clips[at].key, lengths)
        if into.join is not Join.CUT and into.frames > most:
            raise Refused({"": _OVERLAP.format(frames=into.frames, most=max(most, 0))})
    return cut


def _checked_end(cut: Cut) -> Cut:
    """Return it with the transitions gone that have nothing behind them any more."""
    if not cut.clips or cut.clips[-1].into.join is Join.CUT:
        return cut
    return cut.with_clip(replace(cut.clips[-1], into=Into()))
