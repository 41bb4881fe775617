"""The audit log: what is written into it, who reads it, and that it stays as it is."""

import csv
import io
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from generations.models import Account, State
from generations.models.states import Reason
from studio import auditing
from studio.models import AuditEntry, Membership, Note, Role, Sequence
from tests.factories import PASSWORD, MembershipFactory, UserFactory, member, sound, take
from tests.studio.test_accounts_page import given

LOG = reverse("audit_log")
DOWNLOAD = reverse("audit_log_download")
LOGIN = reverse("account_login")
KINDS = AuditEntry.Kind
AGENT = "A browser of Jo's"


@pytest.fixture
def owner(project):
    found = member(project, Role.OWNER)
    found.name, found.email = "Jo Owner", "jo@example.com"
    found.save()
    return found


@pytest.fixture
def owning(owner, sign_in):
    client = sign_in(owner)
    client.defaults["HTTP_USER_AGENT"] = AGENT
    return client


@pytest.fixture
def producing(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


def newest() -> AuditEntry:
    return AuditEntry.objects.first()


def written(kind: str) -> list[str]:
    return [each.words for each in AuditEntry.objects.filter(kind=kind)]


def read(client, **asked) -> str:
    return client.get(LOG, asked).content.decode()


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


# --- what is written -------------------------------------------------------------------------


def test_a_role_is_noted_with_who_when_and_from_where(owning, owner, project, artist):
    row = Membership.objects.get(user=artist)
    owning.post(reverse("change_role", args=[row.pk]), {"role": "viewer"}, REMOTE_ADDR="192.0.2.7")
    found = newest()
    assert found.words == f"Made {artist} viewer, who was artist"
    assert (found.kind, found.team, found.actor) == (KINDS.PEOPLE, project.team, owner)
    assert (found.who, found.address, found.agent) == (
        *("Jo Owner (jo@example.com)", "192.0.2.7"),
        AGENT,
    )
    assert timezone.now() - found.created_at < timedelta(minutes=1)


def test_the_address_behind_a_proxy_is_believed_as_far_as_the_settings_do(
    owning, settings, project
):
    said = {"headers": {"X-Forwarded-For": "203.0.113.9, 198.51.100.6"}, "REMOTE_ADDR": "192.0.2.1"}
    owning.post(reverse("set_review_rules"), {}, **said)
    assert newest().address == "192.0.2.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    owning.post(reverse("set_review_rules"), {}, **said)
    assert newest().address == "198.51.100.6"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3  # more than there are: nobody is believed
    owning.post(reverse("set_review_rules"), {}, **said)
    assert newest().address is None


def test_people_come_and_go_in_it(owning, project, sign_in):
    owning.post(reverse("invite"), {"email": "ari@example.com", "role": "artist", "days": "7"})
    assert newest().words == "Invited ari@example.com as artist, for 7 days"
    uuid = project.team.invitations.get().uuid
    owning.post(reverse("withdraw_invitation", args=[uuid]))
    assert newest().words == "Withdrew the invitation of ari@example.com"
    first, second = (MembershipFactory(team=project.team, role=Role.REVIEWER) for _ in range(2))
    sign_in(first.user).post(reverse("leave_team"))
    assert newest().words == "Left the team, as reviewer"
    assert newest().actor == first.user
    owning.post(reverse("remove_member", args=[second.pk]))
    assert newest().words == f"Took {second.user}, reviewer, out of the team"
    heir = MembershipFactory(team=project.team, role=Role.PRODUCER)
    owning.post(reverse("hand_over", args=[heir.pk]))
    assert newest().words == f"Handed the team over to {heir.user}"
    assert {each.team for each in AuditEntry.objects.all()} == {project.team}


def test_what_was_refused_is_not_in_it(owning, owner, project):
    mine = Membership.objects.get(user=owner)
    owning.post(reverse("remove_member", args=[mine.pk]))
    owning.post(reverse("change_role", args=[mine.pk]), {"role": "viewer"})
    owning.post(reverse("delete_team"), {"name": "not its name"})
    assert not AuditEntry.objects.exists()


def test_signing_in_is_told_to_each_team_of_the_person(project, owner):
    elsewhere = MembershipFactory(user=owner).team
    Client(headers={"user-agent": AGENT}).post(LOGIN, {"login": owner.email, "password": PASSWORD})
    found = AuditEntry.objects.filter(words="Signed in", actor=owner)
    assert {each.team for each in found} == {project.team, elsewhere}
    assert {each.agent for each in found} == {AGENT}


def test_who_still_owes_the_second_factor_is_not_signed_in(owner):
    TOTP.activate(owner, generate_totp_secret())
    Client().post(LOGIN, {"login": owner.email, "password": PASSWORD})
    assert not AuditEntry.objects.exists()


def test_a_failed_sign_in_is_told_to_the_teams_of_that_address_and_the_password_to_nobody(
    project, owner
):
    Client().post(LOGIN, {"login": "JO@example.com", "password": "a-wrong-password"})
    assert "Failed to sign in" in newest().words
    assert newest().team == project.team
    Client().post(LOGIN, {"login": "nobody@example.com", "password": "a-wrong-password"})
    assert (newest().team, newest().who) == (None, "nobody@example.com")
    assert not any("wrong-password" in repr(vars(each)) for each in AuditEntry.objects.all())


def test_a_changed_password_is_noted(owning, owner):
    said = {"oldpassword": PASSWORD, "password1": "another long one 7", "password2": ""}
    owning.post(reverse("account_change_password"), said | {"password2": said["password1"]})
    assert newest().words == "Changed the password"


def test_signing_out_is_noted_here_everywhere_and_in_the_admin(project, owner):
    owner.is_staff = owner.is_superuser = True
    owner.save()
    said = {"login": owner.email, "password": PASSWORD}
    for address in (reverse("account_logout"), "/admin/logout/"):
        leaving = Client()
        leaving.post(LOGIN, said)
        leaving.post(address)
        assert (newest().words, newest().actor, newest().team) == (
            *("Signed out", owner),
            project.team,
        )
        assert leaving.get(LOG).status_code == 302
        before = AuditEntry.objects.count()
        leaving.post(address)
        assert AuditEntry.objects.count() == before
    here, there = Client(), Client()
    for each in (here, there):
        each.post(LOGIN, said)
    here.post(reverse("usersessions_list"))
    assert newest().words == "Signed out everywhere else"
    assert there.get(LOG).status_code == 302


def test_stopping_the_line_is_noted_once(project, producing):
    account = Account.objects.get(team=project.team)
    for name, args in (("pause_line", []), ("pause_account", [account.uuid])):
        for _ in range(2):
            producing.post(reverse(name, args=args))
            producing.post(reverse(name.replace("pause", "resume"), args=args))
            producing.post(reverse(name.replace("pause", "resume"), args=args))
    assert written(KINDS.SETTINGS) == ["Let the queue go on", "Paused the queue"] * 2
    its_line = f"line of the account {account}"
    assert written(KINDS.KEYS) == [f"Let the {its_line} go on", f"Paused the {its_line}"] * 2


def test_what_is_decided_of_a_lost_take_is_noted(project, producing):
    def asked():
        made = take(project, State.UNCONFIRMED)
        made.note(Reason.UNDECIDED, "A person decides.", next_at=timezone.now())
        return made

    again, given_up = asked(), asked()
    lost = take(project, State.FAILED, reason=Reason.LOST, failure="Never seen again.")
    for _ in range(2):  # the second time there is nothing left to decide
        producing.post(reverse("again", args=[again.uuid]))
        producing.post(reverse("give_up", args=[given_up.uuid]))
        producing.post(reverse("release_anyway", args=[lost.uuid]))
    assert written(KINDS.APPROVAL) == [
        f"Released the price of {lost.name} of {project}, which was lost",
        f"Gave up {given_up.name} of {project}, booked as spent",
        f"Said that {again.name} of {project} wasn't made, and had it sent again",
    ]
    assert newest().project == project


def test_money_is_noted(producing, project, artist):
    producing.post(reverse("set_budget"), {"limit_usd": "250", "project": project.slug})
    assert newest().words == "Set the budget of Desert Light to $250.00 a month"
    assert newest().project == project
    producing.post(reverse("set_approval"), {"approval_above_usd": "0"})
    assert newest().words == "Had artists ask a producer above $0.00 a take"
    asked = take(project, State.REQUESTED, author=artist)
    producing.post(reverse("decline", args=[asked.uuid]), {"why": "Not now."})
    assert newest().words == f"Declined the spending on {asked.name} of Desert Light"
    again = take(project, State.REQUESTED, author=artist)
    price = again.price_usd
    producing.post(reverse("approve", args=[again.uuid]), {"price_usd": price})
    assert newest().words.startswith("Approved spending at most $")
    assert newest().kind == KINDS.APPROVAL


def test_what_becomes_of_a_project_is_noted(producing, project):
    producing.post(reverse("rename_project", args=[project.slug]), {"name": "Harbour"})
    producing.post(reverse("archive_project", args=[project.slug]))
    producing.post(reverse("archive_project", args=[project.slug]))
    producing.post(reverse("reopen_project", args=[project.slug]))
    assert written(KINDS.SETTINGS) == [
        "Took Harbour out of the archive",
        "Archived Harbour",
        "Called the project Harbour, before Desert Light",
    ]
    assert newest().project == project


def test_verdicts_are_noted_with_their_undoing(project, sign_in):
    made = take(project, State.COMPLETED)
    judging = sign_in(member(project, Role.REVIEWER))
    said = {"verdict": "rejected", "seen": "", "words": "The horizon jumps"}
    judging.post(reverse("judge", args=[made.uuid]), said)
    judging.post(reverse("undo_verdict", args=[made.uuid]))
    assert written(KINDS.VERDICT) == [
        f"Undid the verdict on {made.name} of {project}",
        f"Rejected {made.name} of {project}",
    ]


def test_deletions_are_noted(project, producing):
    made = take(project, State.COMPLETED)
    where = f"{made.name} of {project}"
    producing.post(reverse("discard", args=[made.uuid]))
    assert newest().words == f"Put {where} in the trash"
    producing.post(reverse("restore", args=[made.uuid]))
    assert newest().words == f"Took {where} out of the trash"
    producing.post(reverse("discard_chosen", args=[project.slug]), {"take": [made.uuid]})
    producing.post(reverse("purge", args=[made.uuid]))
    assert newest().words == f"Deleted the files of {where} for good"
    heard = sound(project)
    producing.post(reverse("discard_sound", args=[heard.uuid]))
    assert newest().words == f"Deleted the sound “{heard}” of {project}"
    cut = Sequence.begin(project, None, "Trailer")
    producing.post(reverse("discard_sequence", args=[cut.uuid]))
    assert newest().words == f"Deleted the sequence “Trailer” of {project}"
    other = take(project, State.COMPLETED)
    left = Note.objects.create(generation=other, author=other.author, words="Private words")
    producing.post(reverse("delete_note", args=[other.uuid]), {"note": left.uuid})
    assert newest().words == f"Deleted a note by {other.author} on {other.name} of {project}"
    assert {each.kind for each in AuditEntry.objects.all()} == {KINDS.DELETION}


def test_a_deleted_team_and_a_deleted_person_leave_their_lines(owner, owning):
    team = owner.teams.get()
    team.projects.all().delete()
    owning.post(reverse("delete_team"), {"name": team.name, "password": PASSWORD})
    assert newest().words.startswith(f"Deleted the team {team}: projects 0, takes 0")
    pk = owner.pk
    owner.delete()
    assert newest().actor_id == pk
    assert newest().who == "Jo Owner (jo@example.com)"


def test_downloads_are_noted(project, client, owning):
    made = take(project, State.COMPLETED)
    client.post(reverse("download_chosen", args=[project.slug]), {"take": [made.uuid]})
    assert newest().words == f"Downloaded {made.name} of {project}"
    owning.head(DOWNLOAD)
    assert newest().words == f"Downloaded {made.name} of {project}"
    owning.get(DOWNLOAD)
    assert newest().words == "Downloaded the audit log"


def test_what_a_command_does_is_told_of_the_server_itself(project):
    auditing.note(KINDS.SETTINGS, project.team, "Tidied up")
    assert (newest().who, newest().address, newest().agent) == (auditing.NOBODY, None, "")


def test_no_secret_gets_into_it(project, owning, simulator):
    secret = "luma-canary-0123456789abcdef"
    owning.post(reverse("add_account"), given(simulator, key=secret))
    assert newest().words.endswith("its key ends in cdef")
    account = Account.objects.get(name="Studio key")
    owning.post(reverse("replace_key", args=[account.uuid]), {"key": f"{secret}-2"})
    assert newest().words.startswith("Put another key, which ends in ef-2")
    auditing.note(KINDS.KEYS, project.team, f"Sent Authorization: Bearer {secret}\0\nand more")
    assert not any(secret in repr(vars(each)) for each in AuditEntry.objects.all())
    assert "\0" not in newest().words
    assert "\n" not in newest().words


# --- that it stays ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE studio_auditentry SET words = 'nothing'",
        "UPDATE studio_auditentry SET actor_id = NULL",
        "DELETE FROM studio_auditentry",
    ],
)
def test_the_database_refuses_to_change_it(project, statement):
    auditing.note(KINDS.SETTINGS, project.team, "Something")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert newest().words == "Something"


