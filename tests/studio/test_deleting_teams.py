"""Deleting a team: what goes at once, what its money still does, and what can be taken back."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from generations.lining import claim
from generations.models import Account, LedgerEntry, State
from generations.models.states import Reason
from studio import emptying, membering, provider_accounts
from studio.demo import team as demo
from studio.models import (
    AuditEntry,
    FormerMembership,
    Membership,
    Project,
    Role,
    Share,
    Team,
    Webhook,
)
from tests.factories import (
    PASSWORD,
    MembershipFactory,
    ProjectFactory,
    TeamFactory,
    UserFactory,
    bring,
    member,
    sound,
    still,
    take,
)
from tests.studio.test_accounts_page import given


@pytest.fixture
def owner(project):
    return member(project, Role.OWNER)


@pytest.fixture
def owning(owner, sign_in):
    return sign_in(owner)


def address(team):
    return f"{reverse('delete_team')}?team={team.uuid}"


def delete(client, team, **said):
    return client.post(address(team), {"name": team.name, "password": PASSWORD} | said)


def restore(client, team):
    return client.post(reverse("restore_team", args=[team.uuid]))


def entries(take):
    mine = LedgerEntry.objects.filter(attempt__generation=take).order_by("pk")
    return list(mine.values_list("kind", flat=True))


def later(days):
    return timezone.now() + timedelta(days=days)


def test_it_says_in_figures_what_goes_and_asks_for_name_and_password(
    owning, client, project, artist
):
    ProjectFactory(team=project.team)
    take(project, State.COMPLETED, author=artist)
    waiting = take(project, author=artist)
    take(project, State.DREAMING, author=artist)
    page = owning.get(address(project.team)).content.decode()
    for line in (
        "<dt>Projects</dt><dd>2</dd>",
        "<dt>Takes</dt><dd>3</dd>",
        "<dt>People</dt><dd>2</dd>",
        "<dt>Accounts with a key</dt><dd>1</dd>",
        "<dt>Takes that wait: cancelled</dt><dd>1, $0.71 reserved</dd>",
        "<dt>Takes at a provider: paid when they end</dt><dd>1, $0.71 reserved</dd>",
    ):
        assert line in page
    assert client.get(address(project.team)).status_code == 403
    assert delete(client, project.team).status_code == 403
    for wrong in ({"name": "Another"}, {"name": ""}, {"password": "wrong"}, {"password": ""}):
        answer = delete(owning, project.team, **wrong)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    project.team.refresh_from_db()
    waiting.refresh_from_db()
    assert (project.team.deleted_at, waiting.state) == (None, State.WAITING)
    assert not AuditEntry.objects.filter(words__startswith="Deleted").exists()


def test_what_was_not_sent_is_cancelled_and_what_is_paid_for_is_booked_when_it_ends(
    owning, project, artist, caplog
):
    waiting, asked = take(project, author=artist), take(project, State.REQUESTED, author=artist)
    running = take(project, State.DREAMING, author=artist)
    caplog.set_level("INFO")
    assert delete(owning, project.team).status_code == 302
    assert f"team={project.team.uuid} deleted" in caplog.text
    for each in (waiting, asked, running):
        each.refresh_from_db()
    assert [each.state for each in (waiting, asked, running)] == [
        State.CANCELLED,
        State.CANCELLED,
        State.DREAMING,
    ]
    assert entries(waiting) == ["reserved", "released"]
    assert running.complete(running.attempt(), "video", "https://example.com/video")
    assert entries(running) == ["reserved", "charged"]


def test_what_comes_back_to_its_line_is_cancelled_and_never_sent(owning, project, artist):
    sending = take(project, State.SUBMITTING, author=artist)
    delete(owning, project.team)
    now = timezone.now()
    assert sending.turn_away(sending.attempt(), Reason.BUSY, "It is at its limit.", next_at=now)
    sending.refresh_from_db()
    assert sending.state == State.WAITING
    assert claim(sending.account_id) is None, "its line stands still"
    emptying.cancel_all()
    sending.refresh_from_db()
    assert sending.state == State.CANCELLED
    assert entries(sending)[-1] == "released"


def test_it_is_gone_for_everybody_and_who_had_no_other_team_is_led_on(
    owning, client, viewer, owner, project, artist
):
    elsewhere = MembershipFactory(user=artist, role=Role.ARTIST).team
    token = Share.make(take(project, State.COMPLETED), owner, later(1))[1]
    made, invited = membering.invite(project.team, owner, Role.VIEWER, 7)
    delete(owning, project.team)
    for who in (owning, client, viewer):
        assert who.get(reverse("board", args=[project.slug])).status_code == 404
    assert client.get(reverse("queue")).status_code == 200
    assert str(elsewhere) in client.get("/").content.decode()
    page = viewer.get("/", follow=True)
    assert page.redirect_chain[-1][0] == reverse("new_team")
    assert "Deleted teams" not in page.content.decode()
    page = owning.get("/", follow=True).content.decode()
    assert "Name your team" in page
    assert f"Restore {project.team}" in page
    stranger = client.get(reverse("shared", args=[token]))
    assert stranger.status_code == client.get(reverse("shared", args=["nonsense"])).status_code
    assert client.get(reverse("invitation", args=[invited])).status_code == 410
    assert client.post(reverse("join", args=[invited])).status_code == 410
    assert not Membership.objects.filter(team=project.team).exists()
    assert made.used_at is None


def test_its_owner_restores_it_as_it_was(owning, client, owner, project, artist):
    archived = ProjectFactory(team=project.team, archived_at=timezone.now() - timedelta(days=3))
    before = set(Membership.objects.filter(team=project.team).values_list("user", "role"))
    took = take(project, State.COMPLETED, author=artist)
    delete(owning, project.team)
    assert restore(client, project.team).status_code == 404
    page = owning.post(
        reverse("restore_team", args=[project.team.uuid]), follow=True
    ).content.decode()
    assert f"{project.team} is back." in page
    assert set(Membership.objects.filter(team=project.team).values_list("user", "role")) == before
    assert not FormerMembership.objects.exists()
    assert client.get(reverse("generation", args=[took.uuid])).status_code == 200
    assert Project.objects.get(pk=project.pk).archived_at is None
    assert Project.objects.get(pk=archived.pk).archived_at is not None
    words = f"Restored the deleted team {project.team}"
    assert AuditEntry.objects.of(project.team).filter(words=words, actor=owner).exists()
    again = take(project, author=artist)
    assert again.state == State.WAITING
    assert not hasattr(Team.objects.get(pk=project.team.pk), "paused_line")


def test_a_line_that_a_producer_stopped_stays_stopped(owning, project):
    owning.post(reverse("pause_line"))
    assert hasattr(Team.objects.get(pk=project.team.pk), "paused_line")
    delete(owning, project.team)
    restore(owning, project.team)
    assert hasattr(Team.objects.get(pk=project.team.pk), "paused_line")


def test_after_thirty_days_its_files_are_gone_and_its_books_stay(
    owning, project, artist, settings, owner
):
    made = take(project, State.COMPLETED, author=artist)
    files = [made.assets.get(kind="video").file, still(project).file, sound(project).file]
    assert all(file.exists() for file in files)
    spent = LedgerEntry.objects.filter(kind="charged").aggregate(usd=Sum("amount_usd"))["usd"]
    told = made.events.count()
    Webhook.objects.create(
        team=project.team, url="https://example.com/", events=[], sealed_secret="x"
    )
    delete(owning, project.team)
    emptying.empty_due(later(settings.TRASH_DAYS - 1))
    assert all(file.exists() for file in files)
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1
    assert not any(file.exists() for file in files)
    assert LedgerEntry.objects.filter(kind="charged").aggregate(usd=Sum("amount_usd"))["usd"] == (
        spent
    )
    assert made.events.count() == told + 1
    assert made.events.latest("number").kind == "purged"
    assert not Webhook.objects.exists()
    team = Team.objects.get(pk=project.team.pk)
    assert team.emptied_at
    assert restore(owning, team).status_code == 404
    assert "Deleted teams" not in owning.get(reverse("new_team")).content.decode()
    words = AuditEntry.objects.of(team).latest("pk").words
    assert words.startswith(f"Removed the files of the deleted team {team} for good: ")
    assert emptying.empty_due(later(settings.TRASH_DAYS + 2)) == 0


def test_it_isnt_restored_once_its_time_is_up(owning, project, settings):
    delete(owning, project.team)
    old = timezone.now() - timedelta(days=settings.TRASH_DAYS, minutes=1)
    Team.objects.filter(pk=project.team.pk).update(deleted_at=old)
    assert restore(owning, project.team).status_code == 404


def test_what_nobody_decided_about_is_booked_as_spent_before_its_keys_go(
    owning, project, artist, settings
):
    lost = take(project, State.UNCONFIRMED, author=artist)
    lost.note(Reason.UNDECIDED, "A person decides.", next_at=timezone.now())
    delete(owning, project.team)
    assert emptying.empty_due() == 0
    assert entries(lost) == ["reserved"]
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1
    assert entries(lost) == ["reserved", "charged"]
    assert Account.objects.get(team=project.team).sealed_key == ""


def test_a_team_in_which_nothing_was_made_leaves_its_lines_in_the_log_alone(
    owning, owner, settings
):
    empty = TeamFactory(name="Second unit")
    Membership.objects.create(team=empty, user=owner, role=Role.OWNER)
    assert delete(owning, empty, name=" Second  unit ").status_code == 302
    assert restore(owning, empty).status_code == 302
    assert Membership.objects.get(team=empty).user == owner
    delete(owning, empty)
    emptying.empty_due(later(settings.TRASH_DAYS + 1))
    assert not Team.objects.filter(pk=empty.pk).exists()
    told = AuditEntry.objects.filter(team=empty.pk, kind="deletion").order_by("pk")
    said = [words.split(":")[0] for words in told.values_list("words", flat=True)]
    assert said == [
        "Deleted the team Second unit",
        "Restored the deleted team Second unit",
        "Deleted the team Second unit",
        "Removed the files of the deleted team Second unit for good",
    ]


def test_a_restart_leaves_a_deleted_team_alone_and_a_restored_one_has_its_accounts(owner, sign_in):
    Membership.objects.all().delete()
    made = TeamFactory(name=demo.TEAM)
    person = UserFactory()
    Membership.objects.create(team=made, user=person, role=Role.OWNER)
    provider_accounts.sync_all()
    keys = list(Account.objects.filter(team=made).order_by("pk").values())
    assert keys
    client = sign_in(person)
    delete(client, made)
    emptying.cancel_all()
    provider_accounts.sync_all()
    assert list(Account.objects.filter(team=made).order_by("pk").values()) == keys
    assert demo.make() is None
    assert Team.objects.filter(name=demo.TEAM).count() == 1
    restore(client, made)
    assert list(Account.objects.filter(team=made).order_by("pk").values()) == keys


def test_a_key_that_a_person_put_in_is_kept_until_it_cant_be_restored(
    owning, project, simulator, settings
):
    take(project, State.COMPLETED)
    typed = given(simulator)
    owning.post(reverse("add_account"), typed)
    mine = Account.objects.filter(name=typed["name"])
    before = mine.values().get()
    delete(owning, project.team)
    emptying.cancel_all()
    assert emptying.empty_due(later(settings.TRASH_DAYS - 1)) == 0
    page = owning.post(
        reverse("restore_team", args=[project.team.uuid]), follow=True
    ).content.decode()
    assert f"{project.team} is back." in page
    assert mine.values().get() == before
    delete(owning, project.team)
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1
    assert (mine.get().sealed_key, mine.get().key_print) == ("", "")
    words = f"Erased the key of the account {typed['name']} of the deleted team"
    assert AuditEntry.objects.filter(words=words, team=project.team).exists()


def test_a_script_is_let_in_no_more(owning, project, artist):
    from studio.dream_machine import tokens

    token = tokens.make(artist, project, "Nightly")[1]
    headers = {"authorization": f"Bearer {token}"}
    asked = reverse("dream_machine_credits")
    assert owning.get(asked, headers=headers).status_code == 200
    delete(owning, project.team)
    assert owning.get(asked, headers=headers).status_code == 401


def test_bring_ends_what_was_running_without_anybody_seeing_it(owning, project, artist, client):
    running = take(project, author=artist)
    bring(running, State.DREAMING)
    delete(owning, project.team)
    assert running.fail(running.attempt(), "provider", "It failed.")
    assert entries(running) == ["reserved", "released"]
    assert client.get(reverse("generation", args=[running.uuid])).status_code == 404
