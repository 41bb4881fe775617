"""Takes that are ready say so: in the title, in a notification, and to a screen reader."""

import re

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from tests.factories import keep_files, take
from tests.flows.test_looks import violations
from tests.flows.test_making import look

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
ASK = "htmx.trigger(document.querySelector('[data-live]'), 'live')"
# The browser of the tests shows none: what the page would show is written down.
NOTIFICATIONS = """
  window.told = [];
  window.asked = 0;
  window.Notification = class extends EventTarget {
    static permission = "default";
    static async requestPermission() {
      window.asked += 1;
      return (Notification.permission = window.answer ?? "granted");
    }
    constructor(words, { body }) {
      super();
      Object.assign(this, { words, body, close() {} });
      window.told.push(this);
    }
  };
"""


@pytest.fixture
def dreaming(project, artist):
    """Three takes that are rendered, whose files are on their way."""
    return [take(project, State.COMPLETED, author=artist, stored=False) for _ in range(3)]


@pytest.fixture
def told(studio: Page, board, dreaming) -> Page:
    """The board in a browser that writes down what it is to show."""
    studio.add_init_script(NOTIFICATIONS)
    return board()


def notes(page: Page) -> list[str]:
    return page.evaluate("window.told.map(({ words, body }) => `${words} · ${body}`)")


def test_the_title_counts_what_is_made_and_names_what_is_ready_until_it_is_looked_at(
    told, dreaming
):
    expect(told).to_have_title("(3) Desert Light · Dailies")
    told.evaluate(HIDE, True)
    keep_files(dreaming[1])
    told.evaluate(ASK)
    expect(told).to_have_title("(2) ✓ Take 2 is ready · Desert Light · Dailies")
    keep_files(dreaming[0])
    told.evaluate(ASK)
    expect(told).to_have_title("(1) ✓ Takes 1 and 2 are ready · Desert Light · Dailies")
    told.evaluate(HIDE, False)
    expect(told).to_have_title("(1) Desert Light · Dailies")


def test_a_page_that_is_not_seen_learns_of_it_by_itself(studio, board, dreaming):
    studio.clock.install()
    page = board()
    page.evaluate(HIDE, True)
    keep_files(dreaming[2])
    page.clock.fast_forward(16_000)
    expect(page).to_have_title("(2) ✓ Take 3 is ready · Desert Light · Dailies")


def test_several_that_are_ready_at_once_are_one_announcement_and_in_place(told, dreaming):
    places = told.locator(".take").evaluate_all("all => all.map((each) => each.offsetTop)")
    for each in dreaming:
        keep_files(each)
    expect(told.locator("#announcer")).to_have_text("Takes 1, 2 and 3 are ready.")
    expect(told.locator(".take img")).to_have_count(3)
    assert told.locator(".take").evaluate_all("all => all.map((e) => e.offsetTop)") == places


def test_a_notification_is_asked_for_at_the_switch_alone_and_leads_to_the_take(told, dreaming):
    assert told.evaluate("window.asked") == 0
    switch = told.get_by_role("switch", name="Tell me when takes are ready")
    switch.check(force=True)
    assert told.evaluate("window.asked") == 1
    keep_files(dreaming[0])
    expect(told.locator(f"#take-{dreaming[0].uuid} img")).to_be_visible()
    assert notes(told) == []  # it was seen
    told.evaluate(HIDE, True)
    keep_files(dreaming[1])
    told.evaluate(ASK)
    expect(told).to_have_title(re.compile("Take 2 is ready"))
    assert notes(told) == ["Take 2 is ready · Desert Light"]
    told.evaluate("window.told[0].dispatchEvent(new Event('click'))")
    opens = told.locator(f"#take-{dreaming[1].uuid} .frame__open")
    expect(opens).to_be_focused()


def test_a_browser_that_refuses_is_explained_and_the_switch_is_off(told):
    told.evaluate("window.answer = 'denied'")
    switch = told.get_by_role("switch", name="Tell me when takes are ready")
    switch.click(force=True)
    expect(told.locator("#notices")).to_contain_text("doesn't let Dailies notify you")
    expect(switch).not_to_be_checked()


def test_the_switch_is_remembered(told):
    told.get_by_role("switch").check(force=True)
    told.add_init_script("Notification.permission = 'granted'")
    told.reload()
    expect(told.get_by_role("switch")).to_be_checked()


@pytest.mark.parametrize("end", ["ready", "failed"])
def test_a_take_on_its_own_page_says_so_too(studio, live_server, project, artist, end):
    state = State.COMPLETED if end == "ready" else State.DREAMING
    made = take(project, state, author=artist, stored=False)
    studio.add_init_script(NOTIFICATIONS)
    studio.goto(f"{live_server.url}/generations/{made.uuid}/")
    expect(studio).to_have_title("(1) Take 1, Desert Light · Dailies")
    studio.get_by_role("switch", name="Tell me when it is ready").check(force=True)
    assert violations(studio) == []
    studio.evaluate(HIDE, True)
    if end == "ready":
        keep_files(made)
        said = "Take 1 is ready"
    else:
        made.fail(made.attempt(), "content", "Luma's moderation refused this prompt.")
        said = "Take 1 was not generated"
    studio.evaluate(ASK)
    mark = "✓ " if end == "ready" else ""
    expect(studio).to_have_title(re.compile(f"^{mark}{said}.* · Take 1, Desert Light · Dailies$"))
    (note,) = notes(studio)
    assert note.startswith(said)
    assert note.endswith("· Desert Light")
    look(studio, f"told-{end}")
    studio.evaluate(HIDE, False)
    expect(studio).to_have_title("Take 1, Desert Light · Dailies")
    studio.evaluate("window.told[0].dispatchEvent(new Event('click'))")
