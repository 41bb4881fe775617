"""What goes over the wire, without sockets: a request, an answer, a refusal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


@dataclass(frozen=True, kw_only=True)
class Request:
    """An HTTP request, read whole."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By their names as they are usually written, such as Content-Type."""
    body: bytes
    client: str
    """The peer's IP address."""

    @property
    def key(self) -> str | None:
        """The bearer key, if one was sent."""
        scheme, _, key = (self.headers.get("Authorization") or "").partition(" ")
        return key.strip() or None if scheme.lower() == "bearer" else None

    def json(self) -> Any:
        """Return the body as JSON, {} if it is empty; raises Refused (422) if it is none."""
        try:
            return json.loads(self.body, parse_constant=_no_number) if self.body else {}
        except (ValueError, RecursionError) as error:
            problem = {"type": "json_invalid", "loc": ["body"], "msg": str(error), "input": {}}
            raise Refused(422, [problem]) from error


@dataclass(kw_only=True)
class Answer:
    """An HTTP answer, and what shall go wrong with it."""

    status: int = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    file: Path | None = None
    """Send this file, with ranges, instead of the body."""
    lost: bool = False
    """Close the connection without a byte."""
    cut: bool = False
    """Close the connection after half of the file."""
    wrong_length: bool = False
    """Announce half of the file's length."""

    @classmethod
    def json(
        cls, body: object, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> "Answer":
        """Return an answer with a JSON body."""
        return cls.raw_json(json.dumps(body).encode(), status, headers)

    @classmethod
    def raw_json(
        cls, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> "Answer":
        """Return an answer whose body is JSON already."""
        return cls(
            status=status,
            headers={"Content-Type": "application/json", **(headers or {})},
            body=body,
        )


class Refused(Exception):
    """The API says no: a status, the `detail` of its body (sheet §10) and headers."""

    def __init__(
        self, status: int, detail: str | list[Any], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})

    def answer(self, *, prefixed: bool) -> Answer:
        """Return it as an answer; 400s carry their status in the text if prefixed (§10)."""
        detail = self.detail
        if prefixed and self.status == 400:
            detail = f"400: {detail}"
        return Answer.json({"detail": detail}, self.status, self.headers)
