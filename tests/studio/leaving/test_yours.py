"""What is a person's: taken along as one file, and deleted for good."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generations.models import Generation, State
from studio.leaving import departing
from studio.models import (
    AuditEntry,
    Collection,
    Favourite,
    Invitation,
    Membership,
    Mention,
    Note,
    Notice,
    Project,
    Recipe,
    Role,
    SavedView,
    Score,
    Share,
    Tagging,
    User,
)
from studio.notices import following
from tests.factories import PASSWORD, MembershipFactory, ProjectFactory, UserFactory, member, take
from tests.studio.leaving.filled import Filled, fill

PAGE = reverse("your_data")


@pytest.fixture
def filled(project, tmp_path) -> Filled:
    return fill(project, tmp_path / "sounds")


def signed_in(user: User) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def taken(client: Client) -> dict[str, bytes]:
    answer = client.post(reverse("take_along"))
    assert "dailies-you-" in answer["Content-Disposition"]
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as box:
        assert box.testzip() is None
        return {name: box.read(name) for name in box.namelist()}


def listed(files: dict[str, bytes], name: str) -> list[dict]:
    return json.loads(files[f"{name}.json"])


def test_a_person_takes_along_everything_about_them(filled):
    bob = filled.bob
    Favourite.objects.star([filled.takes[0]], bob)
    SavedView.objects.create(user=bob, project=filled.project, name="Mine", query="q=dunes")
    EmailAddress.objects.create(user=bob, email=bob.email, primary=True, verified=True)
    files = taken(signed_in(bob))
    (you,) = listed(files, "you")
    assert (you["name"], you["email"]) == ("Bob Artist", bob.email)
    assert you["addresses"] == [{"email": bob.email, "verified": True, "primary": True}]
    assert [it["role"] for it in listed(files, "memberships")] == ["artist"]
    assert len(listed(files, "takes")) == Generation.objects.filter(author=bob).count()
    assert [it["words"] for it in listed(files, "notes")] == ["@Ann Producer look"]
    assert [it["name"] for it in listed(files, "saved_views")] == ["Mine"]
    assert listed(files, "favourites")[0]["take"] == 1
    assert {it["words"] for it in listed(files, "log")} > {"Signed in"}
    assert listed(files, "sessions")[0]["ip"] == "127.0.0.1"
    uploads = [name for name in files if name.startswith("uploads/")]
    assert len(uploads) == 1
    for name in files:
        if name.endswith(".json"):
            assert f"{name.removesuffix('.json')}" in files["README.txt"].decode(), name


def test_no_secret_and_nothing_of_others_is_in_it(filled):
    TOTP.activate(filled.bob, secret := generate_totp_secret())
    client = Client()
    client.force_login(filled.bob, "allauth.account.auth_backends.AuthenticationBackend")
    said = b"".join(taken(client).values()).decode(errors="replace")
    secrets = (secret, filled.bob.password, client.session.session_key)
    others = ("Better now", "Longer, please", filled.ann.email)
    assert [it for it in (*secrets, *others) if it in said] == []


def test_a_project_that_isnt_seen_any_more_is_its_teams(filled):
    elsewhere = ProjectFactory(name="Gone Film")
    take(elsewhere, State.COMPLETED, author=filled.bob, words="What I wrote there")
    SavedView.objects.create(user=filled.bob, project=elsewhere, name="View of it", query="q=a")
    following.follow_all()
    assert Notice.objects.filter(user=filled.bob, project=elsewhere).exists()
    said = b"".join(taken(signed_in(filled.bob)).values()).decode(errors="replace")
    assert "What I wrote there" not in said
    assert "View of it" not in said
    assert "Gone Film" not in said


MADE_IN_TEAMS = ("recipes", "collections", "saved_views", "shares", "invitations")


def test_what_was_made_in_a_team_that_was_left_is_that_teams(filled):
    bob, team = filled.bob, filled.project.team
    there = ProjectFactory(name="Gone Film", team__name="Left Behind")
    left = MembershipFactory(team=there.team, user=bob)
    for project in (filled.project, there):
        Recipe.objects.create(team=project.team, author=bob, name="Fog", words="in thick fog")
        Collection.begin(project.team, bob, "My reel", "")
        SavedView.objects.create(user=bob, team=project.team, name="Best", query="q=best")
        SavedView.objects.create(user=bob, project=project, name="Dunes", query="q=dunes")
        made = take(project, State.COMPLETED, author=bob)
        Share.make(made, bob, timezone.now() + timedelta(days=2))
        Invitation.make(project.team, Role.VIEWER, bob, timezone.now(), "eve@film.example")
    client = signed_in(bob)
    before = taken(client)
    left.delete()
    after = taken(client)
    for name in MADE_IN_TEAMS:
        assert len(listed(before, name)) > len(listed(after, name)) > 0, name
        said = after[f"{name}.json"].decode()
        assert "Left Behind" not in said, name
        assert "Gone Film" not in said, name
    Project.objects.filter(pk=filled.project.pk).update(is_private=True)
    assert bob.memberships.filter(team=team).exists()
    hidden = taken(client)
    assert listed(hidden, "shares") == []
    assert [it["name"] for it in listed(hidden, "saved_views")] == ["Best"]


def depart(client: Client, user: User, **said: str):
    typed = {"email": user.email, "password": PASSWORD} | said
    return client.post(reverse("depart"), typed)


def test_who_leaves_is_forgotten_and_what_they_made_stays(filled, sign_in):
    bob, email = filled.bob, filled.bob.email
    scored = Score.objects.filter(author=filled.ann).count()
    Favourite.objects.star([filled.takes[0]], bob)
    SavedView.objects.create(user=bob, project=filled.project, name="Mine", query="q=dunes")
    Notice.objects.create(
        user=bob, kind=Notice.Kind.FINISHED, key="k", team=filled.project.team, words="Ready"
    )
    EmailAddress.objects.create(user=bob, email=email, primary=True, verified=True)
    invitation, _ = Invitation.make(
        filled.project.team, Role.VIEWER, filled.ann, timezone.now(), email.upper()
    )
    filled.project.private_to.add(bob)
    here, there = signed_in(bob), signed_in(bob)
    made = Generation.objects.filter(author=bob).count()
    answer = depart(here, bob)
    assert answer.status_code == 302
    assert "storage" in answer["Clear-Site-Data"]
    assert here.get("/").status_code == there.get("/").status_code == 302
    bob.refresh_from_db()
    assert (str(bob), bob.is_active, bob.has_usable_password()) == (
        "Somebody who left",
        False,
        False,
    )
    for model in (Favourite, SavedView, Notice, EmailAddress, Authenticator, UserSession):
        assert not model._default_manager.filter(user=bob).exists()
    assert not bob.memberships.exists()
    assert not Project.private_to.through.objects.filter(user=bob).exists()
    invitation.refresh_from_db()
    assert (invitation.email, bool(invitation.withdrawn_at)) == ("", True)
    assert not User.objects.filter(email__iexact=email).exists()
    assert Generation.objects.filter(author=bob).count() == made
    assert Note.objects.filter(author=bob).exists()
    assert Tagging.objects.filter(by=bob).exists()
    assert Score.objects.filter(author=filled.ann).count() == scored
    ann = sign_in(filled.ann)
    page = ann.get(reverse("generation", args=[filled.takes[0].uuid])).content.decode()
    assert "by Somebody who left" in page
    assert "Bob Artist" not in page
    told = AuditEntry.objects.get(words="Deleted their account; what they made stays")
    assert told.who == f"Bob Artist ({email})"
    assert signed_in(User(email=email)).get("/").status_code == 302


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"password": "not my password"}, "isn&#x27;t your password"),
        ({"password": ""}, "Type your password"),
        ({"email": "somebody@example.com"}, "the address that you sign in with"),
        ({"email": ""}, "Type the address"),
    ],
)
def test_nobody_goes_who_doesnt_show_that_it_is_them(said, words, artist):
    client = signed_in(artist)
    answer = depart(client, artist, **said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert client.get("/").status_code == 200
    assert User.objects.filter(email=artist.email, is_active=True).exists()


def test_passwords_arent_guessed_there(artist, sign_in):
    client = sign_in(artist)
    for _ in range(10):
        depart(client, artist, password="guessed")
    answer = depart(client, artist)
    assert "too many tries" in answer.content.decode()
    assert User.objects.filter(email=artist.email).exists()


def test_who_has_a_second_factor_shows_it(artist, sign_in):
    TOTP.activate(artist, generate_totp_secret())
    codes = RecoveryCodes.activate(artist).get_unused_codes()
    client = sign_in(artist)
    assert "A code of your authenticator app" in client.get(PAGE).content.decode()
    assert depart(client, artist).status_code == 422
    assert depart(client, artist, code="000000").status_code == 422
    assert depart(client, artist, password="wrong", code=codes[0]).status_code == 422
    assert User.objects.filter(email=artist.email).exists()
    assert depart(client, artist, code=codes[0]).status_code == 302
    assert not User.objects.filter(email=artist.email).exists()


def test_who_has_only_a_passkey_shows_that_first(artist, sign_in):
    Authenticator.objects.create(user=artist, type=Authenticator.Type.WEBAUTHN, data={})
    client = sign_in(artist)
    assert reverse("mfa_reauthenticate_webauthn") in client.get(PAGE).content.decode()
    answer = depart(client, artist)
    assert "Show your passkey first" in answer.content.decode()
    assert User.objects.filter(email=artist.email).exists()


def test_who_has_neither_signs_in_anew_first(artist, sign_in):
    artist.set_unusable_password()
    artist.save()
    answer = depart(sign_in(artist), artist)
    assert "Sign out and in again first" in answer.content.decode()


def test_an_owner_hands_over_first(project, sign_in):
    owner = MembershipFactory(team=project.team, role=Role.OWNER).user
    client = sign_in(owner)
    page = client.get(PAGE).content.decode()
    assert f"{project.team}</a>" in page
    assert reverse("depart") not in page
    answer = depart(client, owner)
    assert answer.status_code == 422
    assert "Hand it over to somebody" in answer.content.decode()
    assert User.objects.filter(email=owner.email).exists()
    with pytest.raises(CommandError, match="Hand it over"):
        call_command("delete_person", owner.email, "--yes")


def test_who_is_handed_a_team_in_the_moment_of_leaving_stays(project, artist, sign_in, monkeypatch):
    """On PostgreSQL, another's commit is seen between two statements of one transaction."""
    client = sign_in(artist)
    mine = artist.memberships.get()
    before = departing.auditing.note_of_person

    def handed_over_meanwhile(*args, **more):
        Membership.objects.filter(pk=mine.pk).update(role=Role.OWNER)
        before(*args, **more)

    monkeypatch.setattr(departing.auditing, "note_of_person", handed_over_meanwhile)
    answer = depart(client, artist)
    assert answer.status_code == 422
    assert "Hand it over to somebody" in answer.content.decode()
    assert Membership.objects.filter(pk=mine.pk).exists()
    assert User.objects.filter(email=artist.email, is_active=True).exists()
    assert client.get("/").status_code == 200


