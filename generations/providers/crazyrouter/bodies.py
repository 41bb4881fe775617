"""What is sent to the gateway (§3): words, a length, a resolution, and pictures by address."""

import re
from typing import Any

from generations.kinds import Kind
from generations.providers.base import Frame, GenerationFrame, NotFound, Request, VideoRequest

PATH = "/luma/generations"
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


def post_of(request: Request) -> tuple[str, dict[str, Any]]:
    """Return what a create posts: the path and the body. Raises NotFound for what isn't made here.

    Going on from a take is a call of its own, which takes words alone.
    """
    if not isinstance(request, VideoRequest):
        raise NotFound(f"the gateway makes no {Kind(request.kind).label.lower()}")
    if isinstance(request.start, GenerationFrame):
        source = safe_id(request.start.provider_id)
        return f"{PATH}/{source}/extend", {"user_prompt": request.words}
    body = {
        "user_prompt": request.words,
        "model_name": request.model,
        "duration": str(request.duration_s),  # a string of seconds, without a unit
        "resolution": request.resolution,
        "expand_prompt": False,  # the words are the team's own
        "image_url": _url(request.start),
        "image_end_url": _url(request.end),
    }
    return PATH, {name: value for name, value in body.items() if value != ""}


def safe_id(provider_id: str) -> str:
    """Return an id that is safe in a path. Raises NotFound for one that can't be its own."""
    if not _ID.fullmatch(provider_id) or not provider_id.strip("."):
        raise NotFound(f"not an id of the gateway's: {provider_id[:40]!r}")
    return provider_id


def _url(frame: Frame | None) -> str:
    if isinstance(frame, GenerationFrame):
        raise NotFound("the gateway leads up to no take")
    return frame.url if frame else ""
