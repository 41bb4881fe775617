"""Who talks to the simulator: the official SDK, plain HTTP, and somebody else's web server."""

import io
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

from lumaai import AsyncLumaAI, LumaAI
from PIL import Image

from generations.simulator.testing import KEY, TestSimulator
from tests.loopback import Loopback, Quiet

LIGHTHOUSE: dict[str, Any] = {
    "model": "ray-2",
    "prompt": "A lighthouse in a storm at night",
    "resolution": "540p",
    "duration": "5s",
    "aspect_ratio": "16:9",
}
"""The one clip that most tests are about, so that it is rendered once."""


class Speaker(Protocol):
    """Whoever speaks Luma's API, at an address."""

    url: str


def luma(speaker: Speaker, key: str = KEY) -> LumaAI:
    """The SDK as it is installed; creates must never be retried (sheet §1)."""
    return LumaAI(auth_token=key, base_url=speaker.url, max_retries=0)


def async_luma(speaker: Speaker, key: str = KEY) -> AsyncLumaAI:
    return AsyncLumaAI(auth_token=key, base_url=speaker.url, max_retries=0)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    method: str,
    url: str,
    body: object = None,
    *,
    key: str | None = KEY,
    headers: dict[str, str] | None = None,
) -> Reply:
    """One plain HTTP request; statuses are answers, not exceptions."""
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return Reply(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.headers, error.read())


@dataclass
class Outside:
    """A web server of a user: serves their pictures, receives callbacks."""

    files: dict[str, bytes] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Statuses for the next callbacks; 200 when used up."""
    changed: threading.Condition = field(default_factory=threading.Condition)
    address: str = ""

    def put(self, name: str, content: bytes) -> str:
        self.files[f"/{name}"] = content
        return f"{self.address}/{name}"

    def picture(self, name: str = "start.png", colour: str = "teal") -> str:
        buffer = io.BytesIO()
        Image.new("RGB", (64, 36), colour).save(buffer, "PNG")
        return self.put(name, buffer.getvalue())

    def callback(self) -> str:
        return f"{self.address}/callback/unguessable"

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """Return what was received once there are that many callbacks."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.received) >= count, 30), self.received
            return list(self.received)

    def take(self, body: dict[str, Any]) -> int:
        with self.changed:
            self.received.append(body)
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 200


@contextmanager
def somewhere_else() -> Iterator[Outside]:
    """Give a user's web server while open."""
    outside = Outside()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = outside.files.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(outside.take(json.loads(body)))
            self.end_headers()

    with Loopback(Handler) as server:
        outside.address = server.address
        yield outside


DOOMED = {**LIGHTHOUSE, "prompt": "Doomed sea"}
"""A clip that is accepted and fails, without a render."""

COVERED: set[str] = set()


def about(*names: str) -> Callable[[Any], Any]:
    """Note which faults a test is about, so that none stays untested."""
    COVERED.update(names)
    return lambda test: test


def once(**more: object) -> dict[str, object]:
    """Switch a fault on for one strike."""
    return {"times": 1, **more}


def create(sim: TestSimulator, body: dict[str, Any] = DOOMED) -> Reply:
    return ask("POST", f"{sim.url}/generations/video", body)


def get(sim: TestSimulator, generation_id: str) -> dict[str, Any]:
    told: dict[str, Any] = ask("GET", f"{sim.url}/generations/{generation_id}").json
    return told


def finished(sim: TestSimulator, lighthouse: dict[str, Any]) -> dict[str, Any]:
    """Create the lighthouse and return it once it has completed."""
    made = create(sim, lighthouse).json["id"]
    assert sim.wait_for_end(made) == "completed"
    return get(sim, made)
