"""Files that go up to Luma Agents (§5): small ones in one piece, others to a presigned address."""

import hashlib
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

from generations import outbound
from generations.providers.base import (
    LocalFile,
    NotFound,
    NotReady,
    Refused,
    Unavailable,
    Unreachable,
)
from generations.providers.calling import Caller

MOST_INLINE_BYTES = 20_000_000
"""Larger files go to a presigned address; the cap of the other way isn't published (§5)."""
_KEPT = timedelta(hours=24)
_BELIEVED_S = 12 * 3600
_UP_S = 200.0
_READY_S = 15.0
_LOOKS_EVERY_S = 0.3
_LOOKED_AT_AGAIN_S = 10.0
_FAILED = "Luma doesn't take this picture or video: {why}. Nothing was charged; use another one."


class Files:
    """The files of one key; what went up today is named again."""

    def __init__(self, caller: Caller, whose: str) -> None:
        self._caller = caller
        self._whose = hashlib.sha256(whose.encode()).hexdigest()[:24]

    def put_up(self, file: LocalFile) -> str:
        """Return the id of a file that is ready to be used. Raises ProviderError."""
        name = f"luma-agents-file-{self._whose}-{file.sha256}"
        known = cache.get(name)
        if known:
            return str(known)
        waiting = f"{name}-waiting"
        made = self._again(cache.get(waiting)) or self._up(file)
        cache.set(waiting, made["id"], _BELIEVED_S)  # it isn't brought once more
        file_id = self._wait(made)
        cache.delete(waiting)
        cache.set(name, file_id, _BELIEVED_S)
        cache.set(self._known(file_id), name, _BELIEVED_S)
        return file_id

    def _up(self, file: LocalFile) -> dict[str, Any]:
        size = file.path.stat().st_size
        return self._inline(file) if size <= MOST_INLINE_BYTES else self._presigned(file, size)

    def _again(self, file_id: str | None) -> dict[str, Any] | None:
        """Return a file that is there and wasn't ready when it was last looked at, or nothing."""
        if not file_id:
            return None
        try:
            made = _file_of(self._caller.ask("GET", f"/files/{file_id}"))
        except NotFound:
            return None
        return made if made["state"] in ("pending", "ready") else None

    def forget(self, file_id: str) -> bool:
        """Have a file go up again when it is needed; False for one that isn't known here."""
        name = cache.get(self._known(file_id))
        return bool(name and cache.delete(name))

    def _known(self, file_id: str) -> str:
        return f"luma-agents-file-{self._whose}-{file_id}"

    def _inline(self, file: LocalFile) -> dict[str, Any]:
        sent = (file.path.name, file.path.read_bytes(), file.content_type)
        data = {"purpose": "input", "expires_at": _expiry()}
        answer = self._caller.ask(
            "POST", "/files", timeout_s=_UP_S, files={"file": sent}, data=data
        )
        return _file_of(answer)

    def _presigned(self, file: LocalFile, size: int) -> dict[str, Any]:
        wanted = {
            "mime_type": file.content_type,
            "size_bytes": size,
            "filename": file.path.name,
            "purpose": "input",
            "expires_at": _expiry(),
        }
        answer = self._caller.ask("POST", "/files", body=wanted)
        made, upload = _file_of(answer), answer.get("upload")
        try:
            url, headers = str(upload["url"]), dict(upload.get("headers") or {})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unavailable("where to put the file can't be read") from error
        self._put(file, url, headers, size)
        return _file_of(self._caller.ask("POST", f"/files/{made['id']}/complete"))

    def _put(self, file: LocalFile, url: str, headers: dict[str, str], size: int) -> None:
        """Put the bytes where the API said; the key stays at home."""
        sized = headers | {"Content-Length": str(size)}
        try:
            with file.path.open("rb") as content:
                answer = outbound.call("PUT", url, headers=sized, content=content, timeout_s=_UP_S)
        except outbound.NeverSent as error:
            raise Unreachable(str(error)) from error
        except outbound.NoAnswer as error:
            raise Unavailable(str(error)) from error
        if not 200 <= answer.status < 300:
            raise Unavailable(f"the file wasn't taken: HTTP {answer.status}")

    def _wait(self, made: dict[str, Any]) -> str:
        """Wait until a file is ready. Raises Refused for one that isn't taken."""
        until = time.monotonic() + _READY_S
        while made["state"] == "pending":
            if time.monotonic() > until:
                raise NotReady("the file isn't ready yet", retry_after_s=_LOOKED_AT_AGAIN_S)
            made = _file_of(self._look(made["id"]))
            if made["state"] == "pending":
                time.sleep(_LOOKS_EVERY_S)
        if made["state"] != "ready":
            why = str(made.get("failure_reason") or made["state"])[:200].rstrip(".")
            raise Refused(why, message=_FAILED, why=why)
        return str(made["id"])

    def _look(self, file_id: str) -> Any:
        try:
            return self._caller.ask("GET", f"/files/{file_id}")
        except NotFound as error:
            raise Unavailable("the file isn't there any more") from error


def _file_of(answer: Any) -> dict[str, Any]:
    """Return the File of an answer. Raises Unavailable."""
    try:
        found = answer.get("file") or answer
        return {**found, "id": str(UUID(str(found["id"]))), "state": str(found["state"])}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unavailable("the file's state can't be read") from error


def _expiry() -> str:
    return (timezone.now() + _KEPT).isoformat(timespec="seconds")
