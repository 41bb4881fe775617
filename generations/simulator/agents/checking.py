"""What Luma Agents refuses with 400 once a body has the right shape (§3, §6).

Texts that the sheet gives are used word for word; the others are the simulator's own.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from generations.simulator.agents.shapes import IMAGE_RATIOS, MODELS, TYPES, VIDEO_RATIOS
from generations.simulator.messages import Refused

LONGEST_PROMPT, LONGEST_LAYERING_PROMPT = 6000, 500
MOST_PINNED = 64
MOST_REFERENCES = {"image": 9, "image_edit": 8}
FPS = 24
_WAYS = ("url", "data", "generation_id", "file_id")
_NEEDS_SOURCE = ("image_edit", "video_edit", "video_reframe", "layering")


def check(asked: dict[str, Any]) -> None:
    """Raise Refused (400) if a request is not acceptable."""
    kind, model = asked["type"], asked["model"]
    if model not in MODELS:
        raise _no(f"Unknown model: {model}")
    if kind not in TYPES or model not in TYPES[kind]:
        raise _no(f"Type '{kind}' is not supported for model '{model}'")
    longest = LONGEST_LAYERING_PROMPT if kind == "layering" else LONGEST_PROMPT
    if not 1 <= len(asked["prompt"].strip()) <= longest:
        raise _no(f"Prompt must be between 1 and {longest} characters")
    _check_ratio(asked, VIDEO_RATIOS if model == "ray-3.2" else IMAGE_RATIOS)
    for where, ref in references(asked):
        _check_ref(where, ref)
    if kind in _NEEDS_SOURCE and not asked["source"]:
        raise _no(f"source is required for type '{kind}'")
    if asked["video"] and not kind.startswith("video"):
        raise _no(f"video is not supported for type '{kind}'")
    _CHECKS[kind](asked, asked["video"] or {})


def references(asked: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every ImageRef of a request with where it stands."""
    video = asked["video"] or {}
    edit = video.get("edit") or {}
    yield from _named(asked, "", "source")
    yield from _numbered(asked, "", "image_ref")
    yield from _named(video, "video.", "start_frame")
    yield from _named(video, "video.", "end_frame")
    yield from _numbered(video, "video.", "keyframes")
    yield from _numbered(edit, "video.edit.", "keyframes")


