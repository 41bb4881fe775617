"""Every call that Luma's official SDK offers, for whoever speaks its API."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lumaai import LumaAI
from lumaai.types import CreditGetResponse, Generation, GenerationListResponse, PingCheckResponse

from tests.simulator.peers import LIGHTHOUSE


@dataclass
class Stage:
    """Whom the calls are made to: the address and the key, and what they are about."""

    url: str
    key: str
    clip: Generation
    """A finished clip."""
    picture: str
    """The address of a picture on somebody's server."""
    doomed: Callable[[], str]
    """Makes a generation that may be deleted, and returns its id."""


@dataclass(frozen=True)
class Call:
    resource: str
    method: str
    status: int
    gives: Any
    arguments: Callable[[Stage], dict[str, Any]] = lambda stage: {}

    def __str__(self) -> str:
        return f"{self.resource}.{self.method}"


def _place(stage: Stage) -> dict[str, int]:
    return {"x_start": 100, "x_end": 500, "y_start": 200, "y_end": 440}


CALLS = [
    Call("ping", "check", 200, PingCheckResponse),
    Call("credits", "get", 200, CreditGetResponse),
    Call("generations.concepts", "list", 200, list),
    Call("generations", "create", 201, Generation, lambda stage: LIGHTHOUSE),
    Call(
        "generations",
        "create",
        201,
        Generation,
        lambda stage: {
            "model": "ray-flash-2",
            "prompt": "Onwards over the sea",
            "duration": "9s",
            "loop": False,
            "concepts": [{"key": "orbit_left"}],
            "keyframes": {
                "frame0": {"type": "generation", "id": stage.clip.id},
                "frame1": {"type": "image", "url": stage.picture},
            },
            "callback_url": "http://127.0.0.1:9/nobody",
            "generation_type": "video",
        },
    ),
    Call(
        "generations", "list", 200, GenerationListResponse, lambda stage: {"limit": 5, "offset": 0}
    ),
    Call("generations", "get", 200, Generation, lambda stage: {"id": stage.clip.id}),
    Call("generations", "delete", 204, None, lambda stage: {"id": stage.doomed()}),
    Call(
        "generations",
        "upscale",
        200,
        Generation,
        lambda stage: {"id": stage.clip.id, "resolution": "720p"},
    ),
    Call(
        "generations",
        "audio",
        200,
        Generation,
        lambda stage: {"id": stage.clip.id, "prompt": "Waves", "negative_prompt": "Music"},
    ),
    Call("generations.video", "create", 201, Generation, lambda stage: LIGHTHOUSE),
    Call(
        "generations.video",
        "modify",
        201,
        Generation,
        lambda stage: {
            "generation_type": "modify_video",
            "media": {"url": stage.clip.assets.video},
            "mode": "flex_2",
            "model": "ray-2",
            "first_frame": {"url": stage.picture},
            "prompt": "As a watercolour",
        },
    ),
    Call(
        "generations.video",
        "reframe",
        201,
        Generation,
        lambda stage: {
            "generation_type": "reframe_video",
            "media": {"url": stage.clip.assets.video},
            "aspect_ratio": "9:16",
            "model": "ray-flash-2",
            **_place(stage),
        },
    ),
    Call(
        "generations.image",
        "create",
        201,
        Generation,
        lambda stage: {
            "model": "photon-1",
            "prompt": "A teal lighthouse",
            "image_ref": [{"url": stage.picture, "weight": 0.8}],
            "style_ref": [{"url": stage.picture, "weight": 0.5}],
            "character_ref": {"identity0": {"images": [stage.picture]}},
            "modify_image_ref": {"url": stage.picture, "weight": 0.1},
            "format": "png",
        },
    ),
    Call(
        "generations.image",
        "reframe",
        201,
        Generation,
        lambda stage: {
            "generation_type": "reframe_image",
            "media": {"url": stage.picture},
            "aspect_ratio": "1:1",
            "model": "photon-flash-1",
            **_place(stage),
        },
    ),
]


def check(call: Call, result: Any) -> None:
    """See that a call gave what the SDK says that it gives."""
    if call.gives is None:
        assert result is None
        return
    assert isinstance(result, call.gives)
    if isinstance(result, Generation):
        assert result.id
        assert result.state in ("queued", "completed")
        assert result.request is not None


def luma_methods() -> set[str]:
    """Every public method of every resource of the installed SDK."""
    client = LumaAI(auth_token="unused", base_url="http://127.0.0.1:9")
    resources = {
        "ping": client.ping,
        "credits": client.credits,
        "generations": client.generations,
        "generations.concepts": client.generations.concepts,
        "generations.image": client.generations.image,
        "generations.video": client.generations.video,
    }
    return {
        f"{path}.{name}"
        for path, resource in resources.items()
        for name, member in inspect.getmembers(type(resource), inspect.isfunction)
        if not name.startswith("_")
    }
