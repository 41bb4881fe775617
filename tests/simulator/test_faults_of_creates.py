"""Faults that strike when something is created: switched on, used up, gone."""

import http.client
import threading
import time
from urllib.parse import urlsplit

import httpx
import lumaai
import pytest

from generations.simulator.clock import ManualClock
from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import (
    DOOMED,
    LIGHTHOUSE,
    about,
    ask,
    create,
    luma,
    once,
)


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


@about("no_status_prefix")
def test_a_400_can_lack_its_prefix(sim: TestSimulator) -> None:
    sim.faults(no_status_prefix=once())
    texts = [create(sim, {"model": "ray-2"}).json["detail"] for _ in range(2)]
    assert texts == ["Prompt is required", "400: Prompt is required"]


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
