"""The gallery's live refresh, the take over it, and its saved views."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations import discarding
from generations.models import Generation, State
from studio.models import Project, SavedView, Tag
from tests.factories import MembershipFactory, ProjectFactory, member, take, version

HTMX = {"HX-Request": "true"}
DRAWER = HTMX | {"HX-Target": "drawer"}


@pytest.fixture
def other(project):
    return ProjectFactory(team=project.team, name="Launch film", slug="launch-film")


def seen_on(page):
    return re.search(r'id="seen" name="seen" value="([^"]*)"', page.content.decode())[1]


def ids(*takes):
    return [str(each.uuid) for each in takes]


def placed(response):
    """Return the ids of the cards in an answer, and how each comes to the page."""
    assert response.status_code == 200, response.status_code
    found = r'<article[^>]* id="take-([0-9a-f-]{36})"[^>]* hx-swap-oob="([^"]+)"'
    return re.findall(found, response.content.decode())


@pytest.fixture
def ask(client):
    """Asks what changed since a page of the gallery was shown, as that page does."""

    def ask_(page, **query):
        numbers = [int(n) for n in re.findall(r'data-take="(\d+)"', page.content.decode())]
        known = {"first": min(numbers, default=0), "last": max(numbers, default=0)}
        return client.get("/gallery/live/", {"seen": seen_on(page), **known, **query})

    return ask_


def test_asking_costs_three_queries_while_nothing_changes(client, ask, project, other, artist):
    for film in (project, other):
        take(film, State.COMPLETED, author=artist)
        take(film, author=artist)
    page = client.get("/gallery/")
    with CaptureQueriesContext(connection) as queries:
        assert ask(page).status_code == 204
    assert len(queries) <= 3, [each["sql"] for each in queries]


def test_what_changed_and_what_is_new_comes_from_every_project(client, ask, project, other, artist):
    there = take(project, State.DREAMING, author=artist)
    same = take(other, State.COMPLETED, author=artist)
    page = client.get("/gallery/")
    Tag.objects.put("hero", [there], artist)
    new = take(other, author=artist)
    third = ProjectFactory(team=project.team)
    newer = take(third, author=artist)
    answer = ask(page)
    assert placed(answer) == [
        (str(there.uuid), "morph"),
        (str(new.uuid), "afterbegin:#takes"),
        (str(newer.uuid), "afterbegin:#takes"),
    ]
    assert str(same.uuid) not in answer.content.decode()
    assert seen_on(answer) != seen_on(page)
    assert f"{third.pk}." in seen_on(answer)
    assert ask(client.get("/gallery/")).status_code == 204


def test_what_is_deleted_leaves_and_what_is_back_returns(client, ask, project, other, artist):
    made = [take(film, State.COMPLETED, author=artist) for film in (project, other)]
    page = client.get("/gallery/")
    discarding.discard(made[:1], artist)
    assert placed(ask(page)) == [(str(made[0].uuid), "delete")]
    page = client.get("/gallery/")
    discarding.restore(made[:1], artist)
    answer = ask(page, first=0)
    assert placed(answer) == [(str(made[0].uuid), "afterbegin:#takes")]


def test_only_what_is_looked_for_comes_in(client, ask, project, other, artist):
    take(project, State.COMPLETED, author=artist, words="Dunes")
    page = client.get("/gallery/", {"find": "dunes"})
    take(other, author=artist, words="The sea")
    wanted = take(other, author=artist, words="Dunes by night")
    elsewhere = take(project, author=artist, words="Dunes at dawn")
    assert [uuid for uuid, _ in placed(ask(page, find="dunes"))] == ids(wanted, elsewhere)
    asked = {"find": "dunes", "project": "launch-film"}
    assert [uuid for uuid, _ in placed(ask(page, **asked))] == ids(wanted)


def test_a_page_that_missed_too_much_is_loaded_anew(client, ask, project, artist, monkeypatch):
    monkeypatch.setattr("studio.refreshing.MOST_CHANGED", 1)
    page = client.get("/gallery/")
    for _ in range(2):
        take(project, author=artist)
    assert ask(page)["HX-Refresh"] == "true"


def test_changes_of_another_team_and_of_the_archive_are_no_news(
    client, ask, stranger, project, other, artist
):
    take(project, author=artist)
    page = client.get("/gallery/")
    foreign = take(ProjectFactory())
    assert ask(page).status_code == 204
    team = str(foreign.project.team.uuid)
    assert ask(page, team=team).status_code == 404
    assert stranger.get("/gallery/live/", {"team": project.team.uuid}).status_code == 404
    forged = f"{foreign.project_id}.0"
    assert placed(client.get("/gallery/live/", {"seen": forged, "first": 0})) != []
    assert (
        str(foreign.uuid)
        not in client.get("/gallery/live/", {"seen": forged, "first": 0}).content.decode()
    )
    archived = take(other, author=artist)
    assert other.archive()
    assert str(archived.uuid) not in ask(page).content.decode()


def test_changes_of_a_project_private_to_others_are_no_news(client, ask, project, other, artist):
    take(project, author=artist)
    Project.objects.filter(pk=other.pk).update(is_private=True)
    hidden = take(other)
    page = client.get("/gallery/")
    assert ask(page).status_code == 204
    take(other)
    assert ask(page).status_code == 204
    page = client.get("/gallery/wall/").content.decode()
    assert str(hidden.uuid) not in page


@pytest.mark.parametrize("seen", ["", "x", "1", "1.2.3", "1.", "9" * 40, "\0", "-", "1.-2"])
def test_what_a_page_cant_have_seen_is_nothing(client, project, artist, seen):
    made = take(project, author=artist)
    answer = client.get("/gallery/live/", {"seen": seen, "first": "x", "last": "-1"})
    assert [uuid for uuid, _ in placed(answer)] == ids(made)


# --- the take over the gallery -------------------------------------------------------------------


def test_a_take_opens_over_the_gallery_and_leads_to_its_board(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    path = reverse("generation", args=[made.uuid])
    opened = client.get(path, {"over": "gallery"}, headers=DRAWER).content.decode()
    assert "<main" not in opened
    assert 'hx-target="#composer"' not in opened
    assert f'href="{path}extend/"' in opened
    assert 'aria-label="Next take in the gallery"' in opened
    over_board = client.get(path, headers=DRAWER).content.decode()
    assert 'hx-target="#composer"' in over_board


def test_what_is_open_is_kept_up_to_date(client, ask, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    page = client.get("/gallery/")
    version(made)
    answer = ask(page, open=str(made.uuid), version="1").content.decode()
    assert 'id="film"' in answer
    assert 'hx-target="#composer"' not in answer
    assert ask(client.get("/gallery/"), open="nonsense").status_code == 204


def test_the_last_take_of_a_project_is_deleted_over_the_gallery_and_one_stays_there(
    client, project, other, artist
):
    made = take(project, State.COMPLETED, author=artist)
    said = {"open": str(made.uuid), "over": "gallery"}
    answer = client.post(reverse("discard", args=[made.uuid]), said, headers=HTMX)
    assert "HX-Redirect" not in answer
    assert "take-gone" in answer["HX-Trigger"]
    assert f'id="take-{made.uuid}" hx-swap-oob="delete"' in answer.content.decode()
    assert Generation.objects.in_trash().get() == made


# --- saved views ----------------------------------------------------------------------------------


def save(client, name, query, **more):
    said = {"name": name, "query": query}
    return client.post("/gallery/views/save/", said, follow=True, **more)


def test_a_view_of_the_gallery_is_saved_found_and_forgotten(client, project, other, artist):
    take(project, State.COMPLETED, author=artist)
    page = save(client, "Heroes", "find=dunes&project=launch-film").content.decode()
    assert "“Heroes” is among your views now." in page
    team = project.team.uuid
    link = f'<a href="/gallery/?team={team}&amp;find=dunes&amp;project=launch-film"'
    assert link in page
    assert 'aria-current="true">Heroes</a>' in page
    board = client.get(reverse("board", args=[project.slug])).content.decode()
    assert "Heroes" not in board, "a board has its own"
    said = {"name": "Heroes", "query": "find=dunes"}
    page = client.post("/gallery/views/forget/", said, follow=True).content.decode()
    assert "Heroes</a>" not in page
    assert not SavedView.objects.exists()


def test_a_view_takes_the_place_of_one_of_its_name_and_needs_something_to_look_for(
    client, project, artist
):
    save(client, "Heroes", "find=dunes")
    save(client, "heroes", "find=sea")
    assert SavedView.objects.get().query == "find=sea"
    assert "Look for something first" in save(client, "All", "").content.decode()
    assert "Give the view a name." in save(client, " ", "find=sea").content.decode()
    assert SavedView.objects.get().team == project.team


def test_views_are_a_persons_own_and_each_teams(client, sign_in, stranger, project, artist):
    save(client, "Heroes", "find=dunes")
    colleague = sign_in(member(project))
    assert "Heroes" not in colleague.get("/gallery/").content.decode()
    colleague.post("/gallery/views/forget/", {"name": "Heroes"})
    assert SavedView.objects.exists()
    there = MembershipFactory(user=artist, team=ProjectFactory().team).team
    assert "Heroes" not in client.get(f"/gallery/?team={there.uuid}").content.decode()
    path = f"/gallery/views/save/?team={project.team.uuid}"
    assert stranger.post(path, {"name": "Mine", "query": "find=a"}).status_code == 404
    path = path.replace("save", "forget")
    assert stranger.post(path, {"name": "Heroes"}).status_code == 404


def test_a_view_is_of_a_project_or_of_a_gallery(project, artist):
    for where in ({}, {"team": project.team, "project": project}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.create(user=artist, name="Both", query="find=a", **where)
