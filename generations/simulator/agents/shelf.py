"""The files that a key has put up (§5): pending until their bytes are in, then ready."""

import threading
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generations.simulator.journal import Journal
from generations.simulator.messages import Refused

MOST_INLINE_BYTES = 50_000_000  # unconfirmed (§5): what errors say of images
MOST_BYTES = 5 * 1024**3
UPLOAD_GOOD_S = 3600.0


@dataclass(kw_only=True)
class StoredFile:
    """What is known of a file; a journal line is this as JSON."""

    id: str
    account: str
    mime_type: str
    size_bytes: int
    created_at: float
    state: str = "pending"
    purpose: str = "input"
    expires_at: str | None = None
    filename: str | None = None
    user_id: str | None = None
    failure_reason: str | None = None
    deleted_at: float | None = None

    def body(self) -> dict[str, Any]:
        """Return the File object of §5."""
        told = {name: value for name, value in asdict(self).items() if name != "account"}
        told["created_at"] = at(self.created_at)
        told["deleted_at"] = at(self.deleted_at) if self.deleted_at else None
        return told


class Shelf:
    """The files of all keys, their bytes in a directory, behind one lock."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "files"
        self._directory.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(directory / "files.jsonl")
        self._lock = threading.RLock()
        self._files = {fact["id"]: _read(fact) for fact in self._journal.facts()}

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def clear(self) -> None:
        """Forget every file."""
        with self._lock:
            self._journal.clear()
            self._files.clear()

    def path(self, file: StoredFile) -> Path:
        """Return where a file's bytes are."""
        return self._directory / file.id

    def add(self, **facts: Any) -> StoredFile:
        """Take note of a file, whose bytes are still to come."""
        with self._lock:
            file = StoredFile(id=str(uuid.uuid4()), **facts)
            self._files[file.id] = file
            self._keep(file)
            return file

    def find(self, account: str, file_id: str) -> StoredFile:
        """Return a key's own file. Raises Refused (404)."""
        file = self._files.get(file_id)
        if file is None or file.account != account:
            raise Refused(404, "File not found")
        return file

    def of(self, account: str) -> list[StoredFile]:
        """Return a key's files, the newest first."""
        with self._lock:
            return [each for each in reversed(self._files.values()) if each.account == account]

    def put(self, file_id: str, content: bytes) -> None:
        """Take a file's bytes. Raises Refused (404, or 403 when it was to be put earlier)."""
        file = self._files.get(file_id)
        if file is None or file.state != "pending":
            raise Refused(403, "Request has expired")
        if len(content) != file.size_bytes:
            raise Refused(400, "The size isn't the one that was announced")
        self.path(file).write_bytes(content)

    def finish(self, file: StoredFile) -> StoredFile:
        """Take a file in, once its bytes are there. Raises Refused (400)."""
        with self._lock:
            if file.state != "pending":
                return file
            if not self.path(file).exists():
                raise Refused(400, "The file has not been uploaded yet")
            file.state = "ready"
            self._keep(file)
            return file

    def finish_late(self, file: StoredFile) -> None:
        """Take a file in that was pending for a while."""
        self.finish(file)

    def fail(self, file: StoredFile, reason: str) -> StoredFile:
        """Have a file be of no use, for a reason."""
        with self._lock:
            file.state, file.failure_reason = "failed", reason
            self._keep(file)
            return file

    def delete(self, file: StoredFile, now: float) -> None:
        """Delete a file softly: no request can name it any more."""
        with self._lock:
            file.state, file.deleted_at = "deleted", now
            self._keep(file)

    def ready(self, account: str, file_id: str) -> tuple[StoredFile, Path]:
        """Return a file that a request may name, and where it is. Raises Refused."""
        file = self.find(account, file_id)
        if file.state != "ready":
            raise Refused(400, f"File {file_id} is not ready: {file.state}")
        return file, self.path(file)

    def _keep(self, file: StoredFile) -> None:
        self._journal.append("file", **asdict(file))


def _read(fact: dict[str, Any]) -> StoredFile:
    return StoredFile(**{name: value for name, value in fact.items() if name != "fact"})


def at(moment: float) -> str:
    """Write a moment (epoch seconds) as JSON has it."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
