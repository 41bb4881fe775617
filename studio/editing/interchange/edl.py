"""CMX 3600 edit decision lists: pictures, cuts and dissolves, told in lines of text.

A clip's take and facts ride in comments, and a marker (`LOC`) carries the beginning of its prompt.
"""

import re
from copy import deepcopy
from typing import Any

import opentimelineio as otio

from studio.editing.cut import FPS
from studio.editing.interchange.refusing import NotReadable
from studio.editing.interchange.telling import KEY, one_line, told_shortly

ADAPTER = "cmx_3600"
MARK = "DAILIES"
BLACK_REEL = "BL"
LONGEST_LINE = 400
MOST_EVENTS = 5000
MOST_LINES = 30_000
_LONGEST_TITLE = 70

_EVENT = re.compile(r"\d+ ")
_SPEED = re.compile(r"M2 \S{1,80} -?\d{1,4}(\.\d{1,4})? \d\d:\d\d:\d\d[:;]\d\d")
_COMMENT = re.compile(rf"{MARK} ([A-Z_]+): (.*)")
_DROP = re.compile(r"FCM: ?DROP FRAME")
_BROKEN = (
    otio.exceptions.OTIOError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    RuntimeError,
)

_TOO_LONG = f"The list has over {MOST_EVENTS} events. Export a part of it."
_NO_EVENTS = "There is no event in it: it isn't a CMX 3600 edit decision list."
_DROP_FRAME = (
    "The list counts in drop-frame timecode, and Dailies cuts at 24 frames a second. Export it "
    "with non-drop timecode."
)
_UNREADABLE = (
    "It couldn't be read as a CMX 3600 edit decision list at {rate:g} frames a second ({why}). "
    "Choose the rate that it was exported at, or export it anew."
)


def write(timeline: otio.schema.Timeline, takes: dict[str, Any]) -> str:
    """Return a timeline's pictures as an EDL; `takes` are the takes by their uuid."""
    title = one_line(timeline.name)[:_LONGEST_TITLE].strip() or "Untitled"
    copy = otio.schema.Timeline(name=title)
    track = otio.schema.Track(name="V", kind=otio.schema.TrackKind.Video)
    copy.tracks.append(track)
    pictures = timeline.video_tracks()[0]
    track.extend(_event(item, takes) for item in pictures)
    _mark(timeline, pictures, track)
    text = otio.adapters.write_to_string(copy, ADAPTER, rate=FPS)
    return _once(text).replace("\n\n", "\nFCM: NON-DROP FRAME\n\n", 1)


def read(text: str, rate: float = FPS) -> tuple[otio.schema.Timeline, list[str]]:
    """Return the timeline of an EDL, and what had to be guessed. Raises NotReadable."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    if any(_DROP.match(line) for line in lines):
        raise NotReadable(_DROP_FRAME)
    lines = [line[:LONGEST_LINE] for line in lines if line and _is_sane(line)]
    events = [number for number, line in enumerate(lines) if _EVENT.match(line)]
    if not events:
        raise NotReadable(_NO_EVENTS)
    # The adapter takes a remark before the first event for an event that it doesn't know.
    lines = [line for line in lines[: events[0]] if line.startswith("TITLE:")] + lines[events[0] :]
    if len(events) > MOST_EVENTS or len(lines) > MOST_LINES:
        raise NotReadable(_TOO_LONG)
    guessed: list[str] = []
    try:
        timeline = _read(lines, rate, lenient=False)
    except _BROKEN:
        try:
            timeline = _read(lines, rate, lenient=True)
        except _BROKEN as error:
            why = one_line(str(error))[:120] or "it isn't one"
            raise NotReadable(_UNREADABLE.format(rate=rate, why=why)) from error
        guessed = ["Its record times contradict each other; the clips were put one behind another."]
    for clip in timeline.find_clips():
        _recall(clip)
    return timeline, guessed


def _read(lines: list[str], rate: float, *, lenient: bool) -> otio.schema.Timeline:
    return otio.adapters.read_from_string(
        "\n".join(lines), ADAPTER, rate=rate, ignore_timecode_mismatch=lenient
    )


def _is_sane(line: str) -> bool:
    """Leave out a change of speed that isn't written as one: it would be searched for long."""
    return not line.startswith("M2") or bool(_SPEED.fullmatch(line))


