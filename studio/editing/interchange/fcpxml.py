"""FCPXML, as Final Cut Pro and DaVinci Resolve read and write it.

The adapter writes clips, gaps, markers and sounds; what it leaves out is added to its tree here:
transitions, the takes' own sound, the size of the picture, and what a gap says.
"""

from collections.abc import Mapping
from copy import deepcopy
from fractions import Fraction
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import opentimelineio as otio
from defusedxml.ElementTree import fromstring

from studio.editing.cut import FPS
from studio.editing.interchange.telling import KEY, one_line, told_shortly

ADAPTER = "fcpx_xml"
PREFIX = "com.dailies."
_UNNAMED = "Untitled"  # without a name the adapter can't read it


def write(timeline: otio.schema.Timeline, takes: dict[str, Any], size: tuple[int, int]) -> str:
    """Return a timeline as FCPXML; `takes` are the takes by their uuid, `size` the picture's."""
    copy = deepcopy(timeline)
    own_sound = _own_sound(copy)
    _within_pictures(copy)
    _describe(copy, takes)
    names = _rename(copy)
    tree = fromstring(otio.adapters.write_to_string(copy, ADAPTER).encode())
    for element in tree.iter():
        if (name := element.get("name", "")) in names:
            element.set("name", names[name])
    _strip(tree)
    _resize(tree, size)
    spine = tree.find("./project/sequence/spine")
    _dress(spine, timeline.video_tracks()[0], own_sound, tree)
    indent(tree, "  ")
    body = tostring(tree, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n'


def _own_sound(timeline: otio.schema.Timeline) -> list[bool]:
    """Take out the track of the takes' own sound; tell of each item whether it is heard."""
    for place, track in enumerate(timeline.tracks):
        if track.metadata.get(KEY, {}).get("own_sound"):
            heard = [isinstance(item, otio.schema.Clip) for item in _items(track)]
            del timeline.tracks[place]
            return heard
    return [False] * len(_items(timeline.video_tracks()[0]))


def _within_pictures(timeline: otio.schema.Timeline) -> None:
    """Cut off what sounds after the last picture: the adapter hangs sounds on pictures."""
    end = timeline.video_tracks()[0].duration()
    for track in timeline.audio_tracks():
        for item in reversed(list(track)):
            shown = item.range_in_parent()
            if shown.start_time >= end:
                track.remove(item)
            elif shown.end_time_exclusive() > end:
                item.source_range = otio.opentime.TimeRange(
                    item.source_range.start_time, end - shown.start_time
                )


def _describe(timeline: otio.schema.Timeline, takes: dict[str, Any]) -> None:
    """Put facts where the adapter looks for them, and titles on the clips that they begin over."""
    pictures = timeline.video_tracks()[0]
    for item in timeline.find_clips():
        own = item.metadata.get(KEY, {})
        facts = told_shortly(takes[own["take"]]) if own.get("take") in takes else {}
        if "sound" in own:
            facts = {"sound": own["sound"]}
        item.media_reference.metadata["fcpx"] = {
            "note": facts.get("prompt", ""),
            "metadata": [{f"{PREFIX}{name}": said} for name, said in facts.items() if said],
        }
    for item in _items(pictures):
        for marker in item.markers:
            marker.name = one_line(marker.name)
    for marker in timeline.tracks.markers:
        at = marker.marked_range.start_time
        for item in _items(pictures):
            shown = item.range_in_parent()
            if shown.contains(at):
                start = item.source_range.start_time + (at - shown.start_time)
                begun = otio.opentime.TimeRange(start, marker.marked_range.duration)
                item.markers.append(otio.schema.Marker(one_line(marker.name), begun))


def _rename(timeline: otio.schema.Timeline) -> dict[str, str]:
    """Give all parts plain names, for the adapter looks elements up by paths made of names.

    Return the real ones by them, without what can't be seen. What had one name still has one.
    """
    plain: dict[str, str] = {}
    for part in (timeline, *timeline.find_children(descended_from_type=otio.core.Item)):
        part.name = plain.setdefault(part.name, uuid4().hex)
    return {name: one_line(real) or _UNNAMED for real, name in plain.items()}


def _strip(tree: Element) -> None:
    """Take out what the adapter writes empty, and the white space that it lays lines out with."""
    for element in tree.iter():
        element.text = (element.text or "").strip() or None
        element.tail = None
        for name in ("uid", "name"):
            if element.get(name) == "":
                del element.attrib[name]


def _resize(tree: Element, size: tuple[int, int]) -> None:
    for each in tree.findall("./resources/format"):
        each.attrib |= {"width": str(size[0]), "height": str(size[1])}


def _dress(
    spine: Element, pictures: otio.schema.Track, own_sound: list[bool], tree: Element
) -> None:
    """Give each clip of the spine its note and sound, each gap its words; and put transitions."""
    assets = {asset.get("id"): asset for asset in tree.findall("./resources/asset")}
    elements = list(spine)
    for element, item, is_heard in zip(elements, _items(pictures), own_sound, strict=True):
        own = item.metadata.get(KEY, {})
        if isinstance(item, otio.schema.Gap):
            _dress_gap(element, item, own)
            continue
        notes = [f"Take {own['take']}", item.media_reference.metadata[KEY]["prompt"]]
        note = Element("note")
        note.text = one_line(": ".join(filter(None, notes)))
        element.insert(0, note)
        _remember(element, own, ("gain_db", "muted"))
        if is_heard:
            _give_sound(element, assets)
    _put_transitions(spine, pictures, elements)


def _dress_gap(element: Element, gap: otio.schema.Gap, own: Mapping[str, Any]) -> None:
    element.set("name", one_line(gap.name) or "Gap")
    # The adapter has a gap begin after an hour, but its markers where the gap says.
    moved = round(gap.source_range.start_time.value) - _frames(element.get("start", "0s"))
    element.set("start", written(_frames(element.get("start", "0s")) + moved))
    for child in element:
        if child.get("lane"):
            child.set("offset", written(_frames(child.get("offset", "0s")) + moved))
    _remember(element, {**own, **own.get("card", {})}, ("take", "words", "more_words", "join"))


def _remember(element: Element, facts: Mapping[str, Any], names: tuple[str, ...]) -> None:
    told = {name: facts[name] for name in names if facts.get(name)}
    if not told:
        return
    kept = SubElement(element, "metadata")
    for name, said in told.items():
        SubElement(kept, "md", {"key": f"{PREFIX}{name}", "value": one_line(str(said))})


def _give_sound(element: Element, assets: Mapping[str | None, Element]) -> None:
    """Have a clip's own sound heard with its picture."""
    video = element.find("video")
    if video is None:
        return
    ref, duration = video.get("ref", ""), video.get("duration", "")
    assets[ref].attrib |= {"hasAudio": "1", "audioSources": "1", "audioChannels": "2"}
    SubElement(
        video,
        "audio",
        {"lane": "-1", "offset": "0s", "ref": ref, "duration": duration, "role": "dialogue"},
    )


def _put_transitions(spine: Element, pictures: otio.schema.Track, elements: list[Element]) -> None:
    """Put transitions before what they lead to; `elements` are all that the spine has."""
    dressed: list[Element] = []
    number = 0
    for each in pictures:
        if not isinstance(each, otio.schema.Transition):
            dressed.append(elements[number])
            number += 1
            continue
        after = elements[number]
        begins = _frames(after.get("offset", "0s")) - round(each.in_offset.value)
        length = round(each.in_offset.value + each.out_offset.value)
        transition = Element(
            "transition",
            {"name": "Cross Dissolve", "offset": written(begins), "duration": written(length)},
        )
        dressed.append(transition)
    spine[:] = dressed


def _items(track: otio.schema.Track) -> list[otio.core.Item]:
    return [item for item in track if not isinstance(item, otio.schema.Transition)]


def written(frames: int) -> str:
    """Return frames as FCPXML writes a time, in seconds as a fraction."""
    return f"{frames}/{FPS}s" if frames else "0s"


def _frames(time: str) -> int:
    return round(Fraction(time.removesuffix("s")) * FPS)
