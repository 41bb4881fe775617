"""What Luma's API refuses with 400 once a body has the right shape (sheet §3, §4, §7, §8, §10).

Texts that the sheet gives are used word for word. Where it gives none (unknown durations,
resolutions, concepts, keyframe generations, media limits) the text is the simulator's own.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from generations.simulator.catalogue import CONCEPTS, DURATIONS, RESOLUTIONS
from generations.simulator.generation import Generation
from generations.simulator.media import Clip
from generations.simulator.messages import Refused
from generations.simulator.moderation import judge

SHORTEST_PROMPT = 3
LONGEST_PROMPT = 5000
MOST_IMAGE_REFERENCES = 4
LONGEST_MEDIA_S = {
    "reframe_video": {"ray-2": Decimal(10), "ray-flash-2": Decimal(30)},
    "modify_video": {"ray-2": Decimal(10), "ray-flash-2": Decimal(15)},
}
# A container's duration may count one frame more than the clip was asked for.
_MEDIA_SLACK_S = Decimal("0.2")

_LOOPLESS = {
    ("image", "image"): "keyframes",
    (None, "generation"): "extend reverse",
    ("generation", "image"): "interpolate video to image",
    ("image", "generation"): "interpolate image to video",
    ("generation", "generation"): "interpolate between two videos",
}
"""What can't loop, by the types of frame0 and frame1; a lone end image can (§4)."""

Find = Callable[[str], Generation | None]


def check(kind: str, request: dict[str, Any], find: Find) -> None:
    """Raise Refused (400) if a request of this kind is not acceptable.

    `find` gives the key's own generation of an id.
    """
    if request["generation_type"] != kind:
        raise Refused(400, "Unknown request type")
    _CHECKS[kind](request, find)
    verdict = judge(request.get("prompt"))
    if verdict and verdict.at_once:
        raise Refused(400, verdict.reason)


def frame(request: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Return a keyframe of a video request."""
    found: dict[str, Any] | None = (request["keyframes"] or {}).get(name)
    return found


def check_media(kind: str, model: str, clip: Clip) -> None:
    """Raise Refused (400) if a video is too long for this kind and model (§8)."""
    longest = LONGEST_MEDIA_S[kind][model]
    if clip.duration_s > longest + _MEDIA_SLACK_S:
        raise Refused(400, f"Media is too long, maximum duration for {model} is {longest} seconds")


def check_upscale(source: Generation, width: int, height: int) -> None:
    """Raise Refused (400) if a size is not above the source's."""
    if width * height <= source.width * source.height:
        raise Refused(400, "Resolution must be higher than the resolution of the video")


def check_source(source: Generation) -> None:
    """Raise Refused (400) unless a generation can be upscaled or given sound."""
    _check_usable(source, "Generation")


def _video(request: dict[str, Any], find: Find) -> None:
    first, last = frame(request, "frame0"), frame(request, "frame1")
    if request["keyframes"] is not None and not (first or last):
        raise Refused(400, "No keyframes provided")
    has_image = any(each and each["type"] == "image" for each in (first, last))
    _check_prompt(request["prompt"], required=not has_image)
    _check_model(request)
    for each in (first, last):
        if each and each["type"] == "generation":
            _check_keyframe(find(each["id"]))
    types = (first and first["type"], last and last["type"])
    if request["loop"] and types in _LOOPLESS:
        raise Refused(400, f"Loop is not supported for {_LOOPLESS[types]}")


def _check_prompt(prompt: str | None, *, required: bool) -> None:
    if not prompt:
        if required:
            raise Refused(400, "Prompt is required")
        return
    if len(prompt) < SHORTEST_PROMPT:
        raise Refused(400, "Prompt is too short, minimum length is 3 characters")
    if len(prompt) > LONGEST_PROMPT:
        raise Refused(400, "Prompt is too long, maximum length is 5000 characters")


def _check_model(request: dict[str, Any]) -> None:
    if request["model"] == "ray-1-6":
        for name in ("duration", "resolution"):
            if request[name] is not None:
                raise Refused(400, f"{name.capitalize()} is not supported in Ray 1.6 API")
        if request["concepts"]:
            raise Refused(400, "concepts are not supported for this model")
    _check_word("Duration", request["duration"], DURATIONS)
    _check_word("Resolution", request["resolution"], RESOLUTIONS)
    for concept in request["concepts"] or []:
        if concept["key"] not in CONCEPTS:
            raise Refused(400, f"Unknown concept {concept['key']}")


def _check_word(name: str, word: str | None, known: tuple[str, ...]) -> None:
    if word is not None and word not in known:
        raise Refused(400, f"{name} is not supported, must be one of {', '.join(known)}")


def _check_keyframe(found: Generation | None) -> None:
    if found is None:
        raise Refused(400, "Keyframe generation not found")
    _check_usable(found, "Keyframe generation")


def _check_usable(found: Generation, name: str) -> None:
    if not found.is_video:
        raise Refused(400, f"{name} must be a video")
    if found.state != "completed":
        raise Refused(400, f"{name} is not completed")


def _image(request: dict[str, Any], _: Find) -> None:
    _check_prompt(request["prompt"], required=True)
    for name in ("image_ref", "style_ref"):
        references = request[name] or []
        if len(references) > MOST_IMAGE_REFERENCES:
            raise Refused(400, f"At most {MOST_IMAGE_REFERENCES} images are supported in {name}")
        for each in references:
            _check_weighted(name, each)
    if request["modify_image_ref"]:
        _check_weighted("modify_image_ref", request["modify_image_ref"])
    identity = (request["character_ref"] or {}).get("identity0") or {}
    if len(identity.get("images") or []) > MOST_IMAGE_REFERENCES:
        raise Refused(400, f"At most {MOST_IMAGE_REFERENCES} images are supported per identity")


def _check_weighted(name: str, reference: dict[str, Any]) -> None:
    if reference["url"] is None:
        raise Refused(400, f"{name} needs a url")
    if reference["weight"] is not None and not 0 <= reference["weight"] <= 1:
        raise Refused(400, f"Weight of {name} must be between 0 and 1")


def _media(request: dict[str, Any], _: Find) -> None:
    _check_prompt(request["prompt"], required=False)


def check_rectangle(rectangle: dict[str, int | None], width: int, height: int) -> None:
    """Raise Refused (400) unless a source's place lies on the canvas, or none is given."""
    given = [edge for edge in rectangle.values() if edge is not None]
    if not given:
        return
    names = ", ".join(rectangle)
    if len(given) < len(rectangle):
        raise Refused(400, f"{names} must be given together")
    x_start, x_end, y_start, y_end = given
    if not (0 <= x_start < x_end <= width and 0 <= y_start < y_end <= height):
        raise Refused(400, f"{names} must lie within {width}x{height}")


def _upscale(request: dict[str, Any], _: Find) -> None:
    _check_word("Resolution", request["resolution"], RESOLUTIONS)


def _audio(request: dict[str, Any], _: Find) -> None:
    _check_prompt(request["prompt"], required=False)


_CHECKS: dict[str, Callable[[dict[str, Any], Find], None]] = {
    "video": _video,
    "image": _image,
    "reframe_image": _media,
    "reframe_video": _media,
    "modify_video": _media,
    "upscale_video": _upscale,
    "add_audio": _audio,
}
