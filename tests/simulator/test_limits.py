"""429 above what the Build tier allows (sheet §11)."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from generations.simulator.clock import ManualClock
from generations.simulator.plans import Plan
from generations.simulator.store import account_of
from generations.simulator.testing import KEY, TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import LIGHTHOUSE, ask

DOOMED = {**LIGHTHOUSE, "prompt": "Doomed sea"}
PHOTON = {"model": "photon-1", "prompt": "A still"}


def creates(sim: TestSimulator, count: int, body: dict[str, object] = DOOMED) -> list[int]:
    path = "/generations/image" if "photon" in str(body["model"]) else "/generations/video"
    with ThreadPoolExecutor(8) as pool:
        asked = pool.map(lambda _: ask("POST", sim.url + path, body).status, range(count))
        return list(asked)


def test_no_more_than_the_concurrent_ones_are_in_flight(simulate: Simulate) -> None:
    sim = simulate(clock=ManualClock(), speed=1.0, concurrent=10)
    assert sorted(creates(sim, 13)) == [201] * 10 + [429] * 3
    refused = ask("POST", f"{sim.url}/generations", DOOMED)
    assert refused.json == {"detail": "Too many concurrent generations, the limit is 10"}
    sim.advance(60)
    assert creates(sim, 1) == [201]
    assert ask("POST", f"{sim.url}/generations", DOOMED, key="luma-other").status == 201


def test_no_more_than_so_many_creates_a_minute(simulate: Simulate) -> None:
    sim = simulate(clock=ManualClock(), speed=0.0, per_minute=20)
    assert sorted(creates(sim, 22)) == [201] * 20 + [429] * 2
    sim.advance(59)
    refused = ask("POST", f"{sim.url}/generations", DOOMED)
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "1"
    assert "20 generations per minute" in refused.json["detail"]
    sim.faults(no_retry_after=True)
    assert "Retry-After" not in ask("POST", f"{sim.url}/generations", DOOMED).headers
    sim.advance(1)
    assert creates(sim, 1) == [201]


def test_refused_creates_do_not_count(simulate: Simulate) -> None:
    sim = simulate(clock=ManualClock(), per_minute=2)
    for _ in range(5):
        assert ask("POST", f"{sim.url}/generations", {"model": "ray-2"}).status == 400
    assert creates(sim, 2) == [201, 201]


def test_stills_have_limits_of_their_own(simulate: Simulate) -> None:
    sim = simulate(clock=ManualClock(), speed=1.0, concurrent=1, image_concurrent=3)
    assert sorted(creates(sim, 5, PHOTON)) == [201] * 3 + [429] * 2
    assert creates(sim, 1) == [201]


def test_reading_is_not_limited(simulate: Simulate) -> None:
    sim = simulate(clock=ManualClock(), concurrent=1, per_minute=1)
    creates(sim, 1)
    assert {ask("GET", f"{sim.url}/generations").status for _ in range(50)} == {200}


def test_ten_thousand_in_flight_are_listed_whole_and_end_together(
    simulate: Simulate, lighthouse: dict[str, Any]
) -> None:
    sim = simulate(clock=ManualClock(), speed=1.0, credits_cents=Decimal(10_000_000))
    engine = sim.engine
    account = engine.store.account(account_of(KEY))
    made = [ask("POST", f"{sim.url}/generations", lighthouse).json["id"]]
    sim.wait_for_render(made[0])
    first = engine.store.latest(made[0])
    plan = Plan(
        kind="video",
        request=first.request,
        model=first.model,
        price_cents=first.price_cents,
        width=first.width,
        height=first.height,
        duration_s=first.duration_s,
    )
    made += [engine.accept(account, plan)[0].id for _ in range(9_999)]
    assert sim.books()["in_flight"] == {"video": 10_000}
    listed: list[str] = []
    while len(listed) < 10_000:
        page = ask("GET", f"{sim.url}/generations?offset={len(listed)}").json
        assert {each["state"] for each in page["generations"]} == {"queued"}
        listed += [each["id"] for each in page["generations"]]
    assert listed == made[::-1]
    assert not page["has_more"]
    for each in made:
        sim.wait_for_render(each)
    sim.advance(60)
    assert sim.books()["in_flight"] == {}
    assert {entry["state"] for entry in sim.books()["generations"]} == {"completed"}
