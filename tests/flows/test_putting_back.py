"""A half-typed prompt that a take's words took the place of is there again when it is asked for."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from tests.factories import still, take
from tests.flows.test_composer import WORDS
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look

HALF = "Half a thought about"


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist, words="Dunes at dawn")


def half_typed(page: Page) -> None:
    page.get_by_label("Duration").select_option("9")
    page.get_by_label(WORDS).fill(HALF)


def is_back(page: Page) -> None:
    expect(page.get_by_label(WORDS)).to_have_value(HALF)
    expect(page.get_by_label("Duration")).to_have_value("9")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_r_over_a_half_typed_prompt_is_undone_by_ctrl_z(board, made):
    page = board()
    half_typed(page)
    page.locator(f"#take-{made.uuid} .frame__open").focus()
    page.keyboard.press("r")
    expect(page.get_by_label(WORDS)).to_have_value("Dunes at dawn")
    expect(page.get_by_label(WORDS)).to_be_focused()
    expect(page.locator("#notices")).to_contain_text("What you were writing made room.")
    page.keyboard.press("Control+z")
    is_back(page)
    page.locator(f"#take-{made.uuid} .frame__open").focus()
    page.keyboard.press("r")
    expect(page.get_by_label(WORDS)).to_have_value("Dunes at dawn")
    page.get_by_label(WORDS).press_sequentially(" and")
    page.keyboard.press("Control+z")  # the browser's own
    expect(page.get_by_label(WORDS)).not_to_have_value(HALF)
    page.get_by_role("button", name="Put it back").click()
    is_back(page)


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_what_a_remix_in_the_drawer_took_the_place_of_is_put_back(board, project, made, viewport):
    kept = still(project)
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    half_typed(page)
    page.locator("#slot-end .slot__picks").click()
    page.get_by_role("button", name="Still 1").click()
    expect(page.locator("[name=end_still]")).to_have_value(str(kept.uuid))
    page.locator(f"#take-{made.uuid} .take__words a").press("Enter")
    page.get_by_role("dialog").get_by_role("link", name="Remix").click()
    expect(page.get_by_label(WORDS)).to_have_value("Dunes at dawn")
    expect(page.locator("[name=end_still]")).to_have_value("")
    look(page, f"put-back-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    page.get_by_role("button", name="Put it back").click()
    is_back(page)
    expect(page.locator("[name=end_still]")).to_have_value(str(kept.uuid))
    page.reload()
    expect(page.get_by_label(WORDS)).to_have_value(HALF)


def test_what_a_remix_from_another_page_took_the_place_of_is_put_back(board, live_server, made):
    page = board()
    half_typed(page)
    page.goto(f"{live_server.url}/generations/{made.uuid}/")
    page.get_by_role("link", name="Remix").click()
    expect(page.get_by_label(WORDS)).to_have_value("Dunes at dawn")
    page.get_by_role("button", name="Put it back").click()
    is_back(page)


def test_nothing_is_offered_where_nothing_was_being_written(board, project, artist, made):
    other = take(project, State.COMPLETED, author=artist, words="A harbour")
    page = board()
    for each, words in ((made, "Dunes at dawn"), (other, "A harbour")):
        page.locator(f"#take-{each.uuid} .frame__open").focus()
        page.keyboard.press("r")
        expect(page.get_by_label(WORDS)).to_have_value(words)
    page.reload()
    expect(page.get_by_label(WORDS)).to_have_value("A harbour")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
