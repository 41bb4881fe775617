"""What a clip remembers of its world, so that an extension can go on in it.

The note is the MP4's comment: the brief, and the camera and clock at both ends.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

import av

from generations.simulator.rendering.camera import Pose
from generations.simulator.rendering.jobs import RENDERER
from generations.simulator.rendering.words import Brief


@dataclass(frozen=True)
class Moment:
    """A place in a world's story: what it is, where the camera stands, and the time in seconds."""

    brief: Brief
    pose: Pose
    time: float


@dataclass(frozen=True)
class Note:
    """The first and the last moment of a clip; None where it shows no world, but a picture."""

    first: Moment | None
    last: Moment | None


def write(note: Note) -> str:
    """Return the note as one line of text."""
    said = {"first": _plain(note.first), "last": _plain(note.last), "renderer": RENDERER}
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def read(path: str) -> Note:
    """Return the note in an MP4; an empty one when it has none of this renderer."""
    try:
        said = json.loads(text(path))
        if said.get("renderer") != RENDERER:
            return Note(None, None)
        return Note(_moment(said["first"]), _moment(said["last"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Note(None, None)


def text(path: str) -> str:
    """Return an MP4's comment, or nothing."""
    with av.open(path, format="mov") as container:
        return container.metadata.get("comment", "")


def _plain(moment: Moment | None) -> dict[str, object] | None:
    if moment is None:
        return None
    brief = {
        k: sorted(v) if isinstance(v, frozenset) else v for k, v in asdict(moment.brief).items()
    }
    return {"brief": brief, "pose": asdict(moment.pose), "time": round(moment.time, 6)}


def _moment(said: dict[str, Any] | None) -> Moment | None:
    if said is None:
        return None
    brief = dict(said["brief"])
    for name in ("weather", "things", "named"):
        brief[name] = frozenset(brief[name])
    brief["colours"] = tuple(brief["colours"])
    return Moment(Brief(**brief), Pose(**said["pose"]), float(said["time"]))
