"""Another model in a take's place, where the team allows it and the money is nearly gone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from generations import moving, pricing, submitting
from generations.kinds import Kind
from generations.models import Account, ModelFallback
from tests.generations.conftest import fresh

INSTEAD = "Made with Ray 2 Flash instead of Ray 2, as this team allows."


def allow(studio, from_model="ray-2", to_model="ray-flash-2"):
    ModelFallback.objects.create(team=studio.project.team, from_model=from_model, to_model=to_model)


def nearly_broke(studio, cents):
    """Leave an account at the simulator with so much."""
    Account.objects.filter(pk=studio.account.pk).update(
        problem="credits",
        problem_since=timezone.now(),
        opened_at=timezone.now(),
        probe_at=timezone.now() + timedelta(hours=1),
        credits_usd=Decimal(cents) / 100,
    )


def test_a_cheaper_model_is_made_with_what_is_left_where_the_team_allows_it(studio):
    allow(studio)
    take = studio.order()
    asked, shown_usd = take.prompt, take.price_usd
    nearly_broke(studio, 25)
    assert moving.move_due(studio.account.pk) == 1
    take = fresh(take)
    assert take.notice == INSTEAD
    assert (take.prompt.model, take.prompt.parent) == ("ray-flash-2", asked)
    assert (take.prompt.words, take.prompt.author) == (asked.words, asked.author)
    assert asked.model == "ray-2"
    assert take.price_usd < shown_usd
    assert take.ledger.reserved_usd() == take.price_usd
    studio.work(take, until="completed")
    assert studio.books()["charged_cents"] == pytest.approx(float(take.price_usd) * 100, abs=0.01)


def test_what_is_left_is_spent_once(studio):
    allow(studio)
    takes = [studio.order() for _ in range(3)]
    nearly_broke(studio, 20)
    assert moving.move_due(studio.account.pk) == 1
    assert [fresh(take).prompt.model for take in takes].count("ray-flash-2") == 1


def test_another_model_is_never_taken_unasked(studio):
    take = studio.order()
    nearly_broke(studio, 25)
    assert moving.move_due(studio.account.pk) == 0
    assert fresh(take).prompt.model == "ray-2"


def test_another_account_is_preferred_to_another_model(two):
    studio, spare = two("broke")
    allow(studio)
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    assert fresh(take).account == spare
    assert take.prompt.model == "ray-2"


def test_a_dearer_model_never_takes_anothers_place(studio):
    allow(studio, "ray-flash-2", "ray-2")
    take = studio.order(model="ray-flash-2")
    nearly_broke(studio, 1000)
    assert moving.move_due(studio.account.pk) == 0
    assert fresh(take).prompt.model == "ray-flash-2"
    assert "more than was shown" in take.notice


def test_a_model_at_the_same_price_is_no_help_where_the_credits_are_short(studio):
    """Two models that may take each other's place would be exchanged until nothing is left."""
    allow(studio)
    allow(studio, "ray-flash-2", "ray-2")
    for model in ("ray-2", "ray-flash-2"):
        pricing.set_own(studio.account, model, Kind.VIDEO, price_usd=Decimal("0.10"))
    take = studio.order()
    nearly_broke(studio, 100)
    assert [moving.move_due(studio.account.pk) for _ in range(3)] == [0, 0, 0]
    assert (fresh(take).prompt.model, take.notice) == ("ray-2", "")
    assert fresh(studio.account).credits_usd == 1


def test_that_another_model_was_taken_stays_said(studio):
    allow(studio)
    allow(studio, "ray-flash-2", "ray-2")
    take = studio.order()
    nearly_broke(studio, 100)
    assert [moving.move_due(studio.account.pk) for _ in range(2)] == [1, 0]
    assert fresh(take).notice == INSTEAD
