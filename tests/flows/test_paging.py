"""A long board: it goes on by itself, keeps few cards, and is found again where one left it."""

import re

import pytest
from playwright.sync_api import Page, expect

from generations.models import Account
from studio.views.board import MOST_CARDS
from tests.bench.crowd import crowd
from tests.factories import take, tiny_poster, tiny_video

NUMBERS = "[...document.querySelectorAll('.take')].map(each => Number(each.dataset.take))"
CARDS = "document.querySelectorAll('.take').length"
TO_THE_END = "() => (scrollTo(0, 1e7), document.querySelector('[data-take=\"1\"]') !== null)"
TO_WHAT_IS_OUT = """() => {
  document.querySelector('[data-blank]')?.scrollIntoView();
  return document.querySelector('[data-take="110"]') !== null;
}"""
NOTHING_IS_OUT_HERE = """() => [...document.querySelectorAll('[data-blank]')].every((each) => {
  const { top, bottom } = each.getBoundingClientRect();
  return bottom <= 0 || top >= innerHeight;
})"""
SEEN = """() => {
  const card = [...document.querySelectorAll('.take')].find(
    (each) => each.getBoundingClientRect().bottom > 0);
  return card && [card.dataset.take, Math.round(card.getBoundingClientRect().top)];
}"""


@pytest.fixture
def pictured(studio) -> None:
    """The posters and videos of takes are all the same."""
    studio.route(re.compile("/poster$"), lambda route: route.fulfill(path=tiny_poster()))
    studio.route(re.compile("/video$"), lambda route: route.fulfill(path=tiny_video()))


@pytest.fixture
def long_board(board, project, artist, pictured, monkeypatch):
    """Opens a board of 150 takes whose page keeps 72."""
    monkeypatch.setattr("studio.views.board.PAGE", 24)
    monkeypatch.setattr("studio.views.board.MOST_CARDS", 72)
    crowd(project, Account.objects.get(team=project.team), artist, 150)
    return board


def most_cards(page: Page) -> None:
    """Have the page remember how many cards it ever had."""
    page.evaluate(
        """() => {
          const takes = document.querySelector('[data-takes]');
          window.most = 0;
          new MutationObserver(() => {
            window.most = Math.max(window.most, document.querySelectorAll('.take').length);
          }).observe(takes, { childList: true });
        }"""
    )


def test_what_lies_below_the_first_screen_follows_by_itself(board, project, artist, pictured):
    crowd(project, Account.objects.get(team=project.team), artist, 60)
    page = board()
    page.wait_for_function(f"() => {CARDS} === 60")
    assert page.evaluate(NUMBERS) == list(range(60, 0, -1))
    assert page.evaluate("scrollY") == 0


def test_a_long_board_never_has_more_cards_than_it_may(long_board):
    assert MOST_CARDS <= 500
    page = long_board()
    most_cards(page)
    page.wait_for_function(TO_THE_END)
    assert page.evaluate("window.most") <= 72
    assert page.evaluate(CARDS) > 40
    assert page.locator("[data-take='110']").count() == 0
    page.wait_for_function(TO_WHAT_IS_OUT)
    assert page.evaluate("window.most") <= 72
    numbers = page.evaluate(NUMBERS)
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == len(numbers)


def test_one_who_stays_at_the_top_gets_no_more_cards_than_may_be(long_board, project, artist):
    page = long_board()
    most_cards(page)
    for _ in range(3):
        new = [take(project, author=artist) for _ in range(40)]
        page.evaluate("htmx.trigger('[data-live]', 'live')")
        expect(page.locator(f"#take-{new[-1].uuid}")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("window.most") <= 72
    # What had to leave comes by scrolling, in its place.
    assert set(scrolled_to(page, 120)) >= set(range(120, 271))
    assert page.evaluate("window.most") <= 72


def scrolled_to(page: Page, last: int) -> list[int]:
    """Scroll down screen by screen to a take, and return the numbers of all that came."""
    seen: list[int] = []
    while last not in seen:
        page.evaluate("scrollBy(0, 600)")
        page.wait_for_function(NOTHING_IS_OUT_HERE)
        numbers = page.evaluate(NUMBERS)
        assert numbers == sorted(set(numbers), reverse=True)
        seen += numbers
    return seen


def test_back_from_a_take_leads_to_where_one_was(long_board):
    page = long_board()
    page.wait_for_function(TO_THE_END)
    page.locator("[data-take='11']").scroll_into_view_if_needed()
    before = page.evaluate(SEEN)
    link = page.locator("[data-take='11'] .take__words a").get_attribute("href")
    page.evaluate("link => location.assign(link)", link)  # as a page, not over the board
    page.wait_for_url(re.compile("/generations/"))
    page.go_back()
    expect(page.locator("[data-take='11']")).to_be_in_viewport()
    page.wait_for_function(f"before => String(({SEEN})()) === String(before)", arg=before)


def test_on_a_screen_that_shows_most_of_what_may_stay_all_takes_can_be_reached(
    board, project, artist, pictured, monkeypatch
):
    monkeypatch.setattr("studio.views.board.FIRST_PAGE", 8)
    monkeypatch.setattr("studio.views.board.PAGE", 4)
    monkeypatch.setattr("studio.views.board.MOST_CARDS", 40)
    crowd(project, Account.objects.get(team=project.team), artist, 90)
    page = board()
    page.set_viewport_size({"width": 1440, "height": 2400})
    page.wait_for_function(TO_THE_END)
    page.wait_for_function(NOTHING_IS_OUT_HERE)
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator("[data-take='90']")).to_be_visible()
    page.wait_for_function(NOTHING_IS_OUT_HERE)
