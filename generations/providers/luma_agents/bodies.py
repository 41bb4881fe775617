"""What is sent to Luma Agents: one endpoint for every type of request (§3)."""

from typing import Any

from generations.providers.base import (
    Frame,
    GenerationFrame,
    NotFound,
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
    if isinstance(request, VideoRequest):
        return _video(request)
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
        },
    }


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


def _said(value: Any) -> Any:
    """Leave out what isn't said; a zero is said."""
    if isinstance(value, dict):
        found = {name: _said(each) for name, each in value.items()}
        return {
            name: each for name, each in found.items() if each or (each == 0 and each is not False)
        }
    return value
