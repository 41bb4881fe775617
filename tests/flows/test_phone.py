"""What only shows on a small screen: the bar at the bottom, and notices."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from studio.models import Role
from tests.factories import ProjectFactory, member, take
from tests.flows.test_looks import PHONE, SMALL_PHONE, overlap, violations
from tests.flows.test_making import look
from tests.flows.widths import width_of


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE], ids=["390", "360"])
def test_the_bar_shows_where_one_is_among_many_projects(
    watched: Page, live_server, project, artist, enter, viewport
):
    for number in range(9):
        ProjectFactory(team=project.team, name=f"A rather long name {number}")
    take(project, State.REQUESTED, author=artist)
    enter(watched.context, member(project, Role.PRODUCER))
    watched.set_viewport_size(viewport)
    watched.goto(f"{live_server.url}/projects/{project.slug}/")
    watched.get_by_role("button", name="Projects").click()
    here = watched.locator(".rail [aria-current]")
    expect(here).to_contain_text("Desert Light")
    expect(here).to_be_in_viewport(ratio=1)
    look(watched, f"phone-projects-{viewport['width']}")
    assert violations(watched) == []
    watched.keyboard.press("Escape")
    expect(here).to_be_hidden()
    expect(watched.get_by_role("button", name="Projects")).to_be_focused()
    watched.locator(".rail").get_by_role("link", name="Requests").click()
    expect(watched.locator(".rail [aria-current]")).to_be_in_viewport(ratio=1)
    assert width_of(watched) == viewport["width"]


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE], ids=["390", "360"])
def test_nothing_of_the_bar_is_cut_and_the_head_takes_two_rows(
    watched: Page, live_server, project, artist, enter, viewport
):
    take(project, State.REQUESTED, author=artist)
    enter(watched.context, member(project, Role.PRODUCER))
    watched.set_viewport_size(viewport)
    watched.goto(f"{live_server.url}/projects/{project.slug}/")
    items = watched.locator(".rail").locator("a, button").filter(visible=True)
    expect(items.first).to_have_text("Home")
    expect(items.last).to_have_text("Projects")
    assert items.count() >= 6
    for item in items.all():
        expect(item).to_be_in_viewport(ratio=1)
        assert item.bounding_box()["width"] >= 44
    tabs, count = (watched.locator(name).bounding_box() for name in (".tabs", "#take-count"))
    assert tabs["y"] < count["y"] + count["height"] / 2 < tabs["y"] + tabs["height"]


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_the_projects_open_above_the_bar_and_lead_on(
    browser, live_server, project, artist, enter, javascript
):
    other = ProjectFactory(team=project.team, name="Launch film")
    context = browser.new_context(viewport=PHONE, java_script_enabled=javascript)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/{project.slug}/")
    expect(page.get_by_role("link", name="Sign out")).to_be_hidden()
    page.get_by_role("button", name="Projects").click()
    expect(page.get_by_role("link", name="Sign out")).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="Launch film").click()
    page.wait_for_url(f"**/projects/{other.slug}/")
    context.close()


def test_a_notice_leaves_the_month_switch_and_the_bar_free(
    watched: Page, live_server, project, enter
):
    enter(watched.context, member(project, Role.PRODUCER))
    watched.set_viewport_size(PHONE)
    watched.goto(f"{live_server.url}/spend/")
    watched.get_by_label("The whole team, a month").fill("50")
    watched.get_by_role("button", name="Set", exact=True).first.click()
    notice = watched.get_by_text("The budget is set.")
    expect(notice).to_be_visible()
    boxes = [watched.locator(name).bounding_box() for name in (".months", ".rail")]
    assert not any(overlap(notice.bounding_box(), box) for box in boxes)
