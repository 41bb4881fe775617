"""The main path: words become a file, paid once."""

from decimal import Decimal

import pytest

from generations import media
from generations.models import Account, Attempt, Event, LedgerEntry
from generations.ordering import retry


def kinds(generation):
    return [entry.kind for entry in generation.ledger.all()]


def test_words_become_a_file_on_disk_that_is_paid_for_once(studio):
    take = studio.order()
    studio.work(take, until="stored")

    video = take.assets.get(kind="video")
    assert (video.width, video.height, video.fps, video.codec) == (960, 540, 24.0, "h264")
    assert video.duration_s == pytest.approx(5.0)
    assert video.file.stat().st_size == video.size_bytes
    assert media.probe_video(take.assets.get(kind="preview").file).width == 320
    assert take.assets.get(kind="poster").file.read_bytes()[:2] == b"\xff\xd8"
    assert kinds(take) == ["reserved", "charged"]
    assert LedgerEntry.objects.spent_usd() == Decimal("0.3981")
    assert LedgerEntry.objects.reserved_usd() == 0
    assert [event.kind for event in take.events.all()] == [
        *("waiting", "submitting", "queued"),
        *[event.kind for event in take.events.filter(kind="dreaming")],
        *("completed", "stored"),
    ]
    assert len(studio.paid()) == 1


def test_takes_are_numbered_within_their_project(studio):
    assert [studio.order().take_number for _ in range(3)] == [1, 2, 3]


def test_events_are_numbered_without_a_gap(studio):
    take = studio.order()
    studio.work(take, until="stored")
    numbers = list(Event.objects.since(0).values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert take.last_event == numbers[-1]


def test_an_extension_continues_its_parent_at_the_provider(studio):
    from generations.orders import Frame

    parent = studio.order()
    studio.work(parent, until="stored")
    child = studio.order("The beam sweeps over the sea", start=Frame(source=parent))
    studio.work(child, until="completed")
    echo = [each for each in studio.paid() if each["id"] == child.attempt().provider_id]
    assert len(echo) == 1
    assert child.keyframes.get().source == parent


def test_a_refusal_by_moderation_says_so_and_costs_nothing(studio):
    take = studio.order("a famous celebrity dancing, moderation please")
    studio.simulator.faults(moderation=True)
    studio.work(take, until="failed")
    assert take.reason == "content"
    assert "moderation" in take.words
    assert "Nothing was charged" in take.words
    assert kinds(take) == ["reserved", "released"]
    assert studio.paid() == []


def test_the_word_that_moderation_refuses_is_told(studio):
    take = studio.order("A beheading at dawn")
    studio.work(take, until="failed")
    assert take.reason == "content"
    assert "Luma's words: “prompt not allowed because it contains blacklisted word" in take.words
    assert kinds(take) == ["reserved", "released"]


def test_a_frame_that_moderation_refuses_is_told_from_the_words(studio):
    take = studio.order("Into the forbidden frame")
    studio.work(take, until="failed")
    assert take.reason == "content"
    assert "refused a frame: Frame moderation failed" in take.words
    assert "prompt" not in take.words
    assert kinds(take) == ["reserved", "released"]


def test_a_failure_while_dreaming_is_refunded_and_can_be_retried(studio):
    studio.simulator.faults(fails_while_dreaming={"times": 1})
    take = studio.order()
    studio.work(take, until="failed")
    assert take.reason == "provider"
    assert kinds(take) == ["reserved", "released"]

    retry(take, studio.person)
    studio.work(take, until="completed")
    assert kinds(take) == ["reserved", "released", "reserved", "charged"]
    assert len(studio.paid()) == 1


def test_cancelling_while_it_waits_releases_its_price(studio):
    take = studio.order()
    assert take.cancel(studio.person)
    assert not take.cancel(studio.person)
    assert kinds(take) == ["reserved", "released"]
    assert take.attempts.get().outcome == Attempt.Outcome.WITHDRAWN


def test_what_does_not_fit_waits_for_a_slot(studio):
    Account.objects.update(concurrent_limit=2)
    takes = [studio.order() for _ in range(5)]
    from generations import submitting

    submitting.submit_due(studio.account.pk)
    for take in takes:
        take.refresh_from_db()
    assert [take.state for take in takes] == ["queued"] * 2 + ["waiting"] * 3
    studio.work(*takes, until="completed")
    assert len(studio.paid()) == 5


def test_creates_in_a_minute_are_limited(studio):
    Account.objects.update(per_minute_limit=2)
    takes = [studio.order() for _ in range(3)]
    studio.work(*takes[:2], until="completed")
    takes[2].refresh_from_db()
    assert takes[2].state == "waiting"
    assert len(studio.paid()) == 2
