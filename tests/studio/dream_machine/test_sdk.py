"""Luma's official SDK makes every call of its own against Dailies, as against the simulator."""

from collections.abc import Iterator
from inspect import isawaitable
from operator import attrgetter

import pytest

from generations.models import Generation, State
from tests.factories import take
from tests.loops import awaited
from tests.sdk_calls import CALLS, Call, Stage, check, luma_methods
from tests.simulator.peers import LIGHTHOUSE, async_luma, luma, somewhere_else
from tests.studio.dream_machine.conftest import BASE


@pytest.fixture
def stage(live_server, settings, project, script, artist) -> Iterator[Stage]:
    settings.OUTBOUND_LOOPBACK = True
    made = take(project, State.COMPLETED, author=artist, resolution="540p")
    url = live_server.url + BASE

    with somewhere_else() as outside:
        stage = Stage(url, script.token, None, outside.picture(), lambda: "")
        generations = luma(stage, stage.key).generations
        stage.clip = generations.get(str(made.uuid))
        stage.doomed = lambda: generations.create(**LIGHTHOUSE).id
        yield stage


def test_no_method_of_the_sdk_is_left_out():
    assert luma_methods() == {str(call) for call in CALLS}


def test_the_sync_client_makes_every_call(stage):
    for call in CALLS:
        method = getattr(attrgetter(call.resource)(luma(stage, stage.key)), call.method)
        check(call, method(**call.arguments(stage)))
        _let_versions_go()


def test_the_sync_client_gets_every_raw_response(stage):
    for call in CALLS:
        resource = attrgetter(call.resource)(luma(stage, stage.key))
        raw = getattr(resource.with_raw_response, call.method)(**call.arguments(stage))
        assert raw.status_code == call.status, str(call)
        check(call, raw.parse())
        _let_versions_go()


def test_the_sync_client_streams_every_response(stage):
    for call in CALLS:
        resource = attrgetter(call.resource)(luma(stage, stage.key))
        method = getattr(resource.with_streaming_response, call.method)
        with method(**call.arguments(stage)) as streamed:
            assert streamed.status_code == call.status, str(call)
            check(call, streamed.parse())
        _let_versions_go()


def test_the_async_client_makes_every_call(stage):
    async def run(call: Call) -> None:
        async with async_luma(stage, stage.key) as client:
            method = getattr(attrgetter(call.resource)(client), call.method)
            check(call, await method(**call.arguments(stage)))

    for call in CALLS:
        awaited(run(call))
        _let_versions_go()


def test_the_async_client_gets_every_raw_response(stage):
    async def run(call: Call) -> None:
        async with async_luma(stage, stage.key) as client:
            resource = attrgetter(call.resource)(client)
            raw = await getattr(resource.with_raw_response, call.method)(**call.arguments(stage))
            assert raw.status_code == call.status, str(call)
            parsed = raw.parse()
            check(call, await parsed if isawaitable(parsed) else parsed)

    for call in CALLS:
        awaited(run(call))
        _let_versions_go()


def _let_versions_go() -> None:
    """A take has one version of a kind under way at a time."""
    for version in Generation.objects.exclude(version_of=None).filter(state=State.WAITING):
        version.cancel(None)