def _named(within: dict[str, Any], path: str, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if within.get(name):
        yield path + name, within[name]


def _numbered(within: dict[str, Any], path: str, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, ref in enumerate(within.get(name) or []):
        yield f"{path}{name}[{number}]", ref


def _no(words: str) -> Refused:
    return Refused(400, words)


def _check_ratio(asked: dict[str, Any], valid: tuple[str, ...]) -> None:
    ratio = asked["aspect_ratio"]
    if ratio is not None and ratio not in valid:
        raise _no(f"Invalid aspect_ratio '{ratio}'. Valid: {', '.join(valid)}")


def _check_ref(where: str, ref: dict[str, Any]) -> None:
    given = [way for way in _WAYS if ref[way]]
    if len(given) > 1:
        raise _no(f"{where}: provide either '{given[0]}' or '{given[1]}', not both")
    if not given:
        raise _no(f"{where}: provide one of {', '.join(_WAYS)}")
    if given == ["data"] and not ref["media_type"]:
        raise _no(f"{where}: media_type is required with data")
    if given == ["generation_id"] and where not in (
        "source",
        "video.start_frame",
        "video.end_frame",
    ):
        raise _no(f"{where}: generation_id is not supported here")


def _image(asked: dict[str, Any], _: dict[str, Any]) -> None:
    most = MOST_REFERENCES[asked["type"]]
    if len(asked["image_ref"] or []) > most:
        raise _no(f"At most {most} image_ref are supported for type '{asked['type']}'")


def _layering(asked: dict[str, Any], _: dict[str, Any]) -> None:
    if asked["image_ref"]:
        raise _no("image_ref is not supported for type 'layering'")


def _video(asked: dict[str, Any], video: dict[str, Any]) -> None:
    for name in ("edit", "source_position"):
        if video.get(name):
            raise _no(f"video.{name} is not supported for type 'video'")
    start, end, pinned = video.get("start_frame"), video.get("end_frame"), video.get("keyframes")
    long, hdr = video.get("duration") == "10s", video.get("hdr")
    if long and (start or end):
        raise _no("start_frame and end_frame are not supported with duration 10s")
    if video.get("loop"):
        against = {"duration 10s": long, "hdr": hdr, "end_frame": end, "keyframes": pinned}
        for name, is_there in against.items():
            if is_there:
                raise _no(f"loop is not supported with {name}")
    _check_hdr(video)
    _check_pinned(video, "video", last=FPS * (10 if long else 5))
    if pinned and (start or end):
        raise _no("keyframes are mutually exclusive with start_frame and end_frame")
    prior = [each for each in (start, end) if each and each["generation_id"]]
    if prior and (start and end):
        raise _no("A generation_id can't be combined with any other frame")
    if prior and hdr:
        raise _no("Extension is SDR only")


def _check_hdr(video: dict[str, Any]) -> None:
    if video.get("exr_export") and not video.get("hdr"):
        raise _no("exr_export requires hdr")
    if not video.get("hdr"):
        return
    if video.get("resolution") not in (None, "720p", "1080p"):
        raise _no("hdr is only supported at 720p and 1080p")
    if video.get("duration") == "10s":
        raise _no("hdr is not supported with duration 10s")


def _check_pinned(within: dict[str, Any], path: str, *, last: int | None) -> None:
    pinned, indexes = within.get("keyframes"), within.get("keyframe_indexes")
    if pinned is None and indexes is None:
        return
    if len(pinned or []) != len(indexes or []) or not pinned or not indexes:
        raise _no(f"{path}.keyframes and {path}.keyframe_indexes must have the same length")
    if len(pinned) > MOST_PINNED:
        raise _no(f"At most {MOST_PINNED} keyframes are supported")
    if any(one == other for one, other in pairwise(sorted(indexes))):
        raise _no(f"{path}.keyframe_indexes must be unique")
    if min(indexes) < 0 or (last is not None and max(indexes) > last):
        reach = f"between 0 and {last}" if last is not None else "0 or more"
        raise _no(f"{path}.keyframe_indexes must be {reach}")


def _edit(asked: dict[str, Any], video: dict[str, Any]) -> None:
    for name in ("end_frame", "loop", "keyframes", "source_position"):
        if video.get(name):
            raise _no(f"video.{name} is not supported for type 'video_edit'")
    if asked["image_ref"]:
        raise _no("image_ref is not supported for type 'video_edit'")
    edit = video.get("edit") or {}
    if edit.get("auto_controls") and edit.get("controls"):
        raise _no("auto_controls can't be combined with manual controls")
    controls = edit.get("controls") or {}
    for name, dial in (("depth", "blur"), ("normals", "augmentation"), ("trajectory", "sparsity")):
        amount = (controls.get(name) or {}).get(dial)
        if amount is not None and not 0 <= amount <= 1:
            raise _no(f"video.edit.controls.{name}.{dial} must be between 0 and 1")
    _check_pinned(edit, "video.edit", last=None)
    if edit.get("keyframes") and video.get("start_frame"):
        raise _no("video.edit.keyframes are mutually exclusive with video.start_frame")
    _check_hdr(video)


def _reframe(asked: dict[str, Any], video: dict[str, Any]) -> None:
    for name in ("start_frame", "end_frame", "loop", "keyframes", "edit", "hdr", "duration"):
        if video.get(name):
            raise _no(f"video.{name} is not supported for type 'video_reframe'")
    if video.get("resolution") == "1080p" and asked["aspect_ratio"] in ("9:16", "3:4"):
        raise _no("1080p is not supported for video_reframe to 9:16 and 3:4")
    place = video.get("source_position")
    if place is None:
        return
    inside = all(-2 <= place[name] <= 2 for name in ("x_norm", "y_norm"))
    if not inside or not all(0 < place[name] <= 2 for name in ("w_norm", "h_norm")):
        raise _no("source_position: x and y from -2 to 2, w and h above 0 up to 2")


_CHECKS = {
    "image": _image,
    "image_edit": _image,
    "layering": _layering,
    "video": _video,
    "video_edit": _edit,
    "video_reframe": _reframe,
}
