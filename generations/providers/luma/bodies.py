"""What is sent to Luma: the endpoint and the body of each kind of request (§2, §3, §7, §8)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, assert_never
from uuid import UUID

from generations.kinds import Kind
from generations.providers.base import (
    AudioRequest,
    Frame,
    ImageFrame,
    ImageRequest,
    LayersRequest,
    ModifyRequest,
    NotFound,
    ReferenceImage,
    ReframeRequest,
    Request,
    UpscaleRequest,
    VideoRequest,
)

TYPES = {kind: str(kind) for kind in Kind} | {
    Kind.UPSCALE: "upscale_video",
    Kind.AUDIO: "add_audio",
}
"""Luma's `generation_type` of each kind."""
_PATHS = {
    Kind.VIDEO: "/generations/video",
    Kind.IMAGE: "/generations/image",
    Kind.MODIFY_VIDEO: "/generations/video/modify",
    Kind.REFRAME_VIDEO: "/generations/video/reframe",
    Kind.REFRAME_IMAGE: "/generations/image/reframe",
}


def post_of(request: Request) -> tuple[str, dict[str, Any]]:
    """Return what a create posts: the path and the body. Raises NotFound as `endpoint`."""
    return endpoint(request), body_of(request)


def endpoint(request: Request) -> str:
    """Return the path to post to. Raises NotFound for an id that Luma can't have made."""
    if isinstance(request, UpscaleRequest):
        return f"/generations/{safe_id(request.source_id)}/upscale"
    if isinstance(request, AudioRequest):
        return f"/generations/{safe_id(request.source_id)}/audio"
    return _PATHS[request.kind]


def body_of(request: Request) -> dict[str, Any]:
    """Return the body; what isn't said is left out. Raises NotFound for what isn't made here."""
    own = _own(request)
    body = {"generation_type": TYPES[request.kind], **own}
    body["callback_url"] = request.callback_url
    # A zero is said: the edge of a placement may be one.
    return {
        name: value for name, value in body.items() if value or (value == 0 and value is not False)
    }


def _own(request: Request) -> dict[str, Any]:
    match request:
        case VideoRequest():
            return _video(request)
        case ImageRequest():
            return _image(request)
        case ModifyRequest():
            return {
                "model": request.model,
                "prompt": request.words,
                "mode": request.mode,
                "media": {"url": request.media_url},
                "first_frame": _place(request.first_frame),
            }
        case ReframeRequest():
            return {
                "model": request.model,
                "prompt": request.words,
                "aspect_ratio": request.ratio,
                "media": {"url": request.media_url},
                "first_frame": _place(request.first_frame),
                "format": request.format,
            } | _edges(request)
        case UpscaleRequest():
            return {"resolution": request.resolution}
        case AudioRequest():
            return {"prompt": request.words, "negative_prompt": request.negative_words}
        case LayersRequest():
            raise NotFound("Luma takes no picture apart")
        case _:
            assert_never(request)


def _video(request: VideoRequest) -> dict[str, Any]:
    frames = {"frame0": request.start, "frame1": request.end}
    return {
        "model": request.model,
        "prompt": request.words,
        "aspect_ratio": request.ratio,
        "resolution": request.resolution,
        # a string; an integer breaks the schema (§3)
        "duration": f"{request.duration_s}s" if request.duration_s else "",
        "loop": request.loop,
        "concepts": [{"key": key} for key in request.concepts],
        "keyframes": {name: _frame(frame) for name, frame in frames.items() if frame},
    }


def _image(request: ImageRequest) -> dict[str, Any]:
    by_role: dict[str, list[ReferenceImage]] = {}
    for reference in request.references:
        by_role.setdefault(reference.role, []).append(reference)
    characters = [each.url for each in by_role.get("character", ())]
    modify = _weighted(by_role.get("modify", ()))
    return {
        "model": request.model,
        "prompt": request.words,
        "aspect_ratio": request.ratio,
        "format": request.format,
        "image_ref": _weighted(by_role.get("image", ())),
        "style_ref": _weighted(by_role.get("style", ())),
        "character_ref": {"identity0": {"images": characters}} if characters else {},
        "modify_image_ref": modify[0] if modify else {},
    }


def _weighted(references: Sequence[ReferenceImage]) -> list[dict[str, Any]]:
    return [
        {"url": each.url} | ({} if each.weight is None else {"weight": each.weight})
        for each in references
    ]


def _edges(request: ReframeRequest) -> dict[str, Any]:
    return asdict(request.placement) if request.placement else {}


def _place(frame: ImageFrame | None) -> dict[str, str]:
    return {"url": frame.url} if frame else {}


def _frame(frame: Frame) -> dict[str, str]:
    if isinstance(frame, ImageFrame):
        return {"type": "image", "url": frame.url}
    return {"type": "generation", "id": frame.provider_id}


def safe_id(provider_id: str) -> str:
    """Return an id that is safe in a path. Raises NotFound for one that Luma can't have made."""
    try:
        return str(UUID(provider_id))
    except ValueError as error:
        raise NotFound(f"not an id of Luma's: {provider_id[:40]!r}") from error
