"""Jobs that can't be asked after: it is said, asked ever more slowly, and ends after a day."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from generations import clocks, deciding, polling, respites, submitting, unanswered
from generations.models import Account, Generation
from generations.providers.base import KeyRefused
from generations.providers.luma import Luma
from generations.simulator.clock import ManualClock
from generations.simulator.testing import KEY
from studio.cards import Card
from tests.generations.conftest import fresh, make_studio

NOBODY = "http://127.0.0.1:9"  # the discard port
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def studio(db, simulate):
    """At a provider whose time stands still: nothing is ever ready."""
    return make_studio(simulate(clock=ManualClock(), speed=1.0))


@pytest.fixture
def sent(studio):
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    assert fresh(take).state == "queued"
    return take


@pytest.fixture
def later(monkeypatch):
    """Has time go by for everybody, and no clock set."""
    began, steady_s = timezone.now(), clocks.monotonic_s()

    @contextmanager
    def go(passed):
        monkeypatch.setattr(clocks, "monotonic_s", lambda: steady_s + passed.total_seconds())
        with time_machine.travel(began + passed, tick=False):
            yield

    return go


def revoke(account):
    account.set_key("bad-key")
    account.save()


def poll(studio):
    """Poll as if it were due, and return in how many seconds it is again."""
    Generation.objects.filter(next_at__isnull=False).update(next_at=timezone.now())
    respites.forget_after(timezone.now())
    polling.poll_due(studio.account.pk)
    due = Generation.objects.get().next_at
    return due and (due - timezone.now()).total_seconds()


def test_a_take_whose_key_is_revoked_ends_after_a_day_with_its_money_reserved(
    studio, sent, later, settings
):
    settings.POLL_AFTER_S = 2.0
    revoke(studio.account)
    assert 5 <= poll(studio) <= 6
    assert (fresh(studio.account).problem, studio.account.is_open) == ("key", True)
    with later(10 * MINUTE):
        assert 30 <= poll(studio) <= 50
    with later(20 * MINUTE):
        assert 60 <= poll(studio) <= 100
    with later(23 * HOUR):
        assert 240 <= poll(studio) <= 360
        assert fresh(sent).state == "queued"
    with later(25 * HOUR):
        poll(studio)
        assert (fresh(sent).state, sent.reason) == ("failed", "lost")
        assert "stays reserved" in sent.words
        assert [entry.kind for entry in sent.ledger.all()] == ["reserved"]
        assert not Generation.objects.in_flight().exists()  # its slot is free
        deciding.release(sent, studio.person, anyway=True)
        assert sent.ledger.reserved_usd() == 0


@pytest.mark.parametrize(("trouble", "words"), [("key", "replace the key"), ("away", "be asked")])
def test_its_card_says_why_nothing_is_heard_of_it(studio, sent, later, trouble, words):
    good = studio.account.base_url
    if trouble == "key":
        revoke(studio.account)
    else:
        Account.objects.update(base_url=NOBODY)
    with later(10 * MINUTE):
        poll(studio)
        assert fresh(sent).words == ""
    with later(16 * MINUTE):
        poll(studio)
        poll(studio)
        assert words in _line(sent)
        assert sent.events.filter(kind=fresh(sent).reason).count() == 1
        studio.account.set_key(KEY)
        studio.account.base_url = good
        studio.account.save()
        poll(studio)
        assert (fresh(sent).state, sent.reason, sent.words) == ("queued", "", "")
        assert "still being watched" in sent.notice


def test_a_process_that_begins_without_a_network_gives_nothing_up_at_once(studio, sent, later):
    Account.objects.update(base_url=NOBODY)
    with later(30 * HOUR):
        poll(studio)
        assert fresh(sent).state == "queued"
    with later(30 * HOUR + 50 * MINUTE):
        poll(studio)
        assert fresh(sent).state == "queued"
    with later(31 * HOUR):
        poll(studio)
        assert (fresh(sent).state, sent.reason) == ("failed", "lost")


def test_a_key_that_is_refused_for_one_job_only_is_no_trouble_of_the_account(
    studio, sent, monkeypatch
):
    def refuse(self, provider_id):
        raise KeyRefused("not yours")

    monkeypatch.setattr(Luma, "get", refuse)
    poll(studio)
    assert (fresh(studio.account).problem, studio.account.is_open) == ("", False)


def test_what_another_poll_gave_up_meanwhile_stays_given_up(studio, sent, later, monkeypatch):
    revoke(studio.account)

    def meanwhile(account):
        attempt = sent.attempt()
        assert attempt.generation.give_up(attempt, "Never seen again.")

    monkeypatch.setattr(unanswered, "note_key", meanwhile)
    with later(25 * HOUR):
        poll(studio)
        assert fresh(sent).is_unreleased
        assert sent.words == "Never seen again."
        assert sent.events.latest("number").kind == "failed"


def _line(take):
    return Card(Generation.objects.for_cards().get(pk=take.pk)).line
