"""What listing can't settle, a person decides."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from generations import deciding, polling, requesting, settling, submitting
from generations.models import Account, Attempt, Event, Generation, LedgerEntry
from generations.ordering import accept, retry
from generations.orders import Order
from generations.providers import provider_for
from generations.refusal import Refused
from studio.models import Project, Team
from tests.generations.test_lost_answers import make_everything_due, pass_time


def settle(studio):
    make_everything_due(studio)
    settling.settle_due(studio.account.pk)


@pytest.fixture
def echoed(studio):
    first = studio.order()
    studio.work(first, until="completed")
    return studio


def lose(studio, fault):
    """Return a take whose answer was lost, its window long past."""
    studio.simulator.faults(**{fault: {"times": 1}})
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    pass_time(take.attempt())
    studio.simulator.faults()
    return Generation.objects.get(pk=take.pk)


@pytest.fixture
def undecided(studio):
    """A take that never arrived at a provider whose list has echoed nothing."""
    take = lose(studio, "error_before_accept")
    settle(studio)
    take.refresh_from_db()
    assert take.needs_decision
    return take


def test_it_is_asked_once_and_the_page_is_told(studio, undecided):
    assert undecided.events.filter(kind="undecided").count() == 1
    assert undecided.last_event == undecided.events.last().number
    settle(studio)
    assert undecided.events.filter(kind="undecided").count() == 1


def test_it_no_longer_holds_a_slot(studio, undecided):
    Account.objects.update(concurrent_limit=1)
    other = studio.order("Another one")
    studio.work(other, until="completed")


def test_it_was_not_made_so_it_is_sent_again(studio, undecided):
    deciding.send_again(undecided, studio.person)
    studio.work(undecided, until="completed")
    assert [each.outcome for each in undecided.attempts.all()] == ["absent", "completed"]
    assert undecided.events.filter(actor=studio.person, kind="waiting").count() == 2


def test_it_was_made_under_this_id(studio, undecided):
    made = provider_for(studio.account).create(
        replace(requesting.request_of(undecided.attempt()), words="Made by hand")
    )
    with pytest.raises(Refused, match="doesn't know this id"):
        deciding.it_was_made(undecided, studio.person, "3fa85f64-5717-4562-b3fc-2c963f66afa6")
    deciding.it_was_made(undecided, studio.person, f" {made.provider_id} ")
    undecided.refresh_from_db()
    assert undecided.state == "queued"
    assert undecided.attempts.get().provider_id == made.provider_id


def test_a_job_of_another_take_is_not_adopted(studio, undecided):
    other = studio.order("Another one")
    studio.work(other, until="completed")
    with pytest.raises(Refused, match="another take"):
        deciding.it_was_made(undecided, studio.person, other.attempt().provider_id)
    undecided.refresh_from_db()
    assert undecided.needs_decision


def test_given_up_it_is_booked_as_spent(studio, undecided):
    deciding.give_up(undecided, studio.person)
    undecided.refresh_from_db()
    assert undecided.state == "failed"
    assert [entry.kind for entry in undecided.ledger.all()] == ["reserved", "charged"]
    assert "booked as spent" in undecided.words
    with pytest.raises(Refused):
        deciding.send_again(undecided, studio.person)


def test_nobody_decides_about_a_take_that_is_fine(echoed):
    take = Generation.objects.get()
    for verb in (deciding.send_again, deciding.give_up, deciding.release):
        with pytest.raises(Refused):
            verb(take, echoed.person)


def lose_for_a_day(studio, **faults):
    """Return a take that the provider took and said nothing more of."""
    studio.simulator.faults(unknown_state=True, **faults)
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    Generation.objects.update(accepted_at=timezone.now() - timedelta(days=2))
    make_everything_due(studio)
    polling.poll_due(studio.account.pk)
    studio.simulator.faults()
    take.refresh_from_db()
    assert take.is_unreleased
    return take


def done_at_the_provider(studio):
    for job in studio.books()["generations"]:
        studio.simulator.wait_for_end(job["id"])


@pytest.fixture
def lost(studio):
    """A take that the provider took and doesn't know any more."""
    take = lose_for_a_day(studio)
    provider_for(studio.account).delete(take.attempt().provider_id)
    return take


