"""What Luma Agents says of a job (§4): no progress, no echo of what was asked for."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from generations.kinds import Kind
from generations.providers.base import Blame, Progress, Snapshot
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
}
_BLAME = {
    "content_moderated": Blame.CONTENT,
    "image_too_large": Blame.FRAMES,
    "unsupported_format": Blame.FRAMES,
    "corrupt_input": Blame.FRAMES,
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
        image_url=_output(data, "image"),
        kind=_KINDS.get(_text(data, "type")),
        model=_text(data, "model"),
    )


def _output(data: Mapping[str, Any], kind: str) -> str:
    """Return the URL of the first output of a type: the newest answer has a fresh one."""
    outputs = data.get("output")
    for each in outputs if isinstance(outputs, list) else []:
        if isinstance(each, dict) and each.get("type") == kind and each.get("url"):
            return kept(str(each["url"]))
    return ""


def _text(data: Mapping[str, Any], name: str) -> str:
    return kept(str(data.get(name) or ""))


def _time(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