def test_nothing_changes_by_looking(artist, sign_in):
    client = sign_in(artist)
    for name in ("take_along", "depart"):
        assert client.get(reverse(name)).status_code == 405
    assert Client().get(PAGE).status_code == 302


def test_administrators_do_both_at_the_server(filled, tmp_path, capsys):
    email = filled.bob.email
    call_command("export_person", email.upper(), str(tmp_path / "bob.zip"))
    with ZipFile(tmp_path / "bob.zip") as box:
        assert json.loads(box.read("you.json"))[0]["email"] == email
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_person", email, str(tmp_path / "bob.zip"))
    with pytest.raises(CommandError, match="Say --yes"):
        call_command("delete_person", email)
    call_command("delete_person", email, "--yes")
    assert "is deleted. What they made stays." in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("delete_person", email, "--yes")
    assert not Mention.objects.filter(user=filled.bob).exists()
    assert member(filled.project).email != email
    told = AuditEntry.objects.get(kind="deletion")
    said = f"Deleted the account of Bob Artist ({email}); what they made stays"
    assert (told.words, told.team, told.who) == (said, filled.project.team, "At the server")
    assert told.actor is None


def test_who_is_in_no_team_leaves_a_line_as_well(db, sign_in):
    here, there = (UserFactory(name=name) for name in ("Ann", "Ben"))
    said = f"Deleted the account of Ben ({there.email}); what they made stays"
    assert depart(sign_in(here), here).status_code == 302
    call_command("delete_person", there.email, "--yes")
    told = AuditEntry.objects.filter(kind="deletion").order_by("pk")
    assert [(it.words, it.actor_id, it.team_id) for it in told] == [
        ("Deleted their account; what they made stays", here.pk, None),
        (said, None, None),
    ]