def test_a_lost_take_that_was_finished_after_all_is_charged_and_collected(studio):
    lost = lose_for_a_day(studio)
    done_at_the_provider(studio)
    assert not deciding.release(lost, studio.person, anyway=True)
    studio.work(lost, until="stored")
    assert lost.state == "completed"
    assert lost.events.get(kind="completed").actor == studio.person
    assert [entry.kind for entry in lost.ledger.all()] == ["reserved", "charged"]
    assert lost.attempts.get().outcome == "completed"
    assert len(studio.paid()) == 1


def test_a_lost_take_that_failed_is_released_in_the_providers_words(studio):
    lost = lose_for_a_day(studio, fails_while_dreaming=True)
    done_at_the_provider(studio)
    assert deciding.release(lost, studio.person)
    lost.refresh_from_db()
    assert lost.words.startswith("Luma failed: ")
    assert [entry.kind for entry in lost.ledger.all()] == ["reserved", "released"]
    assert lost.attempts.get().outcome == "failed"


def test_a_lost_take_that_is_still_not_known_is_released_only_if_a_person_wants_it(studio):
    lost = lose_for_a_day(studio)
    studio.simulator.faults(unknown_state=True)
    with pytest.raises(deciding.NotKnown, match="hasn't finished it, nor says that it failed"):
        deciding.release(lost, studio.person)
    studio.simulator.faults(slow_answer={"seconds": 30, "on": ["get"]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deciding, "ASK_S", 0.2)
        started = time.monotonic()
        with pytest.raises(deciding.NotKnown, match="can't be asked now"):
            deciding.release(lost, studio.person)
        assert time.monotonic() - started < 5
    studio.simulator.faults()
    Account.objects.update(base_url="http://127.0.0.1:9")
    lost = Generation.objects.get(pk=lost.pk)
    with pytest.raises(deciding.NotKnown, match="can't be asked now"):
        deciding.release(lost, studio.person)
    assert LedgerEntry.objects.reserved_usd() == lost.price_usd
    assert deciding.release(lost, studio.person, anyway=True)
    lost.refresh_from_db()
    assert (lost.reason, LedgerEntry.objects.reserved_usd()) == ("provider", 0)


def test_a_lost_take_is_not_bought_again_before_its_price_is_released(studio, lost):
    with pytest.raises(Refused, match="may still be alive"):
        retry(lost, studio.person)
    assert not lost.retry(studio.account, lost.price_usd, studio.person)
    assert LedgerEntry.objects.reserved_usd() == lost.price_usd

    with pytest.raises(deciding.NotKnown, match="doesn't know this job any more"):
        deciding.release(lost, studio.person)
    assert LedgerEntry.objects.reserved_usd() == lost.price_usd
    deciding.release(lost, studio.person, anyway=True)
    lost.refresh_from_db()
    assert LedgerEntry.objects.reserved_usd() == 0
    assert Event.objects.filter(kind="released", actor=studio.person).count() == 1
    with pytest.raises(Refused):
        deciding.release(lost, studio.person, anyway=True)
    retry(lost, studio.person)
    assert LedgerEntry.objects.reserved_usd() == lost.price_usd


# --- absence is concluded only where it is certain --------------------------------------------


def test_an_address_that_changed_since_does_not_hide_the_job(echoed, settings):
    take = lose(echoed, "lost_answer")
    settings.LOCAL_URL = "http://127.0.0.1:10"
    settle(echoed)
    take.refresh_from_db()
    assert take.state == "queued"
    assert take.attempts.count() == 1


def test_another_organisations_list_proves_nothing(echoed):
    take = lose(echoed, "lost_answer")
    echoed.account.set_key("luma-other-organisation")
    echoed.account.save()
    other = echoed.order("Under the new key")
    echoed.work(other, until="completed")
    settle(echoed)
    take.refresh_from_db()
    assert take.needs_decision
    assert take.attempts.count() == 1


@pytest.mark.parametrize("change", [{"echo": None}, {"created_at": None}])
def test_a_job_that_says_too_little_may_be_the_one(echoed, change):
    take = lose(echoed, "lost_answer")
    listing = settling._list(echoed.account)
    mute = tuple(
        each
        if Attempt.objects.filter(provider_id=each.provider_id).exists()
        else replace(each, **{"callback_url": "", "created_at": take.attempt().sent_at, **change})
        for each in listing.snapshots
    )
    settling._settle(take.attempt(), replace(listing, snapshots=mute))
    take.refresh_from_db()
    assert take.needs_decision


def test_a_list_with_a_job_that_cant_be_read_proves_nothing(echoed):
    take = lose(echoed, "error_before_accept")
    listing = settling._list(echoed.account)
    settling._settle(take.attempt(), replace(listing, unreadable=1))
    take.refresh_from_db()
    assert take.needs_decision


def test_one_listing_serves_all_workers(echoed):
    lose(echoed, "error_before_accept")
    make_everything_due(echoed)
    assert len(settling._claim(echoed.account)) == 1
    assert settling._claim(echoed.account) == []


def test_another_teams_job_under_the_same_key_is_not_adopted(studio, settings):
    settings.LOCAL_URL = ""  # no nonce
    other = Account(
        team=Team.objects.create(name="Other"), provider="luma", name="Same key", simulated=True
    )
    other.base_url = studio.account.base_url
    other.set_key(studio.account.reveal_key())
    other.save()
    theirs = Project.objects.create(team=other.team, name="Theirs", slug="theirs")
    made = accept(theirs, None, Order(words="Dunes at dawn", resolution="540p"))
    submitting.submit_due(other.pk)
    assert made.attempt().outcome == "accepted"

    studio.simulator.faults(error_before_accept={"times": 1})
    take = studio.order("Dunes at dawn")
    submitting.submit_due(studio.account.pk)
    settle(studio)
    take.refresh_from_db()
    assert take.state == "unconfirmed"
    assert take.attempt().provider_id == ""


# --- what a person is told --------------------------------------------------------------------


def test_a_person_is_told_which_jobs_it_may_be(studio, settings):
    settings.LOCAL_URL, settings.SETTLE_AFTER_S = "", 0  # no nonce
    studio.simulator.faults(lost_answer=True)
    takes = [studio.order() for _ in range(2)]
    submitting.submit_due(studio.account.pk)
    Attempt.objects.update(lease_until=timezone.now())
    studio.simulator.faults()
    settle(studio)
    made = [job["id"] for job in studio.books()["generations"]]
    for take in takes:
        take.refresh_from_db()
        assert take.needs_decision
        assert all(each in take.words for each in made)
        assert "without a mark of ours" in take.words


def test_what_is_known_is_told_anew_when_it_changes(studio, undecided):
    assert "shows no job like this one" in undecided.words
    assert "repeats none of our marks" in undecided.words
    other = studio.order("Another one")
    studio.work(other, until="completed")  # the list now repeats a mark
    studio.simulator.faults(list_without_echo={"times": 1})
    settle(studio)
    settle(studio)
    undecided.refresh_from_db()
    assert undecided.state == "waiting"  # and so it certainly never arrived


def test_a_list_that_cant_be_read_for_long_leaves_it_to_a_person(studio):
    take = lose(studio, "lost_answer")
    studio.simulator.faults(malformed_json=True)
    settle(studio)
    take.refresh_from_db()
    assert not take.needs_decision
    pass_time(take.attempt())
    settle(studio)
    take.refresh_from_db()
    assert take.needs_decision
    assert "can't be read" in take.words
    studio.simulator.faults()
    Attempt.objects.update(sent_at=timezone.now())
    settle(studio)
    take.refresh_from_db()
    assert take.state == "queued"


def test_a_list_is_read_only_until_all_is_found(echoed, monkeypatch, caplog):
    take = lose(echoed, "lost_answer")
    for _ in range(3):
        echoed.work(echoed.order(), until="completed")
    lose(echoed, "lost_answer")
    pages = []
    listed = settling.all_pages
    monkeypatch.setattr(
        settling,
        "all_pages",
        lambda provider: (pages.append(page) or page for page in listed(provider, limit=1)),
    )
    Generation.objects.filter(pk=take.pk).update(next_at=timezone.now() + timedelta(hours=1))
    Generation.objects.exclude(pk=take.pk).filter(state="unconfirmed").update(
        next_at=timezone.now()
    )
    assert settling.settle_due(echoed.account.pk) == 1
    assert len(pages) == 1
