"""Two tabs and two people stay in step, and what each of them is at survives it."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from generations.models import Generation, State
from studio.models import Role
from tests.factories import member, take
from tests.flows.conftest import listen
from tests.flows.test_prompt_help import help_with

WORDS = "What is seen, and how it moves"
PLAYING = "video => video.isConnected && !video.paused && video.currentTime > 0"


@pytest.fixture
def colleague(browser, board, live_server, project, enter, complaints):
    """Opens a producer's board in a browser of their own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    enter(context, member(project, Role.PRODUCER))
    page = context.new_page()
    listen(page, complaints)

    def open_() -> Page:
        page.goto(f"{live_server.url}/projects/{project.slug}/")
        return page

    yield open_
    context.close()


def test_what_one_does_the_other_sees_while_a_video_plays_and_words_stay(
    board, colleague, project, artist
):
    ready = take(project, State.COMPLETED, author=artist)
    dreaming = take(project, State.DREAMING, author=artist)
    mine, theirs = board(), colleague()
    mine.get_by_label(WORDS).fill("Half an idea about")
    mine.locator(f"#take-{ready.uuid} .frame").hover()
    video = mine.locator("video").element_handle()
    mine.wait_for_function(PLAYING, arg=video)

    theirs.get_by_label(WORDS).fill("Rain over the harbour")
    theirs.keyboard.press("Control+Enter")
    expect(theirs.locator(".take")).to_have_count(3)
    expect(mine.locator(".take").first).to_contain_text("Rain over the harbour")
    expect(mine.locator("#take-count")).to_have_text("3 takes, 1 dreaming")
    attempt = dreaming.attempt()
    dreaming.fail(attempt, "content", "Luma's moderation refused this prompt.")
    for page in (mine, theirs):
        expect(page.locator(f"#take-{dreaming.uuid}")).to_contain_text("moderation refused")
        expect(page.locator("#take-count")).to_have_text("3 takes")

    assert video.evaluate(PLAYING)  # though a take that came in moved its card
    told = mine.locator(f"#take-{ready.uuid}").get_attribute("data-version")
    Generation.objects.filter(pk=ready.pk).touch()
    mine.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    expect(mine.locator(f"#take-{ready.uuid}")).not_to_have_attribute("data-version", told)
    assert video.evaluate(PLAYING)  # though its card has changed
    mine.mouse.move(3, 3)
    mine.wait_for_function("video => video.paused", arg=video)
    expect(mine.get_by_label(WORDS)).to_have_value("Half an idea about")
    mine.get_by_label(WORDS).press_sequentially(" fog")
    expect(mine.get_by_label(WORDS)).to_have_value("Half an idea about fog")


def test_what_a_colleague_begins_is_seen_where_nothing_was_going_on(studio, board, project):
    studio.clock.install()
    page = board()
    made = take(project)
    page.clock.fast_forward(15_500)
    expect(page.locator(f"#take-{made.uuid}")).to_be_visible()


def test_two_tabs_of_one_person_show_the_same(board, live_server, project, artist):
    made = take(project, author=artist)
    first = board()
    second = first.context.new_page()
    second.goto(first.url)
    second.locator(f"#take-{made.uuid}").get_by_role("button", name="Cancel").click()
    expect(second.locator(f"#take-{made.uuid}")).to_contain_text("Cancelled")
    expect(first.locator(f"#take-{made.uuid}")).to_contain_text("Cancelled")
    second.locator(f"#take-{made.uuid}").get_by_role("button", name="Retry").click()
    second.get_by_label(WORDS).fill("Snow on the pass")
    second.keyboard.press("Control+Enter")
    expect(first.locator(".take")).to_have_count(2)
    first.locator(".take").first.get_by_role("button", name="Pause").click()
    expect(second.locator(".take").first).to_contain_text("Paused")
    Generation.objects.get(pk=made.pk).begin(timezone.now())
    for page in (first, second):
        expect(page.locator(f"#take-{made.uuid}")).to_contain_text("Sending")


def test_a_recipe_that_one_saves_the_other_fills_in(board, colleague, artist):
    mine, theirs = board(), colleague()
    mine.get_by_label(WORDS).fill("A {time of day} shot of {subject}")
    help_with(mine, "Recipes")
    mine.get_by_label("Save these words as a recipe called").fill("Opening")
    mine.keyboard.press("Enter")
    expect(mine.get_by_text("The recipe Opening is saved for the team.")).to_be_visible()
    help_with(theirs, "Recipes")
    recipe = theirs.get_by_role("button", name="Opening A {time of day} shot of {subject}")
    expect(recipe).to_contain_text(f"by {artist.name}")
    recipe.click()
    theirs.get_by_label("Time of day").fill("dawn")
    theirs.get_by_label("Subject").fill("a lone rider")
    theirs.keyboard.press("Enter")
    expect(theirs.get_by_label(WORDS)).to_have_value("A dawn shot of a lone rider")
    theirs.keyboard.press("Control+Enter")
    expect(theirs.locator(".take")).to_contain_text("A dawn shot of a lone rider")
