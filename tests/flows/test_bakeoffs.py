"""A bake-off as people have it: chosen beside the composer, judged blind, told at last."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import Generation, State
from studio.models import BakeOff, Role
from tests.factories import bring, member
from tests.flows.conftest import listen
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look
from tests.flows.widths import width_of

WORDS = "A lighthouse in a storm"


def chosen(page: Page):
    return page.get_by_role("dialog", name="Prompt help")


def open_from_the_composer(page: Page) -> None:
    page.get_by_label("What is seen, and how it moves").fill(WORDS)
    page.get_by_text("Prompt help").click()
    page.get_by_role("button", name="Bake-off", exact=True).click()
    expect(chosen(page).get_by_label("The prompt of all of them")).to_have_value(WORDS)


def order_three(page: Page) -> BakeOff:
    """Order the composer's prompt of three models at once, and go where that leads."""
    open_from_the_composer(page)
    chosen(page).get_by_role("button", name="Make 3").click()
    page.wait_for_url("**/bake-offs/*/")
    return BakeOff.objects.get()


def pair(page: Page, number: int) -> None:
    """Wait for a pair to be there with the scripts that take its keys."""
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Pair {number} of 3")
    page.wait_for_load_state()


def make(bakeoff: BakeOff, *states: State) -> None:
    takes = Generation.objects.filter(entrant__bakeoff=bakeoff).order_by("pk")
    for it, state in zip(takes, states, strict=True):
        bring(it, state)


@pytest.fixture
def baked(board) -> BakeOff:
    """Three that are ready, of whose maker the page is."""
    page = board()
    bakeoff = order_three(page)
    make(bakeoff, *[State.COMPLETED] * 3)
    expect(page.get_by_role("link", name="Judge them")).to_be_visible()
    page.get_by_role("link", name="Judge them").click()
    expect(page.locator(".bakeoff__stage video")).to_have_count(3)
    return bakeoff


def test_entrants_are_chosen_with_their_prices_and_the_total(board):
    page = board()
    open_from_the_composer(page)
    dialog = chosen(page)
    expect(dialog.get_by_role("button", name="Make 3, $")).to_be_enabled()
    ray = dialog.get_by_role("group", name="Ray 2", exact=True)
    flash = dialog.get_by_role("group", name="Ray 2 Flash")
    ray.get_by_label("1080p, 9 s").check()
    expect(dialog.get_by_role("button", name="Make 4, $")).to_be_enabled()
    expect(ray.get_by_label("1080p, 9 s")).to_be_focused()
    look(page, "bakeoff-choosing")
    assert violations(page, "dialog[open]") == []
    for left in (3, 2, 1, 0):
        dialog.get_by_role("checkbox", checked=True).first.uncheck()
        expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(left)
    expect(dialog.get_by_role("button", name="Choose two to eight")).to_be_disabled()
    flash.get_by_label("540p, 5 s").check()
    ray.get_by_label("540p, 5 s").check()
    dialog.get_by_role("button", name="Make 2, $").click()
    page.wait_for_url("**/bake-offs/*/")
    made = {(it.prompt.model, it.prompt.resolution) for it in Generation.objects.all()}
    assert made == {("ray-2", "540p"), ("ray-flash-2", "540p")}


def test_one_is_begun_on_a_page_of_its_own(studio: Page, live_server, project):
    page = studio
    page.goto(f"{live_server.url}/bake-offs/")
    page.get_by_text("New bake-off").click()
    page.get_by_role("link", name="In Desert Light").click()
    words = page.get_by_label("The prompt of all of them")
    words.fill(WORDS)
    page.get_by_role("group", name="Ray 2", exact=True).get_by_label("1080p, 9 s").check()
    expect(page.get_by_role("button", name="Make 4, $")).to_be_enabled()
    words.fill("A {dawn|dusk} sky")
    page.get_by_role("button", name="Make 4, $").click()
    expect(page.get_by_role("alert")).to_contain_text("These words make 2 prompts")
    words.fill(WORDS)
    page.get_by_role("button", name="Make 4, $").click()
    page.wait_for_url("**/bake-offs/*/")
    assert {it.prompt.words for it in Generation.objects.all()} == {WORDS}
    assert Generation.objects.count() == 4


def test_a_refusal_stands_in_the_dialog(board):
    page = board()
    open_from_the_composer(page)
    words = chosen(page).get_by_label("The prompt of all of them")
    words.fill("A {dawn|dusk} sky")
    chosen(page).get_by_role("button", name="Make 3").click()
    expect(chosen(page).get_by_role("alert")).to_contain_text("These words make 2 prompts")
    assert not Generation.objects.exists()
    # With other words it goes on, with what was ticked.
    words.fill("A dusk sky")
    chosen(page).get_by_role("button", name="Make 3").click()
    page.wait_for_url("**/bake-offs/*/")
    assert Generation.objects.count() == 3


def test_it_is_watched_while_it_is_made_and_then_judged(board):
    page = board()
    bakeoff = order_three(page)
    expect(page.get_by_role("status").first).to_contain_text("0 of 3 are ready, 3 in line")
    assert violations(page) == []
    look(page, "bakeoff-making")
    make(bakeoff, State.COMPLETED, State.COMPLETED, State.FAILED)
    expect(page.get_by_text("2 of 3 are ready, 1 came to nothing.")).to_be_visible()
    page.get_by_role("link", name="Judge them").click()
    expect(page.locator(".bakeoff__stage video")).to_have_count(2)
    expect(page.get_by_text("1 of 3 came to nothing, and isn't shown.")).to_be_visible()


