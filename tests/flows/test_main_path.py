"""From the door to a finished take, as a person does it."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from generations.models import Asset, Generation
from tests.factories import AccountFactory, UserFactory, keep_files, take


def finish(generation: Generation) -> None:
    """Do what the engine does until the file is here."""
    attempt = generation.begin(timezone.now())
    generation.accept(attempt, "provider-id", next_at=timezone.now())
    generation.dream(next_at=timezone.now())
    generation.complete(attempt, Asset.Kind.VIDEO, "https://example.com/video.mp4")
    keep_files(generation)


@pytest.fixture
def maya(transactional_db):
    return UserFactory(email="maya@example.com", name="Maya Kern")


def test_a_newcomer_signs_in_starts_a_film_and_watches_the_first_take(
    watched: Page, live_server, maya
):
    page = watched
    page.goto(live_server.url)
    page.get_by_label("Email").fill("maya@example.com")
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Name of the team").fill("Northlight")
    page.get_by_role("button", name="Make team").click()
    page.get_by_label("Name of the project").fill("Desert Light")
    page.get_by_role("button", name="Start project").click()
    expect(page.get_by_role("heading", name="Nothing shot yet")).to_be_visible()
    AccountFactory(team=maya.teams.get())

    page.get_by_label("Duration").select_option("9 s")
    expect(page.locator("#price")).to_have_text("$1.28")
    words = page.get_by_label("What is seen, and how it moves")
    words.fill("A lighthouse in a storm at night")
    words.press("Control+Enter")
    card = page.locator(".take")
    expect(card).to_contain_text("Next in line, starts when a slot frees")
    expect(page.get_by_role("heading", name="Nothing shot yet")).to_have_count(0)
    expect(words).to_have_value("")
    expect(page.get_by_label("Duration")).to_have_value("9")
    expect(page).to_have_title(re.compile(r"^\(1\) Desert Light"))

    generation = Generation.objects.get()
    attempt = generation.begin(timezone.now())
    expect(card).to_contain_text("Sending")
    generation.accept(attempt, "provider-id", next_at=timezone.now())
    expect(card).to_contain_text("Queued")
    generation.dream(next_at=timezone.now())
    expect(card).to_contain_text("Dreaming")
    generation.complete(attempt, Asset.Kind.VIDEO, "https://example.com/video.mp4")
    expect(card).to_contain_text("Fetching the file…")
    keep_files(generation)
    expect(card.locator("img")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text(re.compile("Take 1 is ready."))
    expect(page).to_have_title(re.compile("^Desert Light"))

    card.get_by_role("link", name="Open take 1").click()
    expect(page.get_by_role("heading", name="Take 1")).to_be_visible()
    video = page.locator("#film video")
    video.evaluate("video => { video.muted = true; video.currentTime = 1.5; return video.play(); }")
    page.wait_for_function("() => document.querySelector('#film video').currentTime > 1.6")
    assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [320, 180]


def test_the_takes_own_page_follows_it_to_the_end(studio: Page, live_server, project, artist):
    generation = take(project, author=artist)
    studio.goto(f"{live_server.url}/generations/{generation.uuid}/")
    expect(studio.locator("#film")).to_contain_text("Next in line")
    finish(generation)
    expect(studio.locator("video")).to_be_visible()
    expect(studio.locator("#film")).to_contain_text("charged")


def test_everything_works_without_javascript(browser, live_server, project, artist, enter):
    context = browser.new_context(java_script_enabled=False)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/desert-light/")
    page.get_by_label("What is seen, and how it moves").fill("ab")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Write at least 3 characters")
    page.get_by_label("What is seen, and how it moves").fill("A lighthouse in a storm")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(".take")).to_contain_text("Next in line")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#film")).to_contain_text("Cancelled")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("#film")).to_contain_text("Waiting")
    context.close()
