"""The demo team: made once, its takes are real and cost nothing."""

import stat
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from generations import media, sweeping
from generations.models import Account, Asset, Generation, LedgerEntry, State
from studio.demo import rendering, script, takes, team
from studio.models import Project, Role, User
from tests import factories


def test_the_first_start_makes_someone_to_sign_in_as(film: Project, settings: Any) -> None:
    person = User.objects.get()
    assert person.email == team.EMAIL
    assert person.check_password(team.password())
    assert film.team.memberships.get(user=person).role == Role.OWNER
    assert not person.is_superuser
    assert stat.S_IMODE(team.password_file().stat().st_mode) == 0o600
    assert team.sign_in() == (team.EMAIL, team.password())
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # no mail would reach them
    typed = {"login": team.EMAIL, "password": team.password()}
    assert Client().post(reverse("account_login"), typed)["Location"] == "/"


def test_a_later_start_changes_nothing(film: Project) -> None:
    before = User.objects.get().password
    assert team.make() == film.team
    assert User.objects.get().password == before
    assert Project.objects.count() == 1


def test_the_demo_stays_away_from_an_installation_with_people(db: None) -> None:
    factories.UserFactory()
    assert team.make() is None
    with pytest.raises(CommandError, match="has people of its own"):
        call_command("demo")
    assert not Project.objects.exists()


def test_a_password_that_its_owner_changed_is_not_announced(film: Project) -> None:
    person = User.objects.get()
    person.set_password("something else entirely")
    person.save()
    assert team.sign_in() is None


def test_demo_password_replaces_an_earlier_one(
    film: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "chosen by the operator")
    assert team.sign_in() == (team.EMAIL, "chosen by the operator")
    assert User.objects.get().check_password("chosen by the operator")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of the rocket, and of its climb."""
    rocket = tuple(take for take in script.TAKES if take.key in ("lift-off", "climb"))
    for room in (takes, rendering):
        monkeypatch.setattr(room, "DURATION_S", 1)
    monkeypatch.setattr(takes, "TAKES", rocket)


def test_a_first_visitor_sees_the_takes_that_are_being_rendered(
    film: Project, sign_in: Callable[[User], Client]
) -> None:
    takes.begin()
    board = sign_in(film.created_by).get(reverse("board", args=[film.slug])).content.decode()
    assert board.count(" data-unfinished>") == len(takes.TAKES)  # so that the page asks again
    assert "Nothing shot yet" not in board
    assert [take.key for take in takes.missing()] == [take.key for take in takes.TAKES]
    takes.begin()  # up does, and then the process that renders
    assert Generation.objects.count() == len(takes.TAKES)
    sweeping.work_once()  # fetches none of it: it is rendered here
    assert set(Asset.objects.values_list("state", "tries")) == {(Asset.State.PENDING, 0)}


@pytest.mark.django_db(transaction=True)
def test_demo_takes_are_real_files_that_continue_and_cost_nothing(
    film: Project, short: None
) -> None:
    call_command("demo")
    lift_off, climb = Generation.objects.order_by("take_number")
    for take in (lift_off, climb):
        assert (take.state, take.price_usd) == (State.COMPLETED, 0)
        kinds = take.assets.filter(state=Asset.State.STORED).values_list("kind", flat=True)
        assert set(kinds) == {Asset.Kind.VIDEO, Asset.Kind.POSTER, Asset.Kind.PREVIEW}
        video = take.assets.get(kind=Asset.Kind.VIDEO)
        assert media.probe_video(video.file).width == 960
    assert climb.keyframes.get().source == lift_off
    assert not LedgerEntry.objects.exists()
    assert not takes.missing()
    assert not lift_off.account.sealed_key
    assert lift_off.account not in Account.objects.usable()

    call_command("demo")
    assert Generation.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_demo_take_that_was_cut_short_is_finished_later(film: Project, short: None) -> None:
    call_command("demo")
    climb = Generation.objects.get(take_number=2)
    climb.assets.all().delete()
    assert [take.key for take in takes.missing()] == ["climb"]
    call_command("demo")
    assert Generation.objects.count() == 2
    assert climb.assets.get(kind=Asset.Kind.VIDEO).file.exists()


def test_the_key_that_earlier_versions_gave_the_demos_account_is_taken_away(film: Project) -> None:
    account = factories.AccountFactory(team=film.team, name="Demo takes", key="none")
    other = factories.AccountFactory(team=film.team, name="Their own", key="none")
    takes.take_key_away()
    account.refresh_from_db()
    other.refresh_from_db()
    assert (account.enabled, account.sealed_key, str(account)) == (False, "", "Demo takes")
    assert other.enabled