def test_the_database_lets_no_line_take_the_place_of_another(project):
    auditing.note(KINDS.SETTINGS, project.team, "Something")
    replacing = "INSERT OR REPLACE INTO" if connection.vendor == "sqlite" else "INSERT INTO"
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(
            f"{replacing} studio_auditentry SELECT * FROM studio_auditentry"
        )
    auditing.note(KINDS.SETTINGS, project.team, "Something else")
    assert written(KINDS.SETTINGS) == ["Something else", "Something"]


def test_the_database_knows_what_it_may_be_about(project):
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.create(team=project.team, kind="weather", words="Rain", who="Jo")


# --- who reads it -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [("owner", 200), ("producer", 200), ("artist", 403), ("reviewer", 403), ("viewer", 403)],
)
def test_owners_and_producers_read_it(project, sign_in, role, status):
    client = sign_in(member(project, Role(role)))
    for address in (LOG, DOWNLOAD):
        assert client.get(address).status_code == status
        assert client.post(address).status_code == 405
    assert (LOG in client.get(reverse("people")).content.decode()) == (status == 200)


def test_it_is_of_the_own_team_alone(project, owning, stranger, anonymous):
    auditing.note(KINDS.SETTINGS, project.team, "Ours alone")
    assert "Ours alone" in read(owning)
    assert "Ours alone" not in read(stranger)
    assert stranger.get(LOG, {"team": project.team.uuid}).status_code == 404
    assert stranger.get(DOWNLOAD, {"team": project.team.uuid}).status_code == 404
    assert anonymous.get(LOG)["Location"].startswith(LOGIN)


