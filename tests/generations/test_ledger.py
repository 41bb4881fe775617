"""The ledger and the history can't be changed or taken from, and add up."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import OuterRef
from django.utils import timezone

from generations.models import Attempt, Event, Generation, LedgerEntry, PastEntry, Prompt, State
from generations.models.ledger import exact, reserved_in_team
from generations.models.states import Reason
from generations.refusal import Refused
from studio.models import Project, Team
from tests.factories import take as made


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


@pytest.mark.parametrize(
    ("model", "other"),
    [
        (LedgerEntry, {"amount_usd": 0}),
        (LedgerEntry, {"id": 9999, "amount_usd": 0}),
        (LedgerEntry, {"id": 9999, "kind": "released"}),
        (PastEntry, {"kind": "reserved", "amount_usd": 0}),
        (PastEntry, {"id": 9999, "amount_usd": 0}),
        (Event, {"number": 9999}),
        (Event, {"id": 9999}),
        (Prompt, {"uuid": "f" * 32, "words": "Another thing"}),
        (Prompt, {"id": 9999, "words": "Another thing"}),
    ],
)
def test_the_database_lets_nothing_take_the_place_of_what_is_written(studio, project, model, other):
    done = made(project, State.COMPLETED)
    paid = {"kind": "charged", "amount_usd": 1, "at": timezone.now()}
    PastEntry.objects.create(generation=done, attempt=done.attempts.get(), **paid)
    table, written = model._meta.db_table, list(model.objects.order_by("pk").values())
    putting = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    words = "append-only|never edited|duplicate key"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1")
        names = [column[0] for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True)) | other
        values = ", ".join(["%s"] * len(row))
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            cursor.execute(
                f"{putting} INTO {table} ({', '.join(row)}) VALUES ({values})", [*row.values()]
            )
    assert list(model.objects.order_by("pk").values()) == written


@pytest.mark.parametrize("model", [LedgerEntry, Event])
def test_the_database_refuses_to_delete_what_is_written(take, model):
    table = model._meta.db_table
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all()._raw_delete(using="default")
    assert model.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("model", [LedgerEntry, Event])
def test_the_database_refuses_to_truncate_what_is_written(take, model):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # In one statement: a table whose constraints still wait is refused for that.
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.parametrize("owner", ["project", "team"])
def test_what_has_a_history_is_not_deleted_and_says_why(take, owner):
    thing = take.project if owner == "project" else take.project.team
    with pytest.raises(Refused, match=f"{thing} has takes, and the ledger keeps"):
        thing.delete()
    assert type(thing).objects.filter(pk=thing.pk).exists()


def test_a_project_without_takes_can_be_deleted(project):
    project.delete()
    assert not Project.objects.filter(pk=project.pk).exists()


def test_what_is_reserved_is_the_sum_of_the_whole_ledger(project):
    """The quick sums read only the attempts whose price is reserved."""
    for state in State:
        made(project, state)
    made(project, State.FAILED, reason=Reason.LOST)
    made(project, State.FAILED, reason=Reason.CONTENT)
    turned_away = made(project, State.SUBMITTING)
    turned_away.turn_away(turned_away.attempt(), Reason.BUSY, "", next_at=timezone.now())
    sums = {
        kind: sum((e.amount_usd for e in LedgerEntry.objects.filter(kind=kind)), Decimal(0))
        for kind in LedgerEntry.Kind
    }
    held = sums["reserved"] - sums["charged"] - sums["released"]
    assert held > 0
    assert LedgerEntry.objects.reserved_usd() == held
    assert LedgerEntry.objects.spent_usd() == sums["charged"]
    team = Team.objects.annotate(held=reserved_in_team(OuterRef("pk"))).get(pk=project.team_id)
    assert exact(team.held) == held


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


def test_the_database_refuses_a_word_for_what_happened_that_the_code_doesnt_know(take):
    with pytest.raises(IntegrityError), transaction.atomic():
        take.announce("melted")
