"""What must hold on the board and at a dead end: seen and reached on a phone, accessible, still."""

from itertools import combinations
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.models import State
from tests.factories import take
from tests.flows.widths import width_of

AXE = next((Path(__file__).parent.parent / "vendor").glob("axe-core-*/axe.min.js")).read_text()
# Of what is right axe needs to say nothing, which is most of what it would put together.
FOUND = """async (within) => {
  const { violations } = await axe.run(within, { resultTypes: ["violations"] });
  return violations.map(
    (rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(" ")}`);
}"""
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 360, "height": 640}

NEAR = "scene => getComputedStyle(scene, '::after').transform"
ANIMATIONS = "within => within.getAnimations({ subtree: true }).length"
# The scenes that look at the end of their way as they did at its beginning.
STANDING = """scenes => scenes.filter((scene) => {
  const parts = scene.getAnimations({ subtree: true });
  const look = (share) => parts.map((part) => {
    const { delay, duration } = part.effect.getTiming();
    part.currentTime = delay + (6 + share) * duration; // its seventh way is the first again
    const { transform, backgroundSize } = getComputedStyle(scene, part.effect.pseudoElement);
    return transform + backgroundSize;
  }).join();
  return look(0.01) === look(0.99);
}).map((scene) => scene.dataset.move)"""


def violations(page: Page, within: str = "html") -> list[str]:
    """Return the rules that a page, or a part of it, breaks, and what breaks each."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(FOUND, within)


def test_an_error_in_the_composer_breaks_no_rule(board):
    page = board()
    page.get_by_role("button", name="Generate", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert violations(page) == []


def test_the_composer_stays_in_reach_on_a_phone(board):
    page = board()
    page.set_viewport_size(PHONE)
    generate = page.get_by_role("button", name="Generate", exact=True).bounding_box()
    rail = page.locator(".rail").bounding_box()
    assert generate["y"] + generate["height"] <= rail["y"]
    assert rail["y"] + rail["height"] == PHONE["height"]


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE], ids=["390", "360"])
def test_every_choice_of_the_composer_can_be_seen_on_a_phone(board, project, artist, viewport):
    take(project, State.COMPLETED, author=artist)
    page = board()
    page.set_viewport_size(viewport)
    page.locator("#composer").get_by_label("Model").select_option("Ray 2 Flash")
    page.locator("#moves summary").click()
    page.locator("#moves label", has_text="Over the shoulder").click()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Extend take 1").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    boxes = [
        each.bounding_box()
        for each in page.locator(".option, .moves summary, #price, #generate").all()
    ]
    assert len(boxes) == 9
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= viewport["width"] for box in boxes)
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
    expect(page.locator("#slot-start .slot__where")).to_be_visible()


@pytest.mark.parametrize(("viewport", "lines"), [(PHONE, 3), (None, 8)], ids=["phone", "wide"])
def test_long_words_scroll_within_a_few_lines(board, viewport, lines):
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    words = page.locator("#composer-words")
    words.fill("A lighthouse in a storm. " * 100)
    line = words.evaluate("words => parseFloat(getComputedStyle(words).lineHeight)")
    assert lines * line <= words.bounding_box()["height"] < (lines + 1) * line
    assert words.evaluate("words => words.scrollHeight > words.clientHeight")


def overlap(a, b) -> bool:
    return (
        a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    )


def test_a_first_tap_plays_and_a_second_one_opens(browser, live_server, project, artist, enter):
    made = take(project, State.COMPLETED, author=artist)
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/desert-light/")
    page.locator(".frame__open").tap()
    page.wait_for_function("() => document.querySelector('video')?.currentTime > 0")
    page.locator(".frame__open").tap()
    page.wait_for_url(f"**/generations/{made.uuid}/")
    context.close()


def test_each_camera_move_is_a_moving_picture_but_for_those_who_want_stillness(
    board, project, artist
):
    take(project, State.QUEUED, author=artist)
    page = board()
    page.locator("#moves summary").click()
    scene = page.locator("[data-move='push_in']")
    begun = scene.evaluate(NEAR)
    scene.hover()
    page.wait_for_function(
        f"([scene, begun]) => ({NEAR})(scene) !== begun", arg=[scene.element_handle(), begun]
    )
    assert page.locator(".move__scene").evaluate_all(STANDING) == ["static"]
    page.emulate_media(reduced_motion="reduce")
    assert page.locator("#moves").evaluate(ANIMATIONS) == 0
    bar = page.locator("progress[data-elapsed-s]")
    assert bar.evaluate("bar => getComputedStyle(bar).animationName") == "none"


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_a_dead_end_breaks_no_rule_and_fits(
    studio: Page, live_server, complaints, project, artist, viewport
):
    made = take(project, author=artist)
    studio.set_viewport_size(viewport or {"width": 1440, "height": 900})
    for path in ("/nothing/", reverse("retry", args=[made.uuid])):
        studio.goto(live_server.url + path)
        expect(studio.locator(".rail")).to_be_visible()
        assert (path, violations(studio)) == (path, [])
        width = width_of(studio)
        assert width == studio.viewport_size["width"]
    complaints.clear()  # the browser's own, about the status


HIDDEN = """list => [...list.querySelectorAll("a, button")].filter((item) => {
  const { left, top, width, height } = item.getBoundingClientRect();
  return !item.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}).map((item) => item.textContent.trim())"""


@pytest.mark.parametrize("size", [PHONE, {"width": 1024, "height": 768}], ids=["phone", "medium"])
def test_every_item_of_a_cards_menu_can_be_pressed_wherever_the_card_is(
    board, project, artist, size
):
    for _ in range(6):
        take(project, State.COMPLETED, author=artist)
    page = board()
    page.set_viewport_size(size)
    for number in (6, 5, 4, 3):
        card = page.locator(f"[data-take='{number}']")
        card.hover()
        card.get_by_label(f"More for take {number}").click()
        assert card.locator(".menu__list").evaluate(HIDDEN) == []
        page.keyboard.press("Escape")
