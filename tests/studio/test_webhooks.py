"""Webhooks, over real HTTP: what is told, how it is signed, and what happens when nobody hears."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Budget, BudgetWarning, State
from studio import guests_say, tasks
from studio.models import AuditEntry, Delivery, Role, Share, Verdict, Webhook
from studio.noting import Remark, note
from studio.webhooks import delivering, following
from studio.webhooks.events import NAMES
from tests.factories import MembershipFactory, ProjectFactory, member, take
from tests.loopback import Loopback, Quiet

ALL = list(NAMES)


@dataclass
class Ear:
    """What the address answers, and what it was told: the body as it came, and its headers."""

    address: str = ""
    status: int = 204
    told: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in self.told]


@pytest.fixture
def ear(settings) -> Iterator[Ear]:
    settings.OUTBOUND_LOOPBACK = True
    kept = Ear()

    class Answers(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.told.append((body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with Loopback(Answers) as server:
        kept.address = f"{server.address}/dailies"
        yield kept


@pytest.fixture
def owner(project, sign_in):
    return sign_in(member(project, Role.OWNER))


def add(client, url: str, events=ALL):
    return client.post(reverse("add_webhook"), {"url": url, "events": events})


def secret_in(answer) -> str:
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())
    assert found
    return found[0]


def tell() -> None:
    """What beat has done, all of it here."""
    following.follow_all()
    for webhook_id in delivering.due():
        tasks.deliver_due(webhook_id)


def make_due() -> None:
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now() - timedelta(seconds=1))


def test_a_finished_take_is_told_signed_and_once(owner, ear, project):
    take(project, State.COMPLETED)  # before: it is not told
    secret = secret_in(add(owner, ear.address))
    made = take(project, State.COMPLETED, words="A secret plot twist")
    tell()
    tell()
    assert [each["type"] for each in ear.messages] == ["take.finished"]
    body, headers = ear.told[0]
    said = json.loads(body)
    assert said["data"]["take"]["id"] == str(made.uuid)
    assert said["data"]["take"]["url"].endswith(f"/generations/{made.uuid}/")
    assert said["data"]["project"]["name"] == project.name
    assert b"plot twist" not in body
    assert "0.4" not in json.dumps(said["data"]), "what it cost"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body]
    )
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers["content-type"] == "application/json"
    kept = Delivery.objects.get()
    assert (kept.state, kept.status, str(kept.uuid)) == ("delivered", 204, headers["webhook-id"])


def test_each_thing_is_told_only_to_who_wants_it(owner, ear, project, artist):
    add(owner, ear.address, ["take.failed", "take.requested"])
    take(project, State.COMPLETED, author=artist)
    take(project, State.FAILED, author=artist)
    take(project, State.REQUESTED, author=artist)
    tell()
    assert sorted(each["type"] for each in ear.messages) == ["take.failed", "take.requested"]
    assert ear.messages[0]["data"]["by"] in (None, str(artist))


def test_reviews_and_notes_are_told(owner, ear, project, artist, sign_in):
    add(owner, ear.address, ["review.asked", "review.judged", "note.left"])
    made = take(project, State.COMPLETED, author=artist)
    sign_in(artist).post(reverse("send_to_review", args=[made.uuid]))
    owner.post(reverse("judge", args=[made.uuid]), {"verdict": "approved", "seen": "waiting"})
    owner.post(reverse("add_note", args=[made.uuid]), {"words": "Lovely fog"})
    tell()
    assert [each["type"] for each in ear.messages] == ["review.asked", "review.judged", "note.left"]
    assert b"Lovely fog" not in b"".join(body for body, _ in ear.told)


def test_a_private_project_tells_nothing_not_even_later(owner, ear, project, artist):
    add(owner, ear.address)
    project.is_private = True
    project.save()
    take(project, State.FAILED, author=artist)
    tell()
    project.is_private = False
    project.save()
    tell()
    assert ear.told == []
    take(project, State.FAILED, author=artist)
    tell()
    assert len(ear.told) == 1


def test_a_project_begun_later_and_another_teams_are_told_apart(owner, ear, project):
    add(owner, ear.address)
    later, other = ProjectFactory(team=project.team), ProjectFactory()
    take(later, State.FAILED)
    take(other, State.FAILED)
    tell()
    assert [each["data"]["project"]["name"] for each in ear.messages] == [later.name]


def test_what_nobody_hears_waits_longer_each_time_and_keeps_its_name(owner, ear, project):
    add(owner, ear.address)
    take(project, State.FAILED)
    ear.status = 500
    waits = []
    for _ in range(len(delivering.WAITS_S)):
        make_due()
        tell()
        kept = Delivery.objects.get()
        waits.append((kept.next_at - timezone.now()).total_seconds())
        assert (kept.state, kept.status) == ("waiting", 500)
    for wait, expected in zip(waits, delivering.WAITS_S, strict=True):
        assert expected - 5 < wait <= expected
    assert len({headers["webhook-id"] for _, headers in ear.told}) == 1
    make_due()
    tell()
    assert Delivery.objects.get().state == "given_up"
    webhook = Webhook.objects.get()
    assert webhook.stopped_at
    assert "heard nothing" in webhook.trouble
    page = owner.get(reverse("webhook", args=[webhook.uuid])).content.decode()
    assert "It answered 500." in page
    assert "10 tries" in page


def test_one_that_is_heard_again_gets_all_that_waited(owner, ear, project):
    add(owner, ear.address)
    take(project, State.FAILED)
    take(project, State.FAILED)
    ear.status = 503
    tell()
    assert len(ear.told) == 1  # the second isn't tried where the first wasn't heard
    ear.status = 200
    make_due()
    tell()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
    assert len(ear.told) == 3


def test_an_address_that_is_gone_is_told_nothing_more(owner, ear, project):
    add(owner, ear.address)
    take(project, State.FAILED)
    ear.status = 410
    tell()
    webhook = Webhook.objects.get()
    assert "410" in webhook.trouble
    take(project, State.FAILED)
    make_due()
    tell()
    assert len(ear.told) == 1
    ear.status = 200
    owner.post(reverse("go_on_webhook", args=[webhook.uuid]))
    tell()  # what happened meanwhile isn't told
    assert len(ear.told) == 1
    take(project, State.FAILED)
    tell()
    assert len(ear.told) == 2


def test_a_test_is_sent_and_a_message_is_sent_again(owner, ear):
    add(owner, ear.address)
    webhook = Webhook.objects.get()
    owner.post(reverse("test_webhook", args=[webhook.uuid]))
    tell()
    assert [each["type"] for each in ear.messages] == ["webhook.test"]
    kept = Delivery.objects.get()
    owner.post(reverse("send_again", args=[kept.uuid]))
    tell()
    first, second = (headers["webhook-id"] for _, headers in ear.told)
    assert first == second
    owner.post(reverse("stop_webhook", args=[webhook.uuid]))
    answer = owner.post(reverse("test_webhook", args=[webhook.uuid]), follow=True)
    assert "Let it go on first" in answer.content.decode()


def test_a_message_is_sent_by_one_worker_alone(owner, ear, project):
    add(owner, ear.address)
    take(project, State.FAILED)
    following.follow_all()
    one, other = Delivery.objects.get(), Delivery.objects.get()
    assert one.claim(60)
    assert not other.claim(60)
    assert delivering.due() == []


def test_the_secret_is_shown_once_sealed_and_renewed(owner, ear, project):
    first = secret_in(add(owner, ear.address))
    webhook = Webhook.objects.get()
    page = reverse("webhook", args=[webhook.uuid])
    assert first not in owner.get(page).content.decode()
    assert first.removeprefix("whsec_") not in webhook.sealed_secret
    second = secret_in(owner.post(reverse("renew_webhook", args=[webhook.uuid])))
    assert second != first
    take(project, State.FAILED)
    tell()
    body, headers = ear.told[0]
    stamp = int(headers["webhook-timestamp"])
    key = base64.b64decode(second.removeprefix("whsec_"))
    signed = delivering.signature(key, Delivery.objects.get().uuid, stamp, body.decode())
    assert headers["webhook-signature"] == signed
    said = "".join(AuditEntry.objects.values_list("words", flat=True))
    assert "Added a webhook to 127.0.0.1" in said
    assert first not in said
    assert second not in said
    assert "/dailies" not in said


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Write the address"),
        ("http://example.com/x", "begins with https://"),
        ("https://me:pass@example.com/", "begins with https://"),
        ("https://example.com:8443/", "begins with https://"),
        ("ftp://example.com/", "begins with https://"),
        ("javascript:alert(1)", "begins with https://"),
        ("https://" + "a" * 600, "at most 500"),
        ("https://exam ple.com/", "begins with https://"),
        ("https:///x", "begins with https://"),
    ],
)
def test_an_address_that_may_not_be_told_is_refused_in_words(owner, url, words):
    page = add(owner, url).content.decode()
    assert words in page
    assert not Webhook.objects.exists()


def test_an_address_inside_is_never_connected_to(owner, project):
    add(owner, "https://localhost/x")
    take(project, State.FAILED)
    tell()
    kept = Delivery.objects.get()
    assert (kept.state, kept.status) == ("waiting", None)
    assert "can't be reached" in kept.said


def test_nothing_chosen_twice_the_same_and_too_many_are_refused(owner, project):
    assert "Choose at least one" in add(owner, "https://example.com/", []).content.decode()
    add(owner, "https://example.com/")
    assert "told already" in add(owner, "https://example.com/").content.decode()
    for number in range(9):
        add(owner, f"https://example.com/{number}")
    assert "at most 10" in add(owner, "https://example.com/more").content.decode()
    assert Webhook.objects.count() == 10


def test_only_the_owner_has_to_do_with_them(owner, ear, project, sign_in, stranger):
    add(owner, ear.address)
    page = reverse("webhook", args=[Webhook.objects.get().uuid])
    producer = sign_in(member(project, Role.PRODUCER))
    assert producer.get(page).status_code == 403
    assert producer.get(reverse("webhooks")).status_code == 403
    assert stranger.get(page).status_code == 404
    both = MembershipFactory(team=project.team, role=Role.VIEWER).user
    assert sign_in(both).post(reverse("add_webhook"), {}).status_code == 403


def test_what_is_over_long_ago_is_forgotten(owner, ear, project):
    add(owner, ear.address)
    take(project, State.FAILED)
    tell()
    Delivery.objects.update(ended_at=timezone.now() - timedelta(days=31))
    tasks.tidy_webhooks()
    assert not Delivery.objects.exists()


def test_removed_it_leaves_nothing(owner, ear, project):
    add(owner, ear.address)
    webhook = Webhook.objects.get()
    take(project, State.FAILED)
    following.follow_all()
    owner.post(reverse("remove_webhook", args=[webhook.uuid]))
    tell()
    assert not Delivery.objects.exists()
    assert ear.told == []


def test_following_many_projects_costs_no_query_for_what_has_not_changed(
    owner, ear, project, django_assert_num_queries
):
    add(owner, ear.address)
    for _ in range(3):
        take(ProjectFactory(team=project.team), State.FAILED)
    following.follow_all()
    with django_assert_num_queries(3):
        following.follow_all()


def test_a_budget_that_is_nearly_gone_is_told_once_without_its_amount(owner, ear, project, artist):
    add(owner, ear.address)
    Budget.objects.set_limit(project.team, project, Decimal("0.80"), artist)
    take(project, author=artist)
    for _ in range(2):
        tell()
    [told] = [each for each in ear.messages if each["type"] == "budget.near"]
    assert told["data"]["budget"]["project"] == project.name
    assert "0.8" not in json.dumps(told["data"])


def test_a_budgets_warning_that_ends_after_a_later_one_is_told(owner, ear, project, artist):
    for team in (project.team, ProjectFactory().team):
        take(ProjectFactory(team=team), author=artist)
        Budget.objects.set_limit(team, None, Decimal("0.80"), artist)
    before, others = BudgetWarning.objects.order_by("pk")
    earlier = before.pk
    assert earlier < others.pk
    add(owner, ear.address, ["budget.near"])
    tell()
    assert ear.told == []  # it was nearly gone before
    before.delete()
    tell()
    # On PostgreSQL the order of ids isn't that in which transactions end.
    BudgetWarning.objects.create(
        pk=earlier, budget=before.budget, month=before.month, used_usd=1, limit_usd=1
    )
    for _ in range(2):
        tell()
    assert [each["data"]["budget"]["team"] for each in ear.messages] == [project.team.name]


def test_a_private_projects_budget_is_told_nowhere(owner, ear, project, artist):
    add(owner, ear.address)
    project.is_private = True
    project.save()
    Budget.objects.set_limit(project.team, project, Decimal("0.80"), artist)
    take(project, author=artist)
    tell()
    project.is_private = False
    project.save()
    tell()
    assert ear.told == []


def test_who_is_named_in_a_note_and_what_a_guest_thinks_is_told(owner, ear, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    other = member(project)
    add(owner, ear.address)
    note(made, artist, Remark(f"Look, @{other.email.split('@')[0]}", None, []))
    note(made, artist, Remark("Nobody is named here", None, []))
    share, _ = Share.make(made, artist, timezone.now() + timedelta(days=1), takes_verdicts=True)
    said = guests_say.Said("Ann", verdict=Verdict.REJECTED)
    guests_say.say(share, made, said, 24.0, 120, visit="first")
    tell()
    types = [each["type"] for each in ear.messages]
    assert types == ["note.left", "note.mention", "note.left", "review.guest"]
