"""What is chosen last is what the page shows, however the answers come."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from studio.editing.cut import Clip, Cut
from studio.models import Sequence
from tests.factories import take
from tests.flows.held import Held


@pytest.fixture
def sequence(project, artist) -> Sequence:
    takes = [take(project, State.COMPLETED, author=artist) for _ in range(3)]
    cut = Cut(tuple(Clip(f"k{number}", made.uuid) for number, made in enumerate(takes)))
    return Sequence.begin(project, artist, "Rough cut", cut)


@pytest.fixture
def timeline(studio: Page, live_server, sequence) -> Page:
    studio.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    studio.locator("[data-tracks][data-ready]").wait_for()
    return studio


def test_another_clip_is_shown_though_the_one_before_was_still_on_its_way(timeline):
    page = timeline
    looked, grown = Held(page, "**/inspect/**", "clip=k0"), Held(page, "**/grow/", "k0")
    page.locator(".clip__open").nth(0).click()
    looked.wait()
    grown.wait()
    page.locator(".clip__open").nth(1).click()
    expect(page.get_by_role("heading", name="Clip 2, take 2")).to_be_visible()
    expect(page.locator("#growing")).to_contain_text("Clip 2 to 3")
    expect(page.locator("#growing [name=clip]")).to_have_value("k1")
    looked.let_go()
    grown.let_go()
    expect(page.get_by_role("heading", name="Clip 2, take 2")).to_be_visible()


def test_nothing_grows_at_another_clip_than_the_one_that_is_shown(timeline):
    page, sent = timeline, []
    page.on("request", lambda asked: sent.append(asked.url) if "extend" in asked.url else None)
    panel, extend = page.locator("#growing"), page.get_by_text("Extend after this clip")
    page.locator(".clip__open").nth(0).click()
    extend.wait_for()
    grown = Held(page, "**/grow/", "k1")
    page.locator(".clip__open").nth(1).click()
    expect(page.get_by_role("heading", name="Clip 2, take 2")).to_be_visible()
    grown.wait()
    expect(panel).to_have_attribute("inert", "")
    box = extend.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    grown.let_go()
    expect(page.locator("#growing [name=clip]")).to_have_value("k1")
    expect(panel).not_to_have_attribute("inert", "")
    assert sent == []
    extend.click()
    expect(page.locator(".clip--dreaming, .clip--waiting, [data-unfinished]")).to_have_count(1)
    assert len(sent) == 1


def test_a_refresh_on_its_way_chooses_nothing_else(timeline, project, artist):
    page = timeline
    page.locator(".clip__open").nth(0).click()
    expect(page.get_by_role("heading", name="Clip 1, take 1")).to_be_visible()
    take(project, State.DREAMING, author=artist)  # something to be told
    asked = Held(page, "**/live/**")
    page.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    asked.wait()
    page.locator(".clip__open").nth(2).click()
    expect(page.get_by_role("heading", name="Clip 3, take 3")).to_be_visible()
    with page.expect_response("**/live/**"):
        asked.let_go()
    expect(page.locator(".clip[data-chosen]")).to_have_id("clip-k2")
    page.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    expect(page.locator(".clip[data-chosen]")).to_have_id("clip-k2")
    expect(page.get_by_role("heading", name="Clip 3, take 3")).to_be_visible()
