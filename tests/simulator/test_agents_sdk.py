"""Every call that the official SDK of Luma Agents offers, unchanged, in every way it offers it."""

import inspect
import urllib.request
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import pytest

from generations.simulator.testing import running
from tests.loops import awaited
from tests.simulator.agents_calls import CALLS, DUNES, Call, Stage, async_client, client, methods


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running(tmp_path_factory.mktemp("stage"), renderers=0) as simulator:
        sdk = client(simulator)

        def pending() -> str:
            made = sdk.files.create(mime_type="image/png", size_bytes=4)
            assert made.upload
            put = urllib.request.Request(
                made.upload.url, b"abcd", made.upload.headers or {}, method=made.upload.method
            )
            urllib.request.urlopen(put).close()
            return made.id

        yield Stage(simulator, sdk.generations.create(**DUNES).id, pending)


def check(call: Call, result: Any) -> None:
    if call.gives is None:
        assert result is None
    else:
        assert type(result) is call.gives
        assert result.model_dump()


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_sync_client_can_make_the_call(stage: Stage, call: Call) -> None:
    resource = attrgetter(call.resource)(client(stage.simulator))
    check(call, getattr(resource, call.method)(**call.arguments(stage)))
    raw = getattr(resource.with_raw_response, call.method)(**call.arguments(stage))
    assert raw.status_code == call.status
    assert raw.headers["X-API-Version"]
    assert raw.headers["X-Request-Id"]
    check(call, raw.parse())
    streaming = getattr(resource.with_streaming_response, call.method)
    with streaming(**call.arguments(stage)) as streamed:
        check(call, streamed.parse())


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_async_client_can_make_the_call(stage: Stage, call: Call) -> None:
    async def run() -> None:
        async with async_client(stage.simulator) as sdk:
            resource = attrgetter(call.resource)(sdk)
            check(call, await getattr(resource, call.method)(**call.arguments(stage)))
            raw = await getattr(resource.with_raw_response, call.method)(**call.arguments(stage))
            parsed = raw.parse()
            check(call, await parsed if inspect.isawaitable(parsed) else parsed)

    awaited(run())


def test_no_method_of_the_sdk_is_left_out() -> None:
    assert methods() == {str(call) for call in CALLS}
