"""Marking, deleting and finding takes as a person does."""

import re

from playwright.sync_api import Page, expect

from generations.models import State
from studio.models import Favourite
from tests.factories import take


def card(page: Page, number: int):
    return page.locator(f'[data-take="{number}"]')


def test_a_deleted_card_leaves_and_its_undo_brings_it_back_to_its_place(board, project, artist):
    for _ in range(3):
        take(project, State.COMPLETED, author=artist)
    page = board()
    region = page.locator("#notices").element_handle()
    card(page, 2).hover()
    card(page, 2).get_by_label("More for take 2").click()
    card(page, 2).get_by_role("button", name="Delete take 2").click()
    expect(card(page, 2)).to_have_count(0)
    expect(page.locator("#notices")).to_contain_text("Take 2 is in the trash.")
    assert region.evaluate("(it) => it.isConnected")  # else it would not be read out
    expect(page.locator("#take-count")).to_have_text("2 takes")
    expect(page.locator("[data-take]:focus-within")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-take]")).to_have_count(3)
    numbers = page.locator("[data-take]").evaluate_all(
        "all => all.map((each) => each.dataset.take)"
    )
    assert numbers == ["3", "2", "1"]
    expect(page.locator("#take-count")).to_have_text("3 takes")


def test_of_two_that_were_deleted_undo_brings_back_the_last(board, project, artist):
    for _ in range(3):
        take(project, State.COMPLETED, author=artist)
    page = board()
    words = page.get_by_label("What is seen, and how it moves")
    words.press_sequentially("Half a thought")
    for number in (1, 3):
        card(page, number).locator(".take__words a").focus()
        page.keyboard.press("Delete")
        expect(card(page, number)).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(card(page, 3)).to_have_count(1)
    expect(page.locator("[data-take]")).to_have_count(2)
    expect(words).to_have_value("Half a thought")


def test_the_delete_key_does_the_same_and_the_trash_restores(board, project, artist):
    take(project, State.COMPLETED, author=artist)
    take(project, State.FAILED, author=artist)
    page = board()
    card(page, 2).locator(".take__words a").focus()
    page.keyboard.press("Delete")
    expect(card(page, 2)).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(card(page, 2)).to_have_count(1)
    card(page, 2).locator(".take__words a").focus()
    page.keyboard.press("Delete")
    expect(card(page, 2)).to_have_count(0)
    page.get_by_role("link", name="Trash").click()
    page.get_by_role("button", name="Restore take 2").click()
    expect(page.get_by_text("Take 2 is back.")).to_be_visible()


def test_a_star_stays_lit_and_finds_its_take(board, project, artist):
    for _ in range(2):
        take(project, State.COMPLETED, author=artist)
    page = board()
    card(page, 1).hover()
    star = card(page, 1).get_by_role("button", name="Favourite take 1")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    page.locator(".finder__switch", has_text="Favourites").click()
    expect(page.locator("[data-take]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?favourite=yes$"))
    assert Favourite.objects.get().user == artist


def test_a_tag_is_added_on_the_page_and_what_is_looked_for_becomes_a_view(
    board, project, artist, live_server
):
    made = take(project, State.COMPLETED, author=artist)
    take(project, State.COMPLETED, author=artist)
    page = board()
    page.goto(f"{live_server.url}/generations/{made.uuid}/")
    page.get_by_label("Add tags").fill("dusk, !!!")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("isn't a tag")
    page.get_by_label("Add tags").fill("dusk")
    page.keyboard.press("Enter")
    expect(page.locator("#tags .tag")).to_have_text("dusk")
    page = board()
    page.get_by_label("Filter by tag").select_option("dusk")
    expect(page.locator("[data-take]")).to_have_count(1)
    page.get_by_text("Views", exact=True).click()
    page.get_by_label("Save what is looked for now, as").fill("Evenings")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Evenings” is among your views now.")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("[data-take]")).to_have_count(2)
    page.get_by_text("Views", exact=True).click()
    page.get_by_role("link", name="Evenings").click()
    expect(page.locator("[data-take]")).to_have_count(1)
