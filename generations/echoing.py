"""Telling whether a job's echo is the request that was sent."""

from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from generations.providers.base import (
    AudioRequest,
    Frame,
    ImageFrame,
    ImageRequest,
    Request,
    UpscaleRequest,
    VideoRequest,
)

_ADDRESSES = ("callback_url", "media_url", "source_id")
# Only said to providers that echo nothing, or said in another way: pixels need no canvas.
_UNSAID = {"canvas": (0, 0)}


def alike(echo: Request, wanted: Request) -> bool:
    """Compare a request with its echo, but for what differs each time it is made.

    A published file has a fresh URL each time, so pictures and videos match by being there; the id
    of what is upscaled or given sound stands in the path and isn't echoed (sheet §8).
    """
    return essence(echo) == essence(wanted)


def essence(request: Request) -> Request:
    """Return the request without addresses, and with what has no order in one order."""
    known = {each.name for each in fields(request)}
    changes: dict[str, Any] = dict.fromkeys(known.intersection(_ADDRESSES), "")
    changes |= {name: value for name, value in _UNSAID.items() if name in known}
    for name in known.intersection(("start", "end", "first_frame")):
        changes[name] = _unnamed(getattr(request, name))
    if isinstance(request, VideoRequest):
        changes["concepts"] = tuple(sorted(request.concepts))
    if isinstance(request, ImageRequest):
        pictures = [replace(each, url="") for each in request.references]
        changes["references"] = tuple(sorted(pictures, key=repr))
    return replace(request, **changes)


def source_id(request: Request) -> str:
    """Return the provider's id of what a request upscales or gives sound, or nothing."""
    return request.source_id if isinstance(request, UpscaleRequest | AudioRequest) else ""


def _unnamed(frame: Frame | None) -> Frame | None:
    return ImageFrame("") if isinstance(frame, ImageFrame) else frame


def nonce_in(url: str) -> UUID | None:
    """Return the nonce that a callback URL of ours ends in, or None."""
    try:
        return UUID(url.rstrip("/").rsplit("/", maxsplit=1)[-1])
    except ValueError:
        return None
