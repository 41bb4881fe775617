"""What is begun or chosen on the timeline is let go of again, and a named cut comes back."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from studio.editing.cut import FPS, Clip, Cut, Title
from studio.models import Sequence
from tests.factories import take
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_timeline import middle, saved

TITLE = Title("t", 0, 36, "Iceland", fade_in=12, fade_out=18)


@pytest.fixture
def sequence(project, artist) -> Sequence:
    takes = [take(project, State.COMPLETED, author=artist) for _ in range(3)]
    clips = tuple(Clip(f"k{number}", made.uuid) for number, made in enumerate(takes))
    return Sequence.begin(project, artist, "Rough cut", Cut(clips, titles=(TITLE,)))


@pytest.fixture
def timeline(studio: Page, live_server, sequence) -> Page:
    studio.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    studio.locator("[data-tracks][data-ready]").wait_for()
    return studio


def cut_of(sequence) -> Cut:
    return Sequence.objects.get(pk=sequence.pk).cut


def width(locator) -> float:
    return locator.bounding_box()["width"]


def pull(page: Page, handle, by: float) -> None:
    """Move a handle with the mouse, and hold it there."""
    x, y = middle(handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=4)


def test_escape_gives_up_a_trim_by_hand(timeline, sequence):
    page = timeline
    clip = page.locator("[data-clip]").nth(1)
    clip.locator(".clip__open").click()
    out = page.get_by_role("slider", name="Out point")
    wide = width(clip)
    pull(page, out, -wide / 2)
    expect(page.locator("[data-peek]")).to_contain_text("Out 00:00:0")
    page.wait_for_function(f"document.querySelectorAll('[data-clip]')[1].offsetWidth < {wide - 20}")
    page.keyboard.press("Escape")
    expect(page.locator("[data-peek]")).to_be_hidden()
    expect(out).to_have_attribute("aria-valuenow", str(2 * FPS))
    page.mouse.up()
    assert width(clip) == pytest.approx(wide, abs=1)
    expect(clip).to_have_attribute("data-chosen", "")
    page.keyboard.press("d")  # what is saved next is the first that is
    saved(page, 2)
    assert [each.out_frame for each in cut_of(sequence).clips] == [None] * 4


def test_what_is_chosen_is_let_go_of_by_a_key_and_by_a_press(timeline):
    page = timeline
    title, whole = page.locator(".piece--titles"), page.get_by_role("heading", name="Rough cut")
    expect(whole).to_be_visible()
    for let_go in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("link", name="Back to the sequence").click(),
    ):
        title.locator("a").click()
        expect(page.get_by_role("heading", name="Title", exact=True)).to_be_visible()
        assert violations(page) == []
        let_go()
        expect(whole).to_be_visible()
        expect(title).not_to_have_attribute("data-chosen", "")
        expect(page.locator("summary", has_text="Add music or a voice")).to_be_visible()
    assert title.locator("a").evaluate("link => link === document.activeElement")
    page.set_viewport_size(PHONE)
    page.locator(".clip__open").first.click()
    expect(page.get_by_role("heading", name="Clip 1, take 1")).to_be_visible()
    page.get_by_role("link", name="Back to the sequence").click()
    expect(whole).to_be_visible()
    expect(page.locator("[data-clip][data-chosen]")).to_have_count(0)


def test_the_bar_removes_a_title_as_it_does_a_clip(timeline, sequence):
    page = timeline
    page.locator(".piece--titles a").click()
    expect(page.get_by_role("heading", name="Title", exact=True)).to_be_visible()
    page.get_by_role("group", name="Cutting").get_by_role("button", name="Remove").click()
    saved(page, 2)
    expect(page.locator(".piece--titles")).to_have_count(0)
    assert len(cut_of(sequence).clips) == 3


def test_a_title_that_is_pulled_shorter_than_its_fades_has_shorter_ones(timeline, sequence):
    page = timeline
    title = page.locator(".piece--titles")
    pull(page, title.locator("[data-edge=ends]"), -width(title) / 2)
    page.mouse.up()
    saved(page, 2)
    (shorter,) = cut_of(sequence).titles
    assert 14 <= shorter.frames <= 22
    assert shorter.fade_in + shorter.fade_out <= shorter.frames
    assert shorter.fade_in == shorter.frames * 12 // 30
    expect(title).to_have_attribute("data-frames", str(shorter.frames))


def test_a_cut_is_named_compared_and_comes_back(timeline, sequence):
    page = timeline
    page.get_by_role("link", name="Cuts", exact=True).click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("v1")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Rough cut").click()
    page.locator("[data-tracks][data-ready]").wait_for()
    page.locator(".clip__open").nth(1).click()
    page.keyboard.press("Delete")
    saved(page, 2)
    page.get_by_role("link", name="Cut v1", exact=True).click()
    page.get_by_role("link", name="Compare with now").click()
    changed = page.locator(".cuts__changed")
    expect(changed).to_have_count(1)
    expect(changed).to_contain_text("Removed")
    page.get_by_role("button", name="Restore v1").click()
    page.locator("[data-tracks][data-ready]").wait_for()
    expect(page.locator("[data-clip]")).to_have_count(3)
    assert [each.key for each in cut_of(sequence).clips] == ["k0", "k1", "k2"]
    page.get_by_role("button", name="Undo: restored v1").click()
    saved(page, 4)
    assert [each.key for each in cut_of(sequence).clips] == ["k0", "k2"]
