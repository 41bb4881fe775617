"""Callbacks all lost, then all doubled: the same end. They come over real HTTP, as from Luma."""

import pytest

from generations.models import Event
from tests.generations.conftest import Studio, make_studio
from tests.generations.test_lost_answers import make_everything_due

TAKES = 4
WAYS = {
    "all lost": {"callback_lost": True},
    "all doubled": {"callback_doubled": True},
    "all late": {"callback_late": {"seconds": 0.5}},
    "all preceded by a false one": {"callback_forged": True},
}


@pytest.fixture
def studio(transactional_db, simulator, settings, live_server) -> Studio:
    settings.LOCAL_URL = live_server.url
    return make_studio(simulator)


def outcome(studio):
    """What became of it: states, money, files, and every move that was made."""
    takes = list(studio.project.generations.order_by("pk"))
    return [
        (
            take.state,
            [each.outcome for each in take.attempts.all()],
            [(entry.kind, entry.amount_usd) for entry in take.ledger.all()],
            sorted(take.assets.values_list("kind", "state")),
            # It may be dreaming for too short a time to be seen.
            [each.kind for each in take.events.all() if each.kind != "dreaming"],
        )
        for take in takes
    ]


@pytest.mark.parametrize("way", WAYS)
def test_whatever_becomes_of_the_callbacks_the_end_is_the_same(studio, way):
    fault = next(iter(WAYS[way]))
    studio.simulator.faults(fails_while_dreaming={"times": 1}, **WAYS[way])
    takes = [studio.order() for _ in range(TAKES)]
    studio.work(takes[0], until="failed")
    studio.work(*takes[1:], until="stored")
    assert studio.simulator.struck(fault) >= 2 * TAKES  # each dreams, and ends
    make_everything_due(studio)
    files = [(kind, "stored") for kind in ("poster", "preview", "video")]
    price_usd = takes[0].price_usd
    reserved = ("reserved", price_usd)
    before = ["waiting", "submitting", "queued"]
    assert outcome(studio) == [
        ("failed", ["failed"], [reserved, ("released", price_usd)], [], [*before, "failed"]),
        *[
            (
                "completed",
                ["completed"],
                [reserved, ("charged", price_usd)],
                files,
                [*before, "completed", "stored"],
            )
        ]
        * (TAKES - 1),
    ]
    assert len(studio.paid()) == TAKES - 1
    assert Event.objects.count() == Event.objects.order_by("-number").first().number
