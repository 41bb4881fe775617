"""A take is gone on from at the account that made it, although another one is preferred by now."""

from decimal import Decimal

import pytest
from django.utils import timezone

from generations import enrolling, pricing
from generations.judging import judged_usd
from generations.models import Account
from generations.orders import Frame, Order
from generations.refusal import Refused
from tests.generations.conftest import another_account, fresh


@pytest.fixture
def parent(studio):
    """A finished take of an account behind which another one is preferred since."""
    take = studio.order()
    studio.work(take, until="stored")
    spare = another_account(studio)
    enrolling.prefer(spare)
    return take


def extended(studio, parent):
    return studio.order(start=Frame(source=parent))


def test_it_goes_on_where_it_was_made_although_another_account_is_preferred(studio, parent):
    assert studio.order().account.name == "Spare"
    child = extended(studio, parent)
    assert (child.account, child.keyframes.get().source) == (studio.account, parent)
    studio.work(child, until="completed")
    assert child.notice == ""


def test_no_address_of_ours_is_needed_for_that(studio, parent, settings):
    Account.objects.update(simulated=False)
    order = Order("And on it goes", resolution="540p", start=Frame(source=parent))
    assert judged_usd(studio.project, order) > 0
    Account.objects.filter(pk=studio.account.pk).update(enabled=False)
    with pytest.raises(Refused, match="PUBLIC_URL"):
        judged_usd(studio.project, order)


@pytest.mark.parametrize("why", ["it is off", "it is paused", "it costs more"])
def test_elsewhere_a_picture_stands_in_and_the_take_says_so(studio, parent, why):
    if why == "it costs more":
        pricing.set_factor(studio.account, Decimal("1.5"))
    else:
        off = {"enabled": False} if why == "it is off" else {"paused_at": timezone.now()}
        Account.objects.filter(pk=studio.account.pk).update(**off)
    child = extended(studio, parent)
    assert (child.account.name, child.keyframes.get().source) == ("Spare", None)
    assert "Done from the last frame of take 1 as a picture" in fresh(child).notice
