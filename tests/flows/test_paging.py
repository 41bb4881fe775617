"""A long board: it goes on by itself, keeps few cards, and is found again where one left it."""

import re

import pytest
from playwright.sync_api import Page, expect

from generations.models import Account
from tests.bench.crowd import crowd
from tests.factories import tiny_poster

NUMBERS = "[...document.querySelectorAll('.take')].map(each => Number(each.dataset.take))"
CARDS = "document.querySelectorAll('.take').length"
TO_THE_END = "() => (scrollTo(0, 1e7), document.querySelector('[data-take=\"1\"]') !== null)"
TO_300 = "() => (scrollTo(0, 1e7), document.querySelector('[data-take=\"300\"]') !== null)"
TO_THE_TOP = "() => (scrollTo(0, 0), document.querySelector('[data-take=\"700\"]') !== null)"
SEEN = """() => {
  const card = [...document.querySelectorAll('.take')].find(
    (each) => each.getBoundingClientRect().bottom > 0);
  return card && [card.dataset.take, Math.round(card.getBoundingClientRect().top)];
}"""


@pytest.fixture
def long_board(board, project, artist, studio):
    """Opens a board of 700 takes, whose posters are all the same."""
    poster = tiny_poster().read_bytes()
    studio.route(
        re.compile("/poster$"), lambda route: route.fulfill(body=poster, content_type="image/jpeg")
    )
    crowd(project, Account.objects.get(team=project.team), artist, 700)
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


def test_a_long_board_never_has_more_than_five_hundred_cards(long_board):
    page = long_board()
    most_cards(page)
    page.wait_for_function(TO_THE_END)
    assert page.evaluate("window.most") <= 500
    assert page.evaluate(CARDS) > 300
    page.wait_for_function(TO_THE_TOP)
    assert page.evaluate("window.most") <= 500
    numbers = page.evaluate(
        "[...document.querySelectorAll('.take')].map(each => +each.dataset.take)"
    )
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == len(numbers)


def test_back_from_a_take_leads_to_where_one_was(long_board):
    page = long_board()
    page.wait_for_function(
        "() => (scrollTo(0, 1e7), document.querySelector('[data-take=\"300\"]'))"
    )
    page.locator("[data-take='330']").scroll_into_view_if_needed()
    before = page.evaluate(SEEN)
    page.locator("[data-take='330'] .frame__open, [data-take='330'] .take__words a").first.click()
    page.wait_for_url(re.compile("/generations/"))
    page.go_back()
    expect(page.locator("[data-take='330']")).to_be_in_viewport()
    page.wait_for_function(f"before => String(({SEEN})()) === String(before)", arg=before)
