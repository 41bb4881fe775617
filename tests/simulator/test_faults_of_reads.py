"""Faults of what is read: generations, lists, files."""

import http.client
from typing import Any

import httpx
import pytest

from generations.simulator.clock import ManualClock
from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import (
    DOOMED,
    about,
    ask,
    create,
    finished,
    get,
    once,
)


@about("malformed_json")
def test_malformed_json_is_half_of_a_body(sim: TestSimulator) -> None:
    made = create(sim).json["id"]
    sim.faults(malformed_json=once())
    broken = ask("GET", f"{sim.url}/generations/{made}")
    assert broken.status == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        _ = broken.json
    assert get(sim, made)["id"] == made


@about("unknown_state")
def test_an_unknown_state_word_is_told_by_get_and_list(sim: TestSimulator) -> None:
    made = create(sim).json["id"]
    sim.faults(unknown_state={"times": 2})
    assert get(sim, made)["state"] == "hallucinating"
    listed = ask("GET", f"{sim.url}/generations").json["generations"]
    assert listed[0]["state"] == "hallucinating"
    assert get(sim, made)["state"] in ("queued", "dreaming", "failed")


@about("asset_expires")
def test_an_asset_url_expires_and_a_get_gives_a_fresh_one(
    simulate: Simulate, lighthouse: dict[str, Any]
) -> None:
    sim = simulate(clock=ManualClock(), speed=0.0, faults={"asset_expires": {"seconds": 60}})
    first = finished(sim, lighthouse)["assets"]["video"]
    sim.advance(59)
    assert ask("GET", first, key=None).status == 200
    sim.advance(2)
    assert ask("GET", first, key=None).status == 403
    assert ask("HEAD", first, key=None).status == 403
    [listed] = ask("GET", f"{sim.url}/generations").json["generations"]
    assert listed["assets"]["video"] != first
    assert ask("GET", listed["assets"]["video"], key=None).status == 200
    assert ask("GET", first, key=None).status == 403


@about("download_cut")
def test_a_download_is_cut_in_the_middle(sim: TestSimulator, lighthouse: dict[str, Any]) -> None:
    asset = finished(sim, lighthouse)["assets"]["video"]
    whole = ask("GET", asset, key=None).body
    sim.faults(download_cut=once())
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask("GET", asset, key=None)
    assert cut.value.partial == whole[: len(whole) // 2]
    sim.faults(download_cut=once())
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(asset)
    assert ask("GET", asset, key=None).body == whole


@about("wrong_length")
def test_a_wrong_length_looks_whole_but_is_not(
    sim: TestSimulator, lighthouse: dict[str, Any]
) -> None:
    asset = finished(sim, lighthouse)["assets"]["video"]
    whole = ask("GET", asset, key=None).body
    sim.faults(wrong_length=once())
    half = ask("GET", asset, key=None)
    assert half.status == 200
    assert half.body == whole[: len(whole) // 2]
    assert ask("GET", asset, key=None).body == whole


@about("list_without_echo")
def test_a_list_without_echo_leaves_the_request_out(sim: TestSimulator) -> None:
    made = create(sim).json["id"]
    sim.faults(list_without_echo=True)
    [listed] = ask("GET", f"{sim.url}/generations").json["generations"]
    assert listed["id"] == made
    assert listed["request"] is None
    assert get(sim, made)["request"]["prompt"] == DOOMED["prompt"]


@about("list_lags")
def test_a_lagging_list_does_not_show_the_youngest(simulate: Simulate) -> None:
    sim = simulate(clock=ManualClock(), faults={"list_lags": {"seconds": 30}})
    old = create(sim).json["id"]
    sim.advance(20)
    young = create(sim).json["id"]
    sim.advance(11)
    listed = ask("GET", f"{sim.url}/generations").json
    assert [each["id"] for each in listed["generations"]] == [old]
    assert get(sim, young)["id"] == young
    sim.advance(20)
    listed = ask("GET", f"{sim.url}/generations").json
    assert [each["id"] for each in listed["generations"]] == [young, old]


@about("list_shuffled")
def test_a_shuffled_list_has_everything_in_another_order(sim: TestSimulator) -> None:
    made = [create(sim).json["id"] for _ in range(10)]
    sim.faults(list_shuffled=True)
    listed = [each["id"] for each in ask("GET", f"{sim.url}/generations").json["generations"]]
    assert sorted(listed) == sorted(made)
    assert listed != made[::-1]


def test_a_shuffled_list_has_everything_once_on_its_pages_together(sim: TestSimulator) -> None:
    made = [create(sim).json["id"] for _ in range(10)]
    sim.faults(list_shuffled=True)
    url = f"{sim.url}/generations?limit=4&offset="
    pages = [ask("GET", f"{url}{offset}").json for offset in (0, 4, 8)]
    listed = [each["id"] for page in pages for each in page["generations"]]
    assert sorted(listed) == sorted(made)
    assert set(listed[:4]) != set(made[-4:])  # the newest are anywhere
    assert [page["has_more"] for page in pages] == [True, True, False]
    again = ask("GET", f"{url}0").json["generations"]
    assert [each["id"] for each in again] == listed[:4]


@about("camera_motion_missing")
def test_the_camera_motion_list_can_be_gone(sim: TestSimulator) -> None:
    sim.faults(camera_motion_missing=once())
    url = f"{sim.url}/generations/camera_motion/list"
    assert [ask("GET", url).status for _ in range(2)] == [404, 200]
