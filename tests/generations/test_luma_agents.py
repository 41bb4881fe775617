"""Luma Agents through the engine: the same order, queue, ledger and catalogue as Dream Machine's.

Against a real simulator over real HTTP.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generations import (
    deciding,
    enrolling,
    moving,
    probing,
    reconciling,
    submitting,
    sweeping,
)
from generations.failing import why_it_failed
from generations.models import Account, Attempt, Reconciliation
from generations.ordering import retry
from generations.outbound import Answer
from generations.providers.base import NoHdrAccess
from generations.providers.luma_agents.reading import snapshot_of
from generations.providers.luma_agents.refusing import refusal
from generations.refusal import Refused as TurnedDown
from generations.sealing import seal
from generations.simulator.testing import TestSimulator
from tests.generations.conftest import Studio, due_now, fresh, make_studio

KEY = "luma-api-test"


@pytest.fixture
def agents(db: None, simulate: Callable[..., TestSimulator]) -> Studio:
    """A team whose second account is at Luma Agents."""
    studio = make_studio(simulate())
    account = Account(
        team=studio.project.team,
        provider="luma-agents",
        name="Agents",
        simulated=True,
        base_url=studio.simulator.agents_url,
    )
    account.set_key(KEY)
    account.save()
    studio.account = account
    return studio


def paid(studio: Studio) -> list[dict[str, Any]]:
    """The simulator's generations that were charged and not refunded."""
    books = studio.simulator.agents_books(KEY)
    return [each for each in books["generations"] if not each["refunded"]]


def test_a_clip_of_ray_3_2_is_made_paid_and_kept(agents: Studio) -> None:
    take = agents.order(model="ray-3.2", resolution="360p")
    assert take.account == agents.account
    assert take.price_usd == Decimal("0.06")
    agents.work(take, until="stored")
    video = take.assets.get(kind="video")
    assert (video.width, video.height) == (640, 360)
    assert [each["price_cents"] for each in paid(agents)] == [6]


def test_a_lost_answer_waits_for_a_person_and_is_never_sent_again(
    agents: Studio, settings: Any
) -> None:
    agents.simulator.faults(lost_answer={"times": 1})
    take = agents.order(model="ray-3.2", resolution="360p")
    agents.work(take, until="unconfirmed")
    for after_s in (120, 0):
        settings.SETTLE_AFTER_S = after_s
        for _ in range(3):
            due_now()
            agents.work(take, until="unconfirmed")
        assert take.needs_decision == (after_s == 0)  # until then it may still arrive
        Attempt.objects.update(lease_until=timezone.now())
    assert "Luma Agents keeps no list of its jobs" in take.words
    assert "ray-3.2" in take.words
    (job,) = paid(agents)
    deciding.it_was_made(take, agents.person, job["id"])
    agents.work(take, until="stored")
    assert [each["price_cents"] for each in paid(agents)] == [6]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("too_many_jobs", "busy"), ("too_many_requests", "busy"), ("out_of_credits", "credits")],
)
def test_what_is_turned_away_waits_and_is_paid_once(
    agents: Studio, fault: str, reason: str
) -> None:
    agents.simulator.faults(**{fault: {"times": 1}})
    take = agents.order(model="ray-3.2", resolution="360p")
    sweeping.work_once()
    take.refresh_from_db()
    assert (take.state, take.reason) == ("waiting", reason)
    due_now()
    agents.work(take, until="stored")
    assert len(paid(agents)) == 1


def test_a_dead_url_is_renewed_by_asking_again(agents: Studio) -> None:
    agents.simulator.faults(asset_expires={"seconds": 0, "times": 1})
    take = agents.order(model="ray-3.2", resolution="360p")
    agents.work(take, until="completed")
    for _ in range(4):
        take.assets.filter(next_at__isnull=False).update(next_at=timezone.now())
        sweeping.work_once()
    assert take.assets.get(kind="video").state == "stored"


def test_moderation_has_words_and_gives_the_price_back(agents: Studio) -> None:
    take = agents.order("Nude dunes", model="ray-3.2", resolution="360p")
    agents.work(take, until="failed")
    assert take.reason == "content"
    assert not paid(agents)


def test_a_budget_that_is_used_up_sends_the_next_takes_to_another_key(
    agents: Studio, client: Client
) -> None:
    spare = Account(
        team=agents.project.team,
        provider="luma-agents",
        name="Spare",
        simulated=True,
        base_url=agents.simulator.agents_url,
        rank=5,
    )
    spare.set_key(f"{KEY}-spare")
    spare.save()
    agents.simulator.faults(budget_exhausted={"times": 1})
    Account.objects.filter(pk=agents.account.pk).update(concurrent_limit=1)
    first, second = (agents.order(model="ray-3.2", resolution="360p") for _ in range(2))
    agents.work(first, until="failed")
    assert first.reason == "credits"
    assert "ran out of credits: The budget of this key is used up. Nothing" in first.words
    assert (first.ledger.spent_usd(), first.ledger.reserved_usd()) == (0, 0)
    tried = fresh(agents.account)
    assert (tried.is_open, tried.problem) == (True, "credits")
    client.force_login(agents.person)
    assert "is out of credits" in client.get(reverse("accounts")).content.decode()

    submitting.submit_due(agents.account.pk)
    assert fresh(second).account == spare
    assert second.notice == f"Moved to {spare}: {tried} is out of credits."
    assert agents.order(model="ray-3.2", resolution="360p").account == spare
    retry(first, agents.person)
    agents.work(first, second, until="completed")
    assert first.attempt().account == spare

    due_now()
    assert probing.probe_due(tried.pk)  # as after a 402: nobody tells what is left
    assert agents.order(model="ray-3.2", resolution="360p").account == tried


