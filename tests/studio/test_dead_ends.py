"""Where a page ends: signed out in between, or the address of a verb."""

import json
import re
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import TeamFactory, take


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true", "HX-Current-URL": ""}])
def test_a_button_pressed_after_signing_out_leads_back_to_its_page(anonymous, project, htmx):
    pressed = reverse("retry", args=[take(project).uuid])
    board = f"http://testserver/projects/{project.slug}/?before=3"
    headers = {"Referer": board} | ({**htmx, "HX-Current-URL": board} if htmx else {})
    answer = anonymous.post(pressed, headers=headers)
    target = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    path, _, query = target.partition("?")
    assert path == "/accounts/login/"
    assert parse_qs(query) == {"next": [f"/projects/{project.slug}/?before=3"]}


def test_a_foreign_page_is_not_led_back_to(anonymous, project):
    pressed = reverse("retry", args=[take(project).uuid])
    answer = anonymous.post(pressed, headers={"Referer": "https://elsewhere.example/trap"})
    assert answer.headers["Location"] == "/accounts/login/?next=/"


def test_a_page_asked_for_while_signed_out_comes_after_signing_in(anonymous, project):
    answer = anonymous.get(f"/projects/{project.slug}/")
    assert answer.headers["Location"] == f"/accounts/login/?next=/projects/{project.slug}/"


def test_the_address_of_a_verb_is_a_page_that_leads_back(client, project):
    answer = client.get(
        reverse("retry", args=[take(project).uuid]),
        headers={"Referer": f"http://testserver/projects/{project.slug}/"},
    )
    assert answer.status_code == 405
    assert "Nothing was done" in answer.content.decode()
    assert f'href="/projects/{project.slug}/"' in answer.content.decode()


def test_a_dead_end_has_the_rail_and_ways_on(client, viewer, project):
    before = {"Referer": f"http://testserver/projects/{project.slug}/"}
    missing = client.get("/nothing/", headers=before)
    refused = viewer.get(reverse("compose", args=[project.slug]), headers=before)
    for answer, status in ((missing, 404), (refused, 403)):
        page = answer.content.decode()
        assert answer.status_code == status
        assert '<aside class="rail"' in page
        assert f'<a class="button button--primary" href="/projects/{project.slug}/">Back' in page
    assert "take you into their team" in missing.content.decode()
    assert "needs the role of artist or above" in refused.content.decode()


@pytest.mark.parametrize("path", ["//elsewhere.example/trap", "/\\\\elsewhere.example/trap"])
def test_a_way_back_never_leads_to_another_host(client, path):
    """Such an address is one of ours, which is nothing; taken alone it names another host."""
    answer = client.get("/nothing/", headers={"Referer": f"http://testserver{path}"})
    assert answer.status_code == 404
    assert "elsewhere.example" not in answer.content.decode()


def test_a_form_that_is_too_old_gives_back_what_was_written_but_no_secret(artist):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(artist)
    sent = {"words": "Dunes <at> dawn", "part-light": "last light", "password": "hunter2"}
    page = strict.post(reverse("new_team"), sent | {"key": "luma-123"})
    assert page.status_code == 403
    assert "Dunes &lt;at&gt; dawn</textarea>" in page.content.decode()
    assert "last light</textarea>" in page.content.decode()
    assert not {"hunter2", "luma-123"} & set(re.findall(r"[\w-]+", page.content.decode()))


def test_a_page_that_is_too_old_gets_what_it_needs_to_go_on(artist):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(artist)
    answer = strict.post(reverse("new_team"), {"name": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 403
    fresh = json.loads(answer["HX-Trigger"])["stale"]
    assert str(artist) in fresh["words"]
    token = {"X-CSRFToken": fresh["token"]}
    made = strict.post(reverse("new_team"), {"name": "Fern Films"}, headers=token)
    assert made.status_code == 302


def test_a_dead_end_of_nobody_is_at_the_door(anonymous, db):
    page = anonymous.get("/nothing/").content.decode()
    assert "Nothing here" in page
    assert '<aside class="rail"' not in page


@pytest.mark.parametrize("name", ["queue", "spend", "accounts"])
def test_a_person_without_a_team_is_told_to_name_one(newcomer, name):
    answer = newcomer.get(reverse(name))
    assert answer.status_code == 404
    assert "You are in no team yet" in answer.content.decode()
    assert f'href="{reverse("new_team")}"' in answer.content.decode()


def test_a_team_of_others_is_nothing_but_not_no_team(client):
    theirs = TeamFactory()
    page = client.get(reverse("queue") + f"?team={theirs.uuid}").content.decode()
    assert "Nothing here" in page
    assert "no team yet" not in page


def test_a_page_that_broke_leads_on_without_the_database(client, project, monkeypatch):
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("studio.views.queue.render", breaks)
    client.raise_request_exception = False
    answer = client.get(reverse("queue"))
    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()
    assert f'href="{reverse("spend")}"' in answer.content.decode()
