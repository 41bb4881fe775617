"""The progress of what is being made, as the page's own clock tells it."""

import itertools
import re

from playwright.sync_api import expect

from generations.models import Generation, State
from studio.estimates import Estimate
from tests.factories import take
from tests.generations.test_usual import took

SAID = """async (cases) => {
  const { words, clock } = await import(document.querySelector("script[src*='js/progress']").src);
  return cases.map((known) => [words(...known), clock(known[0])]);
}"""
KNOWN = [(None, None, None), (0.9 + 29, None, None), (30, 20, 40), (30, 30, 30), (95, 88, 150)]
ELAPSED = [0, 0.4, 12.5, 19.99, 28.9, 29.2, 33, 39.6, 40, 40.1, 61, 99.5, 100, 149, 155, 4000]


def test_the_page_says_the_same_words_as_the_server(board, project):
    cases = [(elapsed, *known) for elapsed, known in itertools.product(ELAPSED, KNOWN)]
    ours = [[Estimate(*each).words, Estimate(*each).clock] for each in cases]
    assert board().evaluate(SAID, [[it or 0 for it in each] for each in cases]) == ours


def test_a_take_that_takes_longer_than_usual_says_so_by_itself(board, project, artist):
    dreaming = take(project, State.DREAMING, author=artist)
    usual = {"expected_s": 1.5, "usual_from_s": 1, "usual_to_s": 2}
    Generation.objects.filter(pk=dreaming.pk).update(**usual)
    page = board()
    expect(page.locator("[data-estimate]")).to_contain_text("longer than usual")
    expect(page.locator("[data-estimate]")).to_contain_text("(usually 1 to 2 s)")
    expect(page.locator("progress[data-elapsed-s]")).to_have_attribute("data-late", "")
    band = page.locator(".progress__usual rect").bounding_box()
    track = page.locator(".progress__track").bounding_box()
    assert abs(band["x"] - (track["x"] + track["width"] / 2)) < 1.5


def test_the_spread_is_on_the_bar_where_enough_takes_of_the_kind_are_known(board, project, artist):
    for seconds in range(20, 42, 2):
        took(project, seconds)
    known = take(project, State.DREAMING, author=artist)
    rare = take(project, State.DREAMING, author=artist, duration_s=9)
    page = board()
    card, other = (page.locator(f"#take-{each.uuid}") for each in (known, rare))
    median = re.compile(r"about (2\d|30) s left, usually 22 to 38 s")
    expect(card.locator("[data-estimate]")).to_have_text(median)
    band = card.locator(".progress__usual rect").bounding_box()
    track = card.locator(".progress__track").bounding_box()
    assert abs(band["x"] - (track["x"] + track["width"] * 22 / 38)) < 1.5
    expect(other.locator("[data-estimate]")).to_have_text(re.compile(r"^\d+ s so far$"))
    expect(other.locator(".progress__usual")).to_have_count(0)
