"""What Luma Agents says of a job (§4): no progress, no echo of what was asked for."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from generations.kinds import Kind
from generations.providers.base import Blame, Output, Progress, Snapshot
from generations.providers.text import kept

_PROGRESS = {
    "queued": Progress.QUEUED,
    "processing": Progress.DREAMING,
    "completed": Progress.COMPLETED,
    "failed": Progress.FAILED,
}
_KINDS = {
    "video": Kind.VIDEO,
    "video_edit": Kind.MODIFY_VIDEO,
    "video_reframe": Kind.REFRAME_VIDEO,
    "image": Kind.IMAGE,
    "image_edit": Kind.IMAGE,
    "layering": Kind.LAYERS,
}
_BLAME = {
    "content_moderated": Blame.CONTENT,
    "image_too_large": Blame.FRAMES,
    "unsupported_format": Blame.FRAMES,
    "corrupt_input": Blame.FRAMES,
    "budget_exhausted": Blame.CREDITS,
    "generation_failed": Blame.PROVIDER,
    "output_not_found": Blame.PROVIDER,
    "rate_limited": Blame.PROVIDER,
}
# What a code means to a person, where no reason is given with it.
_PLAIN = {
    "content_moderated": "the content was moderated",
    "generation_failed": "the job failed",
    "budget_exhausted": "the budget of this key is used up",
    "output_not_found": "its output was lost",
    "image_too_large": "a picture is too large",
    "unsupported_format": "a file's format isn't supported",
    "corrupt_input": "a file can't be read",
    "invalid_request": "the request isn't valid",
    "rate_limited": "too many requests at once",
}
_ID = re.compile(r"[!-~]{1,80}")
_EXR_PATH = re.compile(r"\.(exr|zip|tar|tgz|gz)$", re.IGNORECASE)
_MOST_LAYERS = 100

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What reading raises where an answer makes no sense."""


def snapshot_of(data: Mapping[str, Any]) -> Snapshot:
    """Read a Generation object. Raises one of UNREADABLE."""
    provider_id = data["id"]
    if not isinstance(provider_id, str) or not _ID.fullmatch(provider_id):
        raise ValueError("a job without an id")
    code, reason = _text(data, "failure_code"), _text(data, "failure_reason")
    return Snapshot(
        provider_id=provider_id,
        progress=_PROGRESS.get(str(data.get("state")), Progress.UNKNOWN),
        failure=reason or _PLAIN.get(code, code),
        blame=_BLAME.get(code, Blame.UNKNOWN if code else Blame.PROVIDER),
        created_at=_time(data.get("created_at")),
        video_url=_output(data, "video"),
        image_url=_output(data, "image") or next((each.url for each in _layers(data)), ""),
        kind=_KINDS.get(_text(data, "type")),
        model=_text(data, "model"),
        beside=(*_layers(data), *_exr(data)),
    )


def _outputs(data: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Return the type, the URL and the layer of each output that has a file."""
    outputs = data.get("output")
    return [
        (str(each.get("type")), kept(str(each["url"])), each.get("layer"))
        for each in (outputs if isinstance(outputs, list) else [])
        if isinstance(each, dict) and each.get("url")
    ]


def _output(data: Mapping[str, Any], kind: str) -> str:
    """Return the URL of the first output of a type that is the whole: the newest answer's.

    A layer isn't, nor are frames.
    """
    files = (
        url
        for type_, url, layer in _outputs(data)
        if type_ == kind and not isinstance(layer, dict) and not _is_exr(type_, url)
    )
    return next(files, "")


def _layers(data: Mapping[str, Any]) -> list[Output]:
    """Return the layers of a picture, from the hindmost on; what has no index stands as it came."""
    layers = [(url, layer) for _, url, layer in _outputs(data) if isinstance(layer, dict)]
    found: dict[int, Output] = {}
    for place, (url, layer) in enumerate(layers[:_MOST_LAYERS]):
        index = layer.get("index")
        told = isinstance(index, int) and 0 <= index < _MOST_LAYERS and index not in found
        free = (each for each in (place, *range(_MOST_LAYERS)) if each not in found)
        number = int(index or 0) if told else next(free)
        label = layer.get("label") or layer.get("description") or ""
        found[number] = Output("layer", url, number, kept(str(label)))
    return [found[number] for number in sorted(found)]


def _exr(data: Mapping[str, Any]) -> list[Output]:
    """Return the EXR files beside a video. How they stand among the outputs isn't documented (§4).

    So they are told by their type, or by how their address ends.
    """
    urls = [url for type_, url, _ in _outputs(data) if _is_exr(type_, url)]
    return [Output("exr", url, number) for number, url in enumerate(urls)]


def _is_exr(type_: str, url: str) -> bool:
    return "exr" in type_.lower() or bool(_EXR_PATH.search(urlsplit(url).path))


def _text(data: Mapping[str, Any], name: str) -> str:
    return kept(str(data.get(name) or ""))


def _time(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
