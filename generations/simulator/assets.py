"""Serves the finished files, with ranges, as Luma's storage host does (sheet §13)."""

import re
from pathlib import Path

from generations.simulator.engine import Engine
from generations.simulator.messages import Answer, Refused, Request

TYPES = {
    **{"mp4": "video/mp4", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"},
    "zip": "application/zip",
}

# /assets/<id>/<serial>-<when the URL was given out, ms in hex>.<suffix>, and before the suffix the
# name of a file that came beside the generation's own.
PATH = re.compile(r"/assets/[0-9a-f-]{36}/(\d+)-([0-9a-f]+)(?:\.(\w+))?\.\w+")


AGENTS_GOOD_S = 3600.0
"""For so long a URL of Luma Agents is good (luma-agents-v1 sheet §4)."""


def asset(engine: Engine, request: Request) -> Answer:
    """Return the file behind an asset's URL; raises Refused (404, or 403 when it has expired)."""
    match = PATH.fullmatch(request.path)
    generation = engine.store.by_serial(int(match[1])) if match else None
    if match is None or generation is None or generation.file is None or generation.deleted:
        raise Refused(404, "Not Found")
    age_s = engine.clock.now() - int(match[2], 16) / 1000
    if generation.is_agents and age_s > AGENTS_GOOD_S:
        raise Refused(403, "Request has expired")
    expiry = engine.dice.possible("asset_expires")
    # A URL of this very millisecond has no age yet.
    expired = expiry and age_s > expiry.seconds
    if expired and engine.dice.strike("asset_expires"):
        raise Refused(403, "Request has expired")
    file = _file(engine.path_of(generation), request.path, match[3])
    sends = request.method == "GET"
    return Answer(
        file=file,
        headers={
            "Content-Type": TYPES[file.suffix.removeprefix(".")],
            "Accept-Ranges": "bytes",
        },
        cut=sends and bool(engine.dice.strike("download_cut")),
        wrong_length=sends and bool(engine.dice.strike("wrong_length")),
    )


def _file(rendered: Path, path: str, beside: str | None) -> Path:
    """Return the file that a path names: a generation's own, or one beside it. Raises Refused."""
    if beside is None:
        return rendered
    file = rendered.with_name(f"{rendered.stem}.{beside}.{path.rpartition('.')[2]}")
    if not file.exists():
        raise Refused(404, "Not Found")
    return file
