"""Requests: who asks, who decides, and what each of them is shown."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generations import ordering
from generations.kinds import Kind
from generations.models import Budget, Generation, LedgerEntry, SpendingRules, State, Still
from generations.models.states import Reason
from generations.orders import made_from
from studio.models import Role
from tests.factories import ProjectFactory, member, still, take

HTMX = {"HX-Request": "true"}
PAGE = "/requests/"


def url(name, generation):
    return reverse(name, args=[generation.uuid])


def text(response):
    return response.content.decode()


def state_of(generation):
    return Generation.objects.get(pk=generation.pk).state


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


@pytest.fixture
def threshold(project):
    return SpendingRules.objects.create(team=project.team, approval_above_usd="0.50")


@pytest.fixture
def asked(project, artist):
    return take(project, State.REQUESTED, author=artist, words="A crane shot over the harbour")


def composer(**changes):
    return {
        "words": "Dunes at dawn, drifting sand",
        "model": "ray-2",
        "ratio": "16:9",
        "resolution": "720p",
        "duration_s": "5",
        "shown_usd": "100",
        **changes,
    }


def test_the_button_asks_above_the_threshold_and_generates_below_it(
    client, producer, project, threshold
):
    board = reverse("board", args=[project.slug])
    quote = reverse("quote", args=[project.slug])
    assert '<span id="generate-verb">Request, $0.71</span>' in text(client.get(board))
    assert '<span id="generate-verb">Generate</span>' in text(producer.get(board))
    dear, cheap = composer(), composer(model="ray-flash-2")
    oob = '<span id="generate-verb" hx-swap-oob="true">'
    assert f"{oob}Request, $0.71</span>" in text(client.get(quote, dear))
    assert f"{oob}Generate</span>" in text(client.get(quote, cheap))
    assert f"{oob}Generate</span>" in text(producer.get(quote, dear))


def test_an_artists_dear_take_is_requested_and_a_producers_is_generated(
    client, producer, project, threshold
):
    generate = reverse("generate", args=[project.slug])
    shown = text(client.post(generate, composer(), headers=HTMX))
    assert "A producer has to approve it first" in shown
    assert "Withdraw" in shown
    assert Generation.objects.get(take_number=1).state == State.REQUESTED
    producer.post(generate, composer())
    assert Generation.objects.get(take_number=2).state == State.WAITING


def test_the_page_is_for_those_who_approve_somewhere(client, viewer, producer, stranger, asked):
    refused = client.get(PAGE)
    assert refused.status_code == 403
    assert "Approving spending needs the role of producer or above" in text(refused)
    assert viewer.get(PAGE).status_code == 403
    assert asked.prompt.words in text(producer.get(PAGE))
    assert "Nothing waits for you" in text(stranger.get(PAGE))


@pytest.mark.parametrize("name", ["approve", "decline"])
def test_only_a_producer_decides_and_never_by_a_link(
    client, viewer, producer, stranger, anonymous, asked, name
):
    sent = {"price_usd": "9", "why": "No."}
    assert stranger.post(url(name, asked), sent).status_code == 404
    assert anonymous.post(url(name, asked), sent)["Location"].startswith("/accounts/login/")
    assert viewer.post(url(name, asked), sent).status_code == 403
    assert client.post(url(name, asked), sent).status_code == 403
    assert producer.get(url(name, asked)).status_code == 405
    assert state_of(asked) == State.REQUESTED


def test_a_producer_sees_what_is_asked_its_price_and_what_is_left(producer, project, artist):
    frame = still(project)
    asked = take(project, State.REQUESTED, author=artist, start=frame)
    Budget.objects.create(team=project.team, limit_usd=10)
    Budget.objects.create(team=project.team, project=project, limit_usd="0.70")
    shown = text(producer.get(PAGE))
    for words in (
        asked.prompt.words,
        "5 s, 720p, 16:9",
        f"{project.team}, take 1, asked by {artist}",
        url("approve", asked),
        "Approve, $0.71",
        "$10.00 left of the team's $10.00 this month",
        f"$0.70 left of {project}",
        reverse("media", args=[frame.uuid, "still"]),
    ):
        assert words in shown


def test_what_a_request_is_made_from_is_shown_too(producer, project, artist):
    from_take = take(project, State.COMPLETED, author=artist)
    SpendingRules.objects.create(team=project.team, approval_above_usd=0)
    order = made_from(from_take, Kind.UPSCALE, resolution="4k")
    ordering.accept(project, artist, order, asks=True)
    shown = text(producer.get(PAGE))
    assert f'Made from <a href="{url("generation", from_take)}">take 1</a>' in shown
    assert "Upscale" in shown
    assert "No price is published for this: it is your team's estimate." in shown


def test_approving_queues_it_and_shows_by_whom(producer, client, project, asked):
    answer = producer.post(url("approve", asked), {"price_usd": "0.7078"})
    assert answer["Location"] == PAGE
    assert state_of(asked) == State.WAITING
    assert LedgerEntry.objects.reserved_usd() > 0
    by = Generation.objects.get(pk=asked.pk).approved_by
    assert f"approved by {by}" in text(client.get(reverse("board", args=[project.slug])))
    assert f"Approved by {by}" in text(client.get(url("generation", asked)))


def test_a_picture_that_was_kept_as_it_is_is_approved_and_retried_so(producer, project, artist):
    frame = still(project)
    Still.objects.filter(pk=frame.pk).update(width=640, height=480)
    frame.refresh_from_db()
    asked = take(project, State.REQUESTED, author=artist, start=frame)
    assert "Crop it" not in text(producer.get(PAGE))
    producer.post(url("approve", asked), {"price_usd": "0.7078"})
    asked.refresh_from_db()
    assert asked.state == State.WAITING
    attempt = asked.begin(timezone.now() + timedelta(seconds=60))
    assert asked.refuse(attempt, Reason.REQUEST, "Luma didn't like it.")
    assert "Crop it" not in text(producer.post(url("retry", asked), {"shown_usd": "0.71"}))
    assert state_of(asked) == State.WAITING


def test_a_price_that_was_not_seen_is_not_approved(producer, asked):
    for sent in ({"price_usd": "0.70"}, {"price_usd": "x"}, {}):
        shown = text(producer.post(url("approve", asked), sent, headers=HTMX))
        assert "Look at it again, then approve it." in shown
        assert state_of(asked) == State.REQUESTED


def test_a_budget_that_is_gone_is_said_where_it_was_approved(producer, project, asked):
    Budget.objects.create(team=project.team, limit_usd="0.10")
    shown = text(producer.post(url("approve", asked), {"price_usd": "0.7078"}, headers=HTMX))
    assert "$0.10 is left of the team" in shown
    assert "can raise the budget on the Spend page" in shown
    assert asked.prompt.words in shown
    assert state_of(asked) == State.REQUESTED


def test_declining_keeps_the_reason_on_the_card(producer, client, project, asked):
    shown = producer.post(url("decline", asked), {"why": "Try Flash first."}, headers=HTMX)
    assert "Nothing waits for you" in text(shown)
    board = text(client.get(reverse("board", args=[project.slug])))
    assert "declined it: Try Flash first. Nothing was charged." in board
    assert "Edit prompt" in board


def test_a_reason_that_cant_be_taken_stays_typed(producer, asked):
    long = "too long " * 40
    shown = text(producer.post(url("decline", asked), {"why": long}, headers=HTMX))
    assert "shorten it to 300" in shown
    assert f'value="{long}"' in shown
    assert "Say why" in text(producer.post(url("decline", asked), {}, headers=HTMX))
    assert state_of(asked) == State.REQUESTED


def test_a_request_is_withdrawn_by_who_asked_or_a_producer(
    client, producer, project, sign_in, asked
):
    colleague = sign_in(member(project))
    assert colleague.post(url("withdraw", asked)).status_code == 403
    assert "Withdraw" not in text(colleague.get(reverse("board", args=[project.slug])))
    assert "Withdraw" in text(client.get(reverse("board", args=[project.slug])))
    assert client.post(url("withdraw", asked), headers=HTMX).status_code == 200
    assert state_of(asked) == State.CANCELLED
    again = producer.post(url("approve", asked), {"price_usd": "9"}, follow=True)
    assert "decided or withdrawn meanwhile" in text(again)
    assert "The request was withdrawn" in text(client.get(url("generation", asked)))


def test_home_and_the_rail_tell_a_producer_what_waits(client, producer, project, asked):
    take(ProjectFactory(), State.REQUESTED)  # another team's
    home = text(producer.get("/"))
    assert home.count("Approve or decline, $0.71") == 1
    assert 'aria-label="1 waiting for you"' in home
    assert PAGE not in text(client.get("/"))


def test_a_changed_price_is_shown_beside_the_one_that_was_asked(producer, asked):
    Generation.objects.filter(pk=asked.pk).update(price_usd="0.5000")
    shown = text(producer.get(PAGE))
    assert "It was $0.50 when it was asked for." in shown
    assert 'name="price_usd" value="0.7078"' in shown


def test_retrying_above_the_threshold_asks(client, project, artist, threshold):
    failed = take(project, State.FAILED, author=artist)
    client.post(url("retry", failed), {"shown_usd": "100"})
    assert state_of(failed) == State.REQUESTED
