"""The endpoints of luma-agents-v1 sheet §2, and where presigned uploads are put."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from generations.simulator import forms
from generations.simulator.agents import shelf as shelving
from generations.simulator.agents.checking import check
from generations.simulator.agents.planning import Planner
from generations.simulator.agents.shapes import CREATE
from generations.simulator.agents.shelf import Shelf, StoredFile
from generations.simulator.engine import Engine
from generations.simulator.generation import Generation
from generations.simulator.messages import Answer, Refused, Request
from generations.simulator.schema import read
from generations.simulator.store import Account

UPLOADS = "/agents-uploads/"
UNKNOWN_STATE = "hallucinating"
_PURPOSES = ("input", "reference")


def asked_of(request: Request) -> dict[str, Any]:
    """Return a create's body. Raises Refused (400): errors are words here, never a list (§6)."""
    try:
        return read(CREATE, request.json())
    except Refused as refused:
        if not isinstance(refused.detail, list):
            raise
        told = "; ".join(
            f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in refused.detail
        )
        raise Refused(400, told) from refused


def create(engine: Engine, account: Account, request: Request) -> Answer:
    """POST /generations."""
    asked = asked_of(request)
    check(asked)
    engine.check_limits(account, "agents")
    _, told = engine.accept(account, _planner(engine, account).plan(asked))
    return Answer.raw_json(told, 201)


def get(engine: Engine, account: Account, request: Request, generation_id: str) -> Answer:
    """GET /generations/{id}: each asking gives out fresh URLs."""
    generation = _found(engine, account, generation_id)
    body = engine.describe(generation)
    if engine.dice.strike("unknown_state", "get"):
        body = body.replace(f'"{_state(body)}"'.encode(), f'"{UNKNOWN_STATE}"'.encode(), 1)
    return Answer.raw_json(body)


def create_file(engine: Engine, account: Account, request: Request) -> Answer:
    """POST /files: multipart brings the bytes along, JSON asks where to put them."""
    if forms.is_form(request):
        return _inline(engine, account, request)
    asked = request.json()
    size = asked.get("size_bytes") if isinstance(asked, dict) else None
    if not isinstance(asked, dict) or not asked.get("mime_type") or not isinstance(size, int):
        raise Refused(400, "mime_type and size_bytes are required")
    if not 0 < size <= shelving.MOST_BYTES:
        raise Refused(413, "File exceeds 5 GiB size limit")
    file = _noted(engine, account, asked, size)
    upload = {
        "url": f"{engine.base_url}{UPLOADS}{file.id}",
        "method": "PUT",
        "headers": {"Content-Type": file.mime_type},
        "expires_at": shelving.at(engine.clock.now() + shelving.UPLOAD_GOOD_S),
    }
    return _made(file, upload)


def _inline(engine: Engine, account: Account, request: Request) -> Answer:
    parts = {part.name: part for part in forms.parts_of(request)}
    file = parts.pop("file", None)
    if file is None:
        raise Refused(400, "file is required")
    if not 0 < len(file.content) <= shelving.MOST_INLINE_BYTES:
        raise Refused(413, "Image exceeds 50 MB size limit")
    asked = {name: part.text for name, part in parts.items()}
    asked.setdefault("mime_type", file.content_type)
    asked.setdefault("filename", file.filename or "")
    stored = _noted(engine, account, asked, len(file.content))
    engine.shelf.put(stored.id, file.content)
    answer = _made(stored, None)  # still pending, as the sheet says
    _take_in(engine, stored)
    return answer


def put_upload(engine: Engine, request: Request) -> Answer:
    """PUT to a presigned URL: whoever knows it may, without a key."""
    if request.method != "PUT":
        raise Refused(405, "Method Not Allowed")
    engine.shelf.put(request.path.removeprefix(UPLOADS), request.body)
    return Answer()


def complete_file(engine: Engine, account: Account, request: Request, file_id: str) -> Answer:
    """POST /files/{id}/complete."""
    return Answer.json(_take_in(engine, engine.shelf.find(account.id, file_id)).body())


def _take_in(engine: Engine, file: StoredFile) -> StoredFile:
    """Look into a file whose bytes are here: at once, unless a fault has it otherwise."""
    if engine.dice.strike("file_fails"):
        return engine.shelf.fail(file, "corrupt_input")
    if slow := engine.dice.strike("file_slow"):
        ready_at = engine.clock.now() + slow.seconds
        engine.timeline.at(ready_at, lambda: engine.shelf.finish_late(file))
        return file
    return engine.shelf.finish(file)


def get_file(engine: Engine, account: Account, request: Request, file_id: str) -> Answer:
    """GET /files/{id}."""
    return Answer.json(engine.shelf.find(account.id, file_id).body())


def delete_file(engine: Engine, account: Account, request: Request, file_id: str) -> Answer:
    """DELETE /files/{id}."""
    engine.shelf.delete(engine.shelf.find(account.id, file_id), engine.clock.now())
    return Answer(status=204)


def list_files(engine: Engine, account: Account, request: Request) -> Answer:
    """GET /files, the newest first; a cursor is the id of the last one that was shown."""
    query = request.query
    limit = query.get("limit", "25")
    if not limit.isdigit() or not 1 <= int(limit) <= 100:
        raise Refused(400, "limit must be between 1 and 100")
    files = [
        each
        for each in engine.shelf.of(account.id)
        if query.get("purpose", each.purpose) == each.purpose
        and query.get("state", each.state) == each.state
    ]
    if cursor := query.get("cursor"):
        at = next((n for n, each in enumerate(files) if each.id == cursor), len(files) - 1)
        files = files[at + 1 :]
    page, has_more = files[: int(limit)], len(files) > int(limit)
    return Answer.json(
        {
            "data": [each.body() for each in page],
            "has_more": has_more,
            "next_cursor": page[-1].id if has_more else None,
        }
    )


def _noted(engine: Engine, account: Account, asked: dict[str, Any], size: int) -> StoredFile:
    purpose = asked.get("purpose") or "input"
    if purpose not in _PURPOSES:
        raise Refused(400, f"purpose must be one of {', '.join(_PURPOSES)}")
    return engine.shelf.add(
        account=account.id,
        mime_type=str(asked["mime_type"]),
        size_bytes=size,
        created_at=engine.clock.now(),
        purpose=purpose,
        expires_at=asked.get("expires_at"),
        filename=asked.get("filename") or None,
        user_id=asked.get("user_id"),
    )


def _made(file: StoredFile, upload: dict[str, Any] | None) -> Answer:
    body = {"id": file.id, "state": file.state, "file": file.body(), "upload": upload}
    return Answer.json(body, 201)  # the exact code is unconfirmed (§2)


def _planner(engine: Engine, account: Account) -> Planner:
    shelf: Shelf = engine.shelf

    def ready(file_id: str) -> Path:
        return shelf.ready(account.id, file_id)[1]

    find = partial(_found, engine, account)
    return Planner(find, engine.path_of, ready, engine.inputs_directory)


def _found(engine: Engine, account: Account, generation_id: str) -> Generation:
    generation = engine.store.find(account.id, generation_id)
    if generation is None:
        raise Refused(404, "Generation not found")
    return generation


def _state(body: bytes) -> str:
    return str(json.loads(body)["state"])
