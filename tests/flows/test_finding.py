"""Takes are found by words, filters and order, as a person looks for them."""

import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from generations.models import Budget, Generation, State
from tests.factories import take
from tests.flows.test_composer import WORDS


def numbers(page: Page, *expected: int) -> None:
    """The board shows these takes, in this order."""
    order = [str(each) for each in expected]
    shows = """order => order.join() ===
      [...document.querySelectorAll(".take")].map((each) => each.dataset.take).join()"""
    page.wait_for_function(shows, arg=order)


def test_takes_are_found_by_words_filters_and_order_and_what_is_typed_stays(board, project, artist):
    take(project, State.COMPLETED, author=artist, words="Dunes at dawn", ratio="1:1")
    take(project, State.FAILED, author=artist, words="Dunes at night")
    take(project, State.COMPLETED, author=artist, words="A harbour in the rain")
    page = board()
    page.get_by_label(WORDS).fill("Half a thought")
    page.locator("#main").focus()
    page.keyboard.press("/")
    expect(page.get_by_label("Search prompts")).to_be_focused()
    page.keyboard.type("dune")
    numbers(page, 2, 1)
    expect(page).to_have_url(re.compile(r"\?find=dune$"))
    page.get_by_label("Filter by state").select_option("failed")
    numbers(page, 2)
    page.get_by_label("Filter by state").select_option("")
    page.get_by_label("Order").select_option("oldest")
    numbers(page, 1, 2)
    page.get_by_label("Filter by ratio").select_option("1:1")
    numbers(page, 1)
    page.reload()
    numbers(page, 1)
    expect(page.get_by_label("Search prompts")).to_have_value("dune")
    expect(page.get_by_label(WORDS)).to_have_value("Half a thought")
    page.get_by_role("link", name="Show all").click()
    numbers(page, 3, 2, 1)
    expect(page.get_by_label(WORDS)).to_have_value("Half a thought")


def test_a_loop_is_made_with_the_other_key_and_the_budget_says_what_is_left(board, project):
    Budget.objects.create(team=project.team, limit_usd=20)
    page = board()
    page.get_by_label(WORDS).fill("Waves that come and go")
    expect(page.locator("#price")).to_contain_text("left")
    page.locator("#composer .option", has_text="Loop").click()
    page.get_by_label(WORDS).press("Meta+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(1)
    assert Generation.objects.get().prompt.loop


def test_without_scripts_a_take_is_watched_on_reload_and_the_board_is_paged(
    browser, live_server, project, artist, enter, monkeypatch
):
    monkeypatch.setattr("studio.views.board.FIRST_PAGE", 2)
    monkeypatch.setattr("studio.views.board.PAGE", 2)
    first = take(project, State.COMPLETED, author=artist)
    take(project, State.CANCELLED, author=artist)
    context = browser.new_context(java_script_enabled=False)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/desert-light/")
    page.get_by_label(WORDS).fill("A lighthouse in a storm")
    page.get_by_role("button", name="Generate", exact=True).click()
    made = Generation.objects.latest("pk")
    card = page.locator(f"#take-{made.uuid}")
    expect(card).to_contain_text("Next in line")
    attempt = made.begin(timezone.now())
    made.accept(attempt, "provider-id", next_at=timezone.now())
    made.dream(next_at=timezone.now())
    page.reload()
    expect(card).to_contain_text("Dreaming")
    expect(page.locator(f"#take-{first.uuid}")).to_have_count(0)
    page.get_by_role("link", name="More takes").click()
    page.locator(f"#take-{first.uuid}").get_by_role("link", name="Open take 1").click()
    expect(page.locator("video[controls]")).to_be_visible()
    context.close()