# --- looking ------------------------------------------------------------------------------------


@pytest.fixture
def entries(project, owner, artist):
    team = project.team
    auditing.note(KINDS.BUDGET, team, "Set the budget of Dunes", by=owner)
    auditing.note(KINDS.VERDICT, team, "Rejected take 3 of Dunes", by=artist)
    auditing.note(KINDS.VERDICT, team, "Approved take 4 of Dunes", by=owner)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 3),
        ({"find": "dunes APPROVED"}, 1),
        ({"find": "jo@example"}, 2),
        ({"kind": "verdict"}, 2),
        ({"kind": "verdict", "find": "take 3"}, 1),
        ({"kind": "weather"}, 3),
        ({"who": "nobody"}, 3),
        ({"who": "999999"}, 0),
        ({"who": "9" * 30}, 3),
        ({"before": "x"}, 3),
        ({"before": "1" * 18}, 3),
        ({"find": "a\0b"}, 0),
        ({"to": "2001-01-01"}, 0),
        ({"from": "2001-01-01", "to": "9999-12-31"}, 3),
        ({"from": "yesterday"}, 3),
    ],
)
def test_it_is_searched(owning, entries, asked, found):
    assert read(owning, **asked).count("<tr>") - bool(found) == found


def test_it_is_searched_by_person(owning, owner, entries):
    page = read(owning, who=owner.pk)
    assert "Approved take 4" in page
    assert "Rejected take 3" not in page


