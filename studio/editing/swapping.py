"""Putting one take in the place of another all over a cut, in and out points kept."""

from dataclasses import replace
from uuid import UUID

from studio.editing.cut import FPS, Clip, Cut, Lengths
from studio.timecode import timecode


def places_of(cut: Cut, take: UUID) -> list[int]:
    """Return the numbers of the clips that show a take, counted from 1."""
    return [number for number, clip in enumerate(cut.clips, 1) if clip.take == take]


def exchanged(cut: Cut, take: UUID, instead: UUID, lengths: Lengths) -> Cut:
    """Return a cut in which `instead` stands wherever `take` did; each clip shows what it showed.

    A clip ends earlier where the other take has no more, and none grows longer. What differs in
    what comes before a take's own first frame (one came joined to what it extends) is allowed for.
    """
    by = _first_of(instead, lengths) - _first_of(take, lengths)
    clips = tuple(
        _with(clip, instead, by, lengths) if clip.take == take else clip for clip in cut.clips
    )
    return replace(cut, clips=clips)


def shortened(before: Cut, after: Cut, lengths: Lengths) -> str:
    """Say which clips show less than before, for their takes have no more; or nothing."""
    told = []
    for number, (one, other) in enumerate(zip(before.clips, after.clips, strict=True), 1):
        was, now = (_frames_of(clip, lengths) for clip in (one, other))
        if now < was:
            told.append(f"clip {number} shows {_clock(now)} instead of {_clock(was)}")
    return ", ".join(told)


def _with(clip: Clip, take: UUID, by: int, lengths: Lengths) -> Clip:
    begin, out = lengths.ends_of(clip)
    same = replace(clip, take=take)
    if lengths.ends_of(same) == (begin + by, out + by):
        return same
    most = lengths.of(same)
    first = min(max(begin + by, 0), most - 1)
    end = min(max(out + by, first + 1), most)
    to_end = clip.out_frame is None and end == most
    return replace(same, in_frame=first, out_frame=None if to_end else end, only_new=False)


def _first_of(take: UUID, lengths: Lengths) -> int:
    return lengths.new.get(take, (0, 0))[0]


def _frames_of(clip: Clip, lengths: Lengths) -> int:
    begin, out = lengths.ends_of(clip)
    return out - begin


def _clock(frames: int) -> str:
    return timecode(frames, FPS)[6:]
