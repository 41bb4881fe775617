"""Queued, dreaming, and one of two ends, by the clock."""

from typing import Any

import pytest

from generations.simulator.clock import ManualClock
from generations.simulator.generation import DREAMING_S, QUEUED_S, pace
from generations.simulator.moderation import TRIGGERS
from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import LIGHTHOUSE, Outside, ask


def create(sim: TestSimulator, **change: object) -> str:
    made = ask("POST", f"{sim.url}/generations/video", {**LIGHTHOUSE, **change})
    assert made.status == 201, made.json
    return str(made.json["id"])


def state(sim: TestSimulator, generation_id: str) -> str:
    return str(ask("GET", f"{sim.url}/generations/{generation_id}").json["state"])


def test_it_moves_by_the_clock_and_completes_once_rendered(
    timed: TestSimulator, lighthouse: dict[str, Any]
) -> None:
    made = create(timed)
    timed.wait_for_render(made)
    assert state(timed, made) == "queued"
    timed.advance(QUEUED_S[0] - 0.01)
    assert state(timed, made) == "queued"
    timed.advance(QUEUED_S[1] - QUEUED_S[0] + 0.01)
    assert state(timed, made) == "dreaming"
    timed.advance(DREAMING_S[0] - QUEUED_S[1] + QUEUED_S[0] - 0.01)
    assert state(timed, made) == "dreaming"
    timed.advance(DREAMING_S[1])
    assert state(timed, made) == "completed"


def test_it_keeps_dreaming_while_its_file_is_not_rendered(timed: TestSimulator) -> None:
    made = create(timed, prompt="Nobody renders this")
    timed.advance(3600)
    assert state(timed, made) == "dreaming"


def test_speed_multiplies_the_time(simulate: Simulate, lighthouse: dict[str, Any]) -> None:
    sim = simulate(clock=ManualClock(), speed=0.1)
    made = create(sim)
    sim.wait_for_render(made)
    sim.advance(QUEUED_S[1] * 0.1)
    assert state(sim, made) == "dreaming"
    sim.advance(DREAMING_S[1] * 0.1)
    assert state(sim, made) == "completed"


def test_equal_requests_take_equally_long_whatever_their_callback() -> None:
    first = pace({"prompt": "Sea", "callback_url": "http://one"}, 1.0)
    assert pace({"prompt": "Sea", "callback_url": "http://two"}, 1.0) == first
    assert QUEUED_S[0] <= first[0] <= QUEUED_S[1]
    assert DREAMING_S[0] <= first[1] <= DREAMING_S[1]
    assert len({pace({"prompt": str(n)}, 1.0) for n in range(20)}) > 10


AFTER_ACCEPTANCE = {word: verdict for word, verdict in TRIGGERS.items() if not verdict.at_once}


@pytest.mark.parametrize("word", AFTER_ACCEPTANCE)
def test_a_trigger_word_brings_its_reason(timed: TestSimulator, word: str) -> None:
    verdict = AFTER_ACCEPTANCE[word]
    made = create(timed, prompt=f"A {word.upper()} by the sea")
    seen = [state(timed, made)]
    for _ in range(100):
        timed.advance(1)
        seen.append(state(timed, made))
    told = ask("GET", f"{timed.url}/generations/{made}").json
    assert told["failure_reason"] == verdict.reason
    passed = ["queued", "failed"] if verdict.in_queue else ["queued", "dreaming", "failed"]
    assert list(dict.fromkeys(seen)) == passed


def test_a_trigger_is_a_whole_word(timed: TestSimulator) -> None:
    made = create(timed, prompt="Gorgeous denuded hills")
    timed.advance(3600)
    assert state(timed, made) == "dreaming"


def test_a_sheet_reason_exists_for_every_phase() -> None:
    """Luma's error page (sheet §10) lists eight; each can be had on purpose."""
    assert {verdict.reason for verdict in TRIGGERS.values()} >= {
        "Contains blacklisted words",
        "Failed to read user input frames",
        "Frame moderation failed",
        "Advanced prompt moderation failed",
        "Prompt processing failed",
        "Error dispatching job",
        "Job failed",
        "Error processing callback",
    }


@pytest.mark.parametrize("content", [None, b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_a_keyframe_that_cannot_be_read_fails_it(
    sim: TestSimulator, outside: Outside, content: bytes | None
) -> None:
    url = f"{outside.address}/frame.png"
    if content is not None:
        outside.put("frame.png", content)
    made = create(sim, keyframes={"frame0": {"type": "image", "url": url}})
    assert sim.wait_for_end(made) == "failed"
    told = ask("GET", f"{sim.url}/generations/{made}").json
    assert told["failure_reason"] == "Failed to read user input frames"
    assert sim.books()["balance_cents"] == 1_000_000


def test_a_deleted_generation_stops(timed: TestSimulator, outside: Outside) -> None:
    made = create(timed, callback_url=outside.callback())
    ask("DELETE", f"{timed.url}/generations/{made}")
    other = create(timed, callback_url=outside.callback())
    timed.advance(QUEUED_S[1])
    assert [each["id"] for each in outside.wait_for(1)] == [other]
    assert timed.books()["in_flight"] == {"video": 1}


def test_a_synchronous_still_that_takes_too_long_is_told_as_it_is(sim: TestSimulator) -> None:
    body = {"model": "photon-1", "prompt": "Nobody renders this", "sync": True, "sync_timeout": 0.1}
    answer = ask("POST", f"{sim.url}/generations/image", body)
    assert (answer.status, answer.json["state"]) == (201, "dreaming")
