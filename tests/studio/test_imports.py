"""Bringing in what a key made: what would come, the button, the progress, who may."""

import pytest

from generations import importing
from generations.models import Import
from studio.models import Role
from tests.factories import AccountFactory, member

URL = "/projects/desert-light/import/"


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


@pytest.fixture
def account(project):
    return project.team.accounts.get()


def looked(project, account, **counts):
    started = importing.look(project, account, None)
    assert started.move(Import.State.LOOKED, Import.State.LOOKING, counts=counts)
    return started


def test_a_producer_looks_and_then_brings_in(producer, project, account):
    assert "Look what is there" in producer.get(URL).content.decode()
    assert producer.post(f"{URL}look/", {"account": account.pk}).status_code == 302
    page = producer.get(URL).content.decode()
    assert "Looking through what" in page
    assert "every 2s" in page
    found = Import.objects.get()
    found.move(Import.State.LOOKED, Import.State.LOOKING, counts={"ready": 3, "known": 2})
    page = producer.get(URL).content.decode()
    assert "3 takes would come. 2 are here already." in page
    assert producer.post(f"/imports/{found.uuid}/bring/").status_code == 302
    Import.objects.update(done=1)
    part = producer.get(URL, headers={"hx-request": "true"}).content.decode()
    assert "1 of 3 brought in" in part
    assert "<html" not in part
    found.refresh_from_db()
    found.move(Import.State.DONE, Import.State.BRINGING, done=3)
    page = producer.get(URL).content.decode()
    assert "3 takes brought in. They were paid for before" in page
    assert "every 2s" not in page


def test_versions_are_told_from_takes(producer, project, account):
    found = looked(project, account, ready=3, versions=1, other=2)
    page = producer.get(URL).content.decode()
    assert "2 takes and 1 version would come. 2 can&#x27;t be brought in and stay at Luma." in page
    assert "Bring in 2 takes and 1 version</button>" in page
    found.counts |= {"versions_done": 3}
    found.save()
    found.move(Import.State.DONE, Import.State.LOOKED, done=3)
    assert ">3 versions brought in." in producer.get(URL).content.decode()


def test_a_second_press_says_that_it_was_used(producer, project, account):
    found = looked(project, account, ready=1)
    producer.post(f"/imports/{found.uuid}/bring/")
    answer = producer.post(f"/imports/{found.uuid}/bring/", follow=True)
    assert "Look again" in answer.content.decode()


def test_another_team_s_account_is_none_of_theirs(producer, project):
    other = AccountFactory()
    for account in (other.pk, "", "x"):
        answer = producer.post(f"{URL}look/", {"account": account}, follow=True)
        assert "Choose one of the team" in answer.content.decode()
    assert not Import.objects.exists()


def test_an_artist_may_not_and_a_stranger_finds_nothing(client, stranger, project, account):
    found = looked(project, account, ready=1)
    for somebody, status in ((client, 403), (stranger, 404)):
        assert somebody.get(URL).status_code == status
        assert somebody.post(f"{URL}look/", {"account": account.pk}).status_code == status
        assert somebody.post(f"/imports/{found.uuid}/bring/").status_code == status
    assert "Bring in takes" not in client.get("/projects/desert-light/").content.decode()


def test_the_board_leads_a_producer_there(producer, project):
    assert URL in producer.get("/projects/desert-light/").content.decode()
