"""What is compared, what is not, and what the day's reel holds."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation, State
from tests.factories import ProjectFactory, drawn, take

HTMX = {"HX-Request": "true"}


@pytest.fixture
def takes(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(5)]


def compare(client, *takes):
    return client.get(reverse("compare"), {"take": [each.uuid for each in takes]})


def test_up_to_four_are_compared_each_once(client, takes):
    page = compare(client, takes[0], takes[0], *takes)
    assert len(page.context["comparison"].takes) == 4
    assert "At most 4 takes are compared at once" in page.content.decode()
    assert compare(client, *takes[:2]).content.decode().count("<video") == 2


def test_one_alone_offers_the_others(client, takes):
    said = compare(client, takes[1]).content.decode()
    assert "Choose what stands beside it" in said
    assert f"?take={takes[1].uuid}&amp;take={takes[4].uuid}" in said


def test_what_has_no_file_is_said_to_have_none(client, project, artist, takes):
    waiting = take(project, author=artist)
    said = compare(client, takes[0], waiting).content.decode()
    assert "Take 6 has no file here to compare." in said


def test_strangers_compare_nothing(client, stranger, takes):
    assert compare(stranger, *takes[:2]).status_code == 404
    assert client.get(reverse("compare"), {"take": "x"}).status_code == 404
    assert client.get(reverse("compare"))["Location"] == reverse("review")


@pytest.mark.parametrize(("count", "word"), [(1, "more"), (5, "fewer")])
def test_the_board_says_how_many_may_be_compared(client, project, takes, count, word):
    chosen = {"take": [str(each.uuid) for each in takes[:count]]}
    answer = client.post(reverse("compare_chosen", args=[project.slug]), chosen, headers=HTMX)
    assert f"From 2 to 4 takes are compared at once. Choose {word}." in answer.content.decode()


def reel(client, **query):
    page = client.get(reverse("dailies"), query)
    return [card.generation.take_number for card in page.context["reel"].cards]


def test_the_reel_holds_a_days_videos_in_their_order(client, project, artist, takes):
    drawn(project, author=artist)
    take(project, author=artist)
    old = Generation.objects.filter(pk=takes[0].pk)
    old.update(finished_at=timezone.now() - timedelta(hours=25))
    client.post(reverse("discard", args=[takes[1].uuid]))
    assert reel(client) == [3, 4, 5]


def test_there_is_no_reel_of_a_project_that_no_name_can_be(client, project):
    assert client.get(reverse("dailies"), {"project": "a\0b"}).status_code == 404


def test_the_reel_is_of_one_project_where_one_is_asked_for(
    client, stranger, project, artist, takes
):
    other = ProjectFactory(team=project.team, slug="cabin")
    take(other, State.COMPLETED, author=artist)
    assert len(reel(client)) == 6
    assert reel(client, project="cabin") == [1]
    assert stranger.get(reverse("dailies"), {"project": "cabin"}).status_code == 404
    assert reel(stranger) == []
    assert "Nothing was made since yesterday" in stranger.get(reverse("dailies")).content.decode()
