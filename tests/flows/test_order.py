"""A board in another order than the newest first: what is new lands where the order puts it."""

import re

import pytest
from playwright.sync_api import Page, expect

from generations.models import Generation
from tests.factories import ProjectFactory, take
from tests.flows.conftest import listen
from tests.flows.test_composer import WORDS
from tests.flows.test_finding import numbers
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look

ARRIVED = "[data-arrived] a"


@pytest.fixture
def other_tab(board, complaints):
    """Opens the board once more, in the order that the address names."""

    def open_(page: Page) -> Page:
        tab = page.context.new_page()
        listen(tab, complaints)
        tab.goto(page.url)
        return tab

    return open_


def ordered(page: Page, order: str) -> Page:
    page.get_by_label("Order").select_option(order)
    expect(page).to_have_url(re.compile(f"sort={order}"))
    return page


def ask(page: Page, words: str) -> None:
    page.get_by_label(WORDS).fill(words)
    page.get_by_label(WORDS).press("Control+Enter")


def test_among_the_oldest_first_what_is_new_comes_last_in_both_tabs(
    board, other_tab, project, artist
):
    for words in ("Dunes", "A harbour"):
        take(project, author=artist, words=words)
    page = ordered(board(), "oldest")
    tab = other_tab(page)
    ask(page, "The fog lifts")
    for each in (page, tab):
        numbers(each, 1, 2, 3)
    take(project, words="A colleague's")
    for each in (page, tab):
        numbers(each, 1, 2, 3, 4)
    expect(page.locator(".sending")).to_have_count(0)


def test_among_the_dearest_first_what_is_new_stands_by_its_price(board, project, artist):
    for price in ("3.0000", "0.1000"):
        made = take(project, author=artist)
        Generation.objects.filter(pk=made.pk).update(price_usd=price)
    page = ordered(board(), "dearest")
    ask(page, "The fog lifts")
    numbers(page, 1, 3, 2)


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_what_landed_out_of_sight_is_told_and_led_to(board, project, artist, viewport):
    for _ in range(10):
        take(project, author=artist)
    page = board()
    page.set_viewport_size(viewport or {"width": 1024, "height": 640})
    ordered(page, "oldest")
    made = take(project, words="The fog lifts")
    link = page.locator(ARRIVED)
    expect(link).to_have_text("1 new take")
    look(page, f"arrived-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    link.press("Enter")
    expect(page.locator(f"#take-{made.uuid}")).to_be_in_viewport()
    expect(page.locator(f"#take-{made.uuid} .take__words a")).to_be_focused()
    expect(link).to_have_count(0)


def test_what_is_left_of_several_is_still_led_to(board, project, artist):
    for _ in range(10):
        take(project, author=artist)
    page = board()
    page.set_viewport_size(PHONE)
    ordered(page, "oldest")
    for _ in range(8):
        take(project, words="The fog lifts")
    link = page.locator(ARRIVED)
    expect(link).to_have_text("8 new takes")
    link.press("Enter")
    expect(link).to_have_text(re.compile(r"^[1-7] new take"))
    expect(link).to_have_attribute("href", re.compile(f"^{re.escape(page.url.split('?')[0])}"))
    link.press("Enter")
    expect(link).to_have_text(re.compile(r"^[1-6] new take"))


def test_what_belongs_where_nothing_is_loaded_is_led_to_newest_first(
    board, other_tab, project, artist, monkeypatch
):
    monkeypatch.setattr("studio.views.board.FIRST_PAGE", 3)
    monkeypatch.setattr("studio.views.board.PAGE", 3)
    for _ in range(40):
        take(project, author=artist, words="Dunes")
    page = board()
    page.goto(f"{page.url}?find=dunes&sort=oldest")
    tab = other_tab(page)
    first = page.locator(".take").first
    expect(page.locator(ARRIVED)).to_have_count(0)
    ask(page, "Dunes in fog")
    for each in (page, tab):
        expect(each.locator(ARRIVED)).to_have_text("1 new take")
    take(project, author=artist, words="Dunes at night")
    take(project, author=artist, words="A harbour")
    for each in (page, tab):
        expect(each.locator(ARRIVED)).to_have_text("2 new takes")
    expect(first).to_have_attribute("data-take", "1")
    tab.locator(ARRIVED).click()
    expect(tab).to_have_url(re.compile(r"\?find=dunes$"))
    expect(tab.locator(".take").first).to_contain_text("Dunes at night")


def test_a_change_of_an_old_take_that_isnt_loaded_is_no_new_take(
    board, project, artist, monkeypatch
):
    monkeypatch.setattr("studio.views.board.FIRST_PAGE", 3)
    monkeypatch.setattr("studio.views.board.PAGE", 3)
    made = [take(project, author=artist, words="Dunes") for _ in range(80)]  # more than near
    Generation.objects.filter(pk=made[78].pk).update(price_usd="0.0100")
    page = board()
    page.goto(f"{page.url}?find=dunes&sort=dearest")
    for place, number in enumerate(("80", "78", "77")):
        expect(page.locator(".take").nth(place)).to_have_attribute("data-take", number)
    with page.expect_response(lambda answer: str(made[78].uuid) in answer.text()):
        made[78].cancel(artist)
    born = take(project, author=artist, words="Dunes at night")
    expect(page.locator(f"#take-{born.uuid}")).to_be_visible()
    expect(page.locator(ARRIVED)).to_have_count(0)
    expect(page.locator(f"#take-{made[78].uuid}")).to_have_count(0)


def test_in_the_gallery_too_what_is_new_comes_last_among_the_oldest_first(
    studio, live_server, project, artist
):
    made = [take(project, author=artist) for _ in range(2)]
    other = ProjectFactory(team=project.team, name="Night film", slug="night-film")
    studio.goto(f"{live_server.url}/gallery/?team={project.team.uuid}&sort=oldest")
    expect(studio.locator(".take")).to_have_count(2)
    made.append(take(other, author=artist))
    numbers(studio, *(each.pk for each in made))
