"""What only shows on a small screen: the bar at the bottom, and notices."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from studio.models import Role
from tests.factories import ProjectFactory, member, take
from tests.flows.test_looks import PHONE, SMALL_PHONE, overlap, violations


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
    here = watched.locator(".rail [aria-current]")
    expect(here).to_contain_text("Desert Light")
    expect(here).to_be_in_viewport(ratio=1)
    assert violations(watched) == []
    watched.locator(".rail").get_by_role("link", name="Requests").click()
    expect(watched.locator(".rail [aria-current]")).to_be_in_viewport(ratio=1)
    assert watched.evaluate("document.documentElement.scrollWidth") == viewport["width"]


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
