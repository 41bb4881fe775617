"""Bodies, read strictly by the official SDK's models: right types, nothing more, nothing less."""

from typing import Any

import pytest
from lumaai.types import CreditGetResponse, Generation, GenerationListResponse, PingCheckResponse
from pydantic import BaseModel

from generations.simulator.catalogue import CONCEPTS
from generations.simulator.clock import ManualClock
from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import LIGHTHOUSE, Outside, ask


def strictly(model: type[BaseModel], body: bytes) -> Any:
    """Read a body without coercion, and refuse members that the schema doesn't have."""
    read = model.model_validate_json(body, strict=True)
    _no_extras(read)
    return read


def _no_extras(value: object) -> None:
    if isinstance(value, BaseModel):
        assert not value.model_extra, (type(value), value.model_extra)
        for name in type(value).model_fields:
            _no_extras(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            _no_extras(each)


def test_ping_and_credits(sim: TestSimulator) -> None:
    ping = strictly(PingCheckResponse, ask("GET", f"{sim.url}/ping").body)
    assert ping.message == "pong"
    owned = strictly(CreditGetResponse, ask("GET", f"{sim.url}/credits").body)
    assert owned.credit_balance == 1_000_000.0


def test_concepts_come_in_a_stable_order(sim: TestSimulator) -> None:
    first = ask("GET", f"{sim.url}/generations/concepts/list")
    assert first.json == list(CONCEPTS)
    assert len(set(first.json)) == 34
    assert ask("GET", f"{sim.url}/generations/concepts/list").body == first.body


def test_camera_motions_are_phrases(sim: TestSimulator) -> None:
    phrases = ask("GET", f"{sim.url}/generations/camera_motion/list").json
    assert "camera orbit left" in phrases


@pytest.mark.parametrize("path", ["/generations/video", "/generations"])
def test_both_paths_create_a_video(sim: TestSimulator, path: str) -> None:
    made = ask("POST", sim.url + path, LIGHTHOUSE)
    assert made.status == 201
    assert made.headers["Content-Type"] == "application/json"
    generation = strictly(Generation, made.body)
    assert generation.state == "queued"
    assert generation.assets is None
    assert generation.failure_reason is None
    assert made.json["created_at"].endswith("+00:00")


def test_the_request_is_echoed_with_its_callback_url_and_nulls(sim: TestSimulator) -> None:
    asked = {**LIGHTHOUSE, "callback_url": "http://127.0.0.1:9/nonce", "surplus": 1}
    echo = ask("POST", f"{sim.url}/generations/video", asked).json["request"]
    assert echo == {
        **LIGHTHOUSE,
        "generation_type": "video",
        "callback_url": "http://127.0.0.1:9/nonce",
        "keyframes": None,
        "loop": None,
        "concepts": None,
    }


def test_every_state_reads_strictly(
    simulate: Simulate, lighthouse: dict[str, Any], outside: Outside
) -> None:
    sim = simulate(clock=ManualClock(), speed=1.0)
    made = ask("POST", f"{sim.url}/generations/video", lighthouse).json
    doomed = ask("POST", f"{sim.url}/generations", {**lighthouse, "prompt": "Doomed sea"}).json
    sim.wait_for_render(made["id"])
    seen = []
    for _ in range(10):
        for each in (made, doomed):
            told = ask("GET", f"{sim.url}/generations/{each['id']}")
            assert told.status == 200
            seen.append(strictly(Generation, told.body).state)
        strictly(GenerationListResponse, ask("GET", f"{sim.url}/generations").body)
        sim.advance(5)
    assert set(seen) == {"queued", "dreaming", "completed", "failed"}


def test_a_completed_clip_has_a_video_and_a_failed_one_a_reason(
    sim: TestSimulator, lighthouse: dict[str, Any]
) -> None:
    made = ask("POST", f"{sim.url}/generations/video", lighthouse).json
    assert sim.wait_for_end(made["id"]) == "completed"
    told = ask("GET", f"{sim.url}/generations/{made['id']}").json
    assert told["assets"]["video"].endswith(".mp4")
    assert told["failure_reason"] is None
    failed = ask("POST", f"{sim.url}/generations/video", {**lighthouse, "prompt": "A nude"}).json
    assert sim.wait_for_end(failed["id"]) == "failed"
    told = ask("GET", f"{sim.url}/generations/{failed['id']}").json
    assert told["failure_reason"] == "Advanced prompt moderation failed"
    assert told["assets"] is None


def test_the_list_pages_newest_first(sim: TestSimulator) -> None:
    made = [
        ask("POST", f"{sim.url}/generations", {**LIGHTHOUSE, "prompt": f"Doomed {n}"}).json["id"]
        for n in range(5)
    ]
    newest_first = made[::-1]
    first = strictly(
        GenerationListResponse, ask("GET", f"{sim.url}/generations?limit=2&offset=0").body
    )
    assert [each.id for each in first.generations] == newest_first[:2]
    assert (first.count, first.limit, first.offset, first.has_more) == (2, 2, 0, True)
    last = strictly(
        GenerationListResponse, ask("GET", f"{sim.url}/generations?limit=2&offset=4").body
    )
    assert [each.id for each in last.generations] == newest_first[4:]
    assert (last.count, last.has_more) == (1, False)
    beyond = ask("GET", f"{sim.url}/generations?offset=99").json
    assert (beyond["generations"], beyond["has_more"], beyond["limit"]) == ([], False, 100)


@pytest.mark.parametrize("query", ["limit=0", "limit=many", "offset=-1"])
def test_a_list_needs_sane_numbers(sim: TestSimulator, query: str) -> None:
    refused = ask("GET", f"{sim.url}/generations?{query}")
    assert refused.status == 422
    assert refused.json["detail"][0]["loc"][0] == "query"


def test_a_deleted_generation_is_gone(sim: TestSimulator) -> None:
    made = ask("POST", f"{sim.url}/generations", LIGHTHOUSE).json
    deleted = ask("DELETE", f"{sim.url}/generations/{made['id']}")
    assert (deleted.status, deleted.body) == (204, b"")
    for method in ("GET", "DELETE"):
        gone = ask(method, f"{sim.url}/generations/{made['id']}")
        assert (gone.status, gone.json) == (404, {"detail": "Generation not found"})
    assert ask("GET", f"{sim.url}/generations").json["generations"] == []
    [entry] = sim.books()["generations"]
    assert entry["deleted"]
    assert not entry["refunded"]


@pytest.mark.parametrize("key", [None, "bad-key"])
def test_a_wrong_key_is_refused(sim: TestSimulator, key: str | None) -> None:
    refused = ask("GET", f"{sim.url}/credits", key=key)
    assert (refused.status, refused.json) == (401, {"detail": "Invalid API key is provided"})


def test_each_key_sees_only_its_own(sim: TestSimulator) -> None:
    made = ask("POST", f"{sim.url}/generations", LIGHTHOUSE).json
    assert ask("GET", f"{sim.url}/generations/{made['id']}", key="luma-other").status == 404
    assert ask("DELETE", f"{sim.url}/generations/{made['id']}", key="luma-other").status == 404
    assert ask("GET", f"{sim.url}/generations", key="luma-other").json["count"] == 0


def test_unknown_paths_and_methods_are_refused_as_json(sim: TestSimulator) -> None:
    assert ask("GET", f"{sim.url}/nowhere").json == {"detail": "Not Found"}
    assert ask("GET", f"{sim.address}/generations").status == 404
    assert ask("PUT", f"{sim.url}/generations").status == 405
