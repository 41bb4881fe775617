"""Spending that needs a producer's word."""

from decimal import Decimal

import pytest

from generations import approving, ordering
from generations.kinds import Kind
from generations.models import Account, Attempt, Budget, LedgerEntry, SpendingRules, State
from generations.orders import Order, made_from
from generations.refusal import Refused
from studio.models import Role
from tests.factories import member, take
from tests.generations.test_at_once import at_once

PRICE = Decimal("0.7078")


@pytest.fixture
def producer(project):
    return member(project, Role.PRODUCER)


@pytest.fixture
def asked(project, artist):
    return take(project, State.REQUESTED, author=artist)


def above(project, limit):
    SpendingRules.objects.update_or_create(
        team=project.team, defaults={"approval_above_usd": limit}
    )


def order(project, person, *, asks=True):
    return ordering.accept(project, person, Order(words="Dunes at dawn"), asks=asks)


@pytest.mark.parametrize(
    ("threshold", "asks", "state"),
    [
        (None, True, State.WAITING),
        (PRICE, True, State.WAITING),
        (PRICE - Decimal("0.0001"), True, State.REQUESTED),
        (0, True, State.REQUESTED),
        (0, False, State.WAITING),
    ],
)
def test_only_a_price_above_the_threshold_is_asked_for(project, artist, threshold, asks, state):
    above(project, threshold)
    assert order(project, artist, asks=asks).state == state


def test_a_request_reserves_nothing_and_is_not_sent(asked):
    assert (asked.next_at, asked.waiting_since) == (None, None)
    assert not LedgerEntry.objects.exists()
    assert not Attempt.objects.exists()
    assert asked.events.get().kind == State.REQUESTED


@pytest.mark.parametrize("kind", [Kind.UPSCALE, Kind.AUDIO])
def test_a_requested_version_is_not_in_its_own_way(project, artist, producer, kind):
    source = take(project, State.COMPLETED, author=artist)
    above(project, 0)
    size = {"resolution": "4k"} if kind is Kind.UPSCALE else {}
    asked = ordering.accept(project, artist, made_from(source, kind, **size), asks=True)
    with pytest.raises(Refused, match="on its way already"):
        ordering.accept(project, producer, made_from(source, kind, **size))
    approving.approve(asked, producer, asked.price_usd)
    assert (asked.state, asked.approved_by) == (State.WAITING, producer)


def test_an_approved_request_reserves_its_price_and_waits_in_line(asked, producer):
    approving.approve(asked, producer, PRICE)
    asked.refresh_from_db()
    assert (asked.state, asked.approved_by) == (State.WAITING, producer)
    assert asked.next_at is not None
    assert LedgerEntry.objects.reserved_usd() == PRICE
    event = asked.events.latest("number")
    assert (event.kind, event.previous, event.actor) == ("waiting", "requested", producer)


def test_a_declined_request_says_who_and_why(asked, producer):
    approving.decline(asked, producer, "  Too dear\nfor a test. ")
    asked.refresh_from_db()
    assert (asked.state, asked.words) == (
        State.DECLINED,
        f"{producer} declined it: Too dear for a test.",
    )
    assert asked.events.latest("number").detail == {"why": "Too dear for a test."}
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize(("why", "words"), [("  ", "Say why"), ("x" * 301, "shorten it to 300")])
def test_a_request_is_not_declined_without_a_reason_that_fits(asked, producer, why, words):
    with pytest.raises(Refused, match=words) as refused:
        approving.decline(asked, producer, why)
    assert "why" in refused.value.errors
    asked.refresh_from_db()
    assert asked.state == State.REQUESTED


def test_a_request_that_became_dearer_is_not_approved_unseen(asked, producer, monkeypatch):
    dearer = (asked.account, PRICE * 2)
    monkeypatch.setattr("generations.approving.terms_today", lambda _: dearer)
    with pytest.raises(Refused, match=r"It costs \$1\.42 by now, and you were shown \$0\.71"):
        approving.approve(asked, producer, PRICE)
    assert not LedgerEntry.objects.exists()
    approving.approve(asked, producer, PRICE * 2)
    assert LedgerEntry.objects.reserved_usd() == PRICE * 2


def test_a_request_that_became_cheaper_is_approved_at_todays_price(asked, producer, monkeypatch):
    cheaper = (asked.account, PRICE / 2)
    monkeypatch.setattr("generations.approving.terms_today", lambda _: cheaper)
    approving.approve(asked, producer, PRICE)
    asked.refresh_from_db()
    assert asked.price_usd == LedgerEntry.objects.reserved_usd() == PRICE / 2


def test_approving_asks_the_budget(asked, producer):
    Budget.objects.create(team=asked.project.team, limit_usd="0.70")
    with pytest.raises(Refused, match=r"\$0\.70 is left of the team's"):
        approving.approve(asked, producer, PRICE)
    asked.refresh_from_db()
    assert (asked.state, asked.approved_by) == (State.REQUESTED, None)
    assert asked.events.count() == 1


def test_a_request_goes_to_the_account_that_is_preferred_today(asked, producer):
    Account.objects.update(enabled=False)
    with pytest.raises(Refused, match="no usable account"):
        approving.approve(asked, producer, PRICE)


def test_a_withdrawn_request_can_not_be_approved_or_declined(asked, artist, producer):
    assert asked.withdraw(artist)
    for decide in (
        lambda: approving.approve(asked, producer, PRICE),
        lambda: approving.decline(asked, producer, "No."),
    ):
        with pytest.raises(Refused, match="decided or withdrawn meanwhile"):
            decide()
    asked.refresh_from_db()
    assert asked.state == State.CANCELLED
    assert not LedgerEntry.objects.exists()


def test_what_was_sent_can_not_be_withdrawn(project, artist):
    sent = take(project, State.DREAMING, author=artist)
    assert not sent.withdraw(artist)


def test_retrying_above_the_threshold_asks_again(project, artist, producer):
    failed = take(project, State.FAILED, author=artist)
    above(project, 0)
    ordering.retry(failed, artist, asks=True)
    failed.refresh_from_db()
    assert failed.state == State.REQUESTED
    assert LedgerEntry.objects.reserved_usd() == 0
    approving.approve(failed, producer, PRICE)
    assert failed.attempts.count() == 2
    assert LedgerEntry.objects.reserved_usd() == PRICE


def test_a_take_that_may_be_alive_can_not_be_asked_for_again(project, artist):
    lost = take(project, State.FAILED, author=artist, reason="lost")
    above(project, 0)
    with pytest.raises(Refused, match="pay twice"):
        ordering.retry(lost, artist, asks=True)
    assert not lost.ask_again(PRICE, artist)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_reserves(transactional_db, project, artist, producer):
    asked = take(project, State.REQUESTED, author=artist)

    def approve():
        try:
            approving.approve(type(asked).objects.get(pk=asked.pk), producer, PRICE)
        except Refused:
            return 0
        return 1

    assert sum(at_once(*[approve] * 4)) == 1
    assert LedgerEntry.objects.reserved_usd() == PRICE
