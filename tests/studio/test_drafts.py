"""A session that ends while writing, in a browser without scripts."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from generations.models import Generation, State
from tests.factories import PASSWORD, member, take, tiny_poster
from tests.studio.test_board import ASKED, HTMX, text
from tests.studio.test_making_composer import MODIFY
from tests.studio.test_modes import held


@pytest.fixture
def browser() -> Client:
    return Client()


@pytest.fixture
def draft(project, client) -> str:
    page = text(client.get(reverse("board", args=[project.slug])))
    return re.search(r'name="draft" value="([^"]+)"', page)[1]


def sign_in(browser, person, address):
    """Sign in at the page where an answer leads, and return the page that follows."""
    login = browser.get(address)
    assert login.status_code == 200
    form = {"login": person.email, "password": PASSWORD, "next": next_of(address)}
    return browser.post(reverse("account_login"), form, follow=True)


def next_of(address):
    return parse_qs(urlsplit(address).query)["next"][0]


def send(browser, project, name="generate", **fields):
    return browser.post(reverse(name, args=[project.slug]), fields)["Location"]


def carried(page):
    """What a tool's page carries along."""
    form = page[page.index('<section class="desk__panel') :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', form))


@pytest.mark.parametrize("button", ["generate", "compose", "structure"])
def test_the_draft_is_there_after_signing_in_again(browser, project, artist, draft, button):
    typed = ASKED | {"words": "The <fog> lifts", "duration_s": "9", "concepts": ["push_in"]}
    picture = SimpleUploadedFile("dune.jpg", tiny_poster().read_bytes(), "image/jpeg")
    leads_to = send(browser, project, button, **typed, start=picture, draft=draft)
    page = html.unescape(text(sign_in(browser, artist, leads_to)))
    assert held(page)["words"] == "The <fog> lifts"
    assert held(page)["duration_s"] == "9"
    assert held(page)["concepts"] == ["push_in"]
    assert "Start: choose the picture again." in page
    assert not Generation.objects.exists()


def test_a_list_is_there_after_signing_in_again(browser, client, project, artist):
    typed = ASKED | {"words": "Half a thought", "duration_s": "9"}
    page = carried(text(client.post(reverse("several", args=[project.slug]), typed)))
    leads_to = send(browser, project, "make_several", **page | {"list": "One dune\nTwo dunes"})
    page = html.unescape(text(sign_in(browser, artist, leads_to)))
    assert "One dune\nTwo dunes</textarea>" in page
    assert "Make 2 takes" in page
    assert (carried(page)["words"], carried(page)["duration_s"]) == ("Half a thought", "9")
    assert "draft" not in browser.session
    assert not Generation.objects.exists()


@pytest.mark.parametrize("tool", ["structure", "recipes", "new_bakeoff"])
def test_what_the_composer_held_beside_a_tool_is_there_too(browser, client, project, artist, tool):
    typed = ASKED | {"words": "Half a thought"}
    page = carried(text(client.post(reverse(tool, args=[project.slug]), typed)))
    page = sign_in(browser, artist, send(browser, project, tool, **typed | page))
    assert held(html.unescape(text(page)))["words"] == "Half a thought"


def test_the_sign_in_says_that_the_words_are_kept(browser, project, draft):
    page = text(browser.get(send(browser, project, **ASKED, draft=draft)))
    assert "What you wrote is kept" in page


def test_another_mode_comes_back_too(browser, project, artist, draft):
    made = take(project, State.COMPLETED, author=artist)
    leads_to = send(browser, project, **MODIFY, source_take=str(made.uuid), draft=draft)
    page = held(html.unescape(text(sign_in(browser, artist, leads_to))))
    assert (page["kind"], page["mode"], page["source_take"]) == ("modify", "flex_2", str(made.uuid))


def test_what_one_wrote_is_not_shown_to_who_signs_in_next(browser, project, draft):
    leads_to = send(browser, project, **ASKED | {"words": "A secret idea"}, draft=draft)
    page = sign_in(browser, member(project), leads_to)
    assert page.status_code == 200
    assert "A secret idea" not in text(page)


@pytest.mark.parametrize("who", ["artist", "somebody else"])
def test_it_is_kept_no_longer_once_the_composer_could_hold_it(browser, project, artist, draft, who):
    leads_to = send(browser, project, **ASKED | {"words": "The fog lifts"}, draft=draft)
    assert "draft" in browser.session
    is_shown = who == "artist"
    person = artist if is_shown else member(project)
    assert ("The fog lifts" in text(sign_in(browser, person, leads_to))) == is_shown
    assert "draft" not in browser.session
    again = reverse("compose", args=[project.slug]) + "?draft"
    assert "The fog lifts" not in text(browser.get(again))


@pytest.mark.parametrize("way", ["account_logout", "generate"])
def test_it_is_gone_once_one_signs_out_or_sends_another(browser, project, artist, draft, way):
    send(browser, project, **ASKED | {"words": "The fog lifts"}, draft=draft)
    form = {"login": artist.email, "password": PASSWORD, "next": "/"}
    browser.post(reverse("account_login"), form)
    assert "draft" in browser.session
    if way == "generate":
        browser.post(reverse(way, args=[project.slug]), ASKED)
        assert Generation.objects.exists()
    else:
        browser.post(reverse(way))
    assert "draft" not in browser.session


def test_a_stranger_can_have_none_kept(browser, project, artist):
    leads_to = send(browser, project, **ASKED, draft=f"{project.slug}:{artist.pk}")
    assert "draft" not in next_of(leads_to)
    assert "draft" not in browser.session


@pytest.mark.parametrize(
    "wrong", [{"draft": ""}, {"draft": "../x:1"}, {"words": "x" * 70_000}, {"aside": "x" * 70_000}]
)
def test_what_is_no_draft_is_not_kept(browser, project, artist, draft, wrong):
    leads_to = send(browser, project, **ASKED | {"draft": draft} | wrong)
    assert "draft" not in next_of(leads_to)
    assert "draft" not in browser.session


def test_a_page_with_scripts_keeps_its_own(browser, project, artist, draft):
    url = reverse("generate", args=[project.slug])
    answer = browser.post(url, ASKED | {"draft": draft}, headers=HTMX)
    assert "draft" not in answer["HX-Redirect"]
    assert "draft" not in browser.session
