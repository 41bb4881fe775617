"""What is asked of the review room at once: the order waits for what it needs, and is answered."""

import pytest
from playwright.sync_api import Locator, Page, expect

from generations.models import Generation
from studio.models import Note, Verdict
from tests.flows.held import Held
from tests.flows.test_retake import (  # noqa: F401
    leader,
    region,
    retaken,
    room,
    takes,
    title,
    verdicts,
)
from tests.generations.pictures import picture

SENDING = "Sending…"


@pytest.fixture
def unfit(room: Page, retaken, tmp_path) -> Locator:  # noqa: F811
    """The words of a retake whose start and end were refused for their ratio."""
    file = tmp_path / "frame.jpg"
    file.write_bytes(picture(640, 480).read())
    words = retaken()
    for name in ("start", "end"):
        room.locator(f"input[name={name}]").set_input_files(file)
        expect(room.locator(f"#slot-{name} img")).to_be_visible()
    words.focus()
    room.keyboard.press("Control+Enter")
    expect(crop(room, "End frame")).to_be_visible()
    return words


def crop(page: Page, which: str) -> Locator:
    return page.get_by_role("group", name=which).get_by_role("button", name="Crop to 16:9")


def leave_a_note(page: Page, words: str) -> None:
    page.locator("#note-words").fill(words)
    page.keyboard.press("Control+Enter")


def is_sending(page: Page) -> Locator:
    return region(page).get_by_role("button", name=SENDING)


def cut() -> list[bool]:
    """Tell of each frame of the retake that was ordered whether it was cut."""
    frames = Generation.objects.get(take_number=4).keyframes.all()
    return [each.still is not None and each.still.cut_from is not None for each in frames]


def test_a_note_that_is_answered_lets_nothing_leave_a_retake_that_is_being_ordered(
    room,  # noqa: F811
    takes,  # noqa: F811
    retaken,  # noqa: F811
):
    retaken()
    orders = Held(room, "**/retake/", only="retaking")
    room.keyboard.press("Control+Enter")
    orders.wait()
    leave_a_note(room, "Wind from the left")
    expect(room.locator("#notes-list")).to_contain_text("Wind from the left")
    room.locator("h1").click()
    room.keyboard.press("Escape")
    region(room).get_by_role("link", name="Go on without one").click()
    room.locator("#reel a").last.click()
    orders.let_go()
    expect(room.locator("#notices")).to_contain_text("Take 4 is next in line.")
    title(room, "Take 2")
    assert Note.objects.get().generation == takes[0]


def test_a_note_that_is_answered_after_its_take_was_left_is_no_draft_there(
    room,  # noqa: F811
    takes,  # noqa: F811
):
    judging, notes = Held(room, "**/judge/"), Held(room, "**/notes/add/")
    room.keyboard.press("r")
    judging.wait()
    leave_a_note(room, "Wind from the left")
    notes.wait()
    judging.let_go()
    title(room, "Take 2")
    with room.expect_event("requestfinished", lambda request: "/notes/add/" in request.url):
        notes.let_go()
    room.locator("h1").click()
    expect(room.locator(".mark")).to_have_count(0)
    room.keyboard.press("ArrowLeft")
    title(room, "Take 1")
    expect(room.locator(".mark")).to_have_count(1)
    expect(room.locator("#note-words")).to_have_value("")


def test_a_verdict_that_waits_for_a_note_is_said_whatever_is_pressed_after_it(
    room,  # noqa: F811
    takes,  # noqa: F811
):
    notes = Held(room, "**/notes/add/")
    leave_a_note(room, "Wind from the left")
    notes.wait()
    room.get_by_role("button", name="Reject").click()
    room.locator("h1").click()
    room.keyboard.press("ArrowRight")
    room.locator("#reel a").last.click()
    room.keyboard.press("a")
    notes.let_go()
    expect(room.locator("#room-last")).to_contain_text("Take 1: rejected")
    title(room, "Take 2")
    assert verdicts() == [Verdict.REJECTED, Verdict.WAITING, Verdict.WAITING]
    assert Note.objects.count() == 1


