"""Polling and the callback that hastens it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generations import polling, submitting
from generations.models import Generation
from tests.generations.conftest import due_now


@pytest.fixture
def sent(studio):
    take = studio.order()
    submitting.submit_due(studio.account.pk)
    take.refresh_from_db()
    assert take.state == "queued"
    return take


@pytest.mark.parametrize("fault", ["malformed_json", "unknown_state"])
def test_an_answer_that_makes_no_sense_is_asked_again(studio, sent, fault):
    studio.simulator.faults(**{fault: {"times": 2}})
    polling.poll_due(studio.account.pk)
    sent.refresh_from_db()
    assert sent.state == "queued"
    Generation.objects.update(next_at=timezone.now())
    studio.work(sent, until="completed")


def test_many_jobs_are_read_by_one_list(studio, caplog):
    takes = [studio.order() for _ in range(12)]
    submitting.submit_due(studio.account.pk)
    with caplog.at_level("INFO", "generations.providers.luma"):
        polling.poll_due(studio.account.pk)
    asked = [line for line in caplog.messages if line.startswith("luma GET")]
    assert [line.split(" -> ")[0] for line in asked] == ["luma GET /generations"]
    studio.work(*takes, until="completed")


def test_a_job_that_never_ends_is_given_up_with_its_money_reserved(studio, sent):
    studio.simulator.faults(unknown_state=True)
    old = timezone.now() - timedelta(days=1, minutes=1)
    Generation.objects.update(accepted_at=old)
    polling.poll_due(studio.account.pk)
    sent.refresh_from_db()
    assert (sent.state, sent.reason) == ("failed", "lost")
    assert [entry.kind for entry in sent.ledger.all()] == ["reserved"]
    assert "stays reserved" in sent.words


def test_a_job_that_takes_a_quarter_of_an_hour_is_told_of_once(studio, sent):
    studio.simulator.faults(unknown_state=True)
    Generation.objects.update(accepted_at=timezone.now() - timedelta(minutes=14))
    polling.poll_due(studio.account.pk)
    assert not sent.events.filter(kind="overdue").exists()
    Generation.objects.update(accepted_at=timezone.now() - timedelta(minutes=16))
    for _ in range(3):
        due_now()
        polling.poll_due(studio.account.pk)
    sent.refresh_from_db()
    assert sent.state == "queued"
    assert sent.notice == "It takes much longer than it should. It is still being watched."
    # An open page hears of it by its Event.
    assert sent.last_event == sent.events.get(kind="overdue").number


def test_that_one_was_paid_twice_stays_said_however_long_it_takes(studio, sent):
    sent.tell("It was made twice, and both are paid.", kind="stray")
    studio.simulator.faults(unknown_state=True)
    Generation.objects.update(accepted_at=timezone.now() - timedelta(minutes=16))
    polling.poll_due(studio.account.pk)
    sent.refresh_from_db()
    assert (sent.state, sent.notice) == ("queued", "It was made twice, and both are paid.")


def test_polls_come_ever_more_slowly(settings, sent):
    settings.POLL_AFTER_S = 2.0
    now = timezone.now()
    young = polling._next_poll(sent) - now
    sent.accepted_at = now - timedelta(minutes=10)
    old = polling._next_poll(sent) - now
    assert timedelta(seconds=1) < young < timedelta(seconds=4)
    assert old > timedelta(seconds=25)


def test_a_callback_only_makes_the_poll_due(client, studio, sent):
    Generation.objects.update(next_at=timezone.now() + timedelta(hours=1))
    url = reverse("callback", args=["luma", sent.attempt().nonce])
    forged = '{"id": "x", "state": "failed", "failure_reason": "forged"}'
    assert client.post(url, forged, content_type="application/json").status_code == 200
    sent.refresh_from_db()
    assert sent.state == "queued"
    assert sent.next_at <= timezone.now()
    studio.work(sent, until="completed")


def test_a_callback_to_nobody_is_answered_like_any_other(client, db):
    url = reverse("callback", args=["luma", "3fa85f64-5717-4562-b3fc-2c963f66afa6"])
    assert client.post(url).status_code == 200
    assert client.get(url).status_code == 405


def test_the_median_of_the_last_takes_is_expected(studio):
    first = studio.order()
    studio.work(first, until="completed")
    took = (first.finished_at - first.accepted_at).total_seconds()
    second = studio.order()
    submitting.submit_due(studio.account.pk)
    second.refresh_from_db()
    assert first.expected_s is None
    assert second.expected_s == pytest.approx(took)


def test_a_job_that_cant_be_asked_after_does_not_hold_up_the_others(studio, monkeypatch):
    from generations.providers.base import Refused
    from generations.providers.luma import Luma

    bad, good = studio.order(), studio.order()
    submitting.submit_due(studio.account.pk)
    gone = bad.attempt().provider_id
    get = Luma.get

    def refuse(self, provider_id):
        if provider_id == gone:
            raise Refused("HTTP 410")
        return get(self, provider_id)

    monkeypatch.setattr(Luma, "get", refuse)
    studio.work(good, until="completed")
    bad.refresh_from_db()
    assert bad.state == "queued"
    Generation.objects.filter(pk=bad.pk).update(
        accepted_at=timezone.now() - timedelta(days=3), next_at=timezone.now()
    )
    polling.poll_due(studio.account.pk)
    bad.refresh_from_db()
    assert (bad.state, bad.reason) == ("failed", "lost")
