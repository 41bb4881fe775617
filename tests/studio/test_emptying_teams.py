"""Emptying a deleted team: what may stand in its way, and what never does."""

import errno
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from generations import collecting, downloading
from generations.models import Account, Asset, LedgerEntry, State, Still
from generations.models.states import Reason
from generations.providers.errors import KeyRefused, NotFound, Unreachable
from generations.providers.luma.client import Luma
from studio import deleting, emptying
from studio.models import Export, Membership, Project, Role, Sequence, Team
from tests.factories import (
    MembershipFactory,
    ProjectFactory,
    member,
    sound,
    still,
    take,
    tiny_poster,
    tiny_video,
)
from tests.generations.test_collecting import files


@pytest.fixture
def owner(project):
    return member(project, Role.OWNER)


@pytest.fixture
def gone(project, owner):
    """Delete the project's team."""

    def do(team=None):
        team = team or project.team
        who = Membership.objects.get(team=team, role=Role.OWNER).user
        assert deleting.delete(team, who)
        return team

    return do


def later(days):
    return timezone.now() + timedelta(days=days)


def entries(take):
    mine = LedgerEntry.objects.filter(attempt__generation=take).order_by("pk")
    return list(mine.values_list("kind", flat=True))


def is_emptied(team):
    return not Team.objects.filter(pk=team.pk, emptied_at=None).exists()


def test_the_key_of_an_account_that_is_left_alone_is_erased(project, gone, settings):
    take(project, State.COMPLETED)
    Account.objects.update(opened_at=timezone.now(), probe_at=timezone.now(), problem="key")
    gone()
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1
    account = Account.objects.get(team=project.team)
    assert (account.sealed_key, account.is_open) == ("", False)


def test_a_team_that_cant_be_emptied_holds_up_no_other(
    project, gone, settings, monkeypatch, caplog
):
    other = MembershipFactory(role=Role.OWNER).team
    gone(other)
    broken = gone()
    erase = emptying._erase_keys

    def fail(team):
        if team.pk == broken.pk:
            raise ValueError("a fault of ours")
        erase(team)

    monkeypatch.setattr(emptying, "_erase_keys", fail)
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1
    assert is_emptied(other)
    assert not is_emptied(broken)
    assert f"team={broken.uuid}" in caplog.text
    monkeypatch.setattr(emptying, "_erase_keys", erase)
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1


def test_a_file_that_cant_be_removed_holds_up_no_other_and_is_tried_again(
    project, gone, settings, monkeypatch, caplog
):
    made = [take(project, State.COMPLETED), take(project, State.COMPLETED)]
    files = [each.assets.get(kind="video").file for each in made]
    picture, heard = still(project), sound(project)
    other = ProjectFactory()
    member(other, Role.OWNER)
    theirs = take(other, State.COMPLETED).assets.get(kind="video").file
    gone()
    gone(other.team)
    stuck = {files[1], picture.file, heard.file}
    unlink = Path.unlink

    def refuse(path, *args, **kwargs):
        if path in stuck:
            raise OSError(errno.EIO, "the disk is broken")
        unlink(path, *args, **kwargs)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1
    assert not theirs.exists()
    assert [file.exists() for file in files] == [False, True]
    assert not is_emptied(project.team)
    assert "the disk is broken" in caplog.text
    stuck.clear()
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1
    assert not any(file.exists() for file in (*files, picture.file, heard.file))


def test_a_list_that_was_read_before_a_restore_cancels_nothing(project, gone, owner):
    read = Team.objects.get(pk=gone().pk)
    assert deleting.restore(read, owner)
    waiting = take(project)
    emptying._cancel(read)
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING


def test_a_list_that_was_read_before_a_restore_removes_nothing(project, gone, owner, settings):
    file = take(project, State.COMPLETED).assets.get(kind="video").file
    read = Team.objects.get(pk=gone().pk)
    assert deleting.restore(read, owner)
    assert not emptying._empty(read, now=later(settings.TRASH_DAYS + 1))
    assert file.exists()


def test_what_is_being_emptied_is_not_restored(project, gone, owner, settings, client):
    running = take(project, State.DREAMING)
    gone()
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 0, "a take is under way"
    assert not deleting.restore(project.team, owner)
    assert running.fail(running.attempt(), Reason.PROVIDER, "It failed.")
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1


def awaited(project, **when):
    """Make a take whose file isn't here."""
    made = take(project, State.COMPLETED)
    made.assets.filter(kind="video").update(state=Asset.State.PENDING, path="", **when)


def test_a_file_that_nobody_will_fetch_holds_up_nothing(project, gone, settings):
    awaited(project, next_at=None)
    gone()
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1


