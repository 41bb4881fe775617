"""Never pay twice, never lose one."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from generations import clocks, lining, requesting, respites, settling, submitting, sweeping
from generations.models import Attempt, Generation
from generations.providers import provider_for
from generations.providers.base import Progress, Snapshot

LATER = timedelta(minutes=10)


def make_everything_due(studio):
    Generation.objects.filter(next_at__isnull=False).update(next_at=timezone.now())
    respites.forget_after(timezone.now())


def pass_time(attempt):
    """Let the attempt's window be long over, as if time had gone by."""
    Attempt.objects.filter(pk=attempt.pk).update(
        sent_at=attempt.sent_at - LATER, lease_until=attempt.lease_until - LATER
    )


def taken_as(provider_id):
    """What a provider says that has taken a job."""
    return Snapshot(provider_id, Progress.QUEUED)


@pytest.fixture
def echoed(studio):
    """An account whose list has shown one of our nonces before."""
    first = studio.order()
    studio.work(first, until="completed")
    return studio


@pytest.mark.parametrize("fault", ["lost_answer", "error_after_accept"])
def test_a_lost_answer_is_adopted_and_never_sent_twice(studio, fault):
    studio.simulator.faults(**{fault: {"times": 1}})
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert take.state == "unconfirmed"
    assert take.ledger.count() == 1  # reserved, and not released: money may have moved

    studio.work(take, until="completed")
    assert take.attempts.count() == 1
    assert len(studio.paid()) == 1


def test_a_slow_answer_past_the_timeout_is_adopted(studio, settings):
    settings.SUBMIT_TIMEOUT_S = 0.3
    studio.simulator.faults(slow_answer={"times": 1, "seconds": 1.0, "on": ["create"]})
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert take.state == "unconfirmed"
    studio.work(take, until="completed")
    assert len(studio.paid()) == 1


def test_what_certainly_never_arrived_is_sent_again(echoed):
    echoed.simulator.faults(error_before_accept={"times": 1})
    take = echoed.order()
    submitting.submit_due(echoed.account.pk)
    pass_time(take.attempt())
    echoed.work(take, until="completed")
    first, second = take.attempts.all()
    assert (first.outcome, second.outcome) == ("absent", "completed")
    assert [entry.kind for entry in take.ledger.all()] == [
        *("reserved", "released", "reserved", "charged")
    ]
    assert len(echoed.paid()) == 2  # the first of the account, and this one


def test_absence_proves_nothing_before_its_time(echoed):
    echoed.simulator.faults(error_before_accept={"times": 1})
    take = echoed.order()
    submitting.submit_due(echoed.account.pk)
    for _ in range(3):
        make_everything_due(echoed)
        sweeping.work_once()
    take.refresh_from_db()
    assert take.state == "unconfirmed"
    assert take.attempts.count() == 1


def test_absence_proves_nothing_from_a_list_that_never_echoed(studio):
    studio.simulator.faults(error_before_accept={"times": 1})
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    pass_time(take.attempt())
    make_everything_due(studio)
    settling.settle_due(studio.account.pk)
    take.refresh_from_db()
    assert take.state == "unconfirmed"
    assert "may it be sent again" in take.words


def test_absence_proves_nothing_from_a_list_that_stopped_echoing(echoed):
    echoed.simulator.faults(lost_answer={"times": 1}, list_without_echo=True)
    take = echoed.order()
    submitting.submit_due(echoed.account.pk)
    pass_time(take.attempt())
    make_everything_due(echoed)
    settling.settle_due(echoed.account.pk)
    take.refresh_from_db()
    assert take.state == "unconfirmed"

    echoed.simulator.faults()
    echoed.work(take, until="unconfirmed")
    make_everything_due(echoed)
    echoed.work(take, until="completed")
    assert take.attempts.count() == 1


def test_a_list_that_lags_is_asked_again(echoed):
    echoed.simulator.faults(lost_answer={"times": 1}, list_lags={"seconds": 30, "times": 2})
    take = echoed.order()
    submitting.submit_due(echoed.account.pk)
    for _ in range(2):
        make_everything_due(echoed)
        settling.settle_due(echoed.account.pk)
        take.refresh_from_db()
        assert take.state == "unconfirmed"
    make_everything_due(echoed)
    echoed.work(take, until="completed")
    assert take.attempts.count() == 1


def test_a_list_in_any_order_settles_as_well(echoed):
    echoed.simulator.faults(lost_answer={"times": 1}, list_shuffled=True)
    take = echoed.order()
    echoed.work(take, until="completed")
    assert take.attempts.count() == 1


def test_without_a_nonce_the_echoed_request_is_matched(studio, settings):
    settings.LOCAL_URL = ""
    studio.simulator.faults(lost_answer={"times": 1})
    take = studio.order()
    studio.work(take, until="completed")
    assert take.attempt().callback_url == ""
    assert len(studio.paid()) == 1


def test_without_a_nonce_two_alike_are_left_to_a_person(studio, settings):
    settings.LOCAL_URL = ""
    studio.simulator.faults(lost_answer=True)
    takes = [studio.order(), studio.order()]
    submitting.submit_due(studio.account.pk)
    for take in takes:
        pass_time(take.attempt())
    make_everything_due(studio)
    studio.simulator.faults()
    settling.settle_due(studio.account.pk)
    for take in takes:
        take.refresh_from_db()
        assert take.state == "unconfirmed"
        assert take.attempts.count() == 1


