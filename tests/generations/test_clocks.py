"""A clock that is set: what it says has passed then didn't."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from generations import clocks, lining, polling, requesting, settling, submitting, sweeping
from generations.models import Asset, Generation, Heartbeat
from generations.providers import provider_for
from tests.generations.test_lost_answers import make_everything_due, pass_time

HOUR = timedelta(hours=1)


@pytest.fixture
def echoed(studio):
    """An account whose list has shown one of our nonces before."""
    first = studio.order()
    studio.work(first, until="completed")
    return studio


@pytest.fixture
def our_clock(monkeypatch):
    """Sets the clock that we look at, by seconds; what really passes is not touched.

    Nor the simulator's, which runs in this process and would wait an hour for what is due to it.
    """
    ahead_s = [0.0]
    ours = SimpleNamespace(time=lambda: time.time() + ahead_s[0], monotonic=time.monotonic)
    monkeypatch.setattr(clocks, "time", ours)

    def set_by(seconds):
        clocks.clock.heed()
        ahead_s[0] += seconds

    return set_by


def test_a_post_under_way_while_the_clock_is_set_is_not_sent_again(echoed, our_clock):
    """Ten minutes ahead, the lease seems long over, and the list doesn't show the job yet."""
    take = echoed.order()
    attempt = lining.claim(echoed.account.pk)
    our_clock(600)
    pass_time(attempt)  # as the rows look from there
    make_everything_due(echoed)
    sweeping.work_once()
    take.refresh_from_db()
    assert (take.state, take.attempts.count()) == ("unconfirmed", 1)

    made = provider_for(echoed.account).create(requesting.request_of(attempt))
    submitting._accept(attempt, made)
    echoed.work(take, until="completed")
    assert len(echoed.paid()) == 2  # the account's first, and this one
    assert take.attempts.count() == 1


def test_a_post_that_is_yet_to_be_sent_is_left_to_a_person(echoed):
    """The clock was set back since, and before this process began: its age isn't known."""
    echoed.simulator.faults(error_before_accept={"times": 1})
    take = echoed.order()
    submitting.submit_due(echoed.account.pk)
    attempt = take.attempt()
    attempt.sent_at, attempt.lease_until = attempt.sent_at + HOUR, attempt.lease_until + HOUR
    attempt.save()
    make_everything_due(echoed)
    settling.settle_due(echoed.account.pk)
    take.refresh_from_db()
    assert take.needs_decision
    assert "the clock was changed" in take.words


def test_nothing_waits_for_an_hour_that_the_clock_took_back(studio, our_clock):
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    Generation.objects.update(next_at=timezone.now() + HOUR)
    our_clock(-3600)
    studio.work(take, until="completed")


def test_what_is_put_off_for_longer_than_anything_is_is_due_now(studio):
    """The clock was set back while no worker ran."""
    take = studio.order()
    studio.work(take, until="completed")
    Asset.objects.update(state="pending", next_at=timezone.now() + 3 * HOUR)
    studio.work(take, until="stored")
    waiting = studio.order()
    Generation.objects.filter(pk=waiting.pk).update(next_at=timezone.now() + 3 * HOUR)
    studio.work(waiting, until="completed")


def test_a_clock_that_is_set_makes_no_job_a_day_old(studio, our_clock):
    studio.simulator.faults(unknown_state=True)
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    our_clock(90_000)
    old = timezone.now() - timedelta(days=1, hours=1)
    Generation.objects.update(accepted_at=old, next_at=timezone.now())
    polling.poll_due(studio.account.pk)
    take.refresh_from_db()
    assert take.state == "queued"


def test_a_beat_from_the_future_is_no_sign_of_life(db):
    now = timezone.now()
    for at, alive in [(now, True), (now - HOUR, False), (now + HOUR, False)]:
        Heartbeat.beat("sweep", at)
        assert Heartbeat.alive("sweep", 60.0) is alive
