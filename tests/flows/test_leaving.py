"""Leaving with everything in a browser: a project as one file, and a person with what is theirs."""

from zipfile import ZipFile

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.models import State
from studio.leaving import bundling
from studio.models import Role, User
from tests.factories import PASSWORD, member, take
from tests.flows.test_looks import PHONE, SMALL_PHONE, violations
from tests.flows.test_making import look
from tests.flows.widths import width_of

SIZES = [PHONE, SMALL_PHONE, {"width": 1440, "height": 960}]


@pytest.fixture
def producer(project) -> User:
    return member(project, Role.PRODUCER)


@pytest.fixture
def opened(watched: Page, producer, enter, live_server):
    """Opens a page of the site as the producer."""
    enter(watched.context, producer)

    def open_(address: str) -> Page:
        watched.goto(live_server.url + address)
        return watched

    return open_


def test_a_project_is_exported_followed_without_a_reload_and_fetched(opened, project, producer):
    take(project, State.COMPLETED, author=producer)
    page = opened(reverse("project_settings", args=[project.slug]))
    page.get_by_role("link", name="Export everything").click()
    page.get_by_role("button", name="Export everything").click()
    row = page.get_by_role("listitem").filter(has_text="Everything,")
    expect(row).to_contain_text("Waiting for a worker")
    assert bundling.bundle_due() == 1
    expect(row).to_contain_text("Ready", timeout=10_000)
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.startswith("desert-light-everything-")
    assert ZipFile(download.value.path()).testzip() is None
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)


def test_a_person_takes_their_data_along_and_leaves_for_good(opened, producer, complaints):
    TOTP.activate(producer, generate_totp_secret())
    code = RecoveryCodes.activate(producer).get_unused_codes()[0]
    page = opened(reverse("your_data"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download everything about you").click()
    assert "you.json" in ZipFile(download.value.path()).namelist()
    leave = page.get_by_role("button", name="Delete my account for good")
    leave.click()
    expect(page.get_by_text("Type your password.")).to_be_visible()
    assert "422" in complaints.pop()  # the browser's own line about the refusal
    page.get_by_label("Your email address").fill(producer.email)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("A code of your authenticator app").fill(code)
    leave.click()
    expect(page.get_by_text("Your account is deleted")).to_be_visible()
    assert not User.objects.filter(email=producer.email).exists()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size["width"]))
def test_the_pages_fit_their_screen_and_everybody_can_use_them(size, opened, project, producer):
    TOTP.activate(producer, generate_totp_secret())
    bundling.ask(project, producer)
    bundling.bundle_due()
    bundling.ask(project, producer)
    for address in (reverse("bundles", args=[project.slug]), reverse("your_data")):
        page = opened(address)
        page.set_viewport_size(size)
        assert width_of(page) <= size["width"], address
        assert violations(page) == [], address
        look(page, f"{address.strip('/').replace('/', '-')}-{size['width']}")
