"""How a take that ended is told: why, whether it cost anything, and what to do next."""

import re

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.html import strip_tags

from generations.models import Generation, State
from generations.models.states import Reason
from studio.access.projects import _AT_THE_DOOR
from studio.announcing import news_of
from studio.cards import Card
from studio.models import Project, Role
from tests.factories import keep_files, member, take

NEXT_STEP = re.compile(r'<(?:button|a) class="chip chip--act"[^>]*>([^<]+)<')
# What is said where the provider said nothing.
UNEXPLAINED = {
    Reason.NONE: "The provider gave no reason.",
    Reason.CONTENT: "Refused by moderation.",
    Reason.FRAMES: "A frame couldn&#x27;t be used.",
    Reason.REQUEST: "The request was refused.",
    Reason.PROVIDER: "The provider gave no reason.",
    Reason.KEY: "The key was refused.",
    Reason.CREDITS: "Out of credits.",
    Reason.UNREACHABLE: "The provider can&#x27;t be reached.",
    Reason.BUSY: "The provider is at its limit.",
    Reason.ABSENT: "It never arrived.",
    Reason.UNSURE: "The answer was lost.",
    Reason.UNDECIDED: "A person decides.",
    Reason.SWITCHED_OFF: "Its account is switched off.",
    Reason.LOST: "Never seen again.",
}
WHY = "The clouds were too heavy today."


def card_of(client, project):
    page = client.get(reverse("board", args=[project.slug])).content.decode()
    (card,) = re.findall(r'<article class="take".*?</article>', page, re.DOTALL)
    return card


def steps(card):
    return [re.sub(r", \$[\d.]+", "", words) for words in NEXT_STEP.findall(card)]


@pytest.mark.parametrize("reason", Reason.values)
@pytest.mark.parametrize("words", [WHY, ""], ids=["with words", "without"])
def test_a_failed_card_says_why_whether_it_cost_anything_and_what_next(
    client, project, artist, reason, words
):
    made = take(project, State.FAILED, author=artist, reason=Reason.PROVIDER)
    Generation.objects.filter(pk=made.pk).update(reason=reason, words=words)
    card = card_of(client, project)
    assert "Not generated" in card
    assert (words or UNEXPLAINED[reason]) in card
    assert "Edit prompt" in steps(card) or reason == Reason.LOST
    if reason == Reason.LOST:
        assert "Its price stays reserved until a person releases it." in card
    elif reason == Reason.UNSURE:
        assert "$0.71" in card  # booked as spent
    else:
        assert "Nothing was charged." in card
        assert "$0.00" in card
    if reason not in (Reason.CONTENT, Reason.FRAMES, Reason.REQUEST, Reason.LOST):
        assert "Retry" in steps(card)


@pytest.mark.parametrize(
    ("state", "words", "offered"),
    [
        (
            State.CANCELLED,
            "Taken out of the line. Nothing was charged.",
            ["Retry", "Edit prompt", "Delete"],
        ),
        (State.DECLINED, "declined it: Try it shorter first. Nothing", ["Edit prompt", "Delete"]),
        (State.REQUESTED, "A producer has to approve it first", ["Withdraw"]),
        (State.WAITING, "Next in line", ["Edit", "Pause", "Cancel"]),
        (State.SUBMITTING, "On its way to the provider", []),
        (State.QUEUED, "so far", []),
        (State.DREAMING, "so far", []),
        (State.UNCONFIRMED, "The answer was lost.", []),
    ],
)
def test_every_other_state_says_what_it_is_and_what_can_be_done(
    client, project, artist, state, words, offered
):
    take(project, state, author=artist)
    card = card_of(client, project)
    assert State(state).label in card
    assert words in card
    assert steps(card) == offered


def test_a_file_that_could_not_be_fetched_is_fetched_again(client, project, artist):
    made = take(project, State.COMPLETED, author=artist, stored=False)
    made.assets.update(state="failed", next_at=None)
    card = card_of(client, project)
    assert "It is rendered and paid for." in card
    assert steps(card) == ["Fetch again", "Delete"]


def test_what_is_lost_is_released_by_a_producer(project, sign_in, artist):
    take(project, State.FAILED, author=artist, reason=Reason.LOST, failure=WHY)
    card = card_of(sign_in(member(project, Role.PRODUCER)), project)
    assert "Its price stays reserved" in card
    assert "Release" in card


def test_who_only_watches_is_offered_nothing(viewer, project):
    take(project, State.FAILED)
    assert steps(card_of(viewer, project)) == []


def cards(*takes):
    found = Generation.objects.for_cards().filter(pk__in=[each.pk for each in takes])
    return [Card(each) for each in found.order_by("take_number")]


def test_takes_that_are_ready_together_are_announced_together(project, artist):
    made = [take(project, State.COMPLETED, author=artist, stored=False) for _ in range(3)]
    failed = take(project, State.FAILED, author=artist, failure=WHY)
    assert news_of(cards(*made)) == ""
    keep_files(made[0])
    assert news_of(cards(*made)) == "Take 1 is ready."
    keep_files(made[2])
    assert news_of(cards(*made)) == "Takes 1 and 3 are ready."
    keep_files(made[1])
    told = news_of(cards(*made, failed))
    assert told == f"Takes 1, 2 and 3 are ready. Take 4 was not generated. {WHY}"


def test_the_head_counts_takes_and_those_that_are_being_made(client, project, artist):
    board = reverse("board", args=[project.slug])
    take(project, State.COMPLETED, author=artist)
    assert ">1 take</span>" in client.get(board).content.decode()
    for state in (State.DREAMING, State.DREAMING, State.WAITING):
        take(project, state, author=artist)
    assert "4 takes, 2 dreaming" in strip_tags(client.get(board).content.decode())
    live = client.get(reverse("board_live", args=[project.slug]), {"since": 0, "last": 4})
    assert "4 takes, 2 dreaming" in strip_tags(live.content.decode())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite's planner")
def test_what_is_dreaming_is_counted_from_an_index_of_its_own(project):
    counted = Project.objects.annotate(n=_AT_THE_DOOR["dreaming_count"]).filter(pk=project.pk)
    assert "USING INDEX generation_dreaming" in counted.explain()
