"""The team's gallery: what is in it, what isn't, and how it is looked through."""

import io
import re
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from generations import discarding
from generations.models import Generation, State
from studio.models import Favourite, Review, Role, Tag, Tagging
from studio.views.board import FIRST_PAGE
from tests.factories import (
    MembershipFactory,
    ProjectFactory,
    drawn,
    member,
    take,
    version,
)

HTMX = {"HX-Request": "true"}
FOUND = HTMX | {"HX-Target": "takes"}


@pytest.fixture
def other(project):
    """A second project of the team."""
    return ProjectFactory(team=project.team, name="Launch film", slug="launch-film")


def look(client, headers=None, **query):
    return client.get("/gallery/", query, headers=headers or {})


def shown(response):
    """Return the ids of the cards on the page, in their order."""
    assert response.status_code == 200
    return re.findall(r'<article[^>]* id="take-([0-9a-f-]{36})"', response.content.decode())


def ids(*takes):
    return [str(each.uuid) for each in takes]


def test_takes_of_all_projects_are_there_the_newest_first(client, project, other, artist):
    first = take(project, State.COMPLETED, author=artist)
    second = take(other, author=member(other))
    third = drawn(project, author=artist)
    page = look(client)
    assert shown(page) == ids(third, second, first)
    said = page.content.decode()
    assert 'aria-label="Choose take 1 of Launch film"' in said
    assert '<a href="/projects/launch-film/">Launch film</a>' in said


def test_versions_the_trash_and_the_archive_are_left_out(client, project, other, artist):
    made = take(project, State.COMPLETED, author=artist)
    version(made)
    gone = take(project, State.COMPLETED, author=artist)
    discarding.discard([gone], artist)
    take(other, State.COMPLETED)
    assert other.archive()
    page = look(client)
    assert shown(page) == ids(made)
    assert "Launch film" not in page.content.decode()
    assert shown(look(client, project="launch-film")) == ids(made), "an address that was kept"


def test_the_archive_is_looked_through_where_one_asks_for_it(client, project, other, artist):
    made = take(project, State.COMPLETED, author=artist)
    old = take(other, State.COMPLETED, words="A pier at dusk")
    assert other.archive()
    gone = ProjectFactory(team=project.team, name="Hidden", slug="hidden", is_private=True)
    take(gone, State.COMPLETED)
    assert gone.archive()
    page = look(client, archived="yes")
    assert shown(page) == ids(old, made)
    html = page.content.decode()
    assert re.search(r'name="archived" value="yes" checked>Archived projects too', html)
    assert '<option value="launch-film">Launch film, archived</option>' in html
    assert "archived=yes" in page.context["finding"].query
    assert html.count("data-choose") == 1, "what is archived stays as it is"
    assert shown(look(client, archived="yes", find="pier")) == ids(old)
    assert shown(look(client, archived="yes", project="launch-film")) == ids(old)
    found = look(client, {"HX-Request": "true", "HX-Target": "takes"}, archived="yes")
    assert "archived=yes" in found["HX-Replace-Url"]
    assert 'id="filter-project" hx-swap-oob="morph"' in found.content.decode()
    live = {"archived": "yes", "seen": page.context["finding"].seen, "first": 0, "last": 0}
    team = {"team": project.team.uuid}
    assert client.get("/gallery/live/", live | team).status_code == 204


def test_another_teams_takes_are_never_there(client, stranger, project, artist):
    mine = take(project, State.COMPLETED, author=artist)
    theirs = take(ProjectFactory(), State.COMPLETED)
    assert shown(look(client)) == ids(mine)
    assert look(client, team=str(theirs.project.team.uuid)).status_code == 404
    assert shown(look(client, project=theirs.project.slug)) == ids(mine)
    assert shown(look(stranger)) == []
    assert look(stranger, team=str(project.team.uuid)).status_code == 404


def test_each_of_ones_teams_has_its_own(client, project, artist):
    here = take(project, State.COMPLETED, author=artist)
    there = take(ProjectFactory(), State.COMPLETED)
    team = there.project.team
    MembershipFactory(user=artist, team=team, role=Role.VIEWER)
    page = look(client, team=str(project.team.uuid))
    assert shown(page) == ids(here)
    assert f'<a href="?team={team.uuid}">{escape(team)}</a>' in page.content.decode()
    page = look(client, team=str(team.uuid))
    assert shown(page) == ids(there)
    assert "/extend/" not in page.content.decode(), "a viewer there makes nothing"
    assert shown(look(client)) == ids(there), "the team is kept"