def test_htmx_gets_the_list_alone(owning, entries):
    part = owning.get(LOG, {"kind": "budget"}, headers={"HX-Request": "true"}).content.decode()
    assert "Set the budget" in part
    assert "<html" not in part


def test_it_is_paged_by_where_one_is(owning, project, django_assert_max_num_queries):
    for number in range(120):
        auditing.note(KINDS.SETTINGS, project.team, f"Step {number:03}")
    pages, address = [], LOG
    while address:
        page = owning.get(address).content.decode()
        pages.append([number for number in range(120) if f"Step {number:03}" in page])
        onward = [it for it in page.split('"') if it.startswith(LOG) and "before=" in it]
        address = onward[0].replace("&amp;", "&") if onward else ""
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [page[0] for page in pages] == [70, 20, 0]
    with django_assert_max_num_queries(14):
        owning.get(LOG)


def test_the_table_has_all_of_it_and_no_formula(owning, project, monkeypatch):
    monkeypatch.setattr("studio.audit_log._AT_A_TIME", 2)
    for words in ("=HYPERLINK(1)", "One, two", "@SUM", "Plain", "+1"):
        auditing.note(KINDS.SETTINGS, project.team, words)
    found = rows_of(owning.get(DOWNLOAD, {"kind": "settings"}))
    assert found[0] == ["at", "who", "kind", "did", "address", "user_agent"]
    assert [row[3] for row in found[1:]] == ["'+1", "Plain", "'@SUM", "One, two", "'=HYPERLINK(1)"]


def test_what_is_typed_is_shown_as_words(owning, project):
    auditing.note(KINDS.SETTINGS, project.team, "<script>alert(1)</script>")
    assert "<script>alert" not in read(owning, find="<script>alert(2)</script>")
    assert "&lt;script&gt;alert(1)" in read(owning)


def test_a_person_of_no_team_signs_in_too(db):
    lonely = UserFactory()
    Client().post(LOGIN, {"login": lonely.email, "password": PASSWORD})
    assert (newest().team, newest().actor) == (None, lonely)


def test_an_administrator_reads_all_of_it_and_changes_nothing(project, owner, sign_in):
    Client().post(LOGIN, {"login": "nobody@example.com", "password": "a-wrong-password"})
    admin = sign_in(UserFactory(is_staff=True, is_superuser=True))
    listed = reverse("admin:studio_auditentry_changelist")
    assert "nobody@example.com" in admin.get(listed).content.decode()
    assert admin.get(reverse("admin:studio_auditentry_add")).status_code == 403
    one = reverse("admin:studio_auditentry_change", args=[newest().pk])
    assert admin.get(one).status_code == 200
    assert admin.post(one, {"words": "Nothing"}).status_code == 403
    assert sign_in(owner).get(listed).status_code == 302
