"""A project's name, cover and archive."""

import re

import pytest
from django.urls import reverse

from generations import approving, ordering
from generations.models import Account, Generation, Import, State
from generations.orders import Order
from generations.refusal import Refused
from studio.models import Project, Role
from tests.factories import ProjectFactory, member, still, take
from tests.studio.test_board import generate


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


def url(name, project):
    return reverse(name, args=[project.slug])


def text(response):
    return response.content.decode()


def covers(html):
    """Return the pictures of the projects on a page of projects."""
    return re.findall(r'class="project".*?<img src="([^"]+)"', html, re.DOTALL)


def test_a_project_is_renamed_and_keeps_its_address(producer, project):
    answer = producer.post(url("rename_project", project), {"name": "Desert Night"}, follow=True)
    assert "The project is called Desert Night now." in text(answer)
    project.refresh_from_db()
    assert (project.name, project.slug) == ("Desert Night", "desert-light")


@pytest.mark.parametrize("name", ["", "   ", "n" * 81])
def test_a_name_that_is_none_is_refused_in_words(producer, project, name):
    html = text(producer.post(url("rename_project", project), {"name": name}))
    assert 'role="alert"' in html
    assert "<h1>Desert Light</h1>" in html
    project.refresh_from_db()
    assert project.name == "Desert Light"


def test_the_newest_take_is_on_the_cover_until_one_is_chosen(producer, project, artist):
    first = take(project, State.COMPLETED, author=artist)
    newest = take(project, State.COMPLETED, author=artist)
    kept = still(project)
    assert covers(text(producer.get("/"))) == [f"/media/{newest.uuid}/poster"]
    choose = url("cover_project", project)
    producer.post(choose, {"cover": f"take:{first.uuid}"})
    assert covers(text(producer.get("/"))) == [f"/media/{first.uuid}/poster"]
    producer.post(choose, {"cover": f"still:{kept.uuid}"})
    home = text(producer.get("/"))
    assert covers(home) == [f"/media/{kept.uuid}/still-small"]
    assert home.count(f'src="/media/{kept.uuid}/still-small"') == 2  # in the rail, too
    producer.post(choose, {"cover": ""})
    assert covers(text(producer.get("/"))) == [f"/media/{newest.uuid}/poster"]


@pytest.mark.parametrize("cover", ["take:nonsense", "still:", "film:1", "theirs"])
def test_a_cover_that_is_not_the_projects_is_refused(producer, project, cover):
    theirs = still(ProjectFactory())
    cover = f"still:{theirs.uuid}" if cover == "theirs" else cover
    html = text(producer.post(url("cover_project", project), {"cover": cover}))
    assert "in this project any more" in html
    project.refresh_from_db()
    assert project.cover_still is None


def test_a_still_goes_on_the_cover_from_its_page(producer, client, project):
    kept = still(project)
    page = reverse("still", args=[kept.uuid])
    assert f'value="still:{kept.uuid}"' in text(producer.get(page))
    assert f'value="still:{kept.uuid}"' not in text(client.get(page))


def test_an_archived_project_leaves_home_and_the_rail_and_comes_back(producer, project):
    answer = producer.post(url("archive_project", project), follow=True)
    assert answer.redirect_chain == [(reverse("archive"), 302)]
    archived = text(answer)
    assert "Desert Light is archived." in archived
    assert 'class="project"' in archived
    home = text(producer.get("/"))
    assert 'class="project"' not in home
    assert url("board", project) not in home
    assert "Archived (1)" in home
    producer.post(url("reopen_project", project))
    assert url("board", project) in text(producer.get("/"))


def test_an_archived_board_is_read_and_takes_nothing_new(producer, client, project, artist):
    done = take(project, State.COMPLETED, author=artist, words="Fog lifts")
    producer.post(url("archive_project", project))
    board = text(client.get(url("board", project)))
    assert "Fog lifts" in board
    assert "is archived and takes no new takes" in board
    assert "composer-words" not in board
    extend = client.post(reverse("extend", args=[done.uuid]), headers={"HX-Request": "true"})
    assert "is archived and takes no new takes" in text(extend)
    generate(client, project)
    assert Generation.objects.count() == 1


def test_the_engine_refuses_new_work_for_an_archived_project_in_words(project, artist):
    failed = take(project, State.FAILED, author=artist)
    asked = take(project, State.REQUESTED, author=artist)
    waiting = take(project, State.WAITING, author=artist)
    project.archive()
    project.refresh_from_db()
    for each in (failed, asked):
        each.project = project
    with pytest.raises(Refused, match="Desert Light is archived and takes no new work"):
        ordering.accept(project, artist, Order("A lighthouse"))
    with pytest.raises(Refused, match="is archived"):
        ordering.retry(failed, artist)
    with pytest.raises(Refused, match="is archived"):
        approving.approve(asked, artist, asked.price_usd)
    assert waiting.state == State.WAITING  # it goes on


def test_only_a_producer_changes_a_project(client, project):
    assert client.get(url("project_settings", project)).status_code == 403
    for name in ("rename_project", "cover_project", "archive_project", "reopen_project"):
        assert client.post(url(name, project), {"name": "Mine"}).status_code == 403
    assert Project.objects.get(pk=project.pk).archived_at is None
    assert "Settings" not in text(client.get(url("board", project)))


def test_archiving_twice_is_archiving_once(project):
    assert project.archive()
    assert not project.archive()
    project.refresh_from_db()
    assert project.reopen()
    assert not project.reopen()


def test_an_archived_project_brings_in_nothing(producer, project):
    account = Account.objects.get(team=project.team)
    project.archive()
    answer = producer.post(url("import_look", project), {"account": account.pk}, follow=True)
    assert "is archived and takes no new work" in text(answer)
    assert not Import.objects.exists()


@pytest.mark.parametrize("where", ["board", "generation"])
def test_a_producer_puts_a_take_on_the_cover_where_it_is_seen(
    producer, client, project, artist, where
):
    made = take(project, State.COMPLETED, author=artist)
    take(project, State.COMPLETED, author=artist)
    name = project.slug if where == "board" else made.uuid
    address = reverse(where, args=[name])
    assert f'value="take:{made.uuid}"' in text(producer.get(address))
    assert "Use as cover" not in text(client.get(address))
    choose = url("cover_project", project)
    chosen = {"cover": f"take:{made.uuid}"}
    answer = producer.post(choose, chosen, headers={"HX-Request": "true"})
    assert "The cover is changed." in text(answer)
    assert covers(text(producer.get("/"))) == [f"/media/{made.uuid}/poster"]
    came = {"Referer": f"http://testserver{address}"}
    assert producer.post(choose, chosen, headers=came)["Location"] == address
    assert "The cover is changed." in text(producer.get(address))
    gone = producer.post(choose, {"cover": "take:nonsense"}, headers={"HX-Request": "true"})
    assert "The cover is changed." not in text(gone)
