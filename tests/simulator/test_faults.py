"""Every fault, one test each: switched on, it is there; used up, it is gone."""

import http.client
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import lumaai
import pytest

from generations.simulator.clock import ManualClock
from generations.simulator.faults import Faults
from generations.simulator.media import probe
from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import LIGHTHOUSE, Outside, ask, luma

DOOMED = {**LIGHTHOUSE, "prompt": "Doomed sea"}

COVERED: set[str] = set()


def about(*names: str) -> Callable[[Any], Any]:
    """Note which faults a test is about, so that none stays untested."""
    COVERED.update(names)
    return lambda test: test


def create(sim: TestSimulator, body: dict[str, Any] = DOOMED) -> Any:
    return ask("POST", f"{sim.url}/generations/video", body)


def finished(sim: TestSimulator, lighthouse: dict[str, Any]) -> dict[str, Any]:
    made = create(sim, lighthouse).json["id"]
    assert sim.wait_for_end(made) == "completed"
    return get(sim, made)


def get(sim: TestSimulator, generation_id: str) -> dict[str, Any]:
    told: dict[str, Any] = ask("GET", f"{sim.url}/generations/{generation_id}").json
    return told


def once(**more: object) -> dict[str, object]:
    return {"times": 1, **more}


@about("slow_answer")
def test_a_slow_answer_runs_into_the_clients_timeout(sim: TestSimulator) -> None:
    sim.faults(slow_answer=once(seconds=0.3, on=["list"]))
    started = time.monotonic()
    assert ask("GET", f"{sim.url}/generations").status == 200
    assert time.monotonic() - started >= 0.3
    sim.faults(slow_answer=once(seconds=0.3, on=["list"]))
    with pytest.raises(lumaai.APITimeoutError):
        luma(sim).with_options(timeout=0.1).generations.list()


@about("error_before_accept")
def test_500_before_accepting_creates_nothing(sim: TestSimulator) -> None:
    sim.faults(error_before_accept=once())
    with pytest.raises(lumaai.InternalServerError):
        luma(sim).generations.create(**DOOMED)
    assert sim.books()["creates_accepted"] == 0
    assert create(sim).status == 201


@about("error_before_accept")
def test_500_while_polling_passes(sim: TestSimulator) -> None:
    made = create(sim).json["id"]
    sim.faults(error_before_accept=once(on=["get"]))
    statuses = [ask("GET", f"{sim.url}/generations/{made}").status for _ in range(2)]
    assert statuses == [500, 200]


@about("error_after_accept")
def test_500_after_accepting_has_created_and_charged(sim: TestSimulator) -> None:
    sim.faults(error_after_accept=once())
    refused = create(sim, LIGHTHOUSE)
    assert (refused.status, refused.json) == (500, {"detail": "Internal Server Error"})
    books = sim.books()
    assert (books["creates_accepted"], books["charged_cents"]) == (1, 39.81)
    assert len(ask("GET", f"{sim.url}/generations").json["generations"]) == 1


@about("lost_answer")
def test_a_lost_answer_has_created_and_charged(sim: TestSimulator) -> None:
    sim.faults(lost_answer=once())
    body = {**LIGHTHOUSE, "callback_url": "http://127.0.0.1:9/nonce"}
    with pytest.raises(lumaai.APIConnectionError):
        luma(sim).generations.create(**body)
    assert sim.books()["charged_cents"] == 39.81
    [found] = ask("GET", f"{sim.url}/generations").json["generations"]
    assert found["request"]["callback_url"] == "http://127.0.0.1:9/nonce"


@about("lost_answer")
def test_a_lost_answer_closes_the_connection_without_a_byte(sim: TestSimulator) -> None:
    sim.faults(lost_answer=once())
    connection = http.client.HTTPConnection(urlsplit(sim.url).netloc, timeout=10)
    path = urlsplit(sim.url).path + "/generations"
    connection.request(
        "POST",
        path,
        '{"model": "ray-2", "prompt": "Doomed"}',
        {
            "Authorization": "Bearer luma-test",
        },
    )
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    connection.close()


