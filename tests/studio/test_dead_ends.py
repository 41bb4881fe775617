"""Where a page ends: signed out in between, or the address of a verb."""

from urllib.parse import parse_qs

import pytest
from django.urls import reverse

from tests.factories import take


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
