"""The balance at the provider against the ledger: what is compared, said, and booked."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from generations import reconciling, sweeping, tasks
from generations.models import Account, Budget, LedgerEntry, Reconciliation, State, standings
from generations.refusal import Refused
from generations.simulator.store import account_of
from generations.simulator.testing import KEY
from tests.factories import AccountFactory, ProjectFactory, TeamFactory, take

Verdict = Reconciliation.Verdict
NOBODY = "http://127.0.0.1:9"  # the discard port
PRICE = Decimal("0.3981")  # Ray 2, 5 s, 540p


def read(studio):
    assert reconciling.reconcile(Account.objects.filter(pk=studio.account.pk)) == 1
    return studio.account.reconciliations.first()


def move_balance(studio, cents):
    """Take from the account, or (below nothing) add to it, without any generation of ours."""
    studio.simulator.engine.store.account(account_of(KEY)).granted -= Decimal(cents)


def test_the_first_reading_has_nothing_to_compare_with(studio):
    row = read(studio)
    assert (row.verdict, row.difference_usd, row.since) == (Verdict.FIRST, 0, None)
    assert row.balance_usd == row.expected_usd == Decimal(10_000)


def test_takes_that_are_charged_or_refunded_leave_no_difference(studio):
    read(studio)
    done = studio.order()
    studio.work(done, until="completed")
    studio.simulator.faults(fails_while_dreaming=1)
    failed = studio.order()
    studio.work(failed, until="failed")
    row = read(studio)
    assert (row.verdict, row.can_be_corrected) == (Verdict.AGREES, False)
    assert row.taken_usd == PRICE
    assert abs(row.balance_usd - (10_000 - PRICE)) <= Decimal("0.01")


def test_what_is_at_work_was_taken_already(studio):
    read(studio)
    taken = studio.order()
    studio.work(taken, until="queued")
    row = read(studio)
    assert row.verdict == Verdict.AGREES
    assert row.at_work_usd == PRICE
    studio.work(taken, until="completed")
    assert read(studio).verdict == Verdict.AGREES


def test_a_refund_that_isnt_known_yet_is_no_difference(studio):
    taken = studio.order()
    studio.work(taken, until="queued")
    first = read(studio)
    move_balance(studio, -PRICE * 100)  # refunded there, and not polled yet
    second = read(studio)
    assert second.verdict == Verdict.UNDER_WAY
    assert "which what is under way explains" in second.words
    assert not second.can_be_corrected
    taken.refresh_from_db()
    taken.fail(taken.attempt(), "provider", "It failed.")
    third = read(studio)
    assert (third.verdict, third.since) == (Verdict.AGREES, first)


def test_more_than_the_ledger_says_is_reported_and_booked_once(studio, caplog):
    kept = Budget.objects.create(team=studio.project.team, limit_usd=20)
    read(studio)
    move_balance(studio, 150)
    row = read(studio)
    assert (row.verdict, row.difference_usd) == (Verdict.MORE, Decimal("-1.5000"))
    assert row.words == "$1.50 more were taken than the ledger says."
    assert "more was taken: balance 9998.5000 usd, expected 10000.0000" in caplog.text
    reconciling.correct(row, studio.person)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.amount_usd, entry.reconciliation) == ("adjusted", Decimal("1.5"), row)
    assert LedgerEntry.objects.spent_usd() == Decimal("1.5")
    assert LedgerEntry.objects.reserved_usd() == 0
    assert standings([kept], entry.at)[0].left_usd == Decimal("18.5")
    with pytest.raises(Refused, match="booked meanwhile"):
        reconciling.correct(Reconciliation.objects.get(pk=row.pk), studio.person)
    assert read(studio).verdict == Verdict.AGREES


def test_less_than_the_ledger_says_is_given_back(studio):
    """A take that was booked as possibly spent, and never was made."""
    read(studio)
    lost = studio.order()
    attempt = lost.begin(datetime.now(UTC))
    lost.lose_answer(attempt, next_at=datetime.now(UTC), words="")
    assert read(studio).verdict == Verdict.AGREES
    lost.write_off(attempt, studio.person)
    row = read(studio)
    assert (row.verdict, row.difference_usd) == (Verdict.LESS, PRICE)
    assert "or as much was added to the account meanwhile" in row.words
    reconciling.correct(row, studio.person)
    assert LedgerEntry.objects.spent_usd() == 0


def test_added_credits_are_told_apart_and_never_booked(studio):
    read(studio)
    move_balance(studio, -50_00)
    row = read(studio)
    assert (row.verdict, row.difference_usd) == (Verdict.TOPPED_UP, Decimal(50))
    assert "Credits were added" in row.words
    with pytest.raises(Refused):
        reconciling.correct(row, studio.person)
    assert read(studio).verdict == Verdict.AGREES


def test_a_doubtful_take_may_explain_what_was_taken(studio):
    read(studio)
    studio.simulator.faults(lost_answer=1)
    doubtful = studio.order()
    studio.work(doubtful, until="unconfirmed")
    row = read(studio)
    assert row.verdict == Verdict.UNDER_WAY
    assert row.doubtful_usd == PRICE


def test_teams_with_one_key_have_one_balance(studio):
    other = AccountFactory(team=TeamFactory(), base_url=studio.account.base_url, key=KEY)
    both = [studio.account, other]
    read(studio)
    done = studio.order()
    studio.work(done, until="completed")
    move_balance(studio, 100)
    read(studio)
    mine, theirs = (account.reconciliations.first() for account in both)
    assert mine.difference_usd == theirs.difference_usd
    assert (mine.can_be_corrected, theirs.can_be_corrected) == (True, False)
    assert "can't be told whose it is" in theirs.words


def test_what_several_teams_may_have_spent_is_booked_for_none(studio):
    project = ProjectFactory()
    AccountFactory(team=project.team, base_url=studio.account.base_url, key=KEY)
    read(studio)
    move_balance(studio, 100)
    rows = Reconciliation.objects.filter(verdict=Verdict.MORE) if read(studio) else []
    assert len(rows) == 2
    assert not any(row.can_be_corrected for row in rows)


@pytest.mark.parametrize("leaves", ["its key is erased", "it is another server's"])
def test_what_a_team_took_that_has_the_key_no_more_is_nobody_elses(studio, leaves):
    other = ProjectFactory()
    theirs = AccountFactory(team=other.team, base_url=studio.account.base_url, key=KEY)
    read(studio)
    spent = take(other, State.DREAMING)  # charged there, and known here alone by its account
    move_balance(studio, spent.price_usd * 100)
    assert spent.complete(spent.attempt(), "video", "https://example.com/video")
    if leaves == "its key is erased":
        theirs.forget_key()
    else:
        Account.objects.filter(pk=theirs.pk).update(base_url=NOBODY)
    row = read(studio)
    assert (row.verdict, row.can_be_corrected) == (Verdict.FIRST, False)
    assert read(studio).verdict == Verdict.AGREES


def test_an_account_is_read_once_a_night(studio):
    def due_at(*moment):
        with time_machine.travel(datetime(*moment, tzinfo=UTC), tick=False):
            return reconciling.reconcile_due()

    assert due_at(2026, 11, 10, 14) == 1  # never read: now
    assert due_at(2026, 11, 10, 23) == 0
    assert due_at(2026, 11, 11, 2, 59) == 0
    assert due_at(2026, 11, 11, 3) == 1
    assert due_at(2026, 11, 11, 4) == 0
    assert due_at(2026, 11, 14, 1) == 1  # it slept through two nights


def test_the_sweep_reads_it_as_it_begins_and_once_a_night(studio):
    def swept(*moment):
        started = []
        with time_machine.travel(datetime(*moment, tzinfo=UTC), tick=False):
            sweeping.sweep(lambda name, _: started.append(name))
            if "reconcile" in started:
                tasks.reconcile()
        return "reconcile" in started

    assert swept(2026, 11, 10, 14, 1)
    assert Reconciliation.objects.count() == 1
    assert not swept(2026, 11, 10, 14, 31)
    assert not swept(2026, 11, 11, 2, 59, 59)
    assert swept(2026, 11, 11, 3)
    Account.objects.update(base_url=NOBODY)
    assert swept(2026, 11, 12, 8, 7)  # it slept
    assert not swept(2026, 11, 12, 8, 8)  # in vain: not again at once
    assert swept(2026, 11, 12, 8, 15)
    assert Reconciliation.objects.count() == 2


def test_most_sweeps_ask_nothing_of_the_readings(studio):
    with time_machine.travel(datetime(2026, 11, 10, 14, 1, tzinfo=UTC), tick=False):
        assert sweeping.work_once()
        with CaptureQueriesContext(connection) as captured:
            sweeping.work_once()
    assert not [each for each in captured if "reconciliation" in each["sql"]]


def test_an_account_that_was_switched_off_is_read_while_it_works(studio):
    taken = studio.order()
    studio.work(taken, until="queued")
    Account.objects.update(enabled=False)
    Reconciliation.objects.all().delete()
    assert reconciling.reconcile_due() == 1
    studio.work(taken, until="completed")
    Reconciliation.objects.all().delete()
    assert reconciling.reconcile_due() == 0


def test_a_balance_that_cant_be_read_is_tried_again(studio, caplog):
    Account.objects.update(base_url=NOBODY)
    assert reconciling.reconcile_due() == 0
    assert "the balance can't be read" in caplog.text
    Account.objects.update(base_url=studio.account.base_url)
    assert reconciling.reconcile_due() == 1


def test_the_command_says_what_was_found(studio):
    def run():
        out = StringIO()
        call_command("reconcile", stdout=out)
        return out.getvalue()

    assert "$10,000.00. The first reading" in run()
    move_balance(studio, 10)
    assert "$9,999.90. $0.10 more were taken" in run()
    Account.objects.update(base_url=NOBODY)
    with pytest.raises(CommandError, match="couldn't be read"):
        run()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "adjusted"},  # of no reconciliation
        {"kind": "charged"},  # of no attempt
        {"kind": "charged", "amount_usd": -1},
    ],
)
def test_the_database_refuses_an_entry_of_nothing(studio, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(team=studio.project.team, **{"amount_usd": 1, **fields})


def test_a_correction_can_not_be_taken_back(studio):
    read(studio)
    move_balance(studio, 150)
    row = read(studio)
    reconciling.correct(row, studio.person)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LedgerEntry.objects.all()._raw_delete("default")
