"""Takes side by side in step, one wiped over another, and the day's takes in one go."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from tests.factories import take
from tests.flows.test_looks import PHONE, violations

TIMES = "() => [...document.querySelectorAll('[data-compare] video')].map(each => each.currentTime)"
PLAYING = "() => [...document.querySelectorAll('[data-compare] video')].every(each => !each.paused)"


@pytest.fixture
def takes(project, artist):
    return [
        take(project, State.COMPLETED, author=artist, words=f"Shot {number}")
        for number in (1, 2, 3)
    ]


@pytest.fixture
def compared(studio: Page, live_server, takes) -> Page:
    """Two takes side by side."""
    named = "&".join(f"take={each.uuid}" for each in takes[:2])
    studio.goto(f"{live_server.url}/review/compare/?{named}")
    expect(studio.get_by_role("heading", level=1)).to_have_text("Compare takes 1 and 2")
    return studio


def test_takes_play_and_step_together(compared: Page):
    page = compared
    for _ in range(3):
        page.keyboard.press(".")
    expect(page.locator("[data-compare-time]")).to_have_text("00:00:00:03")
    page.wait_for_function(f"() => ({TIMES})().every(at => Math.abs(at - 3.5 / 24) < 0.001)")
    page.keyboard.press(" ")
    page.wait_for_function(PLAYING)
    page.wait_for_function(f"() => ({TIMES})().every(at => at > 0.5)")
    page.keyboard.press("k")
    first, second = page.evaluate(TIMES)
    assert abs(first - second) < 0.15
    page.keyboard.press("End")
    expect(page.locator("[data-compare-time]")).to_have_text("00:00:01:23")
    assert violations(page) == []


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE])
def test_what_plays_four_stays_in_reach(studio: Page, live_server, takes, project, artist, size):
    four = [*takes, take(project, State.COMPLETED, author=artist)]
    page = studio
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/review/compare/?{'&'.join(f'take={it.uuid}' for it in four)}")
    expect(page.locator("[data-compare] video")).to_have_count(4)
    play = page.get_by_role("button", name="Play", exact=True)
    expect(play).to_be_in_viewport(ratio=1)
    play.click()
    page.wait_for_function(PLAYING)
    assert violations(page) == []


def test_one_is_wiped_over_the_other_by_keys(compared: Page):
    page = compared
    page.keyboard.press("w")
    wipe = page.get_by_role("slider", name="Where the second picture begins")
    expect(wipe).to_be_focused()
    clip = "() => getComputedStyle(document.querySelectorAll('.compare__take')[1]).clipPath"
    before = page.evaluate(clip)
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(clip) != before
    boxes = [each.bounding_box() for each in page.locator(".compare__screen").all()]
    assert boxes[0] == boxes[1]
    page.keyboard.press("w")
    expect(wipe).to_be_hidden()


def test_another_is_put_beside_them_and_one_is_taken_out(compared: Page):
    page = compared
    page.get_by_role("link", name="Add take 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare takes 1, 2 and 3")
    expect(page.locator("[data-compare-take]")).to_have_count(3)
    page.get_by_role("link", name="Take take 1 out of the comparison").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare takes 2 and 3")


def test_chosen_takes_are_compared_from_the_board(board, takes):
    page = board()
    for number in (1, 3):
        page.get_by_role("checkbox", name=f"Choose take {number}").check(force=True)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare takes 1 and 3")


def test_the_days_takes_play_one_after_another(studio: Page, live_server, takes):
    page = studio
    page.goto(f"{live_server.url}/review/dailies/")
    expect(page.locator("[data-reel-name]")).to_contain_text("Take 1, Desert Light")
    page.keyboard.press(" ")
    expect(page.locator("[data-reel-name]")).to_contain_text("Take 2", timeout=20_000)
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-reel-name]")).to_contain_text("Take 3")
    expect(page.get_by_role("button", name="The next take")).to_be_disabled()
    shown = page.locator("[data-reel-deck]:visible")
    expect(shown).to_have_count(1)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=20_000)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-reel-name]")).to_contain_text("Take 2")
    assert violations(page) == []
