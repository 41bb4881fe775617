"""Every call that the official SDK offers, unchanged, in every way that it offers it."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from lumaai import LumaAI
from lumaai.types import CreditGetResponse, Generation, GenerationListResponse, PingCheckResponse

from generations.simulator.testing import TestSimulator, running
from tests.simulator.peers import LIGHTHOUSE, async_luma, luma, somewhere_else


@dataclass
class Stage:
    """A simulator with one finished clip, and a picture on somebody's server."""

    sim: TestSimulator
    clip: Generation
    picture: str

    @property
    def doomed(self) -> str:
        return luma(self.sim).generations.create(**LIGHTHOUSE).id


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, lighthouse: dict[str, Any]) -> Iterator[Stage]:
    directory: Path = tmp_path_factory.mktemp("stage")
    limits = {"image_concurrent": 1000, "image_per_minute": 1000}
    with somewhere_else() as outside, running(directory, renderers=0, **limits) as simulator:
        client = luma(simulator)
        clip = client.generations.create(**lighthouse)
        assert simulator.wait_for_end(clip.id) == "completed"
        yield Stage(simulator, client.generations.get(clip.id), outside.picture())


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
    Call("generations", "list", 200, GenerationListResponse, lambda s: {"limit": 5, "offset": 0}),
    Call("generations", "get", 200, Generation, lambda stage: {"id": stage.clip.id}),
    Call("generations", "delete", 204, None, lambda stage: {"id": stage.doomed}),
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


def _check(call: Call, result: Any) -> None:
    if call.gives is None:
        assert result is None
        return
    assert isinstance(result, call.gives)
    if isinstance(result, Generation):
        assert result.id
        assert result.state in ("queued", "completed")
        assert result.request is not None


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_sync_client_can_make_the_call(stage: Stage, call: Call) -> None:
    resource = attrgetter(call.resource)(luma(stage.sim))
    _check(call, getattr(resource, call.method)(**call.arguments(stage)))


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_sync_client_gets_the_raw_response(stage: Stage, call: Call) -> None:
    resource = attrgetter(call.resource)(luma(stage.sim))
    raw = getattr(resource.with_raw_response, call.method)(**call.arguments(stage))
    assert raw.status_code == call.status
    _check(call, raw.parse())


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_sync_client_can_stream_the_response(stage: Stage, call: Call) -> None:
    resource = attrgetter(call.resource)(luma(stage.sim))
    method = getattr(resource.with_streaming_response, call.method)
    with method(**call.arguments(stage)) as streamed:
        assert streamed.status_code == call.status
        _check(call, streamed.parse())


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_async_client_can_make_the_call(stage: Stage, call: Call) -> None:
    async def run() -> None:
        async with async_luma(stage.sim) as client:
            resource = attrgetter(call.resource)(client)
            _check(call, await getattr(resource, call.method)(**call.arguments(stage)))
            raw = await getattr(resource.with_raw_response, call.method)(**call.arguments(stage))
            assert raw.status_code == call.status
            _check(call, await _awaited(raw.parse()))

    asyncio.run(run())


def test_no_method_of_the_sdk_is_left_out() -> None:
    client = luma_methods()
    assert client == {str(call) for call in CALLS}


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