def test_a_file_that_is_fetched_yet_holds_it_up_for_some_days(project, gone, settings):
    awaited(project, next_at=timezone.now())
    gone()
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 0
    assert emptying.empty_due(later(settings.TRASH_DAYS + emptying.PATIENCE.days + 1)) == 1


def test_a_first_try_that_comes_late_has_as_many_days(project, gone, settings):
    awaited(project, next_at=timezone.now())
    gone()
    late = settings.TRASH_DAYS + 3 * emptying.PATIENCE.days
    assert emptying.empty_due(later(late)) == 0
    assert emptying.empty_due(later(late + emptying.PATIENCE.days - 1)) == 0
    assert emptying.empty_due(later(late + emptying.PATIENCE.days)) == 1


@pytest.mark.parametrize(
    ("kind", "file"), [("video", tiny_video), ("image", tiny_poster), ("layer", tiny_poster)]
)
def test_a_file_that_comes_after_all_is_not_kept(
    project, gone, settings, monkeypatch, caplog, kind, file
):
    caplog.set_level("INFO")
    made = take(project, State.COMPLETED, stored=False)
    made.assets.update(kind=kind, next_at=timezone.now())
    gone()
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 0

    def fetch_slowly(address, work, **how):
        due = later(settings.TRASH_DAYS + 1 + emptying.PATIENCE.days)
        assert emptying.empty_due(due) == 1
        shutil.copyfile(file(), work)
        return downloading.Fetched(work.stat().st_size, "", "")

    monkeypatch.setattr(downloading, "fetch", fetch_slowly)
    collecting.collect_due()
    assert "purged meanwhile" in caplog.text
    assert files() == []
    assert not Asset.objects.exists()
    assert not Still.objects.exists()
    assert made.events.latest("number").kind == "purged"


def lost(project):
    return take(project, State.FAILED, reason=Reason.LOST)


def test_what_was_lost_is_asked_after_for_days_although_the_first_try_comes_late(
    project, gone, settings, monkeypatch
):
    given_up = lost(project)
    gone()

    def get(self, provider_id):
        raise Unreachable

    monkeypatch.setattr(Luma, "get", get)
    late = settings.TRASH_DAYS + 3 * emptying.PATIENCE.days
    assert emptying.empty_due(later(late)) == 0
    assert entries(given_up) == ["reserved"]
    assert emptying.empty_due(later(late + emptying.PATIENCE.days)) == 1
    assert entries(given_up) == ["reserved", "charged"]


@pytest.mark.parametrize(
    ("error", "kinds_at_once"),
    [
        (NotFound(), ["reserved", "charged"]),
        (KeyRefused(), ["reserved", "charged"]),
        (Unreachable(), ["reserved"]),
    ],
)
def test_of_what_was_lost_its_provider_is_asked_until_it_answers_or_time_is_up(
    project, gone, settings, monkeypatch, error, kinds_at_once
):
    given_up = lost(project)
    gone()

    def get(self, provider_id):
        raise error

    monkeypatch.setattr(Luma, "get", get)
    done = emptying.empty_due(later(settings.TRASH_DAYS + 1))
    assert (done, entries(given_up)) == (len(kinds_at_once) - 1, kinds_at_once)
    emptying.empty_due(later(settings.TRASH_DAYS + emptying.PATIENCE.days + 1))
    assert entries(given_up) == ["reserved", "charged"]
    given_up.refresh_from_db()
    assert (given_up.state, given_up.reason) == (State.FAILED, Reason.UNSURE)
    assert is_emptied(project.team)


def test_a_project_with_a_timeline_and_no_take_goes(project, gone, owner, settings):
    cut = Sequence.begin(project, owner, "Rough cut")
    cut.name_cut(cut.version, owner, "v1")
    export = Export.objects.create(sequence=cut, edit=cut.head, kind=Export.Kind.MP4)
    assert export.state == Export.State.WAITING
    gone()
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1
    assert not Project.objects.filter(pk=project.pk).exists()
    assert not Team.objects.filter(pk=project.team.pk).exists()


def test_what_is_reserved_for_lost_takes_is_told_before(project, owner, sign_in):
    lost(project)
    page = sign_in(owner).get(f"{reverse('delete_team')}?team={project.team.uuid}")
    assert "<dd>1, $0.71 reserved</dd>" in page.content.decode()
    assert "Takes that were lost" in page.content.decode()


def test_balances_are_read_a_last_time_before_the_keys_go(project, gone, settings, simulator):
    settings.OUTBOUND_LOOPBACK = True
    Account.objects.update(base_url=simulator.url)
    take(project, State.COMPLETED)
    gone()
    assert emptying.empty_due(later(settings.TRASH_DAYS + 1)) == 1
    account = Account.objects.get(team=project.team)
    assert account.sealed_key == ""
    assert account.reconciliations.get().taken_usd > 0
