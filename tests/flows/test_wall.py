"""The wall on a screen: takes go round by themselves, new ones come in, nothing else shows."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from studio.models import Collection
from tests.factories import drawn, take
from tests.flows.test_looks import PHONE, violations
from tests.flows.widths import width_of

PLAYING = "() => [...document.querySelectorAll('[data-wall-deck]')].some(each => !each.paused)"
OPACITY = "() => getComputedStyle(document.querySelector('[data-wall-bar]')).opacity"


@pytest.fixture
def takes(project, artist):
    return [
        take(project, State.COMPLETED, author=artist, words=f"Shot {number}") for number in (1, 2)
    ]


def name(page: Page):
    return page.locator("[data-wall-name]")


def test_takes_play_one_after_another_and_only_what_is_near_is_loaded(
    studio: Page, live_server, project, artist, takes
):
    for number in (3, 4, 5):
        take(project, State.COMPLETED, author=artist, words=f"Shot {number}")
    page, asked = studio, []
    page.goto(f"{live_server.url}/gallery/?find=shot")
    page.get_by_role("link", name="Wall").click()
    page.wait_for_url("**/gallery/wall/?*find=shot")
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(name(page)).to_have_text("Take 5, Desert Light")
    page.wait_for_function(PLAYING)
    assert not any(f"{takes[0].uuid}" in url for url in asked), "its turn is far away"
    for number in (4, 3, 2, 1, 5):
        expect(name(page)).to_have_text(f"Take {number}, Desert Light", timeout=10_000)


def test_no_control_is_in_sight_until_the_pointer_moves(studio: Page, live_server, takes):
    page = studio
    page.goto(f"{live_server.url}/gallery/wall/?find=shot")
    page.wait_for_function(PLAYING)
    page.wait_for_function(f"() => ({OPACITY})() === '0'")
    page.mouse.move(300, 300)
    page.wait_for_function(f"() => ({OPACITY})() === '1'")
    assert violations(page) == []
    page.wait_for_function(f"() => ({OPACITY})() === '0'", timeout=10_000)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.wait_for_function(f"() => ({OPACITY})() === '1'")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "/gallery/?" in url and "find=shot" in url)


def test_keys_pause_step_and_show_many_at_once(studio: Page, live_server, takes):
    page = studio
    page.goto(f"{live_server.url}/gallery/wall/")
    page.wait_for_function(PLAYING)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_attached()
    assert not page.evaluate(PLAYING)
    page.keyboard.press("ArrowRight")
    expect(name(page)).to_have_text("Take 1, Desert Light")
    page.keyboard.press("ArrowLeft")
    expect(name(page)).to_have_text("Take 2, Desert Light")
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Sound")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("g")
    expect(page.locator(".wall__cell")).to_have_count(2)
    assert "show=grid" in page.url
    assert violations(page) == []
    page.keyboard.press("g")
    expect(page.locator(".wall__cell")).to_have_count(0)
    page.wait_for_function(PLAYING)


def test_a_new_take_comes_in_by_itself(studio: Page, live_server, project, artist):
    page = studio
    page.clock.install()
    page.goto(f"{live_server.url}/gallery/wall/?show=grid")
    expect(page.get_by_text("Nothing to show yet.")).to_be_visible()
    first = take(project, State.COMPLETED, author=artist)
    page.clock.run_for(10_500)
    expect(page.locator(f"[data-shows='{first.uuid}'] img")).to_be_visible()
    second = take(project, State.COMPLETED, author=artist)
    page.clock.run_for(10_500)
    expect(page.locator(f"[data-shows='{second.uuid}']")).to_be_attached()
    expect(page.get_by_text("Nothing to show yet.")).to_be_hidden()


def test_a_collections_pictures_stand_on_a_phone_without_motion(
    studio: Page, live_server, project, artist, takes
):
    page = studio
    made = Collection.begin(project.team, artist, "Reel")
    made.add([drawn(project, author=artist), takes[0]], artist)
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    page.clock.install()
    page.goto(f"{live_server.url}/collections/{made.uuid}/")
    page.get_by_role("link", name="Wall").click()
    expect(name(page)).to_have_text("Take 3, Desert Light")
    page.clock.run_for(8_500)
    expect(name(page)).to_have_text("Take 1, Desert Light")
    assert not page.evaluate(PLAYING), "what moves is asked for by hand"
    page.keyboard.press(" ")
    page.keyboard.press(" ")
    page.wait_for_function(PLAYING)
    assert width_of(page) <= page.viewport_size["width"]
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.wait_for_url(f"{live_server.url}/collections/{made.uuid}/")
