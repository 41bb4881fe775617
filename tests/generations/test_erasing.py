"""Deleting at the provider what a person wants gone there too, against the simulator."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generations import discarding, erasing, sweeping
from generations.kinds import Kind
from generations.models import Erasure, Generation
from generations.ordering import accept, retry
from generations.orders import Frame, Order, made_from
from generations.providers import provider_for
from generations.providers.base import NotFound
from generations.refusal import Refused
from generations.simulator.endpoints import BAD_KEY


@pytest.fixture
def made(studio):
    """A finished take, its file here."""
    take = studio.order()
    studio.work(take, until="stored")
    return take


def erase(studio, made):
    """Delete a take here and at its provider, as far as asking for it."""
    outcome = discarding.discard([made], studio.person, at_provider=True)
    assert outcome.takes == [made]
    made.refresh_from_db()


def come_due():
    Erasure.objects.under_way().update(next_at=timezone.now())


def is_there(studio, take):
    try:
        provider_for(studio.account).get(take.attempt().provider_id)
    except NotFound:
        return False
    return True


def kinds(take):
    return list(take.events.values_list("kind", flat=True))


def test_it_is_gone_at_the_provider_and_the_history_says_so(studio, made):
    erase(studio, made)
    come_due()
    sweeping.work_once()
    assert not is_there(studio, made)
    assert kinds(made)[-3:] == ["trashed", "erase_asked", "erased"]
    done = made.events.last()
    assert done.detail == {"provider_id": made.attempt().provider_id}
    assert done.actor == studio.person
    assert made.assets.exists()  # ours stays until the trash is emptied


def test_deleting_alone_leaves_it_at_the_provider(studio, made):
    discarding.discard([made], studio.person)
    sweeping.work_once()
    assert is_there(studio, made)
    assert not Erasure.objects.exists()


def test_nothing_is_sent_while_it_can_be_taken_back(studio, made):
    erase(studio, made)
    assert Erasure.objects.get().next_at > timezone.now() + timedelta(seconds=30)
    sweeping.work_once()
    discarding.restore([made], studio.person)
    assert not Erasure.objects.exists()
    assert is_there(studio, made)
    made.refresh_from_db()
    assert made.erased_at is None


def test_what_the_provider_does_not_have_any_more_is_done(studio, made):
    provider_for(studio.account).delete(made.attempt().provider_id)
    erase(studio, made)
    come_due()
    assert erasing.erase_due() == 1
    assert kinds(made)[-1] == "erased"
    assert made.events.last().detail["was_gone"]


def test_what_the_provider_cannot_do_now_is_asked_again(studio, made):
    erase(studio, made)
    studio.simulator.faults(error_before_accept={"times": 1, "on": ["delete"]})
    come_due()
    assert erasing.erase_due() == 0
    erasure = Erasure.objects.get()
    assert erasure.next_at > timezone.now()
    assert erasure.error
    come_due()
    assert erasing.erase_due() == 1
    assert kinds(made).count("erased") == 1


def test_it_is_given_up_after_days_and_can_be_asked_for_again(studio, made, monkeypatch):
    monkeypatch.setattr(erasing, "_GIVE_UP_AFTER_TRIES", 1)
    erase(studio, made)
    studio.simulator.faults(error_before_accept={"times": 1, "on": ["delete"]})
    come_due()
    assert erasing.erase_due() == 0
    assert kinds(made)[-1] == "erase_failed"
    assert made.events.last().detail["error"]
    assert erasing.can_erase(made)
    erasing.erase([made], studio.person)
    come_due()
    assert erasing.erase_due() == 1
    assert not erasing.can_erase(made)


def test_a_wrong_key_waits_for_a_right_one(studio, made):
    erase(studio, made)
    studio.account.set_key(f"{BAD_KEY}-revoked")
    studio.account.save()
    come_due()
    assert erasing.erase_due() == 0
    assert Erasure.objects.under_way().count() == 1


def test_what_something_on_its_way_names_there_is_deleted_once_that_has_ended(studio, made):
    following = accept(
        studio.project,
        studio.person,
        Order("It goes on", resolution="540p", start=Frame(source=made)),
    )
    Generation.objects.filter(pk=made.pk).update(trashed_at=timezone.now())
    erasing.erase([made], studio.person)
    come_due()
    assert erasing.erase_due() == 0
    assert is_there(studio, made)
    following.cancel(studio.person)
    come_due()
    assert erasing.erase_due() == 1


def test_versions_go_with_their_take(studio, made):
    larger = accept(studio.project, studio.person, made_from(made, Kind.UPSCALE, resolution="720p"))
    studio.work(larger, until="stored")
    erase(studio, made)
    come_due()
    sweeping.work_once()
    assert not is_there(studio, made)
    assert not is_there(studio, larger)
    assert kinds(larger)[-1] == "erased"


def test_a_restored_take_that_is_gone_there_goes_on_from_its_last_frame(studio, made):
    erase(studio, made)
    come_due()
    erasing.erase_due()
    assert discarding.restore([made], studio.person) == [made]
    made.refresh_from_db()
    following = accept(
        studio.project,
        studio.person,
        Order("It goes on", resolution="540p", start=Frame(source=made)),
    )
    assert following.keyframes.get().still.source == made
    with pytest.raises(Refused, match="was deleted at Luma"):
        accept(studio.project, studio.person, made_from(made, Kind.UPSCALE, resolution="720p"))


def test_a_take_that_continued_it_is_retried_from_its_last_frame(studio, made):
    following = accept(
        studio.project,
        studio.person,
        Order("It goes on", resolution="540p", start=Frame(source=made)),
    )
    following.cancel(studio.person)
    erase(studio, made)
    come_due()
    erasing.erase_due()
    discarding.restore([made], studio.person)
    following = Generation.objects.get(pk=following.pk)
    retry(following, studio.person)
    assert following.keyframes.get().still.source == made
    assert "that take is deleted there" in following.notice


def test_two_workers_delete_it_once(studio, made):
    erase(studio, made)
    come_due()
    erasure = erasing._claim()
    assert erasing._claim() is None
    Erasure.objects.update(next_at=timezone.now())  # its lease ran out
    assert erasing.erase_due() == 1
    assert not erasing._erase(erasure)
    assert kinds(made).count("erased") == 1
