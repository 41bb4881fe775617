"""OTIO's own files: JSON, which is looked through before the library builds anything of it."""

import json
import math
from typing import Any

import opentimelineio as otio

from studio.editing.interchange.refusing import NotReadable

DEEPEST = 60
MOST_VALUES = 400_000
_SCHEMA = "OTIO_SCHEMA"

_NO_JSON = "It isn't an OTIO file: it isn't JSON. Export it as OTIO, EDL or FCPXML."
_TOO_DEEP = "It is nested deeper than any timeline is. Nothing was read."
_TOO_MUCH = "It holds more than a timeline of a thousand clips does. Export a part of it."
_BAD_RATE = "It has a time without a frame rate that can be counted in. Nothing was read."
_REFERS = "It refers from one part of itself to another, which a timeline doesn't need."
_NO_TIMELINE = "There is no timeline in it. Export the timeline, not a clip or a bin."
_UNREADABLE = "OpenTimelineIO can't read it ({why}). Export it anew from the editor."


def write(timeline: otio.schema.Timeline) -> str:
    """Return a timeline as OTIO JSON."""
    text: str = otio.adapters.write_to_string(timeline, "otio_json")
    return text


def read(data: bytes) -> otio.schema.Timeline:
    """Return the first timeline of a file. Raises NotReadable.

    Only the library's own parts are built, by no plugin: what it doesn't know stays plain data.
    """
    try:
        said = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotReadable(_NO_JSON) from error
    _look_through(said)
    try:
        found = otio.core.deserialize_json_from_string(json.dumps(said))
    except (ValueError, TypeError, KeyError, RuntimeError, otio.exceptions.OTIOError) as error:
        raise NotReadable(_UNREADABLE.format(why=str(error)[:120])) from error
    if isinstance(found, otio.schema.SerializableCollection):
        found = next((it for it in found if isinstance(it, otio.schema.Timeline)), None)
    if not isinstance(found, otio.schema.Timeline):
        raise NotReadable(_NO_TIMELINE)
    return found


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _look_through(said: Any) -> None:
    """Raise NotReadable for what would cost more than it can be worth, without recursing."""
    left, seen = [(said, 0)], 0
    while left:
        value, depth = left.pop()
        seen += 1
        if depth > DEEPEST:
            raise NotReadable(_TOO_DEEP)
        if seen + len(left) > MOST_VALUES:
            raise NotReadable(_TOO_MUCH)
        if isinstance(value, dict):
            _check(value)
            left += [(each, depth + 1) for each in value.values()]
        elif isinstance(value, list):
            left += [(each, depth + 1) for each in value]


def _check(part: dict[str, Any]) -> None:
    schema = str(part.get(_SCHEMA, ""))
    if schema.startswith("SerializableObjectRef"):
        raise NotReadable(_REFERS)
    if schema.startswith("RationalTime") and not _is_time(part):
        raise NotReadable(_BAD_RATE)


def _is_time(part: dict[str, Any]) -> bool:
    value, rate = part.get("value", 0), part.get("rate", 1)
    numbers = all(isinstance(it, int | float) and math.isfinite(it) for it in (value, rate))
    return numbers and 1 <= rate <= 1000 and abs(value) <= 1e9
