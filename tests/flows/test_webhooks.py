"""Webhooks as a team's owner sees them: added, tried, read about, stopped and removed."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.models import State
from studio import tasks
from studio.models import Role
from studio.webhooks import delivering, following
from tests.factories import member, take
from tests.flows.test_rules import broken
from tests.studio.test_webhooks import ear  # noqa: F401, a fixture


@pytest.fixture
def owner(watched: Page, project, enter) -> Page:
    enter(watched.context, member(project, Role.OWNER))
    return watched


def tell() -> None:
    following.follow_all()
    for webhook_id in delivering.due():
        tasks.deliver_due(webhook_id)


def test_an_owner_adds_one_tries_it_and_reads_what_it_was_told(
    owner: Page,
    live_server,
    project,
    ear,  # noqa: F811
):
    page = owner
    page.goto(live_server.url + reverse("people"))
    page.get_by_role("link", name="webhooks").click()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
    assert broken(page, "webhooks") == []
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Write the address that is to be told.")).to_be_visible()
    page.get_by_role("textbox", name="Address").fill(ear.address)
    page.get_by_label("A take failed").check()
    page.get_by_label("A take is finished").check()
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("A test is on its way.")).to_be_visible()
    expect(page.locator("#secret")).to_have_count(0)
    take(project, State.FAILED)
    ear.status = 500
    tell()
    page.reload()
    row = page.get_by_role("row").filter(has_text="webhook.test")
    expect(row).to_contain_text("It answered 500.")
    ear.status = 204
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("It is told of what happens from now on.")).to_be_visible()
    delivering.Delivery.objects.update(next_at="2026-01-01T00:00Z")
    tell()
    page.reload()
    expect(row).to_contain_text("Delivered 204")
    page.get_by_text("take.failed", exact=True).last.click()
    expect(page.get_by_label("The message").first).to_contain_text(project.name)
    assert broken(page, "webhook") == []
    row.get_by_role("button", name="Send again").click()
    expect(row).to_contain_text("Waits")
    page.get_by_text("Remove…").click()
    page.get_by_role("button", name="Remove this webhook").click()
    expect(page.get_by_text("The webhook is removed.")).to_be_visible()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