def test_a_sender_that_died_before_the_post_is_found_out(echoed):
    take = echoed.order()
    attempt = lining.claim(echoed.account.pk)  # the worker dies here
    pass_time(attempt)
    make_everything_due(echoed)
    echoed.work(take, until="completed")
    assert [each.outcome for each in take.attempts.all()] == ["absent", "completed"]


def test_a_sender_that_died_after_the_post_is_found_out(echoed):
    take = echoed.order()
    attempt = lining.claim(echoed.account.pk)
    provider_for(echoed.account).create(requesting.request_of(attempt))  # and dies here
    pass_time(attempt)
    make_everything_due(echoed)
    echoed.work(take, until="completed")
    assert take.attempts.count() == 1
    assert len(echoed.paid()) == 2


def test_a_sender_whose_lease_ran_down_does_not_send(studio, settings):
    settings.SUBMIT_LEASE_S = settings.SUBMIT_TIMEOUT_S - 1
    take = studio.order()
    attempt = lining.claim(studio.account.pk)
    submitting._send(attempt)
    take.refresh_from_db()
    assert take.state == "waiting"
    assert studio.books()["generations"] == []
    assert not Attempt.objects.exclude(sent_at=None).exists()  # none of its creates in a minute


def test_one_that_cant_be_compared_doesnt_hold_up_the_others(studio, settings, leaves, caplog):
    """Its model left the catalogue while its answer was lost."""
    settings.LOCAL_URL = ""  # without a nonce the requests are compared
    studio.simulator.faults(lost_answer={"times": 2})
    old, other = studio.order("An old dream", model="ray-flash-2"), studio.order("Dunes at dawn")
    submitting.submit_due(studio.account.pk)
    leaves("ray-flash-2")
    make_everything_due(studio)
    assert settling.settle_due(studio.account.pk) == 1
    other.refresh_from_db()
    assert other.state == "queued"
    old.refresh_from_db()
    assert (old.state, old.needs_decision) == ("unconfirmed", False)  # it may still arrive
    pass_time(old.attempt())
    make_everything_due(studio)
    settling.settle_due(studio.account.pk)
    old.refresh_from_db()
    assert (old.state, old.needs_decision) == ("unconfirmed", True)
    assert "left the catalogue" in old.words
    assert "until you say" in old.words
    assert str(old.uuid) in caplog.text


def test_an_answer_that_comes_after_absence_was_concluded_is_recorded(echoed):
    take = echoed.order()
    attempt = lining.claim(echoed.account.pk)
    pass_time(attempt)
    make_everything_due(echoed)
    sweeping.settling.expire_leases()
    settling.settle_due(echoed.account.pk)
    take.refresh_from_db()
    assert take.state == "waiting"

    submitting._accept(attempt, taken_as("3fa85f64-5717-4562-b3fc-2c963f66afa6"))
    take.refresh_from_db()
    assert take.state == "waiting"
    assert take.events.filter(kind="stray").exists()
    echoed.work(take, until="completed")
    assert [each.outcome for each in take.attempts.all()] == ["absent", "completed"]


def test_a_job_belongs_to_one_attempt(echoed):
    taken = Generation.objects.get().attempt().provider_id
    take = echoed.order()
    attempt = lining.claim(echoed.account.pk)
    submitting._accept(attempt, taken_as(taken))
    take.refresh_from_db()
    assert take.state == "unconfirmed"


def test_a_job_without_our_mark_isnt_adopted_from_a_list_that_repeats_marks(echoed, settings):
    """Somebody else made the very same with the same key, at the same time."""
    echoed.simulator.faults(error_before_accept={"times": 1})
    take = echoed.order()
    submitting.submit_due(echoed.account.pk)
    unmarked = replace(requesting.request_of(take.attempt()), callback_url="")
    theirs = provider_for(echoed.account).create(unmarked).provider_id
    for after_s in (settings.SETTLE_AFTER_S, -settings.SUBMIT_LEASE_S):  # then none can arrive
        settings.SETTLE_AFTER_S = after_s
        make_everything_due(echoed)
        settling.settle_due(echoed.account.pk)
        take.refresh_from_db()
        assert take.state == "unconfirmed"
    assert take.needs_decision
    assert theirs in take.words


def test_a_sender_whose_lease_another_ended_does_not_send(echoed):
    """However much of it there is by the sender's own clock."""
    take = echoed.order()
    attempt = lining.claim(echoed.account.pk)
    make_everything_due(echoed)
    settling.expire_leases()
    submitting._send(attempt)
    assert len(echoed.books()["generations"]) == 1
    take.refresh_from_db()
    assert take.state == "unconfirmed"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite serves one machine")
@pytest.mark.parametrize("ahead_s", [600, -600])
def test_a_machine_whose_clock_is_wrong_ends_no_lease_and_finds_nothing_absent(echoed, ahead_s):
    take = echoed.order()
    attempt = lining.claim(echoed.account.pk)
    for _ in range(3):
        with time_machine.travel(timezone.now() + timedelta(seconds=ahead_s)):
            clocks.clock.forget()  # it is another machine's
            sweeping.work_once()
        clocks.clock.forget()
    submitting._send(attempt)
    echoed.work(take, until="completed")
    assert take.attempts.count() == 1
    assert len(echoed.paid()) == 2  # the first of the account, and this one
