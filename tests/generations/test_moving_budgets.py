"""What a budget keeps from moving to an account: it stays as it was, or goes to a cheaper one."""

from decimal import Decimal

import pytest

from generations import moving, pricing
from generations.models import Account, Budget, Generation, ModelFallback
from generations.ordering import accept
from generations.orders import Order
from generations.refusal import Refused
from tests.generations.conftest import Studio, another_account, fresh
from tests.generations.test_luma_agents import agents  # noqa: F401  (a fixture)


def test_what_a_budget_keeps_from_one_account_goes_to_another_that_is_cheaper(two, monkeypatch):
    studio, spare = two()
    third = another_account(studio, "Third", key="luma-third", rank=9)
    for account, factor in ((spare, "0.7"), (third, "0.8")):
        pricing.set_factor(account, Decimal(factor))
    take = studio.order()
    shown_usd = take.price_usd
    Account.objects.filter(pk__in=(studio.account.pk, third.pk)).update(enabled=False)
    moving.move_due(studio.account.pk)
    assert fresh(take).account == spare
    Account.objects.filter(pk=studio.account.pk).update(enabled=True)
    Account.objects.filter(pk=spare.pk).update(enabled=False)
    budget = Budget.objects.create(team=studio.project.team, limit_usd=take.price_usd)
    monkeypatch.setattr(moving, "_CHANGES_AT_ONCE", 1)
    woken = []
    monkeypatch.setattr(moving, "wake", lambda *args: woken.append(args))
    for _ in range(3):  # said once: then nothing is left to do, and nobody is woken for it
        moving.move_due(spare.pk)
    assert fresh(take).account == spare
    assert (take.events.filter(kind="told").count(), len(woken)) == (1, 1)
    Account.objects.filter(pk=third.pk).update(enabled=True)
    budget.limit_usd = round(shown_usd * Decimal("0.8"), 4)
    budget.save()
    assert moving.move_due(spare.pk) == 1
    assert (fresh(take).account, take.price_usd) == (third, budget.limit_usd)
    assert take.ledger.reserved_usd() == take.price_usd


def test_a_move_that_a_budget_refuses_leaves_a_take_as_it_was(two):
    studio, spare = two()
    take = studio.order()
    before = (take.account, take.price_usd, take.notice, take.last_event)
    Budget.objects.create(team=studio.project.team, limit_usd=take.price_usd)
    with pytest.raises(Refused, match="is left of the team's"):
        take.move(spare, take.price_usd * 2, "Moved.")
    assert (take.account, take.price_usd, take.notice, take.last_event) == before
    assert take.move(spare, take.price_usd, "Moved.")


def test_a_notice_that_is_cut_is_news_once(two):
    take = two()[0].order()
    assert [take.tell("So it is. " * 60) for _ in range(2)] == [True, False]
    assert take.events.filter(kind="told").count() == 1


def test_another_model_is_made_where_the_budget_has_room_for_it(agents: Studio) -> None:  # noqa: F811
    team = agents.project.team
    ModelFallback.objects.create(team=team, from_model="ray-2", to_model="ray-3.2")
    spare = Account(team=team, provider="luma-agents", name="Spare", rank=5, simulated=True)
    spare.base_url = agents.simulator.agents_url
    spare.set_key("luma-api-spare")
    spare.save()
    pricing.set_factor(agents.account, Decimal(3))
    pricing.set_factor(spare, Decimal("0.5"))
    take = accept(agents.project, agents.person, Order("Dunes", "ray-2", resolution="720p"))
    Generation.objects.filter(pk=take.pk).update(shown_usd=100)
    Budget.objects.create(team=team, limit_usd=take.price_usd)
    Account.objects.filter(pk=take.account_id).update(enabled=False)
    assert moving.move_due(take.account_id) == 1
    assert (fresh(take).account, take.prompt.model) == (spare, "ray-3.2")
    assert "it waits" not in take.notice
    assert not take.events.filter(kind="told").exists()
