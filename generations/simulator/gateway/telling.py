"""A job as the gateway tells it (§3): a fresh address at each asking, no echo of what was asked."""

import json
from datetime import UTC, datetime
from typing import Any

from generations.simulator.generation import Generation

OTHER_WORDS = {"queued": "pending", "dreaming": "processing"}
"""The states as another page of its documentation has them."""


def hooked(generation: Generation, base_url: str, now: float) -> bytes:
    """Return what is posted to `notifyHook` when a job changes (§5), its times in epoch seconds."""
    done = generation.state == "completed"
    url = generation.asset_url(base_url, now) if done else ""
    length = float(generation.duration_s) if done else 0
    body = {
        "id": generation.id,
        "status": "succeed" if done else generation.state,
        "type": "video",
        "output": {"video_url": url, "cover_url": "", "duration": length},
        "created_at": int(generation.created_at),
        "updated_at": int(now),
    }
    return json.dumps(body).encode()


def told(generation: Generation, base_url: str, now: float) -> bytes:
    """Return a job's JSON. What it says of a failure is unconfirmed: here, Luma's own words."""
    body: dict[str, Any] = {
        "id": generation.id,
        "state": generation.state,
        "created_at": datetime.fromtimestamp(generation.created_at, UTC).isoformat(
            timespec="milliseconds"
        ),
    }
    if generation.state == "completed":
        url = generation.asset_url(base_url, now)
        body["video"] = {"url": url, "download_url": url}
    if generation.state == "failed":
        body["failure_reason"] = generation.failure
    return json.dumps(body).encode()