def test_scores_are_given_by_keys_and_who_was_who_is_told(studio: Page, baked, artist):
    page = studio
    assert violations(page) == []
    look(page, "bakeoff-judging")
    tell = page.get_by_role("button", name="Tell me who is who")
    expect(tell).to_be_disabled()
    figures = page.locator(".bakeoff__stage figure")
    page.keyboard.press(".")
    expect(page.locator("[data-compare-time]")).to_have_text("00:00:00:01")
    for place, value in enumerate(("4", "9", "6")):
        letter = "ABC"[place]
        overall = figures.nth(place).get_by_role("group", name=f"Overall of {letter}")
        overall.get_by_role("radio", name=value, exact=True).focus()
        page.keyboard.press(" ")
        expect(page.get_by_text(f"{place + 1} of 3 scored")).to_be_visible()
    expect(page.locator("[data-compare-time]")).to_have_text("00:00:00:01")
    tell.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who was who")).to_be_visible()
    first = page.locator(".bakeoff__table tbody tr").first
    expect(first).to_contain_text("B: Ray")
    expect(first).to_contain_text("9.0")
    assert violations(page) == []
    look(page, "bakeoff-told")
    page.get_by_role("link", name="scoreboard").last.click()
    by_model = page.get_by_role("list", name="Mean scores by model")
    expect(by_model.get_by_role("listitem")).to_have_count(3)
    page.get_by_role("link", name="Bake-offs").click()
    page.get_by_role("link", name=WORDS).click()
    expect(page.get_by_role("heading", name="Who was who")).to_be_visible()


def test_pairs_are_decided_by_keys(studio: Page, baked):
    page = studio
    page.get_by_role("link", name="Two at a time").click()
    pair(page, 1)
    assert violations(page) == []
    look(page, "bakeoff-pair")
    page.keyboard.press(" ")
    page.wait_for_function("() => !document.querySelector('video').paused")
    page.keyboard.press("1")
    pair(page, 2)
    page.keyboard.press("ArrowLeft")
    pair(page, 1)
    said = page.locator(".bakeoff__say [aria-pressed=true]")
    expect(said).to_contain_text("is better")
    page.keyboard.press("2")
    pair(page, 2)
    page.keyboard.press("0")
    pair(page, 3)
    page.keyboard.press("2")
    expect(page.get_by_text("3 of 3 pairs decided")).to_be_visible()
    page.get_by_role("button", name="Tell me who is who").click()
    expect(page.get_by_text("Pairs won")).to_be_visible()


def test_it_is_judged_on_a_phone(studio: Page, baked):
    page = studio
    page.set_viewport_size(PHONE)
    page.reload()
    assert width_of(page) == PHONE["width"]
    look(page, "bakeoff-phone")
    assert violations(page) == []
    page.get_by_role("group", name="Overall of C").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="Two at a time").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pair 1 of 3")
    assert width_of(page) == PHONE["width"]
    assert violations(page) == []


def test_without_scripts_it_is_chosen_judged_and_told(
    browser, live_server, project, artist, enter, complaints
):
    context = browser.new_context(java_script_enabled=False)
    enter(context, artist)
    page = context.new_page()
    listen(page, complaints)
    page.goto(f"{live_server.url}/scoreboard/")
    page.get_by_role("link", name="Bake-offs").click()
    expect(page.get_by_role("heading", name="No bake-off yet")).to_be_visible()
    page.get_by_text("New bake-off").click()
    page.get_by_role("link", name="In Desert Light").click()
    page.get_by_label("The prompt of all of them").fill(WORDS)
    page.get_by_role("group", name="Ray 2", exact=True).get_by_label("540p, 5 s").check()
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_label("The prompt of all of them")).to_have_value(WORDS)
    page.get_by_role("button", name="Make 4, $").click()
    expect(page.get_by_text("0 of 4 are ready")).to_be_visible()
    make(BakeOff.objects.get(), *[State.COMPLETED] * 4)
    page.reload()
    for place in range(4):
        form = page.get_by_role("form", name="Overall").nth(place)
        form.locator(".pip").nth(6).click()
        form.get_by_role("button", name="Give").click()
    page.get_by_role("button", name="Tell me who is who").click()
    expect(page.get_by_role("heading", name="Who was who")).to_be_visible()
    context.close()
    assert complaints == []


def test_one_of_which_too_little_came_says_so(board):
    page = board()
    bakeoff = order_three(page)
    make(bakeoff, State.COMPLETED, State.FAILED, State.FAILED)
    page.reload()
    expect(page.get_by_text("Of 3 entrants 2 came to nothing")).to_be_visible()
    assert violations(page) == []


def test_a_producer_closes_it(browser, live_server, project, baked, enter, complaints):
    context = browser.new_context()
    enter(context, member(project, Role.PRODUCER))
    page = context.new_page()
    listen(page, complaints)
    page.goto(f"{live_server.url}/bake-offs/{baked.uuid}/")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("heading", name="Who was who")).to_be_visible()
    expect(page.get_by_text("Nobody judged it.")).to_be_visible()
    context.close()
    assert complaints == []
