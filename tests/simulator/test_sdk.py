"""Every call that the official SDK offers, unchanged, in every way that it offers it."""

import inspect
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from generations.simulator.testing import KEY, running
from tests.loops import awaited
from tests.sdk_calls import CALLS, Call, Stage, check, luma_methods
from tests.simulator.peers import LIGHTHOUSE, async_luma, luma, somewhere_else


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, lighthouse: dict[str, Any]) -> Iterator[Stage]:
    """A simulator with one finished clip, and a picture on somebody's server."""
    directory: Path = tmp_path_factory.mktemp("stage")
    limits = {"image_concurrent": 1000, "image_per_minute": 1000}
    with somewhere_else() as outside, running(directory, renderers=0, **limits) as simulator:
        generations = luma(simulator).generations
        clip = generations.create(**lighthouse)
        assert simulator.wait_for_end(clip.id) == "completed"

        def doomed() -> str:
            return generations.create(**LIGHTHOUSE).id

        yield Stage(simulator.url, KEY, generations.get(clip.id), outside.picture(), doomed)


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_sync_client_can_make_the_call(stage: Stage, call: Call) -> None:
    resource = attrgetter(call.resource)(luma(stage, stage.key))
    check(call, getattr(resource, call.method)(**call.arguments(stage)))


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_sync_client_gets_the_raw_response(stage: Stage, call: Call) -> None:
    resource = attrgetter(call.resource)(luma(stage, stage.key))
    raw = getattr(resource.with_raw_response, call.method)(**call.arguments(stage))
    assert raw.status_code == call.status
    check(call, raw.parse())


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_sync_client_can_stream_the_response(stage: Stage, call: Call) -> None:
    resource = attrgetter(call.resource)(luma(stage, stage.key))
    method = getattr(resource.with_streaming_response, call.method)
    with method(**call.arguments(stage)) as streamed:
        assert streamed.status_code == call.status
        check(call, streamed.parse())


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_async_client_can_make_the_call(stage: Stage, call: Call) -> None:
    async def run() -> None:
        async with async_luma(stage, stage.key) as client:
            resource = attrgetter(call.resource)(client)
            check(call, await getattr(resource, call.method)(**call.arguments(stage)))
            raw = await getattr(resource.with_raw_response, call.method)(**call.arguments(stage))
            assert raw.status_code == call.status
            check(call, await _awaited(raw.parse()))

    awaited(run())


def test_no_method_of_the_sdk_is_left_out() -> None:
    client = luma_methods()
    assert client == {str(call) for call in CALLS}