@pytest.mark.parametrize(
    ("code", "reason", "says"),
    [
        ("content_moderated", "content", "the content was moderated"),
        ("generation_failed", "provider", "the job failed"),
        ("budget_exhausted", "credits", "the budget of this key is used up"),
        ("output_not_found", "provider", "its output was lost"),
        ("image_too_large", "frames", "a picture is too large"),
        ("unsupported_format", "frames", "a file's format isn't supported"),
        ("corrupt_input", "frames", "a file can't be read"),
        ("invalid_request", "provider", "the request isn't valid"),
        ("rate_limited", "provider", "too many requests at once"),
        ("a_new_one", "provider", "a_new_one"),
    ],
)
def test_each_failure_code_has_words_of_its_own(code: str, reason: str, says: str) -> None:
    told = snapshot_of({"id": "a", "state": "failed", "type": "video", "failure_code": code})
    why, words = why_it_failed(told, "Luma")
    assert (str(why), says in words) == (reason, True)


@pytest.mark.parametrize("status", [400, 403, 422])
def test_no_access_to_hdr_is_told_from_a_suspended_account(status: int) -> None:
    body = b'{"detail": "HDR is not enabled for this API client"}'
    refused = refusal(Answer(status, {}, body))
    assert (type(refused), "no access to HDR" in refused.words("Luma")) == (NoHdrAccess, True)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "HDR access is not enabled for this account"),
        (400, "You don't have access to HDR"),
        (402, "Your plan doesn't include HDR"),
        (403, "HDR can't be had"),
        (422, "Missing entitlement: hdr"),
    ],
)
def test_however_it_is_said_no_access_to_hdr_is_understood(status: int, words: str) -> None:
    assert isinstance(refusal(_detailed(status, words)), NoHdrAccess)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "HDR is only allowed at 1080p"),
        (400, "HDR has to be enabled for EXR"),
        (400, "The HDR source can't be accessed"),
        (402, "Your plan has no credits left for HDR"),
        (403, "This account is suspended"),
        (429, "HDR jobs: 2 allowed"),
        (429, "HDR access is limited: wait"),
        (503, "HDR access is out of order"),
    ],
)
def test_what_hdr_is_refused_for_otherwise_says_nothing_of_the_key(status: int, words: str) -> None:
    assert not isinstance(refusal(_detailed(status, words)), NoHdrAccess)


def _detailed(status: int, words: str) -> Answer:
    return Answer(status, {}, json.dumps({"detail": words}).encode())


def test_hdr_is_refused_in_words_where_the_key_has_no_access(agents: Studio) -> None:
    agents.account.set_key(f"{KEY}-sdr")
    agents.account.save()
    take = agents.order(model="ray-3.2", resolution="720p", options={"hdr": True})
    assert take.price_usd == Decimal("0.60")
    agents.work(take, until="failed")
    assert "no access to HDR" in take.words
    agents.account.refresh_from_db()
    assert (agents.account.hdr, bool(agents.account.hdr_told_at)) == ("no", True)


def test_what_a_key_has_no_access_to_is_not_sent_again_before_it_was_tested(
    agents: Studio,
) -> None:
    asked: dict[str, Any] = {"model": "ray-3.2", "resolution": "720p", "options": {"hdr": True}}
    agents.account.set_key(f"{KEY}-sdr")
    agents.account.save()
    take = agents.order(**asked)
    agents.work(take, until="failed")
    for again in (lambda: agents.order(**asked), lambda: retry(fresh(take), agents.person)):
        with pytest.raises(TurnedDown, match="no access to HDR, as was answered on"):
            again()
    agents.account.refresh_from_db()
    assert "HDR is offered again" in enrolling.try_again(agents.account)
    assert fresh(take).state == "failed"
    Account.objects.filter(pk=agents.account.pk).update(sealed_key=seal(KEY))  # Luma opened it
    made = agents.order(**asked)
    agents.work(made, until="stored")
    agents.account.refresh_from_db()
    assert agents.account.hdr == "yes"


def test_a_take_in_hdr_moves_only_where_a_key_may_have_it(agents: Studio) -> None:
    take = agents.order(model="ray-3.2", resolution="720p", options={"hdr": True})
    spares = []
    for rank, name in enumerate(("Refused", "Unknown"), 1):
        spare = Account(team=agents.account.team, provider="luma-agents", name=name, rank=rank)
        spare.simulated, spare.base_url = True, agents.account.base_url
        spare.set_key(f"{KEY}-{name}")
        spare.save()
        spares.append(spare)
    spares[0].note_hdr(has=False)
    enrolling.switch_off(agents.account)
    moving.move_due(agents.account.pk)
    assert fresh(take).account == spares[1]


def test_a_balance_that_nobody_tells_is_never_compared(agents: Studio) -> None:
    assert reconciling.reconcile(Account.objects.filter(pk=agents.account.pk)) == 0
    assert not Reconciliation.objects.exists()
