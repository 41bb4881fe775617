"""Accepting many orders: all of them or none, once, and within the budget as a whole."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection

from generations.models import Attempt, Budget, Event, Generation, LedgerEntry, Prompt, State
from generations.models.spending_rules import SpendingRules
from generations.ordering import accept, accept_all
from generations.orders import Frame, Order
from generations.refusal import Refused, RefusedOrders
from tests.factories import AccountFactory, ProjectFactory, member, still
from tests.generations.test_at_once import at_once

PRICE = Decimal("0.7078")  # Ray 2, 5 s, 720p
DAWN, NOON, NIGHT = (Order(words=f"Dunes at {when}") for when in ("dawn", "noon", "night"))


def nothing_was_made():
    return not any(
        model.objects.exists() for model in (Prompt, Generation, Attempt, Event, LedgerEntry)
    )


def test_many_orders_become_takes_in_their_sequence(project):
    takes = accept_all(project, member(project), [DAWN, NOON, DAWN])
    assert [take.take_number for take in takes] == [1, 2, 3]
    assert [take.prompt.words for take in takes] == [DAWN.words, NOON.words, DAWN.words]
    assert {take.state for take in takes} == {State.WAITING}
    assert LedgerEntry.objects.reserved_usd() == PRICE * 3
    assert Attempt.objects.count() == 3


def test_one_bad_order_refuses_all_and_is_named_by_its_place(project):
    bad, worse = Order(words="x"), Order(words="Dunes at dawn", ratio="2:1")
    with pytest.raises(RefusedOrders) as refused:
        accept_all(project, None, [DAWN, bad, NOON, worse])
    assert {place: list(errors) for place, errors in refused.value.by_place.items()} == {
        1: ["words"],
        3: ["ratio"],
    }
    assert set(refused.value.errors) == {"words", "ratio"}
    assert nothing_was_made()


def test_the_budget_is_asked_for_all_of_them_together(project):
    Budget.objects.create(team=project.team, limit_usd=PRICE * 3)
    with pytest.raises(Refused, match=r"This costs \$2\.84, and \$2\.12 is left"):
        accept_all(project, None, [DAWN] * 4)
    assert nothing_was_made()
    assert len(accept_all(project, None, [DAWN] * 3)) == 3


def test_a_dearer_total_than_was_shown_is_refused(project):
    with pytest.raises(Refused, match=r"It costs \$1\.42, and \$1\.41 was shown"):
        accept_all(project, None, [DAWN, NOON], seen_usd=PRICE * 2 - Decimal("0.01"))
    assert nothing_was_made()
    accept_all(project, None, [DAWN, NOON], seen_usd=PRICE * 2)


def test_the_same_orders_sent_again_are_accepted_once(project):
    key = uuid4()
    first = accept_all(project, None, [DAWN, DAWN, NOON], key=key)
    assert accept_all(project, None, [DAWN, DAWN, NOON], key=key) == first
    assert Generation.objects.count() == 3


def test_of_a_changed_list_only_what_is_new_is_made_and_paid(project):
    key = uuid4()
    dawn, noon = accept_all(project, None, [DAWN, NOON], key=key)
    again = accept_all(project, None, [DAWN, NIGHT, NOON, DAWN], key=key, seen_usd=PRICE * 2)
    assert [again[0], again[2]] == [dawn, noon]
    assert [take.take_number for take in again] == [1, 3, 2, 4]


def test_a_single_order_and_a_list_of_one_are_the_same_order(project):
    key = uuid4()
    assert accept_all(project, None, [DAWN], key=key) == [accept(project, None, DAWN, key=key)]


def test_what_one_press_orders_is_held_against_the_threshold_together(project):
    SpendingRules.objects.create(team=project.team, approval_above_usd=1)
    takes = accept_all(project, member(project), [DAWN], asks=True)
    assert [take.state for take in takes] == [State.WAITING]
    takes = accept_all(project, member(project), [DAWN, NOON], asks=True)
    assert [take.state for take in takes] == [State.REQUESTED, State.REQUESTED]
    assert LedgerEntry.objects.reserved_usd() == PRICE


def test_nothing_ordered_is_nothing_made(project):
    assert accept_all(project, None, []) == []
    assert nothing_was_made()


def test_a_hundred_orders_are_two_thousand_queries_at_most(project, django_assert_max_num_queries):
    orders = [Order(words=f"Dunes at {hour} o'clock") for hour in range(100)]
    author = member(project)
    with django_assert_max_num_queries(2000):
        accept_all(project, author, orders, key=uuid4())


@pytest.mark.django_db(transaction=True)
def test_a_list_that_is_sent_twice_at_once_is_made_once(transactional_db):
    film = ProjectFactory()
    AccountFactory(team=film.team)
    key, author = uuid4(), member(film)

    def send():
        return [take.pk for take in accept_all(film, author, [DAWN, NOON, DAWN], key=key)]

    answers = at_once(*[send] * 4)
    assert all(answer == answers[0] for answer in answers)
    assert Generation.objects.count() == 3
    assert LedgerEntry.objects.reserved_usd() == PRICE * 3
    connection.close()


def test_takes_of_the_same_prompt_share_it_and_each_has_frames_of_its_own(project):
    order = Order(words="Dunes at dawn", start=Frame(still=still(project), as_is=True))
    takes = accept_all(project, None, [order] * 3)
    assert {take.prompt for take in takes} == {Prompt.objects.get()}
    assert [take.keyframes.count() for take in takes] == [1, 1, 1]


@pytest.mark.parametrize(
    ("limit", "fits"),
    [("2.80", "3 of these 4 takes"), ("0.71", "One of the takes"), ("0.5", "None of these 4")],
)
def test_a_budget_says_how_many_takes_would_fit(project, limit, fits):
    Budget.objects.create(team=project.team, limit_usd=Decimal(limit))
    with pytest.raises(Refused, match=fits):
        accept_all(project, None, [DAWN] * 4)
    assert nothing_was_made()
