"""The storyboard in a browser: shots are written, pasted, joined and put in another order."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from studio.models import Shot, Storyboard
from tests.factories import member
from tests.flows.conftest import listen
from tests.flows.test_looks import PHONE, SMALL_PHONE, overlap, violations
from tests.flows.test_making import look
from tests.flows.test_timeline import middle
from tests.flows.widths import width_of
from tests.studio.test_storyboard import planned, shot_of, written

SCRIPT = "Lift-off at dawn\n\nThe rocket climbs\nthrough the clouds\n\nA far speck in orbit"


def shot(page: Page, number: int) -> Locator:
    return page.locator("[data-shot]").nth(number - 1)


def words(page: Page, number: int) -> Locator:
    return shot(page, number).get_by_role("textbox")


def adding(page: Page) -> Locator:
    return page.get_by_label("Add a shot", exact=True)


def kept(page: Page) -> None:
    """Wait until all that is written of shots is kept."""
    expect(page.locator("[data-shot-write][data-dirty]")).to_have_count(0, timeout=10_000)


def paste(page: Page, text: str) -> None:
    page.get_by_role("link", name="Paste a script", exact=True).click()
    page.wait_for_url("**/script/")  # and its scripts
    expect(page.get_by_label("Script", exact=True)).to_be_focused()
    page.get_by_label("Script", exact=True).fill(text)


def in_order(page: Page, *said: str) -> None:
    for number, each in enumerate(said, start=1):
        expect(words(page, number)).to_have_value(each)


def hears(page: Page) -> None:
    """Have the page ask now for what changed; else it asks seldom while nothing is made."""
    page.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")


def says(page: Page, words: str) -> None:
    """Wait for a notice, which lies on no button that somebody may want to press next."""
    notice = page.locator(".notice", has_text=words)
    expect(notice).to_be_visible()
    for other in ("#to-timeline", "#runbar"):
        assert not overlap(notice.bounding_box(), page.locator(other).bounding_box()), other


def test_a_film_is_written_shot_by_shot(storyboard: Callable[[], Page], project):
    page = storyboard()
    first = page.get_by_label("Write the first shot")
    assert violations(page) == []
    look(page, "storyboard-empty")
    first.fill("Lift-off at dawn")
    page.get_by_role("button", name="Write the first shot").click()
    in_order(page, "Lift-off at dawn")
    for said in ("The clouds", "A far speck in orbit"):
        adding(page).fill(said)
        adding(page).press("Control+Enter")
        expect(adding(page)).to_have_value("")
        expect(adding(page)).to_be_focused()
    in_order(page, "Lift-off at dawn", "The clouds", "A far speck in orbit")

    # Whatever is changed of a shot is kept by itself, and the price of the whole follows.
    price = page.locator(".runbar__price")
    expect(price).to_have_text("$2.13")
    words(page, 2).fill("The rocket climbs through the clouds")
    kept(page)
    page.get_by_label("Duration of shot 2").select_option("9 s")
    kept(page)
    page.get_by_label("Number of takes of shot 3").select_option("2 takes")
    kept(page)
    expect(price).to_have_text("$3.40")
    page.get_by_label("Resolution").select_option("540p")
    expect(price).to_have_text("$1.92")
    expect(page.locator(".runbar__sum")).to_contain_text("3 shots, 0:19")
    shot(page, 3).locator("summary").click()
    shot(page, 3).get_by_text("Push in", exact=True).click()
    kept(page)
    page.keyboard.press("Escape")

    join = shot(page, 3).locator(".shot__join")
    page.get_by_role("button", name="Shot 3 continues from the last frame of shot 2").click()
    expect(join).to_have_text("cut")
    page.get_by_role("button", name="Shot 3 begins with a cut.").click()
    expect(join).to_have_text("continues from the last frame")
    join.click()
    expect(join).to_have_text("cut")
    assert violations(page) == []
    look(page, "storyboard-written")

    page.reload()
    in_order(page, "Lift-off at dawn", "The rocket climbs through the clouds")
    expect(page.get_by_label("Duration of shot 2")).to_have_value("9")
    expect(page.get_by_label("Number of takes of shot 3")).to_have_value("2")
    expect(join).to_have_text("cut")
    third = shot_of(project, 3)
    assert (third.continues, third.concepts, third.count) == (False, ["push_in"], 2)


def test_a_shot_is_put_between_doubled_and_taken_out_with_a_way_back(storyboard, project):
    planned(project, "One shot", "Another shot")
    page = storyboard()
    page.get_by_role("button", name="Add a shot before shot 2").click()
    expect(words(page, 2)).to_be_focused()
    page.keyboard.type("In between")
    kept(page)
    in_order(page, "One shot", "In between", "Another shot")
    shot(page, 3).hover()
    page.get_by_role("button", name="Duplicate shot 3").click()
    in_order(page, "One shot", "In between", "Another shot", "Another shot")
    page.get_by_role("button", name="Delete shot 1").click()
    expect(page.locator("[data-shot]")).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    in_order(page, "One shot", "In between", "Another shot", "Another shot")
    assert written(project) == ["One shot", "In between", "Another shot", "Another shot"]


def test_a_pasted_script_becomes_shots_and_undo_takes_them_out(storyboard, project):
    page = storyboard()
    paste(page, SCRIPT)
    expect(page.get_by_text("3 shots, 0:15")).to_be_visible()
    joins = page.locator(".script__join")
    expect(joins).to_have_count(2)
    page.get_by_label("All continue from the one before").uncheck()
    expect(joins).to_have_count(0)
    page.get_by_label("All continue from the one before").check()
    expect(joins).to_have_count(2)
    assert violations(page) == []
    look(page, "storyboard-script")
    page.get_by_role("button", name="Add 3 shots").click()
    in_order(page, "Lift-off at dawn", "The rocket climbs through the clouds")
    says(page, "3 shots are added.")
    assert all(each.continues for each in Storyboard.of(project).shots.kept())
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Plan the film, then press Run")).to_be_visible()
    assert written(project) == []


def test_a_script_that_is_pasted_before_the_pages_scripts_are_there_is_counted(
    studio, live_server, project
):
    held: list[Route] = []
    studio.route(re.compile("/htmx[^/]*[.]js$"), lambda route: held.append(route))  # noqa: PLW0108 - it wants a function
    page = f"{live_server.url}/projects/{project.slug}/storyboard/script/"
    studio.goto(page, wait_until="commit")
    studio.get_by_label("Script", exact=True).fill(SCRIPT)
    expect(studio.get_by_role("button", name="Add 0 shots")).to_be_visible()
    for route in held:
        route.continue_()
    studio.get_by_role("button", name="Add 3 shots").click()
    in_order(studio, "Lift-off at dawn", "The rocket climbs through the clouds")


def test_half_typed_words_survive_what_others_do(storyboard, project):
    planned(project, "Lift-off", "Clouds")
    other = member(project)
    page = storyboard()
    adding(page).fill("A far sp")
    mine = words(page, 1)
    mine.press("End")
    page.keyboard.type(" at da")
    theirs = shot_of(project, 2)
    theirs.write(theirs.version, other, words="Clouds at night")
    hears(page)
    expect(words(page, 2)).to_have_value("Clouds at night")
    expect(mine).to_have_value("Lift-off at da")
    expect(mine).to_be_focused()
    assert mine.evaluate("words => words.selectionStart") == len("Lift-off at da")
    expect(adding(page)).to_have_value("A far sp")
    page.keyboard.type("wn")
    kept(page)
    expect(adding(page)).to_have_value("A far sp")
    adding(page).press("End")
    page.keyboard.type("eck")
    page.get_by_role("button", name="Add a shot", exact=True).click()
    in_order(page, "Lift-off at dawn", "Clouds at night", "A far speck")
    assert written(project) == ["Lift-off at dawn", "Clouds at night", "A far speck"]


def test_of_two_who_change_the_same_shot_the_second_decides(storyboard, project):
    planned(project, "Lift-off")
    other = member(project)
    page = storyboard()
    told = page.get_by_role("alert")

    def both_write(mine: str, seen: str) -> None:
        theirs = shot_of(project, 1)
        theirs.write(theirs.version, other, words=seen)
        words(page, 1).fill(mine)
        expect(told).to_contain_text(f"{other} changed this shot meanwhile.")
        expect(told.locator("blockquote")).to_have_text(seen)
        expect(words(page, 1)).to_have_value(mine)
        assert written(project) == [seen]

    both_write("Lift-off at dawn", "Lift-off at noon")
    assert violations(page) == []
    look(page, "storyboard-conflict")
    told.get_by_role("button", name="Keep mine").click()
    expect(told).to_have_count(0)
    in_order(page, "Lift-off at dawn")
    assert written(project) == ["Lift-off at dawn"]

    both_write("Lift-off at dusk", "Lift-off by night")
    told.get_by_role("link", name="Take theirs").click()
    expect(told).to_have_count(0)
    in_order(page, "Lift-off by night")
    words(page, 1).fill("Lift-off by moonlight")
    kept(page)
    expect(told).to_have_count(0)
    assert written(project) == ["Lift-off by moonlight"]


def test_shots_are_put_in_another_order_by_keys_and_by_hand(storyboard, project):
    planned(project, "Shot A", "Shot B", "Shot C", "Shot D")
    page = storyboard()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(shot(page, 2).locator(".shot__card")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    in_order(page, "Shot A", "Shot C", "Shot B", "Shot D")
    expect(shot(page, 3).locator(".shot__card")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    in_order(page, "Shot A", "Shot C", "Shot D", "Shot B")
    page.keyboard.press("k")
    expect(shot(page, 3).locator(".shot__card")).to_be_focused()

    # By its number, to the top; and back where it was.
    x, y = middle(shot(page, 4).locator("[data-grip]"))
    top = shot(page, 1).bounding_box()["y"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 40, steps=4)
    expect(page.locator(".shot--ghost")).to_have_count(1)
    for wobble in range(500):  # until those that make room have done so
        page.mouse.move(x, top + 12 + wobble % 3)
        if words(page, 1).input_value() == "Shot B":
            break
    page.mouse.up()
    says(page, "Shot 4 is shot 1 now.")
    in_order(page, "Shot B", "Shot A", "Shot C", "Shot D")
    assert written(project) == ["Shot B", "Shot A", "Shot C", "Shot D"]
    page.get_by_role("button", name="Undo").click()
    in_order(page, "Shot A", "Shot C", "Shot D", "Shot B")
    assert written(project) == ["Shot A", "Shot C", "Shot D", "Shot B"]


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE], ids=["390", "360"])
def test_on_a_phone_it_fits_and_works(
    browser: Browser, live_server, project, artist, enter, complaints, viewport
):
    board = planned(project, "A rocket leaves its desert pad at dawn. " * 4, "The clouds")
    board.add(None, [Shot(words="Supercalifragilistic" * 8, continues=False)])
    context = browser.new_context(viewport=viewport, has_touch=True, is_mobile=True)
    enter(context, artist)
    page = context.new_page()
    listen(page, complaints)
    page.goto(f"{live_server.url}/projects/{project.slug}/storyboard/")
    look(page, f"storyboard-{viewport['width']}")
    assert width_of(page) == viewport["width"]
    run = page.get_by_role("button", name="Run what's missing")
    expect(run).to_be_in_viewport(ratio=1)
    rail = page.locator(".rail").bounding_box()
    assert not overlap(page.locator("#runbar").bounding_box(), rail)
    assert violations(page) == []

    page.get_by_role("button", name="Shot 2 continues").tap()
    expect(shot(page, 2).locator(".shot__join")).to_have_text("cut")
    page.get_by_role("button", name="Move shot 2 up").tap()
    expect(words(page, 1)).to_have_value("The clouds")
    adding(page).fill("In orbit")
    page.get_by_role("button", name="Add a shot", exact=True).tap()
    expect(words(page, 4)).to_have_value("In orbit")
    expect(adding(page)).to_be_in_viewport(ratio=1)  # for the next
    assert not overlap(adding(page).bounding_box(), page.locator("#runbar").bounding_box())
    page.get_by_label("Duration of shot 4").select_option("9 s")
    kept(page)
    page.get_by_role("button", name="Delete shot 4").tap()
    says(page, "The shot is taken out")
    assert width_of(page) == viewport["width"]
    look(page, f"storyboard-{viewport['width']}-end")
    assert complaints == []
    context.close()
