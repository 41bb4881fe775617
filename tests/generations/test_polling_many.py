"""Many jobs at once: few requests, few statements, and nobody's news is missed."""

import math
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations import polling, settling, submitting
from generations.models import Account, Generation
from generations.providers.base import Page
from generations.providers.luma import Luma
from generations.simulator.clock import ManualClock
from tests.bench.flight import put_in_flight
from tests.generations.conftest import due_now, fresh, make_studio
from tests.generations.test_lost_answers import pass_time

MANY = 260


@pytest.fixture
def studio(db, simulate, settings):
    """Many takes in flight at a provider whose time stands still."""
    simulator = simulate(clock=ManualClock(), speed=1.0)
    simulator.engine.renders.order = lambda job, done: None  # nothing is to be ready
    studio = make_studio(simulator, concurrent_limit=1000, per_minute_limit=1000)
    settings.POLL_AFTER_S = 2.0
    put_in_flight(studio.project, studio.account, MANY)
    return studio


@contextmanager
def asked(caplog):
    """The provider's requests in the block, without their outcome."""
    paths = []
    caplog.clear()
    with caplog.at_level("INFO", "generations.providers.luma"):
        yield paths
    paths += [line.split(" -> ")[0] for line in caplog.messages if line.startswith("luma ")]


def test_a_list_call_reads_a_hundred(studio, caplog):
    with asked(caplog) as paths:
        polling.poll_due(studio.account.pk)
    assert paths == ["luma GET /generations"] * math.ceil(MANY / 100)
    assert not Generation.objects.filter(next_at__lte=timezone.now()).exists()


def test_what_has_not_changed_is_written_by_a_few_statements(studio):
    with CaptureQueriesContext(connection) as captured:
        polling.poll_due(studio.account.pk)
    assert len(captured) < 20


def test_what_is_due_soon_is_asked_after_with_the_rest(studio, caplog):
    ids = list(Generation.objects.values_list("pk", flat=True))
    soon = timezone.now() + timedelta(seconds=4)
    Generation.objects.filter(pk__in=ids[5:]).update(next_at=soon)
    polling.poll_due(studio.account.pk)
    assert not Generation.objects.filter(next_at=soon).exists()


def test_news_of_many_reaches_each(studio):
    studio.simulator.advance(20)
    assert polling.poll_due(studio.account.pk) == MANY
    assert set(Generation.objects.values_list("state", flat=True)) == {"dreaming"}


def test_news_from_pages_in_no_order_reaches_each(studio):
    studio.simulator.faults(list_shuffled=True)
    studio.simulator.advance(20)
    assert polling.poll_due(studio.account.pk) == MANY


def test_a_lost_answer_is_found_on_whichever_page_of_a_long_list(studio):
    """The newest stands anywhere among many: absence is only known from the whole list."""
    studio.simulator.faults(list_shuffled=True, lost_answer={"times": 1})
    found = studio.order()
    submitting.submit_due(studio.account.pk)
    assert fresh(found).state == "unconfirmed"
    assert settling.settle_due(studio.account.pk) == 1
    assert (fresh(found).state, found.attempts.count()) == ("queued", 1)

    studio.simulator.faults(list_shuffled=True, error_before_accept={"times": 1})
    absent = studio.order()
    submitting.submit_due(studio.account.pk)
    pass_time(absent.attempt())
    due_now()
    assert settling.settle_due(studio.account.pk) == 1
    submitting.submit_due(studio.account.pk)
    assert fresh(absent).state == "queued"
    assert [each.outcome for each in absent.attempts.all()] == ["absent", "accepted"]
    assert studio.books()["creates_accepted"] == MANY + 2


def test_jobs_that_move_between_pages_are_asked_after_by_id(studio, caplog, monkeypatch):
    """Others are made while the pages are read: what moved down a page is shown by none."""
    read = Luma.list

    def shifted(self, *, limit, offset=0):
        page = read(self, limit=limit, offset=offset)
        return Page(page.snapshots[:-3], page.has_more) if offset == 0 else page

    monkeypatch.setattr(Luma, "list", shifted)
    with asked(caplog) as paths:
        polling.poll_due(studio.account.pk)
    assert len([path for path in paths if path.startswith("luma GET /generations/")]) == 3
    assert not Generation.objects.filter(next_at__lte=timezone.now()).exists()


def test_old_jobs_far_down_the_list_do_not_have_it_read_to_its_end(studio, caplog):
    oldest = list(Generation.objects.order_by("pk").values_list("pk", flat=True)[:4])
    later = timezone.now() + timedelta(hours=1)
    Generation.objects.exclude(pk__in=oldest).update(next_at=later)
    with asked(caplog) as paths:
        polling.poll_due(studio.account.pk)
    assert paths[0] == "luma GET /generations"
    assert len(paths) == 1 + len(oldest)


def test_retry_after_is_honoured_for_all_of_the_account(studio, caplog):
    ids = list(Generation.objects.values_list("pk", flat=True))
    Generation.objects.filter(pk__in=ids[:50]).update(next_at=timezone.now() + timedelta(seconds=9))
    studio.simulator.faults(too_many_requests_retry_after={"seconds": 40, "on": ["list", "get"]})
    polling.poll_due(studio.account.pk)
    first = Generation.objects.order_by("next_at").first()
    assert timedelta(seconds=35) < first.next_at - timezone.now() < timedelta(seconds=50)


def test_a_callback_during_the_poll_is_not_forgotten(studio):
    hurried = Generation.objects.first()
    poll = polling._Poll(studio.account)
    poll.claim()
    polling.hurry(hurried.attempt())
    poll.ask()
    hurried.refresh_from_db()
    assert hurried.next_at <= timezone.now()


def test_two_workers_do_not_ask_the_same(studio):
    one, other = (polling._Poll(Account.objects.get()) for _ in range(2))
    assert one.claim()
    assert not other.claim()
