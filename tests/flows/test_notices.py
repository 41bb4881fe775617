"""What a person is told, as they read and choose it in the browser."""

from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.models import State
from studio.models import NoticeRules
from studio.notices import following
from tests.factories import take
from tests.flows.test_rules import broken


def test_a_person_reads_what_they_were_told_and_chooses_how(
    studio: Page, live_server, project, artist
):
    page = studio
    page.goto(live_server.url + reverse("account_email"))
    page.get_by_role("link", name="What you are told").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    take(project, State.COMPLETED, author=artist)
    following.follow_all()
    page.reload()
    expect(page.get_by_role("link", name="Take 1 of Desert Light is finished.")).to_be_visible()
    assert broken(page, "notices") == []
    rail = page.get_by_role("navigation", name="Pages", exact=True)
    expect(rail.get_by_label("1 not seen yet")).to_be_visible()
    page.get_by_role("button", name="Seen").click()
    expect(rail.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    heading, told = page.get_by_role("heading", name="Lately"), page.locator("#told + ol")
    above, below = heading.bounding_box(), told.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
    assert above["x"] == below["x"], "it stands under its heading"
    page.get_by_label("By mail").select_option("Once a day, at 8:00 UTC")
    page.get_by_label("A take of mine is finished").uncheck()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("That is how you are told from now on.")).to_be_visible()
    expect(page.get_by_label("By mail")).to_have_value("daily")
    expect(page.get_by_label("A take of mine is finished")).not_to_be_checked()
    assert NoticeRules.objects.get(user=artist).mail == "daily"
    page.get_by_role("link", name="Take 1 of Desert Light is finished.").click()
    expect(page.get_by_role("heading", name="Take 1", level=1)).to_be_visible()
