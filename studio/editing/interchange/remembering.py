"""What else a file of ours tells: titles, sounds and how far music gives way."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import opentimelineio as otio

from studio.editing import written
from studio.editing.cut import MOST_SOUNDS, MOST_TITLES, Cut, SoundClip, Title, new_key
from studio.editing.interchange.reading import data_of, frames_of
from studio.editing.interchange.telling import KEY


def extras_of(
    timeline: otio.schema.Timeline, cut: Cut, sounds: Mapping[UUID, int]
) -> tuple[Cut, list[str]]:
    """Return a cut with the titles and known sounds of a timeline, and what to tell of them.

    `sounds` has how many frames there are of each.
    """
    titles = [it for marker in timeline.tracks.markers if (it := _title(marker))]
    heard, others = [], 0
    for said in _heard(timeline):
        sound = _sound(said)
        if sound and sound.sound in sounds:
            is_whole = (sound.out_frame or 0) >= sounds[sound.sound]
            heard.append(replace(sound, out_frame=None) if is_whole else sound)
        else:
            others += 1
    taken = {clip.key for clip in cut.clips}
    made = replace(
        cut,
        titles=tuple(_keyed(titles[:MOST_TITLES], taken)),
        sounds=tuple(_keyed(heard[:MOST_SOUNDS], taken)),
        duck_db=_duck(timeline),
    )
    what = "sound isn't" if others == 1 else "sounds aren't"
    return made, [f"{others} {what} known here, and left out."] if others else []


def _title(marker: otio.schema.Marker) -> Title | None:
    said = data_of(marker.metadata.get(KEY)).get("title")
    if not isinstance(said, dict):
        return None
    shown = marker.marked_range
    here = {"at": frames_of(shown.start_time), "frames": frames_of(shown.duration)}
    # Its fades may not fit any more where another editor has made it shorter.
    for fades in ({}, {"fade_in": 0, "fade_out": 0}):
        with suppress(written.Unreadable):
            return written.read({"titles": [said | here | fades]}).titles[0]
    return None


def _heard(timeline: otio.schema.Timeline) -> Iterator[dict[str, Any]]:
    """Yield what is said of each sound that isn't a take's own."""
    for track in timeline.audio_tracks():
        for item in track:
            if isinstance(item, otio.schema.Clip) and not _is_takes(item):
                yield data_of(item.metadata.get(KEY)) | _reach(item)


def _reach(item: otio.schema.Clip) -> dict[str, int]:
    """Return where a sound begins and which part of it is heard; nothing where that isn't said."""
    try:
        at, shown = item.range_in_parent().start_time, item.trimmed_range()
    except otio.exceptions.OTIOError:
        return {}
    return {
        "at": frames_of(at),
        "in_frame": frames_of(shown.start_time),
        "out_frame": frames_of(shown.end_time_exclusive()),
    }


def _is_takes(item: otio.schema.Clip) -> bool:
    own = data_of(item.metadata.get(KEY))
    reference = item.media_reference
    facts = data_of(reference.metadata.get(KEY)) if reference is not None else {}
    return "take" in own or "take" in facts


def _sound(said: dict[str, Any]) -> SoundClip | None:
    try:
        return written.read({"sounds": [said]}).sounds[0]
    except written.Unreadable:
        return None


def _keyed(things: list[Any], taken: set[str]) -> Iterator[Any]:
    for thing in things:
        one = thing if thing.key not in taken else replace(thing, key=new_key())
        taken.add(one.key)
        yield one


def _duck(timeline: otio.schema.Timeline) -> float:
    said = data_of(timeline.metadata.get(KEY)).get("duck_db", Cut.duck_db)
    try:
        return written.read({"duck_db": said}).duck_db
    except written.Unreadable:
        return Cut.duck_db
