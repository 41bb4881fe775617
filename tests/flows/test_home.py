"""Home in the browser: it keeps up by itself, is read by everybody, and fits a phone."""

from django.utils import timezone
from playwright.sync_api import Page, expect

from generations.models import State
from generations.models.states import Reason
from studio.models import Role
from tests.factories import member, take
from tests.flows.test_looks import violations


def test_home_follows_what_runs_and_keeps_what_failed_until_it_was_seen(
    studio: Page, live_server, project, artist
):
    running = take(project, State.DREAMING, author=artist, words="A comet over the bay")
    studio.goto(live_server.url)
    section = studio.get_by_role("region", name="Running now")
    expect(section).to_contain_text("A comet over the bay")
    running.fail(running.attempt(), Reason.PROVIDER, "Luma failed this job.")
    missed = studio.get_by_role("region", name="Not generated since you last looked")
    expect(missed).to_contain_text("Luma failed this job.")
    expect(section).to_have_count(0)
    studio.get_by_role("button", name="Seen").click()
    expect(missed).to_have_count(0)
    artist.refresh_from_db()
    assert artist.looked_at


def test_a_project_is_renamed_given_a_cover_archived_and_reopened_by_hand(
    watched: Page, live_server, project, artist, enter
):
    enter(watched.context, member(project, Role.PRODUCER))
    first = take(project, State.COMPLETED, author=artist)
    take(project, State.COMPLETED, author=artist)
    watched.goto(f"{live_server.url}/projects/{project.slug}/")
    watched.get_by_role("link", name="Settings").click()
    watched.get_by_label("Name of the project").fill("Salt Light")
    watched.get_by_role("button", name="Rename").click()
    expect(watched.get_by_role("heading", name="Salt Light")).to_be_visible()
    watched.get_by_role("radio", name="Take 1").check(force=True)
    watched.get_by_role("button", name="Use as cover").click()
    expect(watched.get_by_text("The cover is changed.")).to_be_visible()
    watched.get_by_role("link", name="Home").click()
    poster = f"/media/{first.uuid}/poster"
    expect(watched.locator(".project img")).to_have_attribute("src", poster)
    expect(watched.locator(".project")).to_contain_text("Salt Light")
    watched.goto(f"{live_server.url}/projects/{project.slug}/settings/")
    watched.get_by_role("button", name="Archive it").click()
    expect(watched.get_by_role("heading", name="Archived")).to_be_visible()
    watched.get_by_role("link", name="Salt Light").click()
    expect(watched.locator(".composer--closed")).to_contain_text("takes no new takes")
    assert violations(watched) == []
    watched.get_by_role("button", name="Take it out of the archive").click()
    expect(watched.get_by_label("What is seen")).to_be_visible()


def test_what_waits_for_a_producer_is_on_home_and_one_press_away(
    watched: Page, live_server, project, artist, enter
):
    enter(watched.context, member(project, Role.PRODUCER))
    undecided = take(project, State.UNCONFIRMED, author=artist, words="Snow on the pass")
    undecided.note(Reason.UNDECIDED, "A person decides.", next_at=timezone.now())
    asked = take(project, State.REQUESTED, author=artist, words="A pier at dusk")
    watched.goto(live_server.url)
    waits = watched.get_by_role("region", name="Waiting for you")
    row = waits.get_by_role("listitem").filter(has_text="Snow on the pass")
    row.get_by_role("link", name="Decide").click()
    watched.get_by_role("button", name="It wasn't: send again").click()
    expect(watched.get_by_role("button", name="It wasn't: send again")).to_have_count(0)
    watched.get_by_role("link", name="Home").click()
    expect(waits.get_by_role("listitem")).to_have_count(1)
    waits.get_by_role("link", name="Approve or decline, $0.71").click()
    expect(watched.locator("[data-request]")).to_be_focused()
    watched.keyboard.press("a")
    expect(watched.locator("[data-request]")).to_have_count(0)
    watched.get_by_role("link", name="Home").click()
    expect(waits).to_have_count(0)
    in_line = watched.get_by_role("region", name="In line")
    expect(in_line).to_contain_text("A pier at dusk")
    asked.refresh_from_db()
    assert asked.state == State.WAITING
