"""Callbacks, as a real server receives them (sheet §9)."""

from typing import Any

import pytest
from lumaai.types import Generation

from generations.simulator import callbacks
from generations.simulator.clock import ManualClock
from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import LIGHTHOUSE, Outside, ask


def create(sim: TestSimulator, outside: Outside, **change: object) -> str:
    body = {**LIGHTHOUSE, "callback_url": outside.callback(), **change}
    return str(ask("POST", f"{sim.url}/generations/video", body).json["id"])


def states(bodies: list[dict[str, Any]]) -> list[str]:
    return [body["state"] for body in bodies]


def test_dreaming_and_completed_are_told_with_the_whole_generation(
    sim: TestSimulator, outside: Outside, lighthouse: dict[str, Any]
) -> None:
    made = create(sim, outside)
    bodies = outside.wait_for(2)
    assert states(bodies) == ["dreaming", "completed"]
    told = Generation.model_validate(bodies[-1])
    assert told.id == made
    assert told.assets is not None
    assert ask("GET", told.assets.video or "").status == 200
    assert bodies[-1] == ask("GET", f"{sim.url}/generations/{made}").json


def test_failed_is_told_with_its_reason(sim: TestSimulator, outside: Outside) -> None:
    create(sim, outside, prompt="Doomed")
    bodies = outside.wait_for(2)
    assert states(bodies) == ["dreaming", "failed"]
    assert bodies[-1]["failure_reason"] == "Job failed"


@pytest.mark.parametrize(
    ("answers", "sent"), [([200], 1), ([500], 2), ([500, 302], 3), ([500, 302, 204, 404], 4)]
)
def test_anything_but_200_is_retried_at_most_three_times(
    simulate: Simulate, outside: Outside, answers: list[int], sent: int
) -> None:
    sim = simulate(clock=ManualClock(), speed=1.0)
    outside.answers = answers
    made = create(sim, outside, prompt="Nobody renders this")
    sim.advance(5)
    assert len(outside.wait_for(sent)) == sent
    # What another generation's sender delivers later proves that nothing more came.
    others = [create(sim, outside, prompt=f"Nor this {n}") for n in range(callbacks.SENDERS)]
    sim.advance(5)
    bodies = outside.wait_for(sent + len(others))
    assert [body["id"] for body in bodies[:sent]] == [made] * sent
    assert {body["id"] for body in bodies[sent:]} == set(others)


def test_nobody_listening_changes_nothing(sim: TestSimulator, outside: Outside) -> None:
    made = create(sim, outside, callback_url="http://127.0.0.1:9/", prompt="Doomed")
    assert sim.wait_for_end(made) == "failed"


@pytest.mark.parametrize("count", [30])
def test_many_at_once_all_arrive_in_their_order(
    sim: TestSimulator, outside: Outside, count: int
) -> None:
    made = {create(sim, outside, prompt=f"Doomed {n}") for n in range(count)}
    bodies = outside.wait_for(2 * count)
    for each in made:
        assert states([b for b in bodies if b["id"] == each]) == ["dreaming", "failed"]
