"""Takes are found by words, filters and order, as a person looks for them."""

import re
from datetime import UTC, datetime

from django.utils import timezone
from playwright.sync_api import Page, expect

from generations.models import Budget, Generation, State
from generations.models.prompt import Kind
from tests.factories import member, take, version
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


def test_person_model_sound_and_days_are_chosen_and_kept_in_the_address(board, project, artist):
    colleague = member(project)
    take(project, State.COMPLETED, author=colleague)
    version(take(project, State.COMPLETED, author=artist, model="ray-flash-2"), Kind.AUDIO)
    old = take(project, State.COMPLETED, author=artist)
    Generation.objects.filter(pk=old.pk).update(created_at=datetime(2026, 3, 31, 23, tzinfo=UTC))
    page = board()
    who, model = page.get_by_label("Filter by person"), page.get_by_label("Filter by model")
    who.select_option(colleague.name)
    numbers(page, 1)
    expect(page).to_have_url(re.compile(rf"\?who={colleague.pk}$"))
    who.select_option("Mine")
    numbers(page, 3, 2)
    model.select_option("Ray 2 Flash")
    numbers(page, 2)
    model.select_option("Model: any")
    page.get_by_label("Filter by sound").select_option("Without sound")
    numbers(page, 3)
    page.get_by_label("Filter by sound").select_option("With sound")
    numbers(page, 2)
    expect(page).to_have_url(re.compile(r"\?sound=with&who=me$"))
    page.get_by_label("Filter by sound").select_option("Sound: any")
    page.locator("summary", has_text="Filter by date").click()
    page.get_by_label("Asked for").select_option("This month")
    numbers(page, 2)
    page.get_by_label("Asked for").select_option("Any date, or the days below")
    page.get_by_label("From", exact=True).fill("2026-03-01")
    page.get_by_label("Until", exact=True).fill("2026-03-31")
    numbers(page, 3)
    expect(page).to_have_url(re.compile(r"\?who=me&from=2026-03-01&to=2026-03-31$"))
    page.reload()
    numbers(page, 3)
    page.get_by_role("link", name="Stills").click()
    expect(page.get_by_role("heading", name="Stills")).to_be_visible()
    page.go_back()
    numbers(page, 3)
    expect(who).to_have_value("me")
    expect(page.locator("#finder-date")).to_have_text("Mar 1, 2026 to Mar 31, 2026")


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
