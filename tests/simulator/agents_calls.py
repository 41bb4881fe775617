"""Every call that the official SDK of Luma Agents offers."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from luma_agents import AsyncLuma, Luma
from luma_agents.types import CreateFileResponse, File, FileList, Generation

from generations.simulator.testing import TestSimulator

KEY = "luma-api-test"
DUNES: dict[str, Any] = {
    "model": "ray-3.2",
    "type": "video",
    "prompt": "Dunes at dawn",
    "aspect_ratio": "16:9",
    "video": {"resolution": "360p", "duration": "5s"},
}


def client(simulator: TestSimulator, key: str = KEY) -> Luma:
    """The SDK as it is installed; creates must never be retried (sheet §1)."""
    return Luma(auth_token=key, base_url=simulator.agents_url, max_retries=0)


def async_client(simulator: TestSimulator) -> AsyncLuma:
    return AsyncLuma(auth_token=KEY, base_url=simulator.agents_url, max_retries=0)


@dataclass
class Stage:
    """What the calls are about."""

    simulator: TestSimulator
    generation: str
    pending: Callable[[], str]
    """Announces a file, puts its bytes up, and returns its id."""


@dataclass(frozen=True)
class Call:
    resource: str
    method: str
    status: int
    gives: Any
    arguments: Callable[[Stage], dict[str, Any]] = lambda stage: {}

    def __str__(self) -> str:
        return f"{self.resource}.{self.method}"


CALLS = [
    Call("generations", "create", 201, Generation, lambda stage: DUNES),
    Call("generations", "get", 200, Generation, lambda stage: {"generation_id": stage.generation}),
    Call(
        "files",
        "create",
        201,
        CreateFileResponse,
        lambda stage: {"mime_type": "image/png", "size_bytes": 9, "purpose": "reference"},
    ),
    Call("files", "list", 200, FileList, lambda stage: {"limit": 2, "state": "ready"}),
    Call("files", "complete", 200, File, lambda stage: {"file_id": stage.pending()}),
    Call("files", "get", 200, File, lambda stage: {"file_id": stage.pending()}),
    Call("files", "delete", 204, None, lambda stage: {"file_id": stage.pending()}),
]


def methods() -> set[str]:
    """Return every call that the SDK offers, by resource and name."""
    sdk = Luma(auth_token="x", base_url="http://127.0.0.1:9")
    return {
        f"{resource}.{name}"
        for resource in ("generations", "files")
        for name, _ in inspect.getmembers(getattr(sdk, resource), inspect.ismethod)
        if not name.startswith("_") and not name.startswith("with_")
    }
