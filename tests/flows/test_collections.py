"""Collections as a person uses them: chosen, put in order, played in one go."""

import pytest
from playwright.sync_api import Locator, Page, expect

from generations.models import State
from studio.models import Collection
from tests.factories import drawn, take
from tests.flows.test_looks import PHONE, violations
from tests.flows.widths import width_of

PLAYING = "() => [...document.querySelectorAll('[data-reel-deck]')].some(each => !each.paused)"


@pytest.fixture
def takes(project, artist):
    return [
        take(project, State.COMPLETED, author=artist, words=f"Shot {number}")
        for number in (1, 2, 3)
    ]


@pytest.fixture
def reel(studio: Page, live_server, project, artist, takes) -> Page:
    """A collection of three takes."""
    made = Collection.begin(project.team, artist, "Best of autumn")
    made.add(takes, artist)
    studio.goto(f"{live_server.url}/collections/{made.uuid}/")
    return studio


def names(page: Page) -> list[str]:
    return [each.split("\n")[0] for each in page.locator(".dailies__take b").all_inner_texts()]


def drag(page: Page, grip: Locator, onto: Locator) -> None:
    """Pull a take by its number above another; what is pulled over trembles as a hand does."""
    page.wait_for_function("document.querySelector('[data-collected]').sortable")
    start, end = grip.bounding_box(), onto.bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 20, steps=4)
    for wobble in range(12):
        page.mouse.move(x, end["y"] + 4 + wobble % 3)
        page.wait_for_timeout(30)
    page.mouse.up()


def test_takes_chosen_in_the_gallery_become_a_collection(studio: Page, live_server, takes):
    page = studio
    page.goto(f"{live_server.url}/gallery/")
    for number in (1, 3):
        page.get_by_role("checkbox", name=f"Choose take {number}").check(force=True)
    page.get_by_role("button", name="Collect…").click()
    expect(page.get_by_role("heading", name="Into which collection?")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("A new one, called").fill("Best of autumn")
    page.get_by_role("button", name="Collect", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Best of autumn")
    assert names(page) == ["Take 1", "Take 3"]
    page.get_by_role("link", name="Collections").click()
    expect(page.get_by_role("link", name="Best of autumn")).to_contain_text("2 takes")
    assert violations(page) == []


def test_takes_change_places_by_keys_buttons_and_hand(reel: Page):
    page = reel
    assert violations(page) == []
    page.get_by_role("button", name="Move take 3 of Desert Light up").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".dailies__take b").nth(1)).to_have_text("Take 3")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".dailies__take b").first).to_have_text("Take 3")
    page.get_by_role("button", name="Move take 1 of Desert Light down").click()
    expect(page.locator(".dailies__take b").last).to_have_text("Take 1")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        drag(page, page.locator("[data-grip]").last, page.locator("[data-grip]").first)
    expect(page.locator(".dailies__take b").first).to_have_text("Take 1")
    page.reload()
    assert names(page) == ["Take 1", "Take 3", "Take 2"]


def test_one_is_taken_out_and_undo_brings_it_back_while_it_plays(reel: Page):
    page = reel
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(PLAYING)
    page.get_by_role("button", name="Take take 2 of Desert Light out").click()
    expect(page.locator("[data-reel-count]")).to_have_text("2")
    expect(page.locator("#collected-count")).to_contain_text("2 takes")
    assert page.evaluate(PLAYING)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-reel-count]")).to_have_text("3")
    assert names(page) == ["Take 1", "Take 2", "Take 3"]


def test_it_plays_from_one_to_the_next_and_a_picture_stands(
    studio: Page, live_server, project, artist, takes
):
    page = studio
    picture = drawn(project, author=artist)
    made = Collection.begin(project.team, artist, "With a picture")
    made.add([picture, takes[0]], artist)
    page.clock.install()
    page.goto(f"{live_server.url}/collections/{made.uuid}/")
    expect(page.locator("[data-reel-place]")).to_have_text("1")
    page.keyboard.press(" ")
    expect(page.locator("video:visible")).to_have_attribute(
        "poster", f"{live_server.url}/media/{picture.uuid}/image"
    )
    page.clock.fast_forward(4100)
    expect(page.locator("[data-reel-place]")).to_have_text("2")
    page.wait_for_function(PLAYING)


def test_it_is_edited_and_deleted_on_a_phone(reel: Page):
    page = reel
    page.set_viewport_size(PHONE)
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("Name").fill("Best of winter")
    page.get_by_label("What it is for").fill("For Friday")
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Best of winter")
    assert width_of(page) <= page.viewport_size["width"]
    page.get_by_text("Edit", exact=True).click()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete the collection").click()
    expect(page.get_by_role("heading", name="No collection yet")).to_be_visible()
