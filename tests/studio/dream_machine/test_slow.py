"""What takes its time at the API holds up nobody else: few do at once in a process."""

import time
from contextlib import ExitStack

from generations.models import Generation, State
from studio.dream_machine import slow
from tests.factories import take, version
from tests.studio.dream_machine.conftest import LIGHTHOUSE

WAITS = {"prompt": "A teal lighthouse", "sync": True, "sync_timeout": 20}


def test_many_scripts_that_wait_leave_threads_for_the_others(script):
    with ExitStack() as others:
        while others.enter_context(slow.place()):
            pass
        began = time.monotonic()
        answer = script.post("/generations/image", WAITS)
        assert (answer.status_code, answer.json()["state"]) == (201, "queued")
        picture = {"frame0": {"type": "image", "url": "https://example.com/a.png"}}
        busy = script.post("/generations/video", {**LIGHTHOUSE, "keyframes": picture})
        assert (busy.status_code, busy.headers["Retry-After"]) == (429, "5"), busy.json()
        assert time.monotonic() - began < 10
    assert Generation.objects.count() == 1
    with slow.place() as free:
        assert free


def test_a_version_is_as_gone_as_its_take(script, project, artist, client):
    source = take(project, State.COMPLETED, author=artist)
    made = version(source)
    url = script.get(f"/generations/{made.uuid}").json()["assets"]["video"]
    path = url.removeprefix("http://testserver")
    assert client.get(path).status_code == 200
    assert script.ask("DELETE", f"/generations/{source.uuid}").status_code == 204
    assert client.get(path).status_code == 404
    assert script.get("/generations").json()["generations"] == []
