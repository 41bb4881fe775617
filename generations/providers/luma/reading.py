"""What Luma says of a job (§5): anything may be null, unknown keys are ignored."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from generations.kinds import Kind
from generations.placement import Placement
from generations.providers.base import (
    AudioRequest,
    Frame,
    GenerationFrame,
    ImageFrame,
    ImageRequest,
    ModifyRequest,
    Progress,
    ReferenceImage,
    ReframeRequest,
    Request,
    Snapshot,
    UpscaleRequest,
    VideoRequest,
)
from generations.providers.luma.bodies import TYPES
from generations.providers.luma.refusing import blame
from generations.providers.text import kept

_PROGRESS = {word.value: word for word in Progress if word is not Progress.UNKNOWN}
_KINDS = {name: kind for kind, name in TYPES.items()}
# Any that a database keeps: of which form Luma's are is its own affair.
_ID = re.compile(r"[!-~]{1,80}")
_EDGES = ("x_start", "x_end", "y_start", "y_end")

UNREADABLE = (ValueError, TypeError, KeyError, OverflowError)
"""What reading raises where an answer makes no sense; OverflowError: JSON's numbers have no end."""


def snapshot_of(data: Mapping[str, Any]) -> Snapshot:
    """Read a Generation object. Raises one of UNREADABLE."""
    provider_id = data["id"]
    if not isinstance(provider_id, str) or not _ID.fullmatch(provider_id):
        raise ValueError("a job without an id")
    failure = _text(data, "failure_reason")
    assets, request = _object(data.get("assets")), _object(data.get("request"))
    kind = _kind(data, request)
    return Snapshot(
        provider_id=provider_id,
        progress=_PROGRESS.get(str(data.get("state")), Progress.UNKNOWN),
        failure=failure,
        blame=blame(failure),
        created_at=_time(data.get("created_at")),
        video_url=_text(assets, "video"),
        image_url=_text(assets, "image"),
        callback_url=_text(request, "callback_url"),
        kind=kind,
        model=_text(data, "model"),
        echo=_ECHOES[kind or Kind.VIDEO](request) if request else None,
    )


def _kind(data: Mapping[str, Any], request: Mapping[str, Any]) -> Kind | None:
    """Return the kind; outside the echo, `video` and `image` only say what comes out (§5)."""
    echoed = request.get("generation_type")
    if echoed:
        return _KINDS.get(str(echoed))
    return Kind.IMAGE if data.get("generation_type") == "image" else None


def _video(request: Mapping[str, Any]) -> VideoRequest:
    keyframes = _object(request.get("keyframes"))
    duration = _text(request, "duration").removesuffix("s")
    return VideoRequest(
        model=_text(request, "model"),
        words=_text(request, "prompt"),
        ratio=_text(request, "aspect_ratio"),
        resolution=_text(request, "resolution"),
        duration_s=int(duration) if duration.isdigit() else 0,
        loop=bool(request.get("loop")),
        concepts=tuple(
            kept(str(item.get("key") if isinstance(item, dict) else item))
            for item in _list(request.get("concepts"))
        ),
        start=_frame(_object(keyframes.get("frame0"))),
        end=_frame(_object(keyframes.get("frame1"))),
        callback_url=_text(request, "callback_url"),
    )


def _image(request: Mapping[str, Any]) -> ImageRequest:
    identity = _object(_object(request.get("character_ref")).get("identity0"))
    references = [
        *(_weighted("image", each) for each in _list(request.get("image_ref"))),
        *(_weighted("style", each) for each in _list(request.get("style_ref"))),
        *(ReferenceImage("character", kept(str(each))) for each in _list(identity.get("images"))),
        *(_weighted("modify", each) for each in [request.get("modify_image_ref")] if each),
    ]
    return ImageRequest(
        model=_text(request, "model"),
        words=_text(request, "prompt"),
        ratio=_text(request, "aspect_ratio"),
        format=_text(request, "format"),
        references=tuple(references),
        callback_url=_text(request, "callback_url"),
    )


def _modify(request: Mapping[str, Any]) -> ModifyRequest:
    return ModifyRequest(
        model=_text(request, "model"),
        words=_text(request, "prompt"),
        mode=_text(request, "mode"),
        media_url=_text(_object(request.get("media")), "url"),
        first_frame=_place(request.get("first_frame")),
        callback_url=_text(request, "callback_url"),
    )


def _reframe(request: Mapping[str, Any]) -> ReframeRequest:
    edges = {name: request.get(name) for name in _EDGES}
    return ReframeRequest(
        kind=_KINDS[_text(request, "generation_type")],
        model=_text(request, "model"),
        words=_text(request, "prompt"),
        ratio=_text(request, "aspect_ratio"),
        media_url=_text(_object(request.get("media")), "url"),
        placement=(
            Placement(**{name: int(edge or 0) for name, edge in edges.items()})
            if any(edge is not None for edge in edges.values())
            else None
        ),
        first_frame=_place(request.get("first_frame")),
        format=_text(request, "format"),
        callback_url=_text(request, "callback_url"),
    )


def _upscale(request: Mapping[str, Any]) -> UpscaleRequest:
    return UpscaleRequest(
        source_id="",  # it stood in the path, and isn't echoed
        resolution=_text(request, "resolution"),
        callback_url=_text(request, "callback_url"),
    )


def _audio(request: Mapping[str, Any]) -> AudioRequest:
    return AudioRequest(
        source_id="",
        words=_text(request, "prompt"),
        negative_words=_text(request, "negative_prompt"),
        callback_url=_text(request, "callback_url"),
    )


_ECHOES: dict[Kind, Callable[[Mapping[str, Any]], Request]] = {
    Kind.VIDEO: _video,
    Kind.IMAGE: _image,
    Kind.MODIFY_VIDEO: _modify,
    Kind.REFRAME_VIDEO: _reframe,
    Kind.REFRAME_IMAGE: _reframe,
    Kind.UPSCALE: _upscale,
    Kind.AUDIO: _audio,
}


def _weighted(role: str, data: Any) -> ReferenceImage:
    weight = _object(data).get("weight")
    return ReferenceImage(
        role, _text(_object(data), "url"), None if weight is None else float(weight)
    )


def _place(data: Any) -> ImageFrame | None:
    url = _text(_object(data), "url")
    return ImageFrame(url) if url else None


def _frame(frame: Mapping[str, Any]) -> Frame | None:
    if not frame:
        return None
    if frame.get("type") == "generation":
        return GenerationFrame(_text(frame, "id"))
    return ImageFrame(_text(frame, "url"))


def _text(data: Mapping[str, Any], name: str) -> str:
    return kept(str(data.get(name) or ""))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _time(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
