"""A team is deleted by its owner, who sees what goes, and is taken back."""

from playwright.sync_api import Page, expect

from generations.models import Generation, State
from generations.models.states import Reason
from studio.models import Project, Role, User
from tests.factories import PASSWORD, member, take
from tests.flows.test_looks import violations


def test_an_owner_deletes_a_team_and_takes_it_back(
    page: Page, live_server, enter, project: Project, artist: User
):
    take(project, State.COMPLETED, author=artist)
    waiting = take(project, author=artist)
    take(project, State.FAILED, author=artist, reason=Reason.LOST)
    team = project.team
    enter(page.context, member(project, Role.OWNER))
    page.goto(f"{live_server.url}/team/")
    page.get_by_role("link", name=f"Delete {team}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Delete {team}")
    going = page.get_by_role("region", name="What goes")
    expect(going).to_contain_text("Takes3")
    expect(going.get_by_text("1, $0.71 reserved")).to_have_count(2)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.set_viewport_size({"width": 1440, "height": 900})

    page.get_by_label(f"Type “{team}” to confirm").fill("Another")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name=f"Delete {team}").click()
    expect(page.get_by_role("alert")).to_have_text("Type the name of the team as it stands here.")
    page.get_by_label(f"Type “{team}” to confirm").fill(str(team))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name=f"Delete {team}").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Name your team")
    expect(page.locator("#notices")).to_contain_text(f"{team} is deleted.")
    assert violations(page) == []
    assert Generation.objects.get(pk=waiting.pk).state == State.CANCELLED
    page.goto(f"{live_server.url}/projects/{project.slug}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")
    page.goto(f"{live_server.url}/teams/new/")
    page.get_by_role("button", name=f"Restore {team}").click()
    expect(page.locator("#notices")).to_contain_text(f"{team} is back.")
    page.goto(f"{live_server.url}/projects/{project.slug}/")
    expect(page.get_by_role("article").first).to_be_visible()
