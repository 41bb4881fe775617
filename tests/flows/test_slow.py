"""The composer and the board while answers are slow to come, or don't come at all."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import Generation, State
from tests.factories import take, tiny_poster
from tests.flows.held import Held

WORDS = "What is seen, and how it moves"


@pytest.fixture
def slow(board):
    """The board behind a line with a second's delay."""
    page: Page = board()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    rates = {"downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 1000, **rates})
    return page


def asked() -> list[str]:
    takes = Generation.objects.order_by("take_number")
    return [each.prompt.words for each in takes.select_related("prompt")]


def test_what_is_typed_while_an_order_is_under_way_stays(slow):
    orders = Held(slow, "**/generate/")
    slow.get_by_label(WORDS).fill("One of the dunes")
    slow.keyboard.press("Control+Enter")
    slow.keyboard.type("Two of the ")
    orders.let_go()
    expect(slow.locator(".take")).to_have_count(1)
    slow.keyboard.type("harbours")
    expect(slow.get_by_label(WORDS)).to_have_value("Two of the harbours")
    slow.keyboard.press("Control+Enter")
    expect(slow.locator(".take")).to_have_count(2)
    expect(slow.get_by_label(WORDS)).to_have_value("")
    assert asked() == ["One of the dunes", "Two of the harbours"]


def test_orders_in_a_burst_are_all_sent_in_their_order(slow):
    ideas = [f"Wave number {number}" for number in range(5)]
    orders = Held(slow, "**/generate/")
    slow.get_by_label(WORDS).focus()
    for words in ideas:
        slow.keyboard.type(words)
        slow.keyboard.press("Control+Enter")
        slow.keyboard.press("Control+Enter")  # pressing again asks for nothing new
    expect(slow.locator("#composer")).to_have_attribute("data-waiting", "4 more to send")
    orders.let_go()
    slow.get_by_label("Resolution").select_option("1080p")
    expect(slow.locator(".take")).to_have_count(5)
    expect(slow.get_by_label(WORDS)).to_have_value("")
    expect(slow.get_by_label("Resolution")).to_have_value("1080p")
    numbers = slow.locator(".take").evaluate_all("all => all.map((each) => each.dataset.take)")
    assert numbers == ["5", "4", "3", "2", "1"]
    assert asked() == ideas


def test_a_frame_that_is_chosen_while_an_order_is_under_way_is_the_next_orders(slow):
    orders = Held(slow, "**/generate/")
    slow.get_by_label(WORDS).fill("One of the dunes")
    slow.keyboard.press("Control+Enter")
    slow.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    orders.let_go()
    expect(slow.locator(".take")).to_have_count(1)
    expect(slow.get_by_label(WORDS)).to_have_value("")
    expect(slow.locator("#slot-start img")).to_be_visible()
    slow.get_by_label(WORDS).fill("Two of the harbours")
    slow.keyboard.press("Control+Enter")
    expect(slow.locator(".take")).to_have_count(2)
    expect(slow.locator("#slot-start img")).to_have_count(0)
    first, second = Generation.objects.order_by("take_number")
    assert not first.keyframes.exists()
    assert second.keyframes.exists()


def test_a_refusal_gives_back_what_waited_behind_it(slow):
    orders = Held(slow, "**/generate/")
    slow.get_by_label(WORDS).fill("ab")
    slow.keyboard.press("Control+Enter")
    slow.keyboard.type("Fog in the pines")
    slow.keyboard.press("Control+Enter")
    slow.keyboard.type("Snow")
    orders.let_go()
    expect(slow.get_by_role("alert")).to_contain_text("Write at least 3 characters")
    expect(slow.get_by_label(WORDS)).to_have_value("ab\n\nFog in the pines\n\nSnow")
    assert asked() == []


def test_a_refusal_gives_back_the_picture_that_waited_behind_it(slow):
    orders = Held(slow, "**/generate/")
    slow.get_by_label(WORDS).fill("ab")
    slow.keyboard.press("Control+Enter")
    slow.get_by_label(WORDS).fill("Fog in the pines")
    slow.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    slow.get_by_label(WORDS).press("Control+Enter")
    slow.get_by_role("button", name="Take the start frame out").click()  # not for the next idea
    orders.let_go()
    expect(slow.get_by_role("alert")).to_contain_text("Write at least 3 characters")
    expect(slow.locator("#slot-start img")).to_be_visible()
    slow.get_by_label(WORDS).fill("Fog in the pines")
    slow.get_by_label(WORDS).press("Control+Enter")
    expect(slow.locator(".take")).to_have_count(1)
    assert Generation.objects.get().keyframes.get().still.width == 320


def test_a_new_take_is_there_once_and_up_to_date(slow, project, artist):
    other = take(project, author=artist)
    slow.reload()
    for number in range(3):
        slow.get_by_label(WORDS).fill(f"Wave number {number}")
        slow.keyboard.press("Control+Enter")
        slow.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
        expect(slow.locator(".take")).to_have_count(number + 2)
    Generation.objects.latest("id").cancel(artist)
    expect(slow.locator(".take").first).to_contain_text("Cancelled")
    ids = slow.locator(".take").evaluate_all("all => all.map((each) => each.id)")
    assert len(ids) == len(set(ids)) == 4
    assert ids[-1] == f"take-{other.uuid}"


def test_a_cards_menu_closes_on_escape(board, project, artist):
    take(project, State.COMPLETED, author=artist)
    page = board()
    more = page.locator(".take [data-menu] summary")
    more.focus()
    more.press("Enter")
    page.get_by_role("button", name="Use as reference").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-menu][open]")).to_have_count(0)
    expect(more).to_be_focused()


def test_an_order_that_could_not_be_sent_is_said_until_the_next(board, project, artist, complaints):
    take(project, author=artist)
    page = board()
    page.get_by_label(WORDS).fill("Fog in the pines")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-trouble]")).to_contain_text("look whether it arrived")
    page.wait_for_event("requestfailed")  # a poll
    page.context.set_offline(False)
    page.wait_for_event("response", lambda answer: "/live/" in answer.url)
    expect(page.locator("[data-trouble]")).to_contain_text("look whether it arrived")
    expect(page.get_by_label(WORDS)).to_have_value("Fog in the pines")
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take")).to_have_count(2)
    expect(page.locator("[data-trouble]")).to_have_count(0)
    complaints.clear()