def test_a_viewer_looks_and_is_offered_nothing_to_make(viewer, anonymous, newcomer, project):
    made = take(project, State.COMPLETED)
    page = look(viewer)
    assert shown(page) == ids(made)
    said = page.content.decode()
    assert f"/media/{made.uuid}/video?download=1" in said
    assert "/extend/" not in said
    assert "/remix/" not in said
    assert look(anonymous).status_code == 302
    assert look(newcomer).status_code == 404


def test_an_artist_is_led_to_the_takes_own_board(client, project, other, artist):
    made = take(other, State.COMPLETED, author=artist)
    said = look(client).content.decode()
    assert f'href="/generations/{made.uuid}/extend/"' in said
    assert "hx-post" not in said.split(f"/generations/{made.uuid}/extend/")[1].split(">")[0]
    board = client.get(f"/generations/{made.uuid}/extend/").content.decode()
    assert 'id="composer"' in board
    assert f'name="start_take" value="{made.uuid}"' in board


def test_words_and_filters_narrow_it(client, project, other, artist):
    dunes = take(project, State.COMPLETED, author=artist, words="Dunes at dawn")
    night = take(other, State.FAILED, author=member(other), words="Dunes by night")
    light = take(other, author=artist, words="A lighthouse", ratio="9:16")
    Favourite.objects.star([dunes, light], artist)
    Tag.objects.put("hero", [night], artist)
    assert shown(look(client, find="dunes")) == ids(night, dunes)
    assert shown(look(client, find="dunes", state="ready")) == ids(dunes)
    assert shown(look(client, who="me")) == ids(light, dunes)
    assert shown(look(client, ratio="9:16")) == ids(light)
    assert shown(look(client, favourite="yes")) == ids(light, dunes)
    assert shown(look(client, tag="hero")) == ids(night)
    assert shown(look(client, project="launch-film")) == ids(light, night)
    assert shown(look(client, project="launch-film", find="dunes")) == ids(night)
    assert shown(look(client, project="desert-light", tag="hero")) == []
    said = look(client, project="launch-film").content.decode()
    assert '<option value="launch-film" selected>Launch film</option>' in said