def _event(item: otio.core.Composable, takes: dict[str, Any]) -> otio.core.Composable:
    """Return a copy of an item as the adapter writes it: a gap as a clip of the black reel."""
    if isinstance(item, otio.schema.Transition):
        return deepcopy(item)
    own = item.metadata.get(KEY, {})
    facts = told_shortly(takes[own["take"]]) if own.get("take") in takes else {}
    if isinstance(item, otio.schema.Gap):
        facts |= {"take": own["take"], "left_out": "yes"} if own.get("left_out") else {}
        facts |= {name: one_line(said) for name, said in own.get("card", {}).items() if said}
        return _black(item, facts)
    facts |= {"gain_db": str(own["gain_db"])} if own.get("gain_db") else {}
    facts |= {"muted": "yes"} if own.get("muted") else {}
    clip = otio.schema.Clip(
        name=item.name, media_reference=_plain(item), source_range=item.source_range
    )
    clip.metadata["cmx_3600"] = {"reel": item.metadata["cmx_3600"]["reel"], **_comments(facts)}
    return clip


def _plain(item: otio.schema.Clip) -> otio.schema.ExternalReference:
    return otio.schema.ExternalReference(target_url=item.media_reference.target_url)


def _black(gap: otio.schema.Gap, facts: dict[str, str]) -> otio.schema.Clip:
    clip = otio.schema.Clip(
        name=one_line(gap.name) or "Black",
        media_reference=otio.schema.MissingReference(),
        source_range=gap.source_range,
    )
    clip.metadata["cmx_3600"] = {"reel": BLACK_REEL, **_comments(facts)}
    return clip


def _comments(facts: dict[str, str]) -> dict[str, list[str]]:
    return {"comments": [f"{MARK} {name.upper()}: {said}" for name, said in facts.items() if said]}


def _once(text: str) -> str:
    """Return an EDL without what the adapter tells of a clip again where it dissolves away."""
    kept: list[str] = []
    for line in text.splitlines():
        if line.startswith("* TO CLIP NAME:"):
            while kept[-1].startswith(("* LOC:", f"* {MARK} ")):
                kept.pop()
        kept.append(line)
    return "\n".join(kept) + "\n"


def _mark(
    timeline: otio.schema.Timeline, pictures: otio.schema.Track, track: otio.schema.Track
) -> None:
    """Put the markers on the events, at the record time, as editors read them there."""
    for item, event in zip(pictures, track, strict=True):
        if isinstance(item, otio.schema.Transition):
            continue
        shown = item.range_in_parent()
        titles = [
            it for it in timeline.tracks.markers if shown.contains(it.marked_range.start_time)
        ]
        places = [(it, shown.start_time) for it in item.markers]
        places += [(it, it.marked_range.start_time) for it in titles]
        for marker, at in places:
            event.markers.append(
                otio.schema.Marker(
                    name=one_line(marker.name),
                    color=marker.color,
                    marked_range=otio.opentime.TimeRange(at, otio.opentime.RationalTime(0, FPS)),
                )
            )


def _recall(clip: otio.schema.Clip) -> None:
    """Put what the comments of an event tell where the other formats keep it."""
    said = clip.metadata.get("cmx_3600", {}).get("comments", [])
    found = filter(None, map(_COMMENT.fullmatch, said))
    facts = {each[1].lower(): each[2] for each in found}
    own: dict[str, Any] = {name: facts[name] for name in ("take", "gain_db") if name in facts}
    own |= {name: True for name in ("muted", "left_out") if facts.get(name) == "yes"}
    if "words" in facts:
        own["card"] = {"words": facts["words"], "more_words": facts.get("more_words", "")}
    if own:
        clip.metadata[KEY] = own
