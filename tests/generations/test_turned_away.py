"""Not taken, certainly: the take waits and says why, or fails, and nothing is lost."""

import re

import pytest
from django.utils import timezone

from generations import metering, respites, submitting
from generations.models import Account, Generation
from generations.ordering import retry
from generations.orders import Frame
from generations.refusal import Refused
from generations.stills import keep_upload
from tests.generations.conftest import make_studio
from tests.generations.pictures import picture


def make_everything_due(studio):
    now = timezone.now()
    Generation.objects.filter(next_at__isnull=False).update(next_at=now)
    respites.forget_after(now)


@pytest.mark.parametrize(
    ("key", "reason", "words"),
    [
        ("bad-key", "key", "LUMA_API_KEY"),
        ("broke", "credits", "out of credits"),
    ],
)
def test_a_key_or_purse_at_fault_makes_the_take_wait(db, simulator, key, reason, words):
    studio = make_studio(simulator, key)
    take, other = studio.order(), studio.order()
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    studio.account.refresh_from_db()
    assert (take.state, take.reason, studio.account.problem) == ("waiting", reason, reason)
    assert words in take.words
    assert take.next_at > timezone.now()
    other.refresh_from_db()
    assert other.attempts.get().sent_at is None  # one was turned away, the rest needn't be

    studio.account.set_key("luma-test")
    studio.account.save()
    make_everything_due(studio)
    studio.work(take, other, until="completed")
    assert len(studio.paid()) == 2


def test_a_provider_that_is_down_makes_the_take_wait(studio):
    good, studio.account.base_url = studio.account.base_url, "http://127.0.0.1:9/v1"
    studio.account.save()
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert (take.state, take.reason) == ("waiting", "unreachable")
    assert "Nothing was sent or charged" in take.words

    studio.account.base_url = good
    studio.account.save()
    make_everything_due(studio)
    studio.work(take, until="completed")


@pytest.mark.parametrize("fault", ["too_many_requests", "too_many_requests_retry_after"])
def test_a_provider_at_its_limit_makes_the_take_wait(studio, fault):
    studio.simulator.faults(**{fault: {"times": 1}})
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert (take.state, take.reason) == ("waiting", "busy")
    make_everything_due(studio)
    studio.work(take, until="completed")
    assert len(studio.paid()) == 1


def test_a_take_whose_account_was_switched_off_says_so(studio):
    take = studio.order()
    Account.objects.update(enabled=False)
    submitting.submit_due(studio.account.pk)
    events = take.events.count()
    make_everything_due(studio)
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert (take.state, take.reason) == ("waiting", "switched_off")
    assert "switched off" in take.words
    assert take.events.count() == events  # said once

    Account.objects.update(enabled=True)
    make_everything_due(studio)
    studio.work(take, until="completed")
    assert take.reason == ""


def test_a_retry_goes_to_an_account_that_is_on(studio, simulator):
    take = studio.order()
    take.cancel(studio.person)
    old = studio.account
    Account.objects.update(enabled=False)
    new = Account(team=old.team, provider="luma", name="New", simulated=True)
    new.base_url = simulator.url
    new.set_key("another")
    new.save()
    retry(take, studio.person)
    studio.work(take, until="completed")
    assert take.attempt().account == new
    Account.objects.update(enabled=False)
    take2 = Generation.objects.get(pk=take.pk)
    with pytest.raises(Refused, match="no usable account"):
        retry(take2, studio.person)


def test_what_cant_be_built_is_no_create(studio, leaves):
    take = studio.order(model="ray-flash-2")
    leaves("ray-flash-2")
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert (take.state, take.reason) == ("waiting", "request")
    assert [each.sent_at for each in take.attempts.all()] == [None, None]
    assert 'dailies_submits_total{provider="luma"} 0.0' in metering.exposition().decode()
    assert studio.books()["generations"] == []


def test_a_still_that_can_no_longer_be_fetched_is_refused_unsent(studio, settings):
    settings.PUBLIC_URL = "https://dailies.example"
    Account.objects.update(simulated=False)
    still = keep_upload(studio.project, studio.person, picture())
    take = studio.order(start=Frame(still=still))
    settings.PUBLIC_URL = ""
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert (take.state, take.reason) == ("failed", "frames")
    assert "Set PUBLIC_URL" in take.words
    assert studio.books()["generations"] == []
    assert [entry.kind for entry in take.ledger.all()] == ["reserved", "released"]


def test_the_count_of_creates_never_falls_and_counts_none_that_wasnt_sent(studio, monkeypatch):
    def submits():
        text = metering.exposition().decode()
        return float(re.search(r"dailies_submits_total\{\S* (\S+)", text)[1])

    seen = []

    def look_and_fail(attempt):
        seen.append(submits())
        raise RuntimeError

    studio.order()
    monkeypatch.setattr(submitting, "request_of", look_and_fail)
    submitting.submit_due(studio.account.pk)
    assert [*seen, submits()] == [0.0, 0.0]
    monkeypatch.undo()
    make_everything_due(studio)
    submitting.submit_due(studio.account.pk)
    assert submits() == 1.0
