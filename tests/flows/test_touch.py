"""Under a finger: what can be pressed is large enough, and breaks no rule of accessibility."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from tests.factories import drawn, still, take, tiny_poster
from tests.flows.conftest import listen
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look
from tests.flows.widths import width_of

# What is smaller than so many pixels either way, words in a sentence aside (WCAG 2.2, 2.5.8). A
# field in a label is pressed by the label.
SMALL = """least => {
  const fields = 'select, textarea, input:not([type=hidden]), label:has(input)';
  const seen = { opacityProperty: true, visibilityProperty: true };
  const isHere = (each) => each.checkVisibility(seen) && !each.closest('[inert]')
    && !each.matches('.skip, :disabled, label input');
  const isInText = (each) => each.matches('a, button')
    && getComputedStyle(each).display === 'inline';
  return [...document.querySelectorAll(`a[href], button, summary, ${fields}`)]
    .filter((each) => isHere(each) && !isInText(each))
    .map((each) => [each.getBoundingClientRect(), each.outerHTML.slice(0, 90)])
    .filter(([{ width, height }]) => width && Math.min(width, height) < least)
    .map(([{ width, height }, html]) => `${html} ${Math.round(width)}x${Math.round(height)}`);
}"""
LEAST_PX = 24
# For what is pressed most, where the page has room.
WISHED_PX = 44


@pytest.fixture
def phone(browser, artist, enter, complaints):
    """The artist's page on a phone: no hovering, and a finger."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    enter(context, artist)
    page = context.new_page()
    listen(page, complaints)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def shelf(project, artist):
    """Takes in every state, a picture and a still; the finished take."""
    made = take(project, State.COMPLETED, author=artist)
    for state in (State.WAITING, State.DREAMING, State.FAILED, State.CANCELLED, State.UNCONFIRMED):
        take(project, state, author=artist)
    drawn(project, author=artist)
    still(project)
    return made


def is_fit(page: Page, name: str) -> None:
    """Whatever can be pressed is large enough, no rule is broken, and nothing hangs over."""
    look(page, f"touch-{name}")
    assert page.evaluate(SMALL, LEAST_PX) == [], name
    assert violations(page) == [], name
    width = width_of(page)
    assert width <= PHONE["width"], name


@pytest.mark.long
def test_what_a_finger_presses_is_large_enough_on_every_page(phone, live_server, project, shelf):
    board = f"/projects/{project.slug}/"
    pages = {
        "board": board,
        "image": f"{board}compose/?make=image",
        "modify": f"{board}compose/?make=modify",
        "reframe": f"{board}compose/?make=reframe",
        "take": f"/generations/{shelf.uuid}/",
        "stills": f"{board}stills/",
        "trash": f"{board}trash/",
        "history": f"{board}history/",
        "structure": f"{board}structure/",
        "several": f"{board}several/",
        "recipes": f"{board}recipes/",
        "gallery": "/gallery/",
        "home": "/",
    }
    for name, path in pages.items():
        phone.goto(live_server.url + path)
        assert phone.evaluate("matchMedia('(hover: none) and (pointer: coarse)').matches")
        phone.wait_for_load_state("networkidle")
        is_fit(phone, name)


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    """The boxes of what is seen of it."""
    return [each.bounding_box() for each in page.locator(f"{selector}:visible").all()]


def test_ticks_tools_and_the_buttons_of_slots_are_made_for_a_finger(
    phone, live_server, project, shelf
):
    phone.goto(f"{live_server.url}/projects/{project.slug}/compose/?make=video")
    phone.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    ticks = boxes(phone, ".take__choose")
    tools = boxes(phone, ".frame__tools .tool")
    assert len(ticks) == 7
    for box in (*ticks, *tools, *boxes(phone, "#generate")):
        assert min(box["width"], box["height"]) >= WISHED_PX
    tick, first = ticks[-1], boxes(phone, f"#take-{shelf.uuid} .frame__tools .tool")[0]
    assert tick["x"] + tick["width"] <= first["x"]
    clear, picks = (
        boxes(phone, "#slot-start .slot__clear")[0],
        boxes(phone, "#slot-start .slot__picks")[0],
    )
    for box in (clear, picks):
        assert min(box["width"], box["height"]) >= 36
    assert clear["y"] + clear["height"] <= picks["y"]
    phone.locator("#slot-start .slot__clear").tap()
    expect(phone.locator("#slot-start img")).to_have_count(0)
    phone.locator(".take__choose").first.tap()
    expect(phone.locator(".chosen__count")).to_contain_text("1 chosen")
    expect(phone.locator("#bar-favourite_chosen")).to_be_enabled()
    is_fit(phone, "chosen")
    phone.get_by_role("button", name="Clear", exact=True).tap()
    phone.get_by_label(f"More for take {shelf.take_number}").tap()
    is_fit(phone, "menu")
    phone.keyboard.press("Escape")
    phone.locator("#slot-end .slot__picks").tap()
    expect(phone.locator(".pick").first).to_be_visible()
    is_fit(phone, "picks")


def test_a_take_over_the_board_breaks_no_rule_under_a_finger(phone, live_server, project, shelf):
    phone.goto(f"{live_server.url}/projects/{project.slug}/")
    words = phone.locator(f"#take-{shelf.uuid} .take__words a")
    words.evaluate("words => words.scrollIntoView({ block: 'start' })")  # over the composer
    words.tap()
    expect(phone.get_by_role("dialog").get_by_role("heading", level=2).first).to_be_focused()
    expect(phone.locator("[data-player][data-ready]")).to_be_visible()
    is_fit(phone, "drawer")
