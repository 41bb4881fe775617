"""What was given up here and made all the same comes home, and every dollar is booked once."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generations import deciding, lining, requesting, settling, submitting, sweeping
from generations.models import Attempt, Generation, LedgerEntry
from generations.ordering import retry
from generations.orders import Frame
from generations.providers import provider_for
from studio.imports import in_words
from tests.generations.test_importing import bring
from tests.generations.test_lost_answers import make_everything_due, pass_time


def lose(studio, words="A lighthouse in a storm at night", **settings):
    """Return a take that Luma took and of which nothing can be known here."""
    studio.simulator.faults(lost_answer={"times": 1}, list_without_echo=True)
    take = studio.order(words, **settings)
    submitting.submit_due(studio.account.pk)
    pass_time(take.attempt())
    make_everything_due(studio)
    settling.settle_due(studio.account.pk)
    studio.simulator.faults()
    take.refresh_from_db()
    assert take.needs_decision
    return take


def rest(studio):
    """Let all be done that is under way, at the provider and here."""
    while not all(job["state"] in ("completed", "failed") for job in studio.books()["generations"]):
        sweeping.work_once()
        studio.simulator.wait_for_renders(timeout_s=0.25)
    while sweeping.work_once():
        pass


def in_ledger_and_books(studio):
    kept = sum((Decimal(str(job["price_cents"])) for job in studio.paid()), Decimal(0)) / 100
    ledger = LedgerEntry.objects.all()
    return ledger.spent_usd() + ledger.reserved_usd(), round(kept, 4)


def same(two):
    return abs(two[0] - two[1]) < Decimal("0.0002")


def test_a_take_that_was_written_off_is_completed_by_its_own_job(studio):
    take = lose(studio)
    deciding.give_up(take, studio.person)
    rest(studio)
    looked = bring(studio)
    assert (looked.done, looked.counts["strays_done"]) == (1, 1)
    assert "sent from here and given up" in in_words(looked)
    studio.work(take, until="stored")
    assert Generation.objects.get().state == "completed"
    assert [entry.kind for entry in take.ledger.all()] == ["reserved", "charged"]
    assert take.attempts.get().provider_id == studio.paid()[0]["id"]
    event = take.events.get(kind="completed")
    assert "Found at the provider after it was given up" in event.detail["words"]
    assert event.actor == studio.person
    assert same(in_ledger_and_books(studio))
    assert bring(studio).counts == {"known": 1, "other": 0}


def test_a_job_whose_take_was_sent_again_comes_as_a_further_take_that_is_charged(studio):
    begun = studio.order("The beginning")
    studio.work(begun, until="stored")
    take = lose(studio, start=Frame(source=begun))
    deciding.send_again(take, studio.person)
    rest(studio)
    assert len(studio.paid()) == 3
    assert not same(in_ledger_and_books(studio))
    assert bring(studio).done == 1
    assert same(in_ledger_and_books(studio))
    further = Generation.objects.latest("pk")
    studio.work(take, further, until="stored")
    assert (further.take_number, further.price_usd) == (3, take.price_usd)
    assert further.prompt == take.prompt
    assert further.keyframes.get().source == begun
    assert [entry.kind for entry in further.ledger.all()] == ["reserved", "charged"]
    said = take.events.get(kind="stray").detail["words"]
    assert "made take 2 twice" in said
    assert "$0.40 for it beside the first" in said
    assert "take 3" in said
    assert "A try of take 2" in further.events.first().detail["words"]
    assert bring(studio).counts == {"known": 3, "other": 0}


def test_the_pages_of_both_say_that_it_was_paid_twice(studio):
    take = lose(studio)
    deciding.send_again(take, studio.person)
    rest(studio)
    bring(studio)
    client = Client()
    client.force_login(studio.person)
    for each in Generation.objects.all():
        page = client.get(reverse("generation", args=[each.uuid])).content.decode()
        assert page.count("It took $0.40 for it beside the first.") == 2  # its notice, its history
    board = client.get(reverse("board", args=["film"])).content.decode()
    assert board.count("It took $0.40 for it beside the first.") == 2  # on both cards


def test_what_was_edited_meanwhile_comes_with_the_words_it_was_made_of(studio):
    take = lose(studio)
    deciding.send_again(take, studio.person)
    changed = take.prompt.changed(words="Something else altogether")
    take.refresh_from_db()
    assert take.edit(studio.account, take.price_usd, changed, [], studio.person)
    rest(studio)
    assert bring(studio).done == 1
    first, further = Generation.objects.order_by("pk")
    assert first.prompt.words == "Something else altogether"
    assert further.prompt.words == "A lighthouse in a storm at night"


def test_a_written_off_take_that_was_retried_leaves_its_job_to_a_take_without_a_charge(studio):
    take = lose(studio)
    deciding.give_up(take, studio.person)
    retry(Generation.objects.get(), studio.person)
    rest(studio)
    assert same(in_ledger_and_books(studio))
    assert bring(studio).done == 1
    assert same(in_ledger_and_books(studio))
    first, further = Generation.objects.order_by("pk")
    assert (first.state, further.state, further.price_usd) == ("completed", "completed", 0)


def test_a_lost_take_whose_price_was_released_all_the_same_comes_and_is_charged(studio):
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    attempt = take.attempt()
    assert take.give_up(attempt, "Nothing was heard of it for a day.")
    assert take.release(studio.person)
    rest(studio)
    assert bring(studio).done == 1
    first, further = Generation.objects.order_by("pk")
    assert (first.state, further.state) == ("failed", "completed")
    assert further.attempt().provider_id == studio.paid()[0]["id"]
    assert same(in_ledger_and_books(studio))


def test_a_lost_take_is_completed_by_an_import_as_well(studio):
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert take.give_up(take.attempt(), "Nothing was heard of it for a day.")
    rest(studio)
    assert bring(studio).done == 1
    assert Generation.objects.get().state == "completed"
    assert same(in_ledger_and_books(studio))


def test_without_a_mark_of_ours_its_request_and_its_time_tell(studio, settings):
    settings.LOCAL_URL = ""
    take = lose(studio)
    Attempt.objects.update(sent_at=timezone.now(), lease_until=timezone.now())
    deciding.send_again(take, studio.person)
    rest(studio)
    looked = bring(studio)
    assert looked.counts == {"known": 1, "ready": 1, "strays": 1, "strays_done": 1} | {
        "versions_done": 0,
        "other": 0,
    }
    assert same(in_ledger_and_books(studio))


def test_another_teams_job_stays_theirs_under_the_same_key(studio):
    from tests.factories import AccountFactory, ProjectFactory

    take = lose(studio)
    deciding.give_up(take, studio.person)
    rest(studio)
    other = ProjectFactory()
    theirs = AccountFactory(team=other.team, base_url=studio.simulator.url)
    theirs.set_key(studio.account.reveal_key())
    theirs.save()
    studio.project, studio.account = other, theirs
    assert bring(studio).counts == {"known": 1, "other": 0}


@pytest.fixture
def thought_absent(studio):
    """An attempt that another worker thought absent while its POST was still under way."""
    studio.work(studio.order("The first of all"), until="completed")
    studio.order()
    attempt = lining.claim(studio.account.pk)
    pass_time(attempt)
    make_everything_due(studio)
    settling.expire_leases()
    settling.settle_due(studio.account.pk)
    assert Attempt.objects.get(pk=attempt.pk).outcome == "absent"
    return attempt


def test_a_late_answer_makes_a_further_take_that_is_fetched_and_charged(studio, thought_absent):
    made = provider_for(studio.account).create(requesting.request_of(thought_absent))
    submitting._accept(thought_absent, made)
    further = Generation.objects.latest("pk")
    assert (further.state, further.take_number) == ("queued", 3)
    assert [entry.kind for entry in further.ledger.all()] == ["reserved"]
    take = thought_absent.generation
    take.refresh_from_db()
    assert "Luma made take 2 twice" in take.notice
    assert "The second one is take 3" in take.notice
    submitting._accept(thought_absent, made)  # it is learned once
    studio.work(take, further, until="stored")
    assert Generation.objects.count() == 3
    assert same(in_ledger_and_books(studio))
    assert bring(studio).counts == {"known": 3, "other": 0}


def test_a_late_answer_to_what_was_written_off_says_what_to_do(studio):
    take = studio.order()
    attempt = lining.claim(studio.account.pk)
    made = provider_for(studio.account).create(requesting.request_of(attempt))
    take.lose_answer(attempt, next_at=attempt.lease_until, words="Lost.")
    take.write_off(take.attempt(), studio.person)
    submitting._accept(attempt, made)
    take.refresh_from_db()
    assert "Bring it in" in take.notice
    rest(studio)
    assert bring(studio).done == 1
    take.refresh_from_db()
    assert (take.state, take.notice) == ("completed", "")
    assert same(in_ledger_and_books(studio))
