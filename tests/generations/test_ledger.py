"""The ledger and the history can't be changed, and add up."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from generations.models import Attempt, Event, Generation, LedgerEntry


@pytest.fixture
def take(studio):
    return studio.order()


@pytest.mark.parametrize(
    ("model", "change"),
    [(LedgerEntry, {"amount_usd": 0}), (LedgerEntry, {"kind": "charged"}), (Event, {"kind": "x"})],
)
def test_the_database_refuses_to_change_what_is_written(take, model, change):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(**change)


def test_an_attempt_is_charged_or_released_once(take):
    attempt = take.attempt()
    LedgerEntry.write(LedgerEntry.Kind.CHARGED, attempt)
    for kind in LedgerEntry.Kind:
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerEntry.write(kind, attempt)
    assert LedgerEntry.objects.reserved_usd() == 0
    assert LedgerEntry.objects.spent_usd() == take.price_usd


def test_a_generation_has_one_open_attempt(take):
    with pytest.raises(IntegrityError), transaction.atomic():
        take.prepare_attempt(take.account, Decimal(1))
    assert Attempt.objects.count() == 1


def test_the_loser_of_a_race_changes_nothing(take, studio):
    stale = Generation.objects.get(pk=take.pk)
    assert take.cancel(studio.person)
    events, entries = Event.objects.count(), LedgerEntry.objects.count()
    assert not stale.cancel(studio.person)
    assert stale.begin(take.created_at) is None
    assert (Event.objects.count(), LedgerEntry.objects.count()) == (events, entries)


@pytest.mark.parametrize(
    "change",
    [{"state": "melted"}, {"take_number": None}, {"price_usd": -1}, {"next_at": None}],
)
def test_the_database_refuses_a_generation_that_cant_be(take, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Generation.objects.filter(pk=take.pk).update(**change)
