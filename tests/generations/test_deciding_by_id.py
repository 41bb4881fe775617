"""A person names the job that an unconfirmed take became, and what is checked then."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generations import deciding, requesting
from generations.models import Account, Attempt, Generation, LedgerEntry
from generations.ordering import accept
from generations.orders import Order
from generations.providers import provider_for
from generations.providers.base import ImageRequest
from generations.refusal import Refused
from studio.models import Project, Team
from tests.generations.test_deciding import undecided  # noqa: F401, a fixture

# ruff: noqa: F811  (the fixture is a parameter)


def made_by_hand(studio, undecided, **changes):
    asked = replace(requesting.request_of(undecided.attempt()), callback_url="", **changes)
    return provider_for(studio.account).create(asked).provider_id


def test_a_job_isnt_claimed_by_two_teams_with_one_key(studio, undecided):
    team = Team.objects.create(name="The others")
    theirs = Account(team=team, provider="luma", name="Same", simulated=True)
    theirs.base_url = studio.simulator.url
    theirs.set_key(studio.account.reveal_key())
    theirs.save()
    project = Project.objects.create(team=team, name="Another film", slug="another-film")
    other = accept(project, None, Order(words="Another one", resolution="540p"))
    studio.work(other, until="completed")
    with pytest.raises(Refused, match="another take"):
        deciding.it_was_made(undecided, studio.person, other.attempt().provider_id)
    undecided.refresh_from_db()
    assert undecided.needs_decision
    assert LedgerEntry.objects.filter(kind="charged").count() == len(studio.paid())


def test_a_picture_isnt_taken_for_a_video(studio, undecided):
    made = provider_for(studio.account).create(ImageRequest("photon-1", "A lamp", "1:1", "jpg"))
    with pytest.raises(Refused, match="isn't what was asked for"):
        deciding.it_was_made(undecided, studio.person, made.provider_id)
    undecided.refresh_from_db()
    assert undecided.needs_decision


def test_a_job_of_another_time_is_taken_only_by_who_says_so_twice(studio, undecided):
    made = made_by_hand(studio, undecided)
    Attempt.objects.update(
        sent_at=timezone.now() - timedelta(days=7), lease_until=timezone.now() - timedelta(days=7)
    )
    undecided = Generation.objects.get(pk=undecided.pk)
    with pytest.raises(deciding.NotThen, match="this take was sent on"):
        deciding.it_was_made(undecided, studio.person, made)
    deciding.it_was_made(undecided, studio.person, made, anyway=True)
    undecided.refresh_from_db()
    assert undecided.state == "queued"


def test_the_page_offers_to_take_it_all_the_same(studio, undecided):
    made = made_by_hand(studio, undecided)
    Attempt.objects.update(sent_at=timezone.now() - timedelta(days=7))
    Attempt.objects.update(lease_until=timezone.now() - timedelta(days=7))
    client = Client()
    client.force_login(studio.person)
    address = reverse("made", args=[undecided.uuid])
    page = client.post(address, {"provider_id": made}).content.decode()
    assert "It is this one all the same" in page
    client.post(address, {"provider_id": made, "anyway": "on"})
    undecided.refresh_from_db()
    assert undecided.state == "queued"


def test_a_job_that_failed_by_now_releases_the_price_at_once(studio, undecided):
    studio.simulator.faults(fails_while_dreaming={"times": 1})
    made = made_by_hand(studio, undecided)
    studio.simulator.wait_for_end(made)
    deciding.it_was_made(undecided, studio.person, made)
    undecided.refresh_from_db()
    assert undecided.state == "failed"
    assert [entry.kind for entry in undecided.ledger.all()] == ["reserved", "released"]
