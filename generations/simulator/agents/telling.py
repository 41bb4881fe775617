"""A generation as Luma Agents tells it (§4): no progress, no echo, a fresh URL at each asking."""

import json
from datetime import UTC, datetime
from typing import Any

from generations.simulator.agents import beside
from generations.simulator.generation import Generation
from generations.simulator.moderation import BUDGET_EXHAUSTED, UNREADABLE_INPUT

_STATES = {"dreaming": "processing"}
_CODES = {UNREADABLE_INPUT: "corrupt_input", BUDGET_EXHAUSTED.reason: "budget_exhausted"}
_MODERATED = ("moderation", "blacklisted", "contains IP")


def told(generation: Generation, base_url: str, now: float) -> bytes:
    """Return a generation's JSON; the URLs in it are good for an hour from `now`."""
    return json.dumps(_body(generation, base_url, now)).encode()


def _body(generation: Generation, base_url: str, now: float) -> dict[str, Any]:
    failed = generation.state == "failed"
    reason = generation.failure if failed else None
    return {
        "id": generation.id,
        "type": generation.request["type"],
        "model": generation.model,
        "state": _STATES.get(generation.state, generation.state),
        "created_at": datetime.fromtimestamp(generation.created_at, UTC).isoformat(
            timespec="milliseconds"
        ),
        "output": _output(generation, base_url, now),
        "failure_code": _code(reason) if reason else None,
        "failure_reason": reason,
    }


def _output(generation: Generation, base_url: str, now: float) -> list[dict[str, Any]]:
    if generation.state != "completed":
        return []
    url = generation.asset_url(base_url, now)
    own = {"type": "video" if generation.is_video else "image", "url": url}
    others = [_beside(each, url) for each in beside.files(generation)]
    return others if generation.kind == beside.LAYERING else [own, *others]


def _beside(file: beside.File, own_url: str) -> dict[str, Any]:
    told = {"type": file.type, "url": f"{own_url.rpartition('.')[0]}.{file.name}"}
    return told | ({"layer": file.layer} if file.layer else {})


def _code(reason: str) -> str:
    if any(word in reason for word in _MODERATED):
        return "content_moderated"
    return _CODES.get(reason, "generation_failed")