@about("lost_answer")
def test_the_sdk_left_to_its_retries_pays_twice(sim: TestSimulator) -> None:
    """Why creates must never be retried (sheet §1)."""
    sim.faults(lost_answer=once())
    luma(sim).with_options(max_retries=2).generations.create(**DOOMED)
    assert sim.books()["creates_accepted"] == 2


@about("too_many_requests", "too_many_requests_retry_after")
def test_429_with_and_without_retry_after(sim: TestSimulator) -> None:
    sim.faults(too_many_requests=once())
    bare = create(sim)
    assert (bare.status, bare.headers["Retry-After"]) == (429, None)
    sim.faults(too_many_requests_retry_after=once(seconds=7))
    polite = create(sim)
    assert (polite.status, polite.headers["Retry-After"]) == (429, "7")
    assert sim.books()["creates_accepted"] == 0


@about("no_retry_after")
def test_the_limits_own_429_can_lack_retry_after(simulate: Simulate) -> None:
    sim = simulate(per_minute=0, clock=ManualClock())
    assert create(sim).headers["Retry-After"]
    sim.faults(no_retry_after=True)
    refused = create(sim)
    assert (refused.status, refused.headers["Retry-After"]) == (429, None)


@about("out_of_credits")
def test_out_of_credits_creates_nothing(sim: TestSimulator) -> None:
    sim.faults(out_of_credits=once())
    refused = create(sim)
    assert (refused.status, refused.json) == (402, {"detail": "Insufficient credits"})
    assert sim.books()["creates_accepted"] == 0


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


@about("no_status_prefix")
def test_a_400_can_lack_its_prefix(sim: TestSimulator) -> None:
    sim.faults(no_status_prefix=once())
    texts = [create(sim, {"model": "ray-2"}).json["detail"] for _ in range(2)]
    assert texts == ["Prompt is required", "400: Prompt is required"]


@about("camera_motion_missing")
def test_the_camera_motion_list_can_be_gone(sim: TestSimulator) -> None:
    sim.faults(camera_motion_missing=once())
    url = f"{sim.url}/generations/camera_motion/list"
    assert [ask("GET", url).status for _ in range(2)] == [404, 200]


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


def test_every_fault_has_a_test() -> None:
    assert set(Faults.names()) == COVERED


def test_a_thousand_creates_under_every_fault_never_disagree_with_the_books(
    simulate: Simulate,
) -> None:
    """What was charged is what the list shows, whatever the answers said."""
    chances = dict.fromkeys(
        (
            "error_before_accept",
            "error_after_accept",
            "lost_answer",
            "too_many_requests",
            "out_of_credits",
            "fails_while_dreaming",
            "moderation",
        ),
        0.1,
    )
    sim = simulate(faults={**chances, "seed": 3})
    threads = [threading.Thread(target=create_many, args=(sim, 125)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sim.faults()
    books = sim.books()
    listed, offset = [], 0
    while True:
        page = ask("GET", f"{sim.url}/generations?offset={offset}").json
        listed += page["generations"]
        offset += page["count"]
        if not page["has_more"]:
            break
    assert len(listed) == len({each["id"] for each in listed}) == books["creates_accepted"]
    failed = [each for each in listed if each["state"] == "failed"]
    assert 100 < len(failed) < 300
    assert books["refunded_cents"] == pytest.approx(len(failed) * 39.81)
    assert books["charged_cents"] == pytest.approx(len(listed) * 39.81)
    left = ask("GET", f"{sim.url}/credits").json["credit_balance"]
    assert left == pytest.approx(1_000_000 - (len(listed) - len(failed)) * 39.81)


def create_many(sim: TestSimulator, count: int) -> None:
    with httpx.Client(headers={"Authorization": "Bearer luma-test"}) as client:
        for n in range(count):
            body = {**LIGHTHOUSE, "prompt": f"Nobody renders {n}"}
            try:
                client.post(f"{sim.url}/generations", json=body)
            except httpx.RemoteProtocolError:
                continue
