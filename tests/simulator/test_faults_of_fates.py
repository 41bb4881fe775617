"""Faults of what becomes of a generation, and of how it is told."""

from typing import Any

import pytest

from generations.simulator.media import probe
from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import (
    DOOMED,
    LIGHTHOUSE,
    Outside,
    about,
    ask,
    create,
    finished,
    get,
    once,
)


@about("moderation")
def test_moderation_refuses_out_of_the_queue_and_gives_back(sim: TestSimulator) -> None:
    sim.faults(moderation=once())
    made = create(sim, LIGHTHOUSE).json["id"]
    assert sim.wait_for_end(made) == "failed"
    assert get(sim, made)["failure_reason"] == "Advanced prompt moderation failed"
    assert sim.books()["balance_cents"] == 1_000_000


@about("fails_while_dreaming")
def test_a_failure_while_dreaming_gives_back(timed: TestSimulator) -> None:
    timed.faults(fails_while_dreaming=once())
    made = create(timed, LIGHTHOUSE).json["id"]
    timed.advance(5)
    assert get(timed, made)["state"] == "dreaming"
    timed.advance(30)
    told = get(timed, made)
    assert (told["state"], told["failure_reason"]) == ("failed", "Job failed")
    assert timed.books()["balance_cents"] == 1_000_000


def told(sim: TestSimulator, outside: Outside, **faults: object) -> None:
    """Have a doomed clip tell its callback URL under faults."""
    sim.faults(**faults)
    create(sim, {**DOOMED, "callback_url": outside.callback()})


@about("callback_lost")
def test_a_lost_callback_never_comes(sim: TestSimulator, outside: Outside) -> None:
    told(sim, outside, callback_lost=once())
    assert [body["state"] for body in outside.wait_for(1)] == ["failed"]
    assert sim.struck("callback_lost") == 1


@about("callback_doubled")
def test_a_doubled_callback_comes_twice(sim: TestSimulator, outside: Outside) -> None:
    told(sim, outside, callback_doubled=once())
    bodies = outside.wait_for(3)
    assert [body["state"] for body in bodies] == ["dreaming", "dreaming", "failed"]
    assert bodies[0] == bodies[1]


@about("callback_forged")
def test_a_forged_callback_claims_what_is_not_true(sim: TestSimulator, outside: Outside) -> None:
    told(sim, outside, callback_forged=once())
    bodies = outside.wait_for(3)
    assert [body["state"] for body in bodies] == ["completed", "dreaming", "failed"]
    assert bodies[0]["assets"]["video"].startswith("https://forged.example/")
    assert get(sim, bodies[0]["id"])["assets"] is None


@about("callback_late")
def test_a_late_callback_comes_when_all_is_over(
    timed: TestSimulator, outside: Outside, lighthouse: dict[str, Any]
) -> None:
    timed.faults(callback_late=once(seconds=1000))
    made = create(timed, {**lighthouse, "callback_url": outside.callback()}).json["id"]
    timed.wait_for_render(made)
    timed.advance(5)
    timed.advance(30)
    assert [body["state"] for body in outside.wait_for(1)] == ["completed"]
    timed.advance(1000)
    assert [body["state"] for body in outside.wait_for(2)] == ["completed", "dreaming"]


@about("upscale_parent_id", "audio_parent_id")
@pytest.mark.parametrize("verb", ["upscale", "audio"])
def test_a_version_can_answer_under_its_parents_id(
    sim: TestSimulator, lighthouse: dict[str, Any], verb: str
) -> None:
    parent = finished(sim, lighthouse)
    url = f"{sim.url}/generations/{parent['id']}/{verb}"
    other = ask("POST", url, {}).json
    assert other["id"] != parent["id"]
    sim.faults(**{f"{verb}_parent_id": once()})
    same = ask("POST", url, {}).json
    assert same["id"] == parent["id"]
    assert same["state"] == "queued"
    assert get(sim, parent["id"])["request"] == same["request"]
    listed = ask("GET", f"{sim.url}/generations").json["generations"]
    assert [each["id"] for each in listed] == [other["id"], parent["id"]]
    assert ask("GET", parent["assets"]["video"], key=None).status == 200
    assert [entry["id"] for entry in sim.books()["generations"]] == [
        parent["id"],
        other["id"],
        parent["id"],
    ]


@about("joined_extension")
def test_an_extension_can_come_joined_to_its_parent(
    simulate: Simulate, lighthouse: dict[str, Any]
) -> None:
    sim = simulate(renderers=1)
    parent = finished(sim, lighthouse)
    keyframes = {"frame0": {"type": "generation", "id": parent["id"]}}
    lengths = []
    for faults in ({}, {"joined_extension": once()}):
        sim.faults(**faults)
        made = create(sim, {**lighthouse, "keyframes": keyframes}).json["id"]
        assert sim.wait_for_end(made) == "completed"
        lengths.append(float(probe(sim.engine.path_of(sim.engine.store.latest(made))).duration_s))
    assert lengths == [pytest.approx(5, abs=0.1), pytest.approx(10, abs=0.1)]
