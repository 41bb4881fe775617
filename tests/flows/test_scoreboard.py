"""The scoreboard in a browser: read, narrowed, taken along."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from generations.models import State
from studio.models import Criterion, Review, Score
from tests.factories import ProjectFactory, take
from tests.flows.test_looks import PHONE, violations
from tests.flows.widths import width_of


@pytest.fixture
def scores(studio: Page, live_server, project, artist) -> Page:
    """The scoreboard of two projects."""
    other = ProjectFactory(team=project.team, name="Launch film", slug="launch-film")
    overall = Criterion.objects.get(team=project.team, words="Overall")
    for film, value in ((project, 8), (project, 5), (other, 9)):
        made = take(film, State.COMPLETED, author=artist)
        Score.give(made, overall, artist, value)
        Review.objects.create(
            generation=made, project=film, verdict="approved", judged_at=timezone.now()
        )
    studio.goto(f"{live_server.url}/scoreboard/")
    return studio


def test_it_is_narrowed_and_taken_along(scores: Page):
    page = scores
    expect(page.locator(".rail > nav [aria-current]")).to_have_text("Scoreboard")
    chart = page.get_by_role("list", name="Mean scores by project")
    expect(chart.get_by_role("listitem")).to_have_count(2)
    expect(chart.get_by_role("img").first).to_have_accessible_name("9.0 of 10")
    approved = page.get_by_role("list", name="Approved of what was judged by project")
    expect(approved.get_by_role("listitem")).to_have_text([re.compile("100 %")] * 2)
    assert violations(page) == []
    page.get_by_label("Project", exact=True).select_option("Desert Light")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/scoreboard/?*project=desert-light*")
    expect(chart.get_by_role("listitem")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename == "scoreboard.csv"


def test_it_fits_a_phone(scores: Page):
    page = scores
    page.set_viewport_size(PHONE)
    assert width_of(page) == PHONE["width"]
    assert violations(page) == []
    page.get_by_role("button", name="Projects").click()
    expect(page.locator(".rail__rest [aria-current]")).to_have_text("Scoreboard")
