"""Nothing is ordered twice under one key, whatever a script sends under it."""

from uuid import uuid4

import pytest

from generations.models import Generation, LedgerEntry, State, Still
from tests.factories import take
from tests.simulator.peers import somewhere_else
from tests.studio.dream_machine.conftest import LIGHTHOUSE


@pytest.fixture
def outside(settings):
    settings.OUTBOUND_LOOPBACK = True
    with somewhere_else() as somewhere:
        yield somewhere


def test_another_request_under_a_used_key_is_refused_and_costs_nothing(script):
    key = str(uuid4())
    first = script.post("/generations", LIGHTHOUSE, Idempotency_Key=key).json()
    for path, body in (
        ("/generations/video", {**LIGHTHOUSE, "prompt": "A calm sea at noon"}),
        ("/generations/image", {"prompt": LIGHTHOUSE["prompt"]}),
    ):
        refused = script.post(path, body, Idempotency_Key=key)
        assert refused.status_code == 409, refused.json()
        assert "Idempotency-Key" in refused.json()["detail"]
    assert Generation.objects.count() == LedgerEntry.objects.count() == 1
    again = script.post("/generations/video", {**LIGHTHOUSE, "loop": None}, Idempotency_Key=key)
    assert again.json() == first  # the other address of the same, and a null says nothing


def test_what_it_is_made_from_may_have_changed_or_gone_until_it_is_asked_again(
    script, outside, project, artist
):
    key = str(uuid4())
    source = take(project, State.COMPLETED, author=artist)
    url = outside.picture()
    frames = {
        "frame0": {"type": "generation", "id": str(source.uuid)},
        "frame1": {"type": "image", "url": url},
    }
    body = {**LIGHTHOUSE, "keyframes": frames}
    first = script.post("/generations", body, Idempotency_Key=key)
    assert first.status_code == 201, first.json()
    outside.picture(colour="maroon")
    assert script.post("/generations", body, Idempotency_Key=key).json() == first.json()
    outside.put("start.png", b"")
    assert script.post("/generations", body, Idempotency_Key=key).json() == first.json()
    assert Still.objects.count() == 1
    assert Generation.objects.count() == 2
