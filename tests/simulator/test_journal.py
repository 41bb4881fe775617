"""What is known survives a restart, and a kill -9 at any moment."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from generations.simulator.clock import ManualClock
from generations.simulator.journal import Journal, JournalDamaged
from generations.simulator.testing import running
from tests.simulator.peers import LIGHTHOUSE, Outside, ask
from tests.simulator.processes import process


def test_facts_come_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("first", number=1)
    journal.append("second", words="größer")
    assert [fact["fact"] for fact in journal.facts()] == ["first", "second"]
    journal.close()


@pytest.mark.parametrize("torn", ['{"fact": "thi', '{"fact": "third"}', "{"])
def test_a_torn_last_line_is_forgotten(tmp_path: Path, torn: str) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"fact": "first"}\n' + torn)
    journal = Journal(path)
    journal.append("second")
    assert [fact["fact"] for fact in journal.facts()] == ["first", "second"]
    journal.close()


def test_damage_in_the_middle_is_said(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"fact": "first"}\n???\n{"fact": "second"}\n')
    journal = Journal(path)
    with pytest.raises(JournalDamaged, match="line 2"):
        list(journal.facts())
    journal.close()


def test_a_restart_knows_everything(tmp_path: Path, lighthouse: dict[str, Any]) -> None:
    clock = ManualClock()
    with running(tmp_path, clock=clock, speed=1.0, renderers=0) as sim:
        done = ask("POST", f"{sim.url}/generations", lighthouse).json["id"]
        ask("POST", f"{sim.url}/generations", {**LIGHTHOUSE, "prompt": "Doomed"})
        deleted = ask("POST", f"{sim.url}/generations", LIGHTHOUSE).json["id"]
        ask("DELETE", f"{sim.url}/generations/{deleted}")
        sim.wait_for_render(done)
        sim.advance(60)
        going = ask("POST", f"{sim.url}/generations", lighthouse).json["id"]
        sim.advance(5)
        books = sim.books()
        listed = ask("GET", f"{sim.url}/generations").json["generations"]
        was_at = sim.address
    with running(tmp_path, clock=clock, speed=1.0, renderers=0) as sim:
        assert sim.books() == books
        again = ask("GET", f"{sim.url}/generations").json["generations"]
        assert again == json.loads(json.dumps(listed).replace(was_at, sim.address))
        assert again[0]["id"] == going
        assert again[0]["state"] == "dreaming"
        sim.wait_for_render(going)
        sim.advance(30)
        assert ask("GET", f"{sim.url}/generations/{going}").json["state"] == "completed"
        video = ask("GET", f"{sim.url}/generations/{done}").json["assets"]["video"]
        assert ask("GET", video, key=None).status == 200


def test_a_restart_needs_no_input_again(
    tmp_path: Path, lighthouse: dict[str, Any], outside: Outside
) -> None:
    keyframes = {"frame0": {"type": "image", "url": outside.picture()}}
    with running(tmp_path, renderers=0) as sim:
        made = ask("POST", f"{sim.url}/generations", {**lighthouse, "keyframes": keyframes}).json
        inputs = sim.engine.store.latest(made["id"]).inputs
        deadline = time.monotonic() + 30
        while "://" in inputs["start_image"]:
            assert time.monotonic() < deadline, "it was not fetched"
    outside.files.clear()
    with running(tmp_path, renderers=1) as sim:
        assert sim.wait_for_end(made["id"]) == "completed"


def test_forgetting_everything_survives_too(tmp_path: Path) -> None:
    with running(tmp_path, renderers=0) as sim:
        ask("POST", f"{sim.url}/generations", LIGHTHOUSE)
        assert ask("POST", f"{sim.address}/_control/reset").status == 204
        assert sim.books()["creates_accepted"] == 0
        ask("POST", f"{sim.url}/generations", {**LIGHTHOUSE, "prompt": "Doomed"})
    with running(tmp_path, renderers=0) as sim:
        assert [entry["prompt"] for entry in sim.books()["generations"]] == ["Doomed"]


# Limits out of the way: how many are in flight after a restart is a matter of luck.
ROOM = {"SIMULATOR_PER_MINUTE": "100", "SIMULATOR_CONCURRENT": "100"}


def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path, lighthouse: dict[str, Any]) -> None:
    answered = []
    for _ in range(3):
        with process(tmp_path, SIMULATOR_SPEED="0.02", **ROOM) as (it, url):
            for _ in range(4):
                made = ask("POST", f"{url}/generations", lighthouse)
                assert made.status == 201
                answered.append(made.json["id"])
            it.send_signal(signal.SIGKILL)
            it.wait()
    with (tmp_path / "journal.jsonl").open("a") as journal:
        journal.write('{"fact": "accepted", "serial": 13, "id": "to')
    with process(tmp_path, SIMULATOR_SPEED="0.02") as (_, url):
        deadline = time.monotonic() + 60
        states: list[str] = []
        while set(states) != {"completed"}:
            assert time.monotonic() < deadline, states
            listed = ask("GET", f"{url}/generations").json["generations"]
            states = [each["state"] for each in listed]
        assert [each["id"] for each in listed] == answered[::-1]
        [account] = ask("GET", url.split("/dream")[0] + "/_control/books").json["accounts"]
        assert account["creates_accepted"] == 12
        assert account["charged_cents"] == pytest.approx(12 * 39.81)
