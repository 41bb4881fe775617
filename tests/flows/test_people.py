"""A team fills by invitation: a link goes from the owner's browser to the newcomer's."""

import re
from datetime import timedelta

from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from studio.models import Invitation, Membership, Role, Team
from tests.factories import PASSWORD, MembershipFactory, member
from tests.flows.conftest import listen
from tests.flows.test_looks import PHONE, violations


def linked_in(sent: EmailMessage) -> str:
    """Return the address that a mail leads to."""
    return re.findall(r"http\S+", str(sent.body))[0]


def test_a_newcomer_joins_by_the_link_that_the_owner_hands_over(
    watched: Page, browser: Browser, live_server, enter, project, complaints
):
    enter(watched.context, member(project, Role.OWNER))
    page = watched
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name=str(project.team)).click()
    page.get_by_label("Role", exact=True).select_option("reviewer")
    page.get_by_role("button", name="Invite").click()
    made = page.get_by_role("status").filter(has_text="Hand this link to one person")
    address = made.locator("code").inner_text()
    assert violations(page) == []

    context = browser.new_context()
    guest = context.new_page()
    listen(guest, complaints)
    guest.goto(address)
    expect(guest.get_by_role("heading", name=f"Join {project.team}")).to_be_visible()
    assert violations(guest) == []
    guest.get_by_role("link", name="Make an account").click()
    guest.get_by_label("Email").fill("ari@example.com")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_label("Password (again)").fill(PASSWORD)
    guest.keyboard.press("Enter")
    guest.get_by_role("button", name="Join as").click()
    expect(guest.get_by_text(f"You are in {project.team} now, as reviewer.")).to_be_visible()
    expect(guest.get_by_role("link", name="Review", exact=True)).to_be_visible()
    guest.goto(address)
    expect(guest.get_by_role("alert")).to_contain_text("was used already")
    context.close()
    complaints[:] = [each for each in complaints if "410" not in each]

    page.goto(f"{live_server.url}/team/")
    row = page.locator(".people__row").filter(has_text="ari@example.com")
    row.get_by_role("combobox").select_option("artist")
    row.get_by_role("button", name="Change").click()
    expect(page.get_by_text("ari@example.com is artist now.")).to_be_visible()
    assert Membership.objects.get(user__email="ari@example.com").role == Role.ARTIST
    page.set_viewport_size(PHONE)
    row.get_by_text("More").click()
    row.get_by_role("button", name="Remove ari@example.com").click()
    expect(page.get_by_text("is out of")).to_be_visible()
    assert not Membership.objects.filter(user__email="ari@example.com").exists()
    assert violations(page) == []


def test_an_invitation_by_mail_is_for_its_address_alone_which_is_confirmed_first(
    watched: Page, browser: Browser, live_server, enter, project, artist, complaints, settings
):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    page = watched
    enter(page.context, member(project, Role.OWNER))
    page.goto(f"{live_server.url}/team/")
    page.get_by_label("Email address").fill("ari@example.com")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("The invitation is on its way to ari@example.com")).to_be_visible()
    address = linked_in(mail.outbox[-1])

    # Whoever else gets hold of it is told whose it is.
    enter(page.context, artist)
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("This invitation is for ari@example.com")
    assert violations(page) == []

    context = browser.new_context(viewport=PHONE)
    guest = context.new_page()
    listen(guest, complaints)
    guest.goto(address)
    guest.get_by_role("link", name="Make an account").click()
    guest.get_by_label("Email").fill("ari@example.com")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_label("Password (again)").fill(PASSWORD)
    guest.keyboard.press("Enter")
    expect(guest.get_by_text("A mail is on its way to you")).to_be_visible()
    guest.goto(linked_in(mail.outbox[-1]))
    assert violations(guest) == []
    guest.get_by_role("button", name="Confirm").click()
    guest.get_by_label("Email").fill("ari@example.com")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.keyboard.press("Enter")
    guest.get_by_role("button", name="Join as").click()
    expect(guest.get_by_text(f"You are in {project.team} now, as artist.")).to_be_visible()
    context.close()
    complaints[:] = [each for each in complaints if "410" not in each]


def test_an_invitation_that_has_expired_says_so(watched: Page, live_server, project, complaints):
    before = timezone.now() - timedelta(minutes=1)
    _, token = Invitation.make(project.team, Role.ARTIST, member(project, Role.OWNER), before)
    watched.goto(f"{live_server.url}/invitations/{token}/")
    expect(watched.get_by_role("alert")).to_contain_text("This invitation has expired.")
    expect(watched.get_by_role("link", name="Make an account")).to_have_count(0)
    complaints[:] = [each for each in complaints if "410" not in each]


def test_a_team_is_founded_handed_over_left_and_deleted(
    watched: Page, live_server, enter, project, artist
):
    page = watched
    colleague = member(project, Role.PRODUCER)
    enter(page.context, artist)
    page.goto(f"{live_server.url}/team/")
    page.get_by_role("link", name="new team").click()
    page.get_by_label("Name").fill("Night unit")
    page.get_by_role("button", name="Make team").click()
    page.goto(f"{live_server.url}/team/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Night unit")
    team = Team.objects.get(name="Night unit")
    MembershipFactory(team=team, user=colleague, role=Role.PRODUCER)

    # The last owner can't go, only hand it over; then leaving is offered.
    page.reload()
    expect(page.get_by_role("button", name="Leave Night unit")).to_have_count(0)
    expect(page.get_by_text("You own Night unit: before you can leave it")).to_be_visible()
    row = page.locator(".people__row").filter(has_text=str(colleague))
    row.get_by_text("More").click()
    row.get_by_role("button", name=f"Hand over to {colleague}").click()
    expect(page.get_by_text(f"{colleague} owns Night unit now")).to_be_visible()
    assert team.memberships.get(user=colleague).role == Role.OWNER
    page.get_by_role("button", name="Leave Night unit").click()
    expect(page.get_by_text("You have left Night unit")).to_be_visible()
    assert not team.memberships.filter(user=artist).exists()

    enter(page.context, colleague)
    page.goto(f"{live_server.url}/team/?team={team.uuid}")
    page.get_by_role("link", name="Delete Night unit").click()
    page.get_by_label("Type “Night unit” to confirm").fill("Night unit")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete Night unit").click()
    expect(page.locator("#notices")).to_contain_text("Night unit is deleted.")
    team.refresh_from_db()
    assert team.deleted_at
    assert not team.memberships.exists()
    assert violations(page) == []


def test_a_person_of_two_teams_changes_between_them_in_the_rail(
    studio: Page, live_server, project, artist
):
    second = MembershipFactory(user=artist).team
    studio.goto(f"{live_server.url}/team/?team={project.team.uuid}")
    expect(studio.get_by_role("heading", level=1)).to_have_text(str(project.team))
    studio.locator(".rail__teams summary").click()
    studio.locator(".rail__teams").get_by_role("link", name=str(second)).click()
    expect(studio.get_by_role("heading", level=1)).to_have_text(str(second))
    expect(studio.locator(".rail__teams summary")).to_contain_text(str(second))
    assert violations(studio) == []