def test_what_the_finder_finds_comes_with_an_address_that_names_the_team(client, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    team = project.team.uuid
    answer = look(client, FOUND, team=str(team), project="desert-light", find="fog")
    assert shown(answer) == ids(made)
    there = f"/gallery/?team={team}&find=fog&project=desert-light"
    assert sorted(answer["HX-Replace-Url"].partition("?")[2].split("&")) == sorted(
        there.partition("?")[2].split("&")
    )
    assert "No take is like that" in look(client, FOUND, find="nowhere").content.decode()


@pytest.mark.parametrize("sort", ["newest", "oldest", "dearest"])
@pytest.mark.parametrize("find", ["", "fog"])
def test_page_follows_page_without_a_gap_or_a_double(
    client, project, other, artist, sort, find, monkeypatch
):
    monkeypatch.setattr("studio.views.board.FIRST_PAGE", 2)
    monkeypatch.setattr("studio.views.board.PAGE", 2)
    made = [
        take(film, author=artist, duration_s=seconds)
        for film, seconds in zip((project, other) * 3, (5, 9, 5, 9, 5, 5), strict=True)
    ]
    seen, address = [], f"/gallery/?sort={sort}&find={find}"
    while address:
        page = client.get(address, headers=HTMX)
        seen += shown(page)
        onward = re.search(r'class="button older" href="([^"]+)"', page.content.decode())
        address = onward and onward[1].replace("&amp;", "&")
    dearest = [made[at] for at in (3, 1, 5, 4, 2, 0)]
    expected = {"newest": made[::-1], "oldest": made, "dearest": dearest}
    assert seen == ids(*expected[sort])


def test_a_page_that_was_taken_out_comes_again_up_to_the_next(client, project, other, artist):
    made = [take(film, author=artist) for film in (project, other) * 3]
    until = look(client, HTMX, after=str(made[5].pk), until=str(made[2].pk))
    assert shown(until) == ids(made[4], made[3], made[2])


@pytest.mark.parametrize("cursor", ["x", "-1", "1~2", "9" * 30, "\0", "1e9"])
def test_a_cursor_that_is_none_shows_the_newest(client, project, artist, cursor):
    made = take(project, author=artist)
    assert shown(look(client, HTMX, after=cursor)) == ids(made)


def test_it_costs_the_same_few_queries_with_many_takes(client, project, other, artist):
    def queries(**how):
        with CaptureQueriesContext(connection) as captured:
            found.append(shown(look(client, **how)))
        return len(captured)

    found = []
    take(project, State.COMPLETED, author=artist)
    look(client)  # which keeps the team
    found.clear()
    few, few_behind = queries(), queries(headers=HTMX, after="999999")
    for number in range(5):
        film = ProjectFactory(team=project.team)
        for state in (State.COMPLETED, State.FAILED, State.WAITING):
            Tag.objects.put(f"tag {number}", [take(film, state, author=artist)], artist)
    assert queries() == few <= 8
    assert queries(headers=HTMX, after="999999") == few_behind <= 5
    assert [len(each) for each in found] == [1, 1, FIRST_PAGE, 16]


def post(client, path, takes, headers=HTMX, **sent):
    sent["take"] = ids(*takes)
    return client.post(f"/gallery/chosen/{path}", sent, headers=headers)


def bar(client, *takes):
    return post(client, "", takes).content.decode().replace("&#x27;", "'")


def test_the_bar_tells_of_takes_of_several_projects(client, viewer, project, other, artist):
    mine = take(project, State.COMPLETED, author=artist)
    theirs = take(other, State.COMPLETED, author=member(other))
    said = bar(client, mine, theirs)
    for words in ("Favourite", "Download as ZIP", "Compare", "Send to review", "Delete (1)"):
        assert f">{words}</button>" in said
    assert "1 of 2 can be deleted: 1 is somebody else's." in said
    assert "Add to timeline" not in said, "a sequence is one project's"
    assert f"/gallery/chosen/delete/?team={project.team.uuid}" in said
    assert "Delete" not in bar(viewer, mine)
    assert post(viewer, "delete/", [mine]).status_code == 403
    assert post(viewer, "tag/", [mine], words="hero").status_code == 403


def test_what_is_done_is_done_to_takes_of_several_projects(client, project, other, artist):
    both = [take(film, State.COMPLETED, author=artist) for film in (project, other)]
    post(client, "favourite/", both)
    assert Favourite.objects.filter(user=artist).count() == 2
    post(client, "unfavourite/", both[:1])
    assert Favourite.objects.get().generation == both[1]
    tagged = post(client, "tag/", both, words="hero").content.decode()
    assert tagged.count(f'href="/gallery/?team={project.team.uuid}&amp;tag=hero"') == 2
    assert shown(look(client, tag="hero")) == ids(both[1], both[0])
    assert post(client, "review/", both).status_code == 200
    assert Review.objects.filter(verdict="waiting").count() == 2
    led = post(client, "compare/", both, headers={})
    assert led.url == f"/review/compare/?take={both[0].uuid}&take={both[1].uuid}"
    packed = post(client, "download/", both, headers={})
    names = zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content))).namelist()
    assert [each.split("-take-")[0] for each in names] == ["launch-film", "desert-light"]


def test_what_is_deleted_comes_back_by_undo_as_far_as_one_may(
    client, sign_in, project, other, artist
):
    mine = [take(film, State.COMPLETED, author=artist) for film in (project, other)]
    theirs = take(other, State.COMPLETED, author=member(other))
    answer = post(client, "delete/", [*mine, theirs]).content.decode()
    assert shown(look(client)) == ids(theirs)
    assert [f'id="take-{each.uuid}" hx-swap-oob="delete"' in answer for each in mine] == [True] * 2
    undo = re.search(r'action="(/gallery/undo/[^"]+)"', answer)[1].replace("&amp;", "&")
    colleague = sign_in(member(project))
    colleague.post(undo)
    assert shown(look(client)) == ids(theirs), "they are not that artist's"
    assert client.post(undo, headers=HTMX)["HX-Refresh"] == "true"
    assert shown(look(client)) == ids(theirs, *reversed(mine))


def test_nothing_is_done_to_takes_of_another_team_or_of_the_archive(
    client, stranger, project, other, artist
):
    foreign = take(ProjectFactory(), State.COMPLETED)
    archived = take(other, State.COMPLETED, author=artist)
    assert other.archive()
    assert "2 are not there any more." in bar(client, foreign, archived)
    for verb in ("favourite/", "tag/", "review/", "delete/", "download/"):
        post(client, verb, [foreign, archived], words="hero")
        post(stranger, verb, [archived], words="hero")
    assert not Favourite.objects.exists()
    assert not Tagging.objects.exists()
    assert not Review.objects.exists()
    assert not Generation.objects.in_trash().exists()
    named = f"/gallery/chosen/?team={project.team.uuid}"
    assert stranger.post(named, {"take": ids(archived)}).status_code == 404
