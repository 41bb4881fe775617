"""The board's cards by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import Generation, State, Still
from generations.models.states import Reason
from tests.factories import drawn, take

SETTLED = """() => {
  window.settled = new Promise((done) => {
    addEventListener("htmx:afterSettle", done, { once: true });
  });
}"""


@pytest.fixture
def grid(board, project, artist):
    """Seven takes in rows of three, the newest first: 7 6 5 / 4 3 2 / 1; the fifth failed."""
    for number in range(1, 8):
        state = State.FAILED if number == 5 else State.COMPLETED
        take(project, state, author=artist, reason=Reason.PROVIDER)
    page: Page = board()
    page.set_viewport_size({"width": 1280, "height": 960})
    return page


def here(page: Page, number: int) -> None:
    focus = page.locator(f"[data-take='{number}'] :focus")
    expect(focus).to_have_count(1)


def test_arrows_walk_among_the_cards_and_keep_the_column(grid):
    grid.keyboard.press("ArrowRight")
    here(grid, 7)
    for key, number in [
        ("ArrowRight", 6),
        ("ArrowDown", 3),
        ("ArrowDown", 1),  # the only one below
        ("ArrowUp", 4),
        ("ArrowLeft", 5),
        ("ArrowUp", 5),
        ("End", 1),
        ("Home", 7),
        ("ArrowLeft", 7),
    ]:
        grid.keyboard.press(key)
        here(grid, number)


@pytest.mark.parametrize("width", [1280, 390])
def test_what_has_the_focus_lies_neither_under_the_composer_nor_under_the_bar(grid, width):
    grid.set_viewport_size({"width": width, "height": 960})
    composer, bar = grid.locator("#composer"), grid.get_by_role("form", name="Chosen takes")
    for key, number in [("ArrowRight", 7), ("End", 1)]:
        grid.keyboard.press(key)
        here(grid, number)
    last = grid.locator("[data-take='1']").bounding_box()
    assert last["y"] + last["height"] <= composer.bounding_box()["y"]
    grid.keyboard.press("Space")
    expect(bar).to_contain_text("1 chosen")
    expect(bar.get_by_role("button", name="Take the star off")).to_have_count(0)
    for number in (4,) if width > 1000 else (2, 3, 4):
        grid.keyboard.press("ArrowUp")
        here(grid, number)
    upper, over = grid.locator("[data-take='4']").bounding_box(), bar.bounding_box()
    assert upper["y"] >= over["y"] + over["height"]


def test_a_letter_does_what_the_cards_button_does(grid):
    grid.keyboard.press("ArrowRight")
    grid.keyboard.press("e")
    expect(grid.locator("#slot-start")).to_contain_text("Start: take 7")
    expect(grid.get_by_label("What is seen, and how it moves")).to_be_focused()
    grid.keyboard.type("r, e and d are letters here")
    words = grid.get_by_label("What is seen, and how it moves")
    expect(words).to_have_value("r, e and d are letters here")
    grid.locator("[data-take='6'] .frame__open").focus()
    with grid.expect_download() as download:
        grid.keyboard.press("d")
    assert download.value.suggested_filename.endswith(".mp4")
    grid.keyboard.press("f")
    star = grid.locator("[data-take='6'] .star button")
    expect(star).to_have_attribute("aria-pressed", "true")
    grid.keyboard.press("r")
    expect(words).to_have_value("Fog lifts through a pine valley")


def test_what_a_letter_did_is_read_out(board, project, artist):
    for state in (State.WAITING, State.COMPLETED):
        take(project, state, author=artist)
    page: Page = board()
    said = page.locator("#announcer")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("f")
    expect(said).to_have_text("Take 2 is a favourite.")
    page.keyboard.press("f")
    expect(said).to_have_text("Take 2 is no favourite any more.")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    expect(said).to_have_text("Take 1 is out of the line. Nothing was charged.")
    here(page, 1)


def test_the_card_under_the_pointer_is_meant_where_none_has_the_focus(grid, project):
    grid.locator("[data-take='4'] .frame").hover()
    grid.keyboard.press("Enter")
    made = Generation.objects.get(project=project, take_number=4)
    grid.wait_for_url(f"**/generations/{made.uuid}/")


def test_no_key_spends_money_by_itself(grid):
    grid.locator("[data-take='5'] .take__words a").focus()
    grid.keyboard.press("t")
    retry = grid.locator("[data-take='5']").get_by_role("button", name="Retry, $")
    expect(retry).to_be_focused()
    assert not Generation.objects.waiting().exists()
    grid.evaluate(SETTLED)
    grid.keyboard.press("Enter")
    expect(grid.locator("[data-take='5']")).to_contain_text("Next in line")
    here(grid, 5)  # though its button is gone
    grid.evaluate("window.settled")
    grid.keyboard.press("c")
    expect(grid.locator("[data-take='5']")).to_contain_text("Cancelled")
    here(grid, 5)
    expect(grid.locator("[data-take]")).to_have_count(7)  # the same card all the time


def test_e_animates_a_picture(board, project, artist):
    picture = drawn(project, author=artist)
    page = board()
    page.locator("[data-take='1'] a").first.focus()
    page.keyboard.press("e")
    expect(page.locator("#slot-start img")).to_be_visible()
    still = Still.objects.get(source=picture)
    expect(page.locator("[name=start_still]")).to_have_value(str(still.uuid))
    expect(page.get_by_label("What is seen, and how it moves")).to_be_focused()


def test_one_who_has_left_the_cards_is_not_taken_back(grid):
    grid.keyboard.press("ArrowRight")
    here(grid, 7)
    grid.locator(".head h1").click()
    grid.evaluate("document.activeElement.blur()")
    grid.evaluate(SETTLED)
    Generation.objects.get(take_number=5).announce("paused")
    grid.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    grid.evaluate("window.settled")
    assert grid.evaluate("document.activeElement === document.body")
