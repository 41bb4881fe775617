"""Budgets: what they count, when they stop, and when they warn."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from generations import ordering
from generations.models import (
    Attempt,
    Budget,
    BudgetWarning,
    Event,
    Generation,
    LedgerEntry,
    Prompt,
    State,
    standings,
)
from generations.models.states import Reason
from generations.orders import Order
from generations.refusal import Refused
from tests.factories import ProjectFactory, member, take
from tests.generations.test_at_once import at_once

PRICE = Decimal("0.7078")  # Ray 2, 5 s, 720p


def budget(project, limit, *, of="project"):
    return Budget.objects.create(
        team=project.team, project=project if of == "project" else None, limit_usd=Decimal(limit)
    )


def order(project, **settings):
    return ordering.accept(project, None, Order(words="Dunes at dawn", **settings))


def stand(kept):
    return standings([kept], timezone.now())[0]


@pytest.mark.parametrize("of", ["project", "team"])
def test_a_budget_admits_what_fits_to_the_last_cent_and_no_more(project, of):
    kept = budget(project, PRICE * 2, of=of)
    order(project)
    order(project)
    with pytest.raises(Refused) as refused:
        order(project)
    assert LedgerEntry.objects.reserved_usd() == PRICE * 2
    assert stand(kept).left_usd == 0
    words = str(refused.value)
    assert "This costs $0.71, and nothing is left of" in words
    assert ("Desert Light's $1.42" if of == "project" else "the team's $1.42") in words
    assert f"for {timezone.now():%B} ($0.00 spent, $1.42 reserved)" in words
    assert "A producer or the owner can raise the budget on the Spend page" in words


def test_a_refused_order_leaves_nothing_behind(project):
    budget(project, "0.70")
    with pytest.raises(Refused, match=r"\$0\.70 is left"):
        order(project)
    for model in (Prompt, Generation, Attempt, Event, LedgerEntry):
        assert not model.objects.exists()
    Budget.objects.update(limit_usd=1)
    assert order(project).take_number == 1


def test_a_teams_budget_counts_all_its_projects_and_no_other_teams(project):
    kept = budget(project, PRICE * 2, of="team")
    order(ProjectFactory(team=project.team))
    take(ProjectFactory())
    order(project)
    with pytest.raises(Refused):
        order(project)
    assert stand(kept).used_usd == PRICE * 2


def test_a_projects_budget_counts_only_that_project(project):
    kept = budget(project, PRICE)
    order(ProjectFactory(team=project.team))
    order(project)
    assert stand(kept).used_usd == PRICE


def test_what_is_released_can_be_spent_again(project):
    budget(project, PRICE)
    first = order(project)
    first.cancel(None)
    order(project)


def test_a_charge_counts_in_its_month_and_a_reservation_whenever_it_was_made(project):
    kept = budget(project, PRICE * 2)
    with time_machine.travel(datetime(2026, 9, 30, 23, 59, tzinfo=UTC), tick=False):
        take(project, State.COMPLETED, stored=False)
        take(project, State.DREAMING)
        assert stand(kept).left_usd == 0
    with time_machine.travel(datetime(2026, 10, 1, 0, 0, tzinfo=UTC), tick=False):
        october = stand(kept)
        assert (october.spent_usd, october.reserved_usd) == (0, PRICE)
        order(project)
        with pytest.raises(Refused, match="for October"):
            order(project)


def test_december_ends_with_the_year(project):
    kept = budget(project, 9)
    with time_machine.travel(datetime(2026, 12, 31, 23, 59, tzinfo=UTC), tick=False):
        take(project, State.COMPLETED, stored=False)
        assert stand(kept).spent_usd == PRICE
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False):
        assert stand(kept).spent_usd == 0


def test_a_retry_asks_the_budget_and_changes_nothing_where_it_doesnt_fit(project):
    failed = take(project, State.FAILED)
    budget(project, "0.70")
    events = Event.objects.count()
    with pytest.raises(Refused, match=r"\$0\.70 is left"):
        ordering.retry(failed, None)
    failed.refresh_from_db()
    assert failed.state == State.FAILED
    assert (failed.attempts.count(), Event.objects.count()) == (1, events)
    Budget.objects.update(limit_usd=1)
    ordering.retry(failed, None)
    assert failed.attempts.count() == 2


def test_a_take_that_was_accepted_is_never_lost_to_a_budget(project):
    """Turned away for the moment, or sent again: its money was its own all along."""
    kept = budget(project, PRICE)
    sent = take(project, State.SUBMITTING)
    Budget.objects.update(limit_usd="0.10")  # a producer lowers it meanwhile
    assert sent.turn_away(sent.attempt(), Reason.BUSY, "", next_at=timezone.now())
    assert stand(kept).reserved_usd == PRICE
    attempt = sent.begin(timezone.now())
    assert sent.lose_answer(attempt, next_at=timezone.now(), words="")
    assert sent.find_absent(attempt, next_at=timezone.now())
    assert LedgerEntry.objects.reserved_usd() == PRICE


def test_four_fifths_are_warned_of_once_a_month(project):
    kept = budget(project, PRICE * 5)
    for _ in range(3):
        order(project)
    assert not BudgetWarning.objects.exists()
    assert not stand(kept).is_near
    for _ in range(2):
        order(project)
    assert stand(kept).is_near
    warning = BudgetWarning.objects.get()
    assert (warning.used_usd, warning.limit_usd) == (PRICE * 4, PRICE * 5)
    assert warning.month == timezone.now().date().replace(day=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetWarning.objects.create(budget=kept, month=warning.month, used_usd=1, limit_usd=1)


def test_a_team_has_one_budget_and_a_project_one(project):
    budget(project, 1)
    budget(project, 1, of="team")
    for of in ("project", "team"):
        with pytest.raises(IntegrityError), transaction.atomic():
            budget(project, 2, of=of)
    with pytest.raises(IntegrityError), transaction.atomic():
        budget(ProjectFactory(), -1)


def test_budgets_cost_an_order_two_queries(project, django_assert_max_num_queries):
    order(project)
    author = member(project)

    def queries():
        with django_assert_max_num_queries(60) as seen:
            ordering.accept(project, author, Order(words="Dunes at dawn"))
        return len(seen)

    without = queries()
    budget(project, 100)
    budget(project, 100, of="team")
    assert queries() == without + 2  # one asks for the budgets in any case


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_overdraw_a_budget(transactional_db):
    films = [ProjectFactory()]
    films.append(ProjectFactory(team=films[0].team))
    for film in films:
        take(film, State.CANCELLED)
    budget(films[0], PRICE * 4, of="team")
    budget(films[1], PRICE)

    def try_order(film):
        try:
            order(film)
        except Refused:
            return 0
        return 1

    accepted = at_once(*[lambda film=film: try_order(film) for film in films for _ in range(8)])
    assert sum(accepted) == 4
    assert sum(accepted[8:]) <= 1
    assert LedgerEntry.objects.reserved_usd() == PRICE * 4
    connection.close()
