"""An administrator's review of takes in a browser, under the strict policy."""

import pytest
from playwright.sync_api import Browser, Page, expect

from generations.models import Generation, State
from studio.models import Review, User
from tests.factories import UserFactory, take
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look

LOADED_WIDTH = "each => each.decode().then(() => each.naturalWidth)"


@pytest.fixture
def admin(watched: Page, enter, project) -> Page:
    """An administrator's page; its console must stay silent about the policy, too."""
    boss: User = UserFactory(name="Boss", is_staff=True, is_superuser=True)
    enter(watched.context, boss)
    return watched


def test_takes_are_found_looked_into_and_judged(admin: Page, live_server, project, artist):
    page = admin
    take(project, State.COMPLETED, author=artist, words="A heron at dusk")
    take(project, State.COMPLETED, author=artist, words="Fog")
    page.goto(f"{live_server.url}/admin/")
    assert violations(page) == []
    page.locator(".model-generation th a").first.click()
    expect(page.locator(".poster")).to_have_count(2)
    # Django's own: its search is named by a picture of a lens.
    assert [each for each in violations(page) if not each.startswith("label-title-only")] == []
    assert page.locator(".poster").first.evaluate(LOADED_WIDTH) > 0
    look(page, "admin-takes")
    page.locator("#searchbar").fill("heron")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Take 1 of Desert Light").click()
    expect(page.get_by_role("heading", name="Ledger")).to_be_visible()
    page.wait_for_function("() => document.querySelector('video').readyState > 0")
    look(page, "admin-take")
    assert violations(page, "#content") == []
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("1 take is approved.")).to_be_visible()
    assert Review.objects.get().verdict == "approved"


def test_many_are_rejected_and_hidden_at_once_and_who_is_disabled_is_out(
    admin: Page, live_server, project, artist, browser: Browser, enter
):
    page = admin
    theirs = browser.new_context()
    enter(theirs, artist)
    own = theirs.new_page()
    own.goto(live_server.url)
    expect(own.get_by_role("heading", name="Home")).to_be_visible()
    for _ in range(3):
        take(project, State.COMPLETED, author=artist)
    page.goto(f"{live_server.url}/admin/generations/generation/")
    for action, said in (("Reject", "3 takes are rejected."), ("Hide", "3 takes are hidden.")):
        page.locator("#action-toggle").check()
        choice = page.get_by_label("Action:")
        option = choice.locator("option", has_text=action)
        choice.select_option(option.get_attribute("value"))
        page.get_by_role("button", name="Go").click()
        expect(page.get_by_text(said)).to_be_visible()
    assert Generation.objects.filter(trashed_at__isnull=False).count() == 3
    page.goto(f"{live_server.url}/admin/studio/user/?q={artist.email}")
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option("disable")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("1 of the chosen people shut out.")).to_be_visible()
    own.reload()
    expect(own.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    theirs.close()


def test_a_retry_is_asked_once_more_with_its_price(admin: Page, live_server, project, artist):
    page = admin
    failed = take(project, State.FAILED, author=artist)
    page.goto(f"{live_server.url}/admin/generations/generation/{failed.pk}/change/")
    page.get_by_role("button", name="Retry").click()
    look(page, "admin-retry")
    page.get_by_role("button", name="Retry 1 take, $0.71").click()
    expect(page.get_by_text("1 take is sent again.")).to_be_visible()
    failed.refresh_from_db()
    assert failed.state == State.WAITING


def test_it_works_on_a_phone(admin: Page, live_server, project, artist):
    page = admin
    page.set_viewport_size(PHONE)
    it = take(project, State.COMPLETED, author=artist)
    page.goto(f"{live_server.url}/admin/generations/generation/{it.pk}/change/")
    box = page.locator("video").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_text("1 take is hidden.")).to_be_visible()
