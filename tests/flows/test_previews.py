"""What a board loads: nothing that isn't seen."""

import pytest
from playwright.sync_api import Page, Request, expect

from generations.models import State
from tests.factories import take


@pytest.fixture
def long_board(board, studio: Page, project, artist):
    """A board of more takes than a screen shows, and what it asks for of their files."""
    for _ in range(30):
        take(project, State.COMPLETED, author=artist)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/media/" in request.url:
            asked.append(request.url.split("/media/")[1])

    studio.on("request", note)
    studio.set_viewport_size({"width": 1280, "height": 500})
    return board(), asked


def test_no_preview_is_loaded_before_its_card_is_pointed_at(long_board):
    page, asked = long_board
    page.wait_for_load_state("networkidle")
    posters = [each for each in asked if each.endswith("/poster")]
    assert asked == posters
    assert 3 <= len(posters) < 30  # Chromium loads a little ahead of the eye
    first = page.locator(".frame").first
    with page.expect_request(lambda request: request.url.endswith("/preview")) as found:
        first.hover()
    page.mouse.move(2, 2)
    loaded = {each for each in asked if not each.endswith("/poster")}
    assert loaded == {found.value.url.split("/media/")[1]}


def test_for_those_who_ask_for_stillness_the_pointer_scrubs_and_nothing_plays(long_board):
    page, _ = long_board
    page.emulate_media(reduced_motion="reduce")
    box = page.locator(".frame").first.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    video = page.locator("video").element_handle()
    page.wait_for_function("video => video.readyState >= 2", arg=video)
    assert video.evaluate("video => video.paused")
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2, steps=3)
    page.wait_for_function("video => video.currentTime > 1.2", arg=video)
    expect(page.locator("[data-playing] [data-time]")).to_contain_text("/ 0:02")
    page.wait_for_function("video => video.paused && video.currentTime > 1.2", arg=video)
