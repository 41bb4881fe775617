"""What is sent to Luma Agents: one endpoint for every type of request (§3)."""

from typing import Any

from generations.kinds import Kind
from generations.placement import Placement
from generations.providers.base import (
    Frame,
    GenerationFrame,
    ImageFrame,
    ImageRequest,
    LayersRequest,
    ModifyRequest,
    NotFound,
    ReframeRequest,
    Request,
    VideoRequest,
)

UPLOADED = "file:"
"""How an address begins that is the id of a file which has gone up."""


def post_of(request: Request) -> tuple[str, dict[str, Any]]:
    """Return what a create posts: the path and the body. Raises NotFound for what isn't made here.

    There is no callback, no key against sending twice, and no echo: nothing of ours goes along.
    """
    return "/generations", _said(_body(request))


def _body(request: Request) -> dict[str, Any]:
    match request:
        case VideoRequest():
            return _video(request)
        case ModifyRequest():
            return _edit(request)
        case ReframeRequest(kind=Kind.REFRAME_VIDEO):
            return _reframe(request)
        case ImageRequest():
            return _image(request)
        case LayersRequest():
            return _layers(request)
    raise NotFound(f"Luma Agents makes no {request.kind}")


def _video(request: VideoRequest) -> dict[str, Any]:
    return {
        "type": "video",
        "model": request.model,
        "prompt": request.words,
        "aspect_ratio": request.ratio,
        "video": {
            "resolution": request.resolution,
            "duration": f"{request.duration_s}s",
            "loop": request.loop,
            "start_frame": _frame(request.start),
            "end_frame": _frame(request.end),
            **_pinned(request.keyframes),
            "hdr": request.hdr,
            "exr_export": request.exr,
        },
    }


def _edit(request: ModifyRequest) -> dict[str, Any]:
    """Return an edit; its strength is our mode. Of a control, also that it is off is said."""
    return {
        "type": "video_edit",
        "model": request.model,
        "prompt": request.words,
        "source": _clip(request.media_url),
        "video": {
            "resolution": request.resolution,
            "start_frame": _frame(request.first_frame),
            "hdr": request.hdr,
            "exr_export": request.exr,
            "edit": {
                "strength": request.mode,
                "auto_controls": request.auto_controls,
                "controls": _Whole(request.controls or {}),
                **_pinned(request.keyframes),
            },
        },
    }


def _reframe(request: ReframeRequest) -> dict[str, Any]:
    return {
        "type": "video_reframe",
        "model": request.model,
        "prompt": request.words,
        "aspect_ratio": request.ratio,
        "source": _clip(request.media_url),
        "video": {
            "resolution": request.resolution,
            "source_position": _position(request.placement, *request.canvas),
        },
    }


def _position(placement: Placement | None, width: int, height: int) -> dict[str, float]:
    """Return a source's rectangle as shares of the canvas (§3)."""
    if placement is None:
        return {}
    return {
        "x_norm": round(placement.x_start / width, 6),
        "y_norm": round(placement.y_start / height, 6),
        "w_norm": round((placement.x_end - placement.x_start) / width, 6),
        "h_norm": round((placement.y_end - placement.y_start) / height, 6),
    }


def _image(request: ImageRequest) -> dict[str, Any]:
    """Return a picture; one that is to be changed makes it an edit of that."""
    changed = [each.url for each in request.references if each.role == "modify"]
    others = [media(each.url) for each in request.references if each.role != "modify"]
    return {
        "type": "image_edit" if changed else "image",
        "model": request.model,
        "prompt": request.words,
        "aspect_ratio": request.ratio,
        "output_format": {"jpg": "jpeg"}.get(request.format, request.format),
        "image_ref": others,
        "source": media(changed[0]) if changed else {},
    }


def _layers(request: LayersRequest) -> dict[str, Any]:
    return {
        "type": "layering",
        "model": request.model,
        "prompt": request.words,
        "source": media(request.media_url),
        "layering": {"resolution": request.resolution},
    }


def _pinned(keyframes: tuple[tuple[int, ImageFrame], ...]) -> dict[str, Any]:
    return {
        "keyframes": [media(frame.url) for _, frame in keyframes],
        "keyframe_indexes": [number for number, _ in keyframes],
    }


def _clip(address: str) -> dict[str, str]:
    """Return a video that something is made of: by its URL it needs its type (§3)."""
    named = media(address)
    return named | ({"media_type": "video/mp4"} if "url" in named else {})


def _frame(frame: Frame | None) -> dict[str, str]:
    if frame is None:
        return {}
    if isinstance(frame, GenerationFrame):
        return {"generation_id": frame.provider_id}
    return media(frame.url)


def media(address: str) -> dict[str, str]:
    """Return an ImageRef (§3): a file that has gone up, or a URL."""
    if address.startswith(UPLOADED):
        return {"file_id": address.removeprefix(UPLOADED)}
    return {"url": address}


def files_in(body: Any) -> list[str]:
    """Return the ids of the files that a body names."""
    if isinstance(body, list):
        return [each for one in body for each in files_in(one)]
    if not isinstance(body, dict):
        return []
    own = [body["file_id"]] if isinstance(body.get("file_id"), str) else []
    return own + [each for one in body.values() for each in files_in(one)]


class _Whole(dict[str, Any]):
    """A table of which everything is said."""


def _said(value: Any) -> Any:
    """Leave out what isn't said, in tables within tables too; a zero is said, an item of a list."""
    if isinstance(value, _Whole) or not isinstance(value, dict):
        return value
    found = {name: _said(each) for name, each in value.items()}
    return {name: each for name, each in found.items() if each or (each == 0 and each is not False)}
