"""The dates that the finder looks at, and views that a person saves."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from generations.models import Generation
from studio.models import SavedView
from studio.models.saved_view import LONGEST_NAME, MOST
from tests.factories import member, take

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)  # a Thursday


@pytest.fixture
def over_time(project):
    """Takes of this day, this week, this month, and of another year."""
    days = ((2026, 11, 26), (2026, 11, 23), (2026, 11, 2), (2025, 11, 26))
    for day in days:
        made = take(project)
        Generation.objects.filter(pk=made.pk).update(created_at=datetime(*day, 9, tzinfo=UTC))


def board(client, project, **query):
    return client.get(reverse("board", args=[project.slug]), query)


def numbers(response):
    return [int(n) for n in re.findall(r'data-take="(\d+)"', response.content.decode())]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"when": "today"}, [1]),
        ({"when": "week"}, [2, 1]),
        ({"when": "month"}, [3, 2, 1]),
        ({"from": "2026-11-02", "to": "2026-11-23"}, [3, 2]),
        ({"from": "2026-11-23"}, [2, 1]),
        ({"to": "2026-11-01"}, [4]),
        ({"from": "2026-11-23", "to": "2026-11-01"}, []),
        ({"when": "today", "from": "2020-01-01"}, [1]),
        ({"when": "soon", "from": "yesterday", "to": "2026-13-01"}, [4, 3, 2, 1]),
        ({"to": "9999-12-31"}, [4, 3, 2, 1]),
    ],
)
def test_takes_are_found_by_the_day_they_were_asked_for(client, project, over_time, query, found):
    with time_machine.travel(NOW, tick=False):
        assert numbers(board(client, project, **query)) == sorted(found)[::-1]


def test_the_finder_names_the_days(client, project):
    for query, words in (
        ({"when": "week"}, "This week"),
        ({"from": "2026-11-02", "to": "2026-11-23"}, "Nov 2, 2026 to Nov 23, 2026"),
        ({"from": "2026-11-02", "to": "2026-11-02"}, "Nov 2, 2026"),
        ({"to": "2026-11-02"}, "Until Nov 2, 2026"),
        ({}, "Any date"),
    ):
        page = board(client, project, **query).content.decode()
        assert f'id="finder-date">{words}</span>' in page


def save(client, project, name="My dusk", query="find=dusk&state=ready"):
    address = reverse("save_view", args=[project.slug])
    return client.post(address, {"name": name, "query": query}, follow=True)


def test_a_view_is_saved_by_name_found_in_the_menu_and_removed(client, project):
    page = save(client, project)
    assert page.redirect_chain[0][0].endswith("?find=dusk&state=ready")
    menu = re.search(r'<a href="([^"]*)" aria-current="true">My dusk</a>', page.content.decode())
    assert menu
    assert menu.group(1).endswith("?find=dusk&amp;state=ready")
    address = reverse("forget_view", args=[project.slug])
    client.post(address, {"name": "My dusk", "query": "find=dusk"})
    assert not SavedView.objects.exists()


def test_a_name_is_used_once_and_the_newer_view_takes_it(client, project):
    save(client, project)
    save(client, project, name=" my  DUSK ", query="tag=dusk")
    assert [(it.name, it.query) for it in SavedView.objects.all()] == [("my DUSK", "tag=dusk")]


def test_only_what_the_finder_knows_is_kept(client, project):
    save(client, project, query="?find=dusk&evil=1&state=nonsense&after=5")
    assert SavedView.objects.get().query == "find=dusk"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": " "}, "Give the view a name"),
        ({"name": "x" * (LONGEST_NAME + 1)}, f"at most {LONGEST_NAME} characters"),
        ({"query": ""}, "Look for something first"),
    ],
)
def test_what_is_no_view_is_refused_in_words(client, project, said, words):
    assert words in save(client, project, **said).content.decode()
    assert not SavedView.objects.exists()


def test_a_name_with_a_nul_is_no_views_and_asked_of_no_database(
    client, project, django_assert_num_queries
):
    """PostgreSQL refuses to be asked for the character."""
    save(client, project)
    assert "Give the view a name" in save(client, project, name="My\0dusk").content.decode()
    forget = reverse("forget_view", args=[project.slug])
    assert client.post(forget, {"name": "My dusk\0", "query": "find=d\0k"}).status_code == 302
    with django_assert_num_queries(0):
        SavedView.forget("My dusk\0", project, None)
    assert SavedView.objects.count() == 1


def test_there_are_only_so_many_views(client, project, artist):
    SavedView.objects.bulk_create(
        SavedView(user=artist, project=project, name=f"View {n}", query="find=x")
        for n in range(MOST)
    )
    assert "Remove one first" in save(client, project).content.decode()


def test_views_are_a_persons_own(client, project, sign_in, stranger):
    save(client, project)
    other = sign_in(member(project))
    assert "My dusk" not in board(other, project).content.decode()
    other.post(reverse("forget_view", args=[project.slug]), {"name": "My dusk"})
    assert SavedView.objects.count() == 1
    assert save(stranger, project).status_code == 404
