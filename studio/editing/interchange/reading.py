"""What another editor's file shows: its pictures in order, told apart from how they are told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import opentimelineio as otio

from studio.editing.cut import FPS
from studio.editing.interchange import edl, fcpxml_reading, otio_json
from studio.editing.interchange.refusing import NotReadable
from studio.editing.interchange.telling import KEY, one_line

MOST_BYTES = 2 * 1024 * 1024
ENDINGS = {".otio": "OTIO", ".edl": "EDL", ".fcpxml": "FCPXML"}

_OTHER_KIND = "A timeline comes in as an .otio, .edl or .fcpxml file; this is “{name}”."
_TOO_LARGE = "The file is over 2 MB, more than any timeline needs. Export a part of it."
_EMPTY = "There are no pictures in it."
_FAULTS = (
    otio.exceptions.OTIOError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RuntimeError,
    ZeroDivisionError,
    OverflowError,
)
_CONFUSED = "It holds what a timeline can't ({why}). Export it anew from the editor."


@dataclass
class Picture:
    """A part of the row of pictures: which frames of what, before anybody knows the take.

    `is_changed` is whether its speed is, or something else about its time.
    """

    name: str
    start: int
    frames: int
    is_black: bool = False
    is_changed: bool = False
    reel: str = ""
    file: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.start + self.frames


@dataclass(frozen=True)
class Dissolve:
    """A transition: how far it reaches back from the cut, and on behind it."""

    before: int
    after: int


@dataclass(frozen=True)
class Read:
    """A file as it was read: pictures and dissolves in order, titles, sounds, and remarks."""

    name: str
    row: list[Picture | Dissolve]
    timeline: otio.schema.Timeline
    remarks: list[str]


def read(name: str, data: bytes, rate: float = FPS) -> Read:
    """Read a file by its ending; `rate` is what an EDL counts in. Raises NotReadable."""
    if len(data) > MOST_BYTES:
        raise NotReadable(_TOO_LARGE)
    kind = ENDINGS.get(name[name.rfind(".") :].lower() if "." in name else "")
    if kind is None:
        raise NotReadable(_OTHER_KIND.format(name=one_line(name)[:60]))
    try:
        timeline, remarks = _timeline(kind, data, rate)
        row = list(_row(timeline, remarks))
    except _FAULTS as error:
        raise NotReadable(_CONFUSED.format(why=one_line(str(error))[:120])) from error
    if not any(isinstance(it, Picture) and not it.is_black for it in row):
        raise NotReadable(_EMPTY)
    return Read(one_line(timeline.name or "")[:80], row, timeline, remarks)


def frames_of(time: otio.opentime.RationalTime) -> int:
    """Return a time in frames of ours."""
    return round(time.value * FPS / time.rate)


def _timeline(kind: str, data: bytes, rate: float) -> tuple[otio.schema.Timeline, list[str]]:
    if kind == "OTIO":
        return otio_json.read(data), []
    if kind == "FCPXML":
        return fcpxml_reading.read(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return edl.read(text.replace("\0", ""), rate)


def _row(timeline: otio.schema.Timeline, remarks: list[str]) -> Iterator[Picture | Dissolve]:
    tracks = [it for it in timeline.video_tracks() if len(it)]
    if not tracks:
        raise NotReadable(_EMPTY)
    for other in tracks[1:]:
        more = sum(1 for it in other if isinstance(it, otio.schema.Clip))
        if more:
            remarks.append(
                f"Track {other.name or 'above'} wasn't brought in ({more} "
                f"{'clip' if more == 1 else 'clips'}): a sequence has one row of pictures."
            )
    for item in tracks[0]:
        if isinstance(item, otio.schema.Transition):
            before, after = frames_of(item.in_offset), frames_of(item.out_offset)
            if min(before, after) < 0:
                raise ValueError("a transition that is shorter than nothing")
            yield Dissolve(before, after)
            continue
        shown = item.trimmed_range()
        start, end = frames_of(shown.start_time), frames_of(shown.end_time_exclusive())
        if end > start:
            yield _picture(item, start, end - start)


def _picture(item: otio.core.Item, start: int, frames: int) -> Picture:
    own = data_of(item.metadata.get(KEY))
    picture = Picture(one_line(item.name or ""), start, frames, facts=own)
    picture.is_changed = any(isinstance(it, otio.schema.TimeEffect) for it in item.effects)
    if isinstance(item, otio.schema.Gap) or own.get("black") or not item.enabled:
        picture.is_black = True
        return picture
    if not isinstance(item, otio.schema.Clip):
        return picture
    reference = item.media_reference
    if isinstance(reference, otio.schema.GeneratorReference):
        picture.is_black = reference.generator_kind == "black"
    picture.reel = str(data_of(item.metadata.get("cmx_3600")).get("reel", ""))
    if isinstance(reference, otio.schema.ExternalReference):
        picture.file = reference.target_url or ""
        picture.facts = data_of(reference.metadata.get(KEY)) | own
    if reference is not None and reference.available_range is not None and picture.file:
        picture.start = max(start - frames_of(reference.available_range.start_time), 0)
    return picture


def data_of(said: Any) -> dict[str, Any]:
    """Return metadata as plain values; nothing where it isn't a table."""
    if not isinstance(said, Mapping):
        return {}
    return {name: data_of(it) if isinstance(it, Mapping) else it for name, it in said.items()}
