"""An owner looks for who did something, in a browser."""

from playwright.sync_api import Page, expect

from studio import auditing
from studio.models import AuditEntry, Role
from tests.factories import member
from tests.flows.test_looks import PHONE, violations


def test_an_owner_finds_who_did_what(watched: Page, live_server, enter, project, artist):
    owner = member(project, Role.OWNER)
    for number in range(60):
        auditing.note(AuditEntry.Kind.VERDICT, project.team, f"Judged {number}", by=artist)
    auditing.note(AuditEntry.Kind.BUDGET, project.team, "Set the budget to $9.00", by=owner)
    enter(watched.context, owner)
    page = watched
    page.goto(f"{live_server.url}/team/")
    page.get_by_role("link", name="audit log").click()
    rows = page.get_by_role("region", name="Entries").get_by_role("row")
    expect(rows).to_have_count(51)
    assert violations(page) == []
    page.get_by_label("Words").fill("budget")
    expect(rows).to_have_count(2)
    expect(page.get_by_text("Set the budget to $9.00")).to_be_visible()
    expect(page).to_have_url(
        f"{live_server.url}/team/log/?team={project.team.uuid}&find=budget&kind=&who=&from=&to="
    )
    page.reload()
    expect(rows).to_have_count(2)
    page.get_by_label("Words").fill("nothing like it")
    expect(page.get_by_text("Nothing in the log is like that")).to_be_visible()
    page.get_by_role("link", name="show all of it").click()
    page.get_by_label("About").select_option("Verdicts")
    expect(page.get_by_text("Set the budget to $9.00")).to_be_hidden()
    page.get_by_role("link", name="Earlier ones").click()
    expect(rows).to_have_count(11)
    expect(page.get_by_text("Judged 0", exact=True)).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("link", name="Download as CSV").click()
    assert got.value.suggested_filename.startswith("audit-log-")
    page.set_viewport_size(PHONE)
    assert violations(page) == []
    page.get_by_role("link", name="Back to the newest").click()
    expect(rows).to_have_count(51)