def test_an_order_that_waits_for_a_note_is_given_whatever_is_pressed_after_it(
    room,  # noqa: F811
    takes,  # noqa: F811
    retaken,  # noqa: F811
):
    words = retaken()
    words.fill("From the left")
    notes = Held(room, "**/notes/add/")
    leave_a_note(room, "Wind from the left")
    notes.wait()
    words.focus()
    room.keyboard.press("Control+Enter")
    expect(is_sending(room)).to_be_visible()
    room.keyboard.press("Control+Enter")
    room.keyboard.press("Escape")
    notes.let_go()
    expect(room.locator("#notices")).to_contain_text("Take 4 is next in line.")
    title(room, "Take 2")
    assert Generation.objects.get(take_number=4).prompt.words == "From the left"
    assert Generation.objects.count() == 4


def test_an_order_waits_for_the_crops_before_it(room, takes, unfit):  # noqa: F811
    crops = Held(room, "**/compose/cut/")
    crop(room, "Start frame").click()
    crops.wait()
    expect(is_sending(room)).to_have_count(0)
    crop(room, "End frame").click()
    unfit.focus()
    room.keyboard.press("Control+Enter")
    room.keyboard.press("Escape")
    expect(is_sending(room)).to_be_visible()
    crops.let_go()
    title(room, "Take 2")
    assert cut() == [True, True]


def test_ctrl_enter_on_a_button_that_crops_orders(room, takes, unfit):  # noqa: F811
    crop(room, "Start frame").click()
    expect(crop(room, "Start frame")).to_have_count(0)
    crops = Held(room, "**/compose/cut/")
    crop(room, "End frame").click()
    crops.wait()
    expect(crop(room, "End frame")).to_be_focused()
    room.keyboard.press("Control+Enter")
    expect(is_sending(room)).to_be_visible()
    crops.let_go()
    title(room, "Take 2")
    assert cut() == [True, True]


def test_nothing_is_ordered_without_a_crop_that_was_lost(
    room,  # noqa: F811
    takes,  # noqa: F811
    unfit,
    complaints,
):
    crops = Held(room, "**/compose/cut/")
    crop(room, "Start frame").click()
    lost = crops.next()
    unfit.focus()
    room.keyboard.press("Control+Enter")
    expect(is_sending(room)).to_be_visible()
    lost.abort()
    expect(is_sending(room)).to_have_count(0)
    expect(room.locator("#notices")).to_contain_text("look whether it arrived")
    complaints.clear()
    title(room, "Take 1")
    assert Generation.objects.count() == 3


def test_an_order_waits_for_the_take_that_was_picked_before_it(
    room,  # noqa: F811
    takes,  # noqa: F811
    retaken,  # noqa: F811
):
    words = retaken()
    puts = Held(room, "**/compose/put/")
    region(room).get_by_role("button", name="Takes and stills for the start frame").click()
    room.locator("#picks button").first.click()
    puts.wait()
    words.focus()
    room.keyboard.press("Control+Enter")
    puts.let_go()
    title(room, "Take 2")
    assert Generation.objects.get(take_number=4).keyframes.count() == 1


def test_a_price_that_comes_once_its_retake_was_left_has_no_place(
    room,  # noqa: F811
    takes,  # noqa: F811
    retaken,  # noqa: F811
):
    retaken()
    prices = Held(room, "**/quote/**")
    region(room).get_by_label("Duration").select_option("9 s")
    prices.wait()
    room.keyboard.press("Escape")
    title(room, "Take 2")
    with room.expect_event("requestfinished", lambda request: "/quote/" in request.url):
        prices.let_go()
    # What came is looked at before the next key is; a complaint in the console would fail this.
    room.keyboard.press("t")
    expect(room.get_by_label("What is seen")).to_be_focused()
    expect(room.locator("#price")).to_contain_text("$")
