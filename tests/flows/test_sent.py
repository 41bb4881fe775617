"""What was asked for is on the board at once, before any answer."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import Generation, State
from tests.factories import take
from tests.flows.held import Held

WORDS = "What is seen, and how it moves"
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift" });
}"""


PLACES = "all => all.map((each) => [each.offsetLeft, each.offsetTop, each.offsetHeight])"


@pytest.fixture
def held(board, project, artist):
    take(project, State.COMPLETED, author=artist, words="An older take")
    page = board()
    return page, Held(page, "**/generate/")


def order(page: Page, words: str) -> None:
    page.get_by_label(WORDS).fill(words)
    page.keyboard.press("Control+Enter")


def test_a_card_is_there_at_once_and_the_real_one_takes_its_place(held):
    page, orders = held
    page.evaluate(SHIFTS)
    page.get_by_label("Duration").select_option("9 s")
    expect(page.locator("#price")).to_have_text("$1.28")
    order(page, "Fog over the harbour, a bell somewhere")
    card = page.locator("#takes > article").first
    expect(card).to_contain_text("Sending…")
    for said in ("Fog over the harbour, a bell somewhere", "ray-2", "720p", "9 s", "$1.28"):
        expect(card).to_contain_text(said)
    before = page.locator("#takes > article").evaluate_all(PLACES)
    orders.next().continue_()
    expect(page.locator(".take").first).to_contain_text("Next in line")
    expect(page.locator(".sending")).to_have_count(0)
    assert page.locator("#takes > article").evaluate_all(PLACES) == before
    expect(page.locator("#announcer")).to_have_text("Take 2 is next in line.")
    assert page.evaluate("window.shifted") < 0.02


def test_a_refusal_takes_the_card_out_and_gives_the_words_back(held):
    page, orders = held
    order(page, "ab")
    order(page, "Fog in the pines")
    expect(page.locator(".sending")).to_have_count(2)
    orders.next().continue_()
    expect(page.get_by_role("alert")).to_contain_text("Write at least 3 characters")
    expect(page.locator(".sending")).to_have_count(0)
    expect(page.get_by_label(WORDS)).to_have_value("ab\n\nFog in the pines")


def test_orders_in_a_burst_stand_in_their_order_until_each_is_answered(held):
    page, orders = held
    for words in ("Wave one", "Wave two", "Wave three"):
        order(page, words)
    titles = page.locator("#takes .take__words")
    expect(titles).to_have_text(["Wave three", "Wave two", "Wave one", "An older take"])
    orders.next().continue_()
    expect(page.locator(".sending")).to_have_count(2)
    expect(titles).to_have_text(["Wave three", "Wave two", "Wave one", "An older take"])
    expect(page.locator(".take").first).to_contain_text("Wave one")
    orders.next().continue_()
    orders.next().continue_()
    expect(page.locator(".take")).to_have_count(4)
    expect(page.locator(".sending")).to_have_count(0)
    expect(titles).to_have_text(["Wave three", "Wave two", "Wave one", "An older take"])


def test_several_takes_of_a_prompt_are_as_many_cards_each_with_its_own_price(held):
    page, orders = held
    Held(page, "**/live/?*")  # a poll on its way meanwhile would tell of each by itself
    page.get_by_label("Number of takes").select_option("3 takes")
    expect(page.locator("#price")).to_contain_text("$2.13")
    order(page, "Fog in the pines")
    expect(page.locator(".sending")).to_have_count(3)
    expect(page.locator(".sending").first).to_contain_text("$0.71")
    orders.next().continue_()
    expect(page.locator(".sending")).to_have_count(0)
    numbers = page.locator("#takes > article").evaluate_all("all => all.map((e) => e.dataset.take)")
    assert numbers == ["4", "3", "2", "1"]
    expect(page.locator("#announcer")).to_have_text("Takes 2 to 4 are in line.")


def test_words_with_braces_are_a_card_for_each_prompt_with_its_own_words_and_price(held):
    page, orders = held
    Held(page, "**/live/?*")
    page.get_by_label(WORDS).fill(r"Fog at {dawn|noon {sharp|or so}}, \{calm\}")
    expect(page.locator("#price")).to_contain_text("3 takes, $2.13")
    page.keyboard.press("Control+Enter")
    titles = page.locator(".sending .take__words")
    expect(titles).to_have_text(
        ["Fog at noon or so, {calm}", "Fog at noon sharp, {calm}", "Fog at dawn, {calm}"]
    )
    expect(page.locator(".sending").first).to_contain_text("$0.71")
    orders.next().continue_()
    expect(page.locator(".sending")).to_have_count(0)
    words = [each.get_attribute("data-take") for each in page.locator(".take").all()]
    assert words == ["4", "3", "2", "1"]
    made = Generation.objects.filter(take_number__gt=1).order_by("-take_number")
    assert list(made.values_list("prompt__words", flat=True)) == [
        *("Fog at noon or so, {calm}", "Fog at noon sharp, {calm}", "Fog at dawn, {calm}")
    ]


def test_a_poll_that_is_faster_than_the_answer_brings_no_second_card(held, project, artist):
    page, orders = held
    order(page, "Fog in the pines")
    expect(page.locator(".sending")).to_have_count(1)
    made = take(project, author=artist, words="Fog in the pines")
    page.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    expect(page.locator(f"#take-{made.uuid}")).to_be_visible()
    expect(page.locator(".sending")).to_have_count(0)
    expect(page.locator("#takes > article")).to_have_count(2)
    orders.next().abort()


def test_what_could_not_be_sent_is_no_card(held, complaints):
    page, orders = held
    order(page, "Fog in the pines")
    expect(page.locator(".sending")).to_have_count(1)
    orders.next().abort()
    expect(page.locator(".sending")).to_have_count(0)
    expect(page.get_by_label(WORDS)).to_have_value("Fog in the pines")
    assert not Generation.objects.filter(prompt__words="Fog in the pines").exists()
    complaints.clear()


def test_a_picture_says_that_it_is_one_instead_of_a_length(held):
    page, orders = held
    page.get_by_role("button", name="Image", exact=True).click()
    expect(page.get_by_label("Format")).to_be_visible()
    page.get_by_label("What is seen").fill("A teal lighthouse")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".sending [data-length]")).to_have_text("Picture")
    expect(page.locator(".sending")).to_contain_text("16:9")
    orders.next().continue_()
    expect(page.locator(".sending")).to_have_count(0)
    expect(page.locator(".take")).to_have_count(2)


def test_a_version_has_no_card_for_it_plays_in_its_takes(held):
    page, orders = held
    page.locator("[data-take='1']").hover()
    page.get_by_label("More for take 1").click()
    page.get_by_role("link", name="Reframe").click()
    expect(page.locator("#slot-source")).to_contain_text("Source: take 1")
    page.locator("#generate").click()
    answer = orders.next()
    expect(page.locator(".sending")).to_have_count(0)
    answer.continue_()
    expect(page.locator("#notices")).to_contain_text("The reframed take 1 is in line.")
    expect(page.locator("#takes > article")).to_have_count(1)
