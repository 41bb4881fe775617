"""Several people and several workers at the same moment."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from generations import (
    discarding,
    enrolling,
    importing,
    lining,
    polling,
    probing,
    queueing,
    respites,
    submitting,
    sweeping,
)
from generations.bucket import BucketAway
from generations.models import Account, Attempt, Event, Generation, State
from generations.ordering import accept
from generations.orders import Order
from studio import provider_accounts
from tests import factories
from tests.generations.conftest import another_account, due_now, fresh, make_studio
from tests.generations.test_importing import job

PEOPLE, TAKES, WORKERS = 3, 8, 3
ROUNDS = 30


def at_once(*calls):
    """Run the calls at the same moment, each on a connection of its own; their errors are ours."""
    start = threading.Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(run, call) for call in calls]]


@pytest.fixture
def studio(transactional_db, simulator):
    return make_studio(simulator)


def test_two_teams_that_bring_in_from_one_key_never_bring_the_same(studio, monkeypatch):
    made = job(studio, "A harbour at dawn")
    other = factories.ProjectFactory()
    account = another_account(studio, key=studio.account.reveal_key())
    Account.objects.filter(pk=account.pk).update(team=other.team)
    both = ((studio.project, studio.account), (other, fresh(account)))
    imports = [importing.look(project, of, studio.person) for project, of in both]
    importing.import_due()
    for each in imports:
        importing.bring(fresh(each), studio.person)
    known, outside, inside = importing.known, threading.Barrier(2), threading.Barrier(2)

    def meet(*args):
        found = known(*args)
        if connection.in_atomic_block:  # what was found is believed from here on
            with suppress(threading.BrokenBarrierError):
                inside.wait(0.5)
        else:
            outside.wait(30)
        return found

    monkeypatch.setattr(importing, "known", meet)
    at_once(*(partial(importing.go_on, fresh(each)) for each in imports))
    assert [it.provider_id for it in Attempt.objects.all()] == [made]
    assert sorted(fresh(each).done for each in imports) == [0, 1]


def test_orders_and_workers_do_not_stand_in_each_others_way(studio):
    def order():
        for _ in range(TAKES):
            accept(studio.project, studio.person, Order(words="Dunes at dawn", resolution="540p"))

    def work():
        for _ in range(TAKES):
            submitting.submit_due(studio.account.pk)
            polling.poll_due(studio.account.pk)

    at_once(*[order] * PEOPLE, *[work] * WORKERS)
    submitting.submit_due(studio.account.pk)

    numbers = sorted(Generation.objects.values_list("take_number", flat=True))
    assert numbers == list(range(1, PEOPLE * TAKES + 1))
    events = list(Event.objects.since(0).values_list("number", flat=True))
    assert events == list(range(1, len(events) + 1))
    assert Generation.objects.in_flight().count() <= 10  # the account's slots
    assert len(studio.paid()) <= 20  # and its creates in a minute
    assert Attempt.objects.exclude(sent_at=None).count() == len(studio.books()["generations"])


def test_workers_never_take_more_slots_than_there_are(studio):
    Account.objects.update(concurrent_limit=4)
    for _ in range(12):
        studio.order()
    sent = at_once(*[lambda: submitting.submit_due(studio.account.pk)] * 6)
    assert sum(sent) == 4
    assert Generation.objects.in_flight().count() == 4
    assert len(studio.books()["generations"]) == 4


def test_a_take_is_begun_by_one_of_many(studio):
    take = studio.order()
    copies = [Generation.objects.get(pk=take.pk) for _ in range(6)]
    begun = at_once(*[lambda copy=copy: copy.begin(copy.created_at) for copy in copies])
    assert sum(attempt is not None for attempt in begun) == 1
    assert take.events.filter(kind="submitting").count() == 1


def test_lines_that_are_put_off_and_go_on_at_once_never_lock_each_other(studio):
    takes = [studio.order() for _ in range(TAKES)]
    for take in takes[::2]:
        queueing.to_front(take, studio.person)  # another order than that of the rows
    Account.objects.update(problem="busy", concurrent_limit=1)
    assert takes[0].begin(timezone.now() + timedelta(minutes=1))

    def again(verb):
        def run():
            for _ in range(20):
                verb()

        return run

    def pause_and_resume():
        queueing.pause_line(studio.project.team, studio.person)
        queueing.resume_line(studio.project.team, studio.person)

    far = timezone.now() + timedelta(hours=3)
    at_once(
        again(lambda: lining.claim(studio.account.pk)),
        again(lambda: probing.let_go_on(studio.account)),
        again(pause_and_resume),
        again(lambda: Generation.objects.filter(pk=takes[-1].pk).update(next_at=far)),
        again(lambda: sweeping.bring_forward(timezone.now())),
    )
    assert Generation.objects.waiting().count() == TAKES - 1
    probing.let_go_on(studio.account)
    assert not Generation.objects.waiting().filter(next_at__gt=timezone.now()).exists()


def beside_a_lock_of_both(older, newer, act):
    """Act once one account is locked by another, who locks the second while that waits."""
    held = threading.Event()

    def lock():
        lines = Account.objects.select_for_update(no_key=True)
        with transaction.atomic():
            lines.get(pk=older.pk)
            held.set()
            until(somebody_waits)
            lines.get(pk=newer.pk)

    def wait_and_act():
        assert held.wait(30)
        act()

    at_once(lock, wait_and_act)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_an_order_of_preference_is_no_order_of_locks(studio):
    """Lines are locked by their ids: who locks them by rank would wait for those for ever."""
    older, newer = studio.account, another_account(studio, rank=0)
    Account.objects.filter(pk=older.pk).update(rank=1)
    beside_a_lock_of_both(older, newer, lambda: enrolling.prefer(older))
    assert fresh(older).rank < fresh(newer).rank


@pytest.mark.parametrize("change", ["respite", "hdr"])
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_what_is_learned_of_a_key_waits_for_its_line_and_not_the_line_for_it(studio, change):
    older = studio.account
    newer = another_account(studio, key=older.reveal_key())
    # So that it stands behind in the table, and in its indexes.
    Account.objects.filter(pk=older.pk).update(look_at=timezone.now())

    def learn():
        if change == "hdr":
            fresh(newer).note_hdr(has=False)
        else:
            respites.ask_nothing(newer, timezone.now() + timedelta(hours=1))

    beside_a_lock_of_both(older, newer, learn)
    for account in fresh(older, newer):
        assert account.has_no_hdr if change == "hdr" else account.unasked_until


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_a_start_keeps_no_refusal_from_being_booked(studio, monkeypatch):
    """It holds the team while it changes its accounts: whose refusal is booked refers to it."""
    studio.simulator.faults(
        too_many_requests_retry_after={"seconds": 900, "on": ["create"], "times": 1}
    )
    take = studio.order()
    Account.objects.filter(pk=studio.account.pk).update(managed=Account.Managed.NOW)
    seen, leave_alone = provider_accounts._seen, submitting.respites.send_nothing
    begun, locked_team = threading.Event(), threading.Event()

    def slowly(team):
        if not locked_team.is_set():
            locked_team.set()
            assert begun.wait(30)
        return seen(team)

    def sent_nothing(*args):
        leave_alone(*args)
        begun.set()

    monkeypatch.setattr(provider_accounts, "_seen", slowly)
    monkeypatch.setattr(submitting.respites, "send_nothing", sent_nothing)

    def send():
        assert locked_team.wait(30)
        submitting.submit_due(studio.account.pk)

    at_once(lambda: provider_accounts.sync(studio.project.team), send)
    assert (fresh(take).state, take.reason) == ("waiting", "busy")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_a_lease_that_ends_while_nothing_could_be_sent_is_no_deadlock(studio, monkeypatch):
    """A take's row is locked before its attempt's by both."""
    take = studio.order()
    begun, held = threading.Event(), threading.Event()

    def slow_bucket(attempt):
        begun.set()
        assert held.wait(30)
        raise BucketAway("It can't be written to.")

    monkeypatch.setattr(submitting, "request_of", slow_bucket)

    def expire():
        assert begun.wait(30)
        with transaction.atomic():
            late = Generation.objects.select_for_update(no_key=True).get(pk=take.pk)
            held.set()
            until(somebody_waits)
            assert late.lose_answer(late.attempt(), next_at=timezone.now(), words="It is late.")

    at_once(lambda: submitting.submit_due(studio.account.pk), expire)
    attempt = fresh(take).attempt()
    assert (take.state, attempt.outcome) == ("unconfirmed", "unconfirmed")
    assert attempt.sent_at is not None


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def until(happens):
    end = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_burst_moves_once_and_is_paid_once_with_many_workers(transactional_db, simulate):
    studio = make_studio(simulate(), "broke")
    spare = another_account(studio)
    takes = [studio.order() for _ in range(12)]

    def work():
        for _ in range(4):
            submitting.submit_due(studio.account.pk)
            submitting.submit_due(spare.pk)

    at_once(*[work] * 5)
    made = studio.simulator.books("luma-spare")["generations"]
    sent = Generation.objects.in_flight().filter(account=spare)
    assert len(made) == sent.count() == 10
    assert Generation.objects.filter(account=spare).count() == 12
    for take in takes:
        assert take.events.filter(kind="moved").count() == 1
        assert take.ledger.reserved_usd() == take.price_usd


def test_an_account_that_breaks_down_in_a_burst_loses_and_doubles_nothing(
    transactional_db, simulate
):
    studio = make_studio(simulate())
    spare = another_account(studio)
    takes = [studio.order() for _ in range(10)]
    studio.simulator.faults(out_of_credits={"probability": 0.5}, seed=3)

    def work():
        for _ in range(6):
            submitting.submit_due(studio.account.pk)
            submitting.submit_due(spare.pk)

    at_once(*[work] * 4)
    studio.simulator.faults()
    due_now()
    studio.work(*takes, until="completed")
    paid = [*studio.paid(), *studio.simulator.books("luma-spare")["generations"]]
    assert len(paid) == len(takes)
    assert sum(take.ledger.spent_usd() for take in takes) == sum(t.price_usd for t in fresh(*takes))


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time, and no row locks"
)
def test_whoever_changes_takes_at_once_never_waits_in_a_circle(studio):
    """Moves, deletions, news of files and touches of the same takes, in either order."""
    takes = [
        factories.take(studio.project, State.COMPLETED, author=studio.person) for _ in range(4)
    ]
    ids = [each.pk for each in takes]

    def each_time(change):
        def run():
            for turn in range(ROUNDS):
                change(turn)

        return run

    def mine(turn):
        return [Generation.objects.get(pk=pk) for pk in ids[:: 1 if turn % 2 else -1]]

    at_once(
        each_time(lambda turn: Generation.objects.filter(pk__in=ids).touch()),
        each_time(lambda turn: discarding.discard(mine(turn), studio.person)),
        each_time(lambda turn: discarding.restore(mine(turn), studio.person)),
        each_time(lambda turn: [each.announce("stored") for each in mine(turn)]),
        each_time(lambda turn: discarding.discard(mine(turn), studio.person, at_provider=True)),
    )
    discarding.restore(mine(1), studio.person)
    assert Generation.objects.kept().filter(pk__in=ids).count() == 4
    events = list(Event.objects.since(0).values_list("number", flat=True))
    assert events == sorted(set(events))
