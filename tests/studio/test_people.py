"""A team's people: invitations, roles, leaving, removing, handing over, deleting."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generations.models import State
from generations.redacting import redact
from studio.models import Invitation, Membership, Role, Team, User
from studio.models.invitation import digest_of
from tests.factories import PASSWORD, MembershipFactory, UserFactory, member, take


@pytest.fixture
def owner(project):
    return member(project, Role.OWNER)


@pytest.fixture
def owning(owner, sign_in):
    return sign_in(owner)


LOGIN = reverse("account_login")


def invite(client, email="", role="artist", days="7"):
    answer = client.post(reverse("invite"), {"email": email, "role": role, "days": days})
    found = re.search(r"/invitations/([\w-]+)/", answer.content.decode())
    return answer, found[1] if found else ""


def join(client, token):
    return client.post(reverse("join", args=[token]))


def role_of(user, team):
    found = Membership.objects.filter(user=user, team=team).first()
    return found and found.role


def test_a_link_takes_one_person_in_once(owning, sign_in, project):
    answer, token = invite(owning, role="reviewer")
    assert "Hand this link to one person" in answer.content.decode()
    assert token not in owning.get(reverse("people")).content.decode()
    assert not Invitation.objects.filter(token_digest=token).exists()
    assert Invitation.objects.get().token_digest == digest_of(token)
    first, second = UserFactory(), UserFactory()
    page = sign_in(first).get(reverse("invitation", args=[token])).content.decode()
    assert f"Join {project.team}" in page
    assert "as reviewer" in page
    assert join(sign_in(first), token)["Location"] == "/"
    assert role_of(first, project.team) == Role.REVIEWER
    answer = join(sign_in(second), token)
    assert answer.status_code == 410
    assert "was used already" in answer.content.decode()
    assert role_of(second, project.team) is None


def test_an_invitation_by_email_is_sent_and_is_for_that_address_alone(owning, sign_in, project):
    answer, token = invite(owning, email="Ari@example.com")
    assert "on its way to Ari@example.com" in answer.content.decode()
    [sent] = mail.outbox
    assert sent.to == ["Ari@example.com"]
    assert f"/invitations/{token}/" in sent.body
    stranger = sign_in(UserFactory())
    answer = join(stranger, token)
    assert "is for Ari@example.com" in answer.content.decode()
    ari = UserFactory(email="ari@example.com")
    join(sign_in(ari), token)
    assert role_of(ari, project.team) == Role.ARTIST


def test_without_a_mail_server_no_mail_is_said_to_be_on_its_way(owning, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    answer, token = invite(owning, email="ari@example.com")
    said = answer.content.decode()
    assert "This server sends no mail: hand this link to ari@example.com" in said
    assert "on its way" not in said
    assert token


def test_a_team_whose_name_has_several_lines_invites_by_email(owning, project):
    owning.post(reverse("rename_team"), {"name": "Dunes\r\nBcc: thief@example.com"})
    answer, token = invite(owning, email="ann@example.com")
    assert answer.status_code == 200
    assert token
    assert [it.subject for it in mail.outbox] == ["Join Dunes Bcc: thief@example.com on Dailies"]
    assert mail.outbox[0].recipients() == ["ann@example.com"]


def test_a_newcomer_makes_an_account_with_it_though_sign_up_is_closed(owning, anonymous, project):
    _, token = invite(owning)
    assert "closed" in anonymous.get(reverse("account_signup")).content.decode().lower()
    page = anonymous.get(reverse("invitation", args=[token])).content.decode()
    assert reverse("account_signup") in page
    said = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    answer = anonymous.post(reverse("account_signup"), said)
    assert answer["Location"] == reverse("invitation", args=[token])
    join(anonymous, token)
    assert role_of(User.objects.get(email="new@example.com"), project.team) == Role.ARTIST
    anonymous.post(reverse("account_logout"))
    assert "closed" in anonymous.get(reverse("account_signup")).content.decode().lower()


def test_who_has_to_confirm_their_address_first_comes_back_to_the_invitation(
    owning, anonymous, settings
):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    _, token = invite(owning)
    anonymous.get(reverse("invitation", args=[token]))
    said = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    page = anonymous.post(reverse("account_signup"), said, follow=True).text
    assert "A mail is on its way to you" in page
    [sent] = mail.outbox
    assert sent.subject == "Confirm your address for Dailies"
    typed = {"login": "new@example.com", "password": PASSWORD}
    assert "A mail is on its way" in anonymous.post(LOGIN, typed, follow=True).text
    confirm = re.search(r"http://testserver(/\S+/confirm-email/\S+)", sent.body)[1]
    assert "new@example.com from now on" in anonymous.get(confirm).text
    anonymous.post(confirm)
    assert "was used already, or is too old" in anonymous.get(confirm).text
    there = reverse("invitation", args=[token])
    assert anonymous.post(LOGIN, typed)["Location"] == there
    anonymous.post(reverse("account_logout"))
    assert anonymous.post(LOGIN, typed)["Location"] == "/"


def test_what_is_over_is_refused_in_words(owning, sign_in):
    guest = sign_in(UserFactory())
    _, token = invite(owning)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "has expired" in guest.get(reverse("invitation", args=[token])).content.decode()
    assert "has expired" in join(guest, token).content.decode()
    _, token = invite(owning)
    newest = Invitation.objects.latest("pk")
    owning.post(reverse("withdraw_invitation", args=[newest.uuid]))
    assert "was withdrawn" in join(guest, token).content.decode()
    assert "isn&#x27;t there any more" in join(guest, "guessed").content.decode()


def test_a_second_invitation_of_an_address_ends_the_first(owning, sign_in):
    _, first = invite(owning, email="ari@example.com")
    _, second = invite(owning, email="Ari@Example.com", role="viewer")
    ari = sign_in(UserFactory(email="ari@example.com"))
    assert "was withdrawn" in join(ari, first).content.decode()
    assert join(ari, second).status_code == 302


def test_what_comes_after_naming_a_team_is_about_it(owning):
    owning.get(reverse("people"))
    owning.post(reverse("new_team"), {"name": "Fern Films"})
    assert "<h1>Fern Films</h1>" in owning.get(reverse("people")).text


def test_an_address_is_the_same_in_any_letters(owning, project, anonymous):
    """Invited, joined, signed in, reset and meant by a command."""
    small, large = "ari@büro.example", "ARI@BÜRO.Example"
    invite(owning, email=small)
    _, token = invite(owning, email=large)
    assert Invitation.objects.open(timezone.now()).count() == 1
    page = anonymous.get(reverse("invitation", args=[token]))
    sign_up = re.search(r'href="([^"]*signup[^"]*)"', page.text)[1]
    assert f'value="{large}"' in anonymous.get(sign_up.replace("&amp;", "&")).text
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    anonymous.post(reverse("account_signup"), {"email": large} | passwords)
    join(anonymous, token)
    ari = User.objects.get(email=small)
    assert role_of(ari, project.team) == Role.ARTIST
    typed = {"login": large, "password": PASSWORD}
    assert Client().post(reverse("account_login"), typed).status_code == 302
    before = len(mail.outbox)
    Client().post(reverse("account_reset_password"), {"email": large})
    assert mail.outbox[before].to == [small]
    assert "is in" in invite(owning, email=large)[0].content.decode()
    call_command("member", large, "--role", "viewer")
    assert role_of(ari, project.team) == Role.VIEWER
    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", "--no-input", "--email", large)
    call_command("disable", large)
    assert not User.objects.get(email=small).is_active


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"email": "nonsense"}, "no email address"),
        ({"role": "owner"}, "Choose a role"),
        ({"role": "king"}, "Choose a role"),
        ({"days": "365"}, "Choose from the list"),
    ],
)
def test_what_is_no_invitation_is_refused(owning, said, words):
    answer, _ = invite(owning, **said)
    assert words in answer.content.decode()
    assert not Invitation.objects.exists()
    assert mail.outbox == []


def test_who_is_in_isnt_invited_again_and_keeps_their_role(owning, sign_in, project, artist):
    answer, _ = invite(owning, email=artist.email.upper())
    assert "is in" in answer.content.decode()
    _, token = invite(owning, role="viewer")
    join(sign_in(artist), token)
    assert role_of(artist, project.team) == Role.ARTIST
    assert Invitation.objects.get().used_at is None


def test_only_the_owner_changes_anything(owning, sign_in, project, artist):
    producer = sign_in(member(project, Role.PRODUCER))
    _, token = invite(owning)
    invitation = Invitation.objects.get()
    row = Membership.objects.get(user=artist)
    for name, args in (
        *(("change_role", [row.pk]), ("remove_member", [row.pk]), ("hand_over", [row.pk])),
        *(("invite", []), ("rename_team", []), ("delete_team", [])),
        ("withdraw_invitation", [invitation.uuid]),
    ):
        assert producer.post(reverse(name, args=args), {"role": "viewer"}).status_code == 403
    page = producer.get(reverse("people")).content.decode()
    assert "Invite somebody" not in page
    assert role_of(artist, project.team) == Role.ARTIST
    assert Invitation.objects.open(timezone.now()).of_token(token).exists()


def test_roles_change_and_people_go_and_what_they_made_stays(owning, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    row = Membership.objects.get(user=artist)
    owning.post(reverse("change_role", args=[row.pk]), {"role": "reviewer"})
    assert role_of(artist, project.team) == Role.REVIEWER
    page = owning.post(reverse("change_role", args=[row.pk]), {"role": "owner"}, follow=True)
    assert "handed over, not given" in page.content.decode()
    owning.post(reverse("remove_member", args=[row.pk]))
    assert role_of(artist, project.team) is None
    made.refresh_from_db()
    assert made.author == artist


def test_a_member_of_another_team_is_nobodys_to_change(owning, project):
    other = MembershipFactory()
    for name in ("change_role", "remove_member", "hand_over"):
        assert owning.post(reverse(name, args=[other.pk]), {"role": "viewer"}).status_code == 404
    assert role_of(other.user, other.team) == Role.ARTIST


def test_a_member_leaves_and_the_last_owner_cant(owning, client, owner, project, artist, caplog):
    client.post(reverse("leave_team"))
    assert role_of(artist, project.team) is None
    page = owning.post(reverse("leave_team"), follow=True).content.decode()
    assert "has to have an owner" in page
    assert f"refused to user={owner.pk} at {reverse('leave_team')}: You own" in caplog.text
    assert role_of(owner, project.team) == Role.OWNER


def test_a_team_is_handed_over(owning, owner, project, artist):
    row = Membership.objects.get(user=artist)
    owning.post(reverse("hand_over", args=[row.pk]))
    assert role_of(artist, project.team) == Role.OWNER
    assert role_of(owner, project.team) == Role.PRODUCER
    mine = Membership.objects.get(user=owner)
    assert owning.post(reverse("hand_over", args=[mine.pk])).status_code == 403


def test_a_team_is_renamed_and_says_what_it_wants_of_verdicts(owning, project):
    owning.post(reverse("rename_team"), {"name": "First unit"})
    project.team.refresh_from_db()
    assert project.team.name == "First unit"
    owning.post(reverse("set_review_rules"), {"others_approve": "on"})
    assert Team.objects.get(pk=project.team.pk).review_rules.others_approve
    assert "checked" in owning.get(reverse("people")).content.decode()
    owning.post(reverse("set_review_rules"), {})
    assert not Team.objects.get(pk=project.team.pk).review_rules.others_approve


def test_the_rail_leads_to_each_of_several_teams(client, artist, project):
    page = client.get("/").content.decode()
    assert "choose a team" not in page
    second = MembershipFactory(user=artist).team
    page = client.get("/").content.decode()
    assert f"{reverse('people')}?team={second.uuid}" in page
    client.get(reverse("people"), {"team": second.uuid})
    assert (
        f'<span class="rail__name">{second}</span><span class="unseen">'
        in client.get("/").content.decode()
    )


def test_a_token_stands_in_no_log(owning, sign_in, caplog):
    _, token = invite(owning)
    join(sign_in(UserFactory()), token)
    join(sign_in(UserFactory()), token)
    assert "invitation refused" in caplog.text
    assert token not in redact(caplog.text)  # as every handler writes it
