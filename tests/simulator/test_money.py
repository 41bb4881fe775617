"""Credits in cents: charged at creation, given back in full on failure (sheet §11, §12)."""

from decimal import Decimal
from typing import Any

import pytest

from generations.simulator import prices
from generations.simulator.testing import TestSimulator
from tests.simulator.conftest import Simulate
from tests.simulator.peers import LIGHTHOUSE, Outside, ask

CENT = Decimal("0.01")


def credits_left(sim: TestSimulator, key: str = "luma-test") -> float:
    return float(ask("GET", f"{sim.url}/credits", key=key).json["credit_balance"])


@pytest.mark.parametrize(
    ("model", "duration", "dollars"),
    [
        ("ray-2", "5s", ("0.40", "0.71", "1.59", "6.37")),
        ("ray-2", "9s", ("0.72", "1.27", "2.87", "11.47")),
        ("ray-flash-2", "5s", ("0.14", "0.24", "0.55", "2.19")),
        ("ray-flash-2", "9s", ("0.25", "0.43", "0.99", "3.94")),
    ],
)
def test_every_cell_of_the_sheets_table_is_charged(
    sim: TestSimulator, model: str, duration: str, dollars: tuple[str, ...]
) -> None:
    for resolution, expected in zip(("540p", "720p", "1080p", "4k"), dollars, strict=True):
        before = Decimal(str(credits_left(sim)))
        body = {**LIGHTHOUSE, "model": model, "duration": duration, "resolution": resolution}
        assert ask("POST", f"{sim.url}/generations/video", body).status == 201
        charged = before - Decimal(str(credits_left(sim)))
        # The sheet rounds 0.4379 (ray-flash-2, 9 s, 720p) down; every other cell to the cent.
        assert round(charged / 100, 2) in (Decimal(expected), Decimal(expected) + CENT)
        assert (expected == "0.43") == (round(charged / 100, 2) != Decimal(expected))


def test_the_price_is_the_same_in_every_ratio(sim: TestSimulator) -> None:
    for ratio in ("16:9", "9:21", "1:1"):
        body = {**LIGHTHOUSE, "aspect_ratio": ratio}
        assert ask("POST", f"{sim.url}/generations", body).status == 201
    charged = {entry["price_cents"] for entry in sim.books()["generations"]}
    assert charged == {39.81}


def test_prices_that_the_sheet_gives_as_about() -> None:
    assert round(prices.modify("ray-2", "720p", Decimal(5)) / 100, 2) == Decimal("1.75")
    assert round(prices.modify("ray-flash-2", "720p", Decimal(5)) / 100, 2) == Decimal("0.60")
    assert prices.image("photon-1") == Decimal("1.51")
    assert prices.image("photon-flash-1") == Decimal("0.39")
    assert prices.video("ray-1-6", "720p", Decimal(5)) == Decimal(35)


def test_charged_at_creation_kept_on_completion_given_back_on_failure(
    timed: TestSimulator, lighthouse: dict[str, Any]
) -> None:
    good = ask("POST", f"{timed.url}/generations", lighthouse).json["id"]
    assert credits_left(timed) == 1_000_000 - 39.81
    bad = ask("POST", f"{timed.url}/generations", {**LIGHTHOUSE, "prompt": "Doomed"}).json["id"]
    assert credits_left(timed) == pytest.approx(1_000_000 - 2 * 39.81)
    timed.wait_for_render(good)
    timed.advance(3600)
    assert credits_left(timed) == 1_000_000 - 39.81
    books = timed.books()
    assert (books["charged_cents"], books["refunded_cents"]) == (79.62, 39.81)
    assert books["balance_cents"] == credits_left(timed)
    entries = {entry["id"]: entry for entry in books["generations"]}
    assert (entries[good]["state"], entries[good]["refunded"]) == ("completed", False)
    assert (entries[bad]["state"], entries[bad]["refunded"]) == ("failed", True)


def test_a_refused_create_costs_nothing(sim: TestSimulator) -> None:
    assert ask("POST", f"{sim.url}/generations", {"model": "ray-2"}).status == 400
    assert credits_left(sim) == 1_000_000
    assert sim.books()["creates_accepted"] == 0


def test_a_key_without_credits_is_told_402(sim: TestSimulator) -> None:
    assert credits_left(sim, "broke-key") == 0
    refused = ask("POST", f"{sim.url}/generations", LIGHTHOUSE, key="broke-key")
    assert (refused.status, refused.json) == (402, {"detail": "Insufficient credits"})
    assert ask("GET", f"{sim.url}/generations", key="broke-key").json["count"] == 0


def test_the_last_cents_are_not_overdrawn(simulate: Simulate) -> None:
    sim = simulate(credits_cents=Decimal(100))
    statuses = [ask("POST", f"{sim.url}/generations", LIGHTHOUSE).status for _ in range(3)]
    assert statuses == [201, 201, 402]
    assert credits_left(sim) == pytest.approx(100 - 2 * 39.81)


def test_each_key_has_its_own_credits(sim: TestSimulator) -> None:
    ask("POST", f"{sim.url}/generations", LIGHTHOUSE)
    assert credits_left(sim, "luma-other") == 1_000_000


def test_the_books_tell_every_callback_url(sim: TestSimulator, outside: Outside) -> None:
    body = {**LIGHTHOUSE, "callback_url": outside.callback()}
    ask("POST", f"{sim.url}/generations", body)
    [entry] = sim.books()["generations"]
    assert entry["callback_url"] == outside.callback()
    assert entry["prompt"] == LIGHTHOUSE["prompt"]
