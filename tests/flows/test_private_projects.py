"""A producer keeps a project to some, in a browser; for the others it is gone."""

from playwright.sync_api import Browser, Page, expect

from generations.models import State
from studio.models import Role
from tests.factories import member, take
from tests.flows.conftest import listen
from tests.flows.test_looks import PHONE, violations


def test_a_producer_keeps_a_project_to_one_other(
    watched: Page, browser: Browser, live_server, enter, project, artist, complaints
):
    owner, producer = member(project, Role.OWNER), member(project, Role.PRODUCER)
    other = member(project, Role.REVIEWER)
    take(project, State.COMPLETED, words="A secret rocket")
    enter(watched.context, producer)
    page = watched
    page.goto(f"{live_server.url}/projects/{project.slug}/")
    page.get_by_role("link", name="Settings").click()
    everybody = page.get_by_label("Everybody in the team")
    expect(everybody).to_be_checked()
    expect(page.get_by_label(str(artist))).to_be_hidden()
    page.get_by_label("Only those chosen below").check()
    expect(page.get_by_label(f"{owner} owns the team")).to_be_disabled()
    page.get_by_label(str(artist), exact=True).check()
    assert violations(page) == []
    page.get_by_role("region", name="Private to…").get_by_role("button", name="Keep").click()
    expect(page.get_by_text(f"Only those chosen see {project} now.")).to_be_visible()
    expect(page.get_by_text("Private", exact=True)).to_be_visible()
    expect(page.get_by_label(str(artist), exact=True)).to_be_checked()
    page.set_viewport_size(PHONE)
    assert violations(page) == []

    context = browser.new_context()
    enter(context, other)
    theirs = context.new_page()
    listen(theirs, complaints)
    theirs.goto(f"{live_server.url}/gallery/")
    expect(theirs.get_by_text("Nothing shot yet")).to_be_visible()
    expect(theirs.get_by_role("link", name=project.name)).to_have_count(0)
    assert theirs.goto(f"{live_server.url}/projects/{project.slug}/").status == 404
    complaints[:] = [each for each in complaints if "404" not in each]
    context.close()
