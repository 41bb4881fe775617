"""The wall: which takes go round on a screen, and how it hears of new ones."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generations import discarding
from generations.models import State
from studio.models import Collection, Tag
from tests.factories import ProjectFactory, drawn, take, version

LIVE = "/gallery/wall/live/"


@pytest.fixture
def other(project):
    return ProjectFactory(team=project.team, name="Launch film", slug="launch-film")


def shown(response):
    assert response.status_code == 200
    return re.findall(r'data-wall-take="([0-9a-f-]{36})"', response.content.decode())


def ids(*takes):
    return [str(each.uuid) for each in takes]


def version_of(response):
    return re.search(r'data-version="([^"]+)"', response.content.decode())[1]


def test_what_has_a_file_is_on_it_the_newest_first(client, project, other, artist):
    first = take(project, State.COMPLETED, author=artist)
    version(first)
    take(project, State.DREAMING, author=artist)
    second = drawn(other, author=artist)
    gone = take(project, State.COMPLETED, author=artist)
    discarding.discard([gone], artist)
    page = client.get("/gallery/wall/")
    assert shown(page) == ids(second, first)
    said = page.content.decode()
    assert f'data-video="{reverse("media", args=[first.best_version.uuid, "video"])}"' in said
    assert f'data-picture="{reverse("media", args=[second.uuid, "image"])}"' in said


def test_it_is_of_the_gallerys_search(client, project, other, artist):
    dunes = take(project, State.COMPLETED, author=artist, words="Dunes at dawn")
    sea = take(other, State.COMPLETED, author=artist, words="The sea at dawn")
    Tag.objects.put("hero", [sea], artist)
    assert shown(client.get("/gallery/wall/", {"find": "dunes"})) == ids(dunes)
    assert shown(client.get("/gallery/wall/", {"project": "launch-film"})) == ids(sea)
    assert shown(client.get("/gallery/wall/", {"tag": "hero"})) == ids(sea)
    assert shown(client.get("/gallery/wall/", {"sort": "oldest"})) == ids(dunes, sea)
    gallery = client.get("/gallery/", {"find": "dunes"}).content.decode()
    address = f"/gallery/wall/?team={project.team.uuid}&amp;find=dunes"
    assert f'id="finder-wall" href="{address}"' in gallery
    page = client.get("/gallery/wall/", {"find": "dunes"}).content.decode()
    assert f'href="/gallery/?team={project.team.uuid}&amp;find=dunes"' in page


def test_it_is_of_a_collection_in_its_order(client, viewer, project, other, artist):
    first = take(project, State.COMPLETED, author=artist)
    second = take(other, State.COMPLETED, author=artist)
    made = Collection.begin(project.team, artist, "Reel")
    made.add([second, first], artist)
    for each in (client, viewer):
        page = each.get("/gallery/wall/", {"collection": made.uuid})
        assert shown(page) == ids(second, first)
        assert f'href="{reverse("collection", args=[made.uuid])}"' in page.content.decode()


def test_an_empty_wall_says_that_what_is_made_comes_by_itself(client):
    page = client.get("/gallery/wall/", {"show": "grid"})
    assert shown(page) == []
    assert "What is made comes here by itself." in page.content.decode()
    assert 'data-wall="grid"' in page.content.decode()


def test_nothing_is_sent_while_nothing_changes_and_asking_is_cheap(client, project, artist):
    take(project, State.COMPLETED, author=artist)
    query = {"version": version_of(client.get("/gallery/wall/"))}
    with CaptureQueriesContext(connection) as queries:
        assert client.get(LIVE, query).status_code == 204
    assert len(queries) <= 3, [each["sql"] for each in queries]
    new = take(project, State.COMPLETED, author=artist)
    answer = client.get(LIVE, query)
    assert shown(answer)[0] == str(new.uuid)
    assert "<main" not in answer.content.decode()
    assert client.get(LIVE, {"version": version_of(answer)}).status_code == 204


def test_a_collections_wall_hears_of_its_changes(client, project, artist):
    first, second = (take(project, State.COMPLETED, author=artist) for _ in range(2))
    made = Collection.begin(project.team, artist, "Reel")
    made.add([first], artist)
    named = {"collection": str(made.uuid)}
    query = {"version": version_of(client.get("/gallery/wall/", named)), **named}
    with CaptureQueriesContext(connection) as queries:
        assert client.get(LIVE, query).status_code == 204
    assert len(queries) <= 3
    for change in (
        lambda: made.add([second], artist),
        lambda: made.move(second, before=first.pk),
        lambda: made.take_out(first),
        lambda: discarding.discard([second], artist),
    ):
        change()
        answer = client.get(LIVE, query)
        assert answer.status_code == 200
        query["version"] = version_of(answer)
        assert client.get(LIVE, query).status_code == 204
    assert shown(answer) == []


def test_a_stranger_sees_nothing_of_it(stranger, anonymous, newcomer, project, artist):
    made = Collection.begin(project.team, artist, "Reel")
    take(project, State.COMPLETED, author=artist)
    for path in ("/gallery/wall/", LIVE):
        assert stranger.get(path, {"collection": made.uuid}).status_code == 404
        assert stranger.get(path, {"team": project.team.uuid}).status_code == 404
        assert stranger.get(path, {"collection": "nonsense"}).status_code == 404
        assert shown(stranger.get(path)) == []
        assert anonymous.get(path).status_code == 302
        assert newcomer.get(path).status_code == 404
