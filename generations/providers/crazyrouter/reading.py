"""What the gateway says: of a job in two vocabularies (§3), and of what it has (§8)."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from generations.kinds import Kind
from generations.providers.base import Progress, Snapshot
from generations.providers.crazyrouter.bodies import safe_id
from generations.providers.luma import blame
from generations.providers.text import kept

# The page of its Luma routes has one set of words, that of its status codes another.
_PROGRESS = {
    "queued": Progress.QUEUED,
    "pending": Progress.QUEUED,
    "dreaming": Progress.DREAMING,
    "processing": Progress.DREAMING,
    "completed": Progress.COMPLETED,
    "failed": Progress.FAILED,
}
# What a failed job says of why isn't documented: any of these.
_REASONS = ("failure_reason", "fail_reason", "error", "message")
# A model of Luma's by whatever name: luma, luma-ray-2, ray-v2, ray2, not x-ray or array.
_LUMAS = re.compile(r"(?<![a-z0-9])(luma|ray[-_ ]?v?\d)", re.IGNORECASE)
_LONGEST_NAME = 120
_DEEPEST = 12
# Later than the year 3000 it is milliseconds.
_LATEST_S = 32_503_680_000

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What reading raises where an answer makes no sense."""


def snapshot_of(data: Mapping[str, Any]) -> Snapshot:
    """Read a job. Raises one of UNREADABLE, and NotFound for an id that can't be asked after."""
    provider_id = data["id"]
    if isinstance(provider_id, int):
        provider_id = str(provider_id)
    if not isinstance(provider_id, str):
        raise ValueError("a job without an id")
    failure = _failure(data)
    return Snapshot(
        provider_id=safe_id(provider_id),
        progress=_PROGRESS.get(str(data.get("state")).lower(), Progress.UNKNOWN),
        failure=failure,
        blame=blame(failure),
        created_at=_time(data.get("created_at")),
        video_url=_video(data.get("video")),
        kind=Kind.VIDEO,
    )


def names_lumas_models(price_list: Any) -> bool:
    """Tell whether a price list, whatever its shape, names a model of Luma's."""
    return any(_LUMAS.search(name) for name in _names(price_list))


def _names(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield every short text of a JSON value: what is a name has no shape that is documented."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        if len(value) <= _LONGEST_NAME:
            yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _names(key, depth + 1)
            yield from _names(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each, depth + 1)


def _failure(data: Mapping[str, Any]) -> str:
    for name in _REASONS:
        said = data.get(name)
        if isinstance(said, dict):
            said = said.get("message")
        if said:
            return kept(str(said))[:400]
    return ""


def _video(video: Any) -> str:
    """Return the address of the file: the one for downloads, where there are both."""
    if not isinstance(video, dict):
        return ""
    return kept(str(video.get("download_url") or video.get("url") or ""))


def _time(told: Any) -> datetime | None:
    """Read a time: text, or seconds or milliseconds since 1970, which the sheet leaves open."""
    if isinstance(told, int | float) and not isinstance(told, bool):
        seconds = told / 1000 if told > _LATEST_S else told
        return datetime.fromtimestamp(seconds, UTC)
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
