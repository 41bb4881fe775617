"""A take at the end slot, from its card and from its own page."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from generations.models import Generation, State
from tests.factories import take, tiny_poster
from tests.flows.test_composer import WORDS
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look


@pytest.fixture
def made(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(2)]


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_two_takes_are_joined_from_their_cards(board, made, viewport):
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    page.get_by_label(WORDS).fill("The fog becomes the sea")
    page.get_by_role("link", name="Extend take 1").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    page.get_by_label("More for take 2").focus()
    page.keyboard.press("Enter")
    assert violations(page) == []
    look(page, f"use-as-end-{'phone' if viewport else 'wide'}")
    page.get_by_role("link", name="Use as end").press("Enter")
    expect(page.locator("#slot-end")).to_contain_text("End: take 2")
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    expect(page.get_by_label(WORDS)).to_have_value("The fog becomes the sea")
    expect(page.get_by_label(WORDS)).to_be_focused()
    expect(page.locator("[data-menu][open]")).to_have_count(0)
    look(page, f"both-ends-{'phone' if viewport else 'wide'}")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(".take").first).to_contain_text("leads up to take 2")
    frames = Generation.objects.latest("pk").keyframes.order_by("-position")
    assert [frame.source for frame in frames] == made


def test_what_is_typed_is_there_when_a_takes_page_puts_it_in(board, live_server, made):
    page = board()
    page.get_by_label(WORDS).fill("The fog becomes the sea")
    page.get_by_role("link", name="Extend take 1").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    page.goto(live_server.url + reverse("generation", args=[made[1].uuid]))
    page.get_by_role("link", name="Use as end").click()
    expect(page.locator("#slot-end")).to_contain_text("End: take 2")
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    expect(page.get_by_label(WORDS)).to_have_value("The fog becomes the sea")


def test_a_picture_that_is_only_chosen_stays_before_a_take_at_the_end(board, made):
    page = board()
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    page.get_by_label("More for take 1").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Use as end").click()
    expect(page.locator("#slot-end")).to_contain_text("End: take 1")
    expect(page.locator("#slot-start img")).to_be_visible()
    page.get_by_label(WORDS).fill("The fog lifts")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(".take")).to_have_count(3)
    frames = {each.position: each for each in Generation.objects.latest("pk").keyframes.all()}
    assert frames["start"].still is not None
    assert frames["end"].source == made[0]
