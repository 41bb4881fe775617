"""Chosen takes are copied to another project of the team, free, with files of their own."""

from pathlib import Path
from urllib.parse import quote

import pytest
from django.urls import reverse

from generations import copying
from generations.models import Asset, Generation, LedgerEntry, State, Still
from generations.refusal import Refused
from studio.models import Project, Role
from tests.factories import ProjectFactory, drawn, member, take, version


@pytest.fixture
def other(project):
    return ProjectFactory(team=project.team, name="Northern cabin", slug="northern-cabin")


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


def copy(client, project, takes, to="northern-cabin"):
    said = {"take": [str(each.uuid) for each in takes]} | ({} if to is None else {"to": to})
    return client.post(reverse("copy_chosen", args=[project.slug]), said, follow=True)


def test_a_copy_is_ready_and_free_and_the_take_stays(client, project, other, made, artist):
    entries = LedgerEntry.objects.count()
    page = copy(client, project, [made]).content.decode()
    assert "Copied 1 take to Northern cabin. Nothing was charged." in page
    there = Generation.objects.get(project=other)
    assert (there.take_number, there.state, there.price_usd) == (1, State.COMPLETED, 0)
    assert (there.author, there.prompt.words) == (artist, made.prompt.words)
    assert there.prompt.project == other
    assert LedgerEntry.objects.count() == entries
    assert Generation.objects.filter(project=project).count() == 1
    for kind in (Asset.Kind.VIDEO, Asset.Kind.POSTER, Asset.Kind.PREVIEW):
        mine, copied = (each.assets.get(kind=kind) for each in (made, there))
        assert mine.path != copied.path
        assert mine.sha256 == copied.sha256
        assert mine.file.read_bytes() == copied.file.read_bytes()
    page = client.get(reverse("generation", args=[there.uuid])).content.decode()
    assert f"{artist} copied it from take 1 of Desert Light" in page


def test_what_is_moved_is_in_the_trash_where_it_was(client, project, other, made):
    anothers = take(project, State.COMPLETED, author=member(project))
    said = {"take": [str(made.uuid), str(anothers.uuid)], "to": other.slug, "move": "1"}
    page = client.post(reverse("copy_chosen", args=[project.slug]), said, follow=True)
    text = page.content.decode()
    assert "Copied 2 takes to Northern cabin" in text
    assert "Take 1 is in the trash." in text
    assert "1 take stays here, too: you may not delete what others made." in text
    assert Generation.objects.filter(project=other).count() == 2
    made.refresh_from_db()
    anothers.refresh_from_db()
    assert (made.trashed_at is None, anothers.trashed_at) == (False, None)
    assert LedgerEntry.objects.filter(generation__project=other).count() == 0
    client.post(
        f"{reverse('undo_discard', args=[project.slug])}?at={quote(made.trashed_at.isoformat())}"
    )
    made.refresh_from_db()
    assert made.trashed_at is None


def test_deleting_one_for_good_leaves_the_other(client, sign_in, project, other, made):
    copy(client, project, [made])
    there = Generation.objects.get(project=other)
    producer = sign_in(member(project, Role.PRODUCER))
    producer.post(reverse("discard", args=[made.uuid]))
    producer.post(reverse("purge", args=[made.uuid]))
    assert not made.assets.filter(state=Asset.State.STORED).exists()
    assert client.get(reverse("media", args=[there.uuid, "video"])).status_code == 200


def test_what_plays_is_what_is_copied_and_a_picture_is_a_still_again(
    client, project, other, made, artist
):
    upscaled = version(made)
    picture = drawn(project, author=artist)
    copy(client, project, [made, picture])
    first, second = Generation.objects.filter(project=other).order_by("take_number")
    assert first.prompt.resolution == upscaled.prompt.resolution
    assert first.assets.get(kind="video").sha256 == upscaled.assets.get(kind="video").sha256
    assert Still.objects.filter(project=other, source=second).exists()


def test_a_copy_is_found_on_its_board_and_can_be_extended(client, project, other, made):
    copy(client, project, [made])
    there = Generation.objects.get(project=other)
    board = client.get(reverse("board", args=[other.slug]), {"find": "valley"})
    assert [card.generation for card in board.context["cards"]] == [there]
    assert client.get(reverse("extend", args=[there.uuid])).status_code == 200


def test_the_page_asks_which_project(client, project, other, made):
    archived = ProjectFactory(team=project.team, name="Old film")
    archived.archive()
    page = copy(client, project, [made], to=None).content.decode()
    assert "To which project?" in page
    assert "Northern cabin" in page
    assert "Old film" not in page
    assert "Choose a project." in copy(client, project, [made], to="").content.decode()
    assert not Generation.objects.filter(project=other).exists()


def test_without_another_project_it_says_so(client, project, made):
    assert "There is no other project" in copy(client, project, [made], to=None).content.decode()


def test_what_has_no_file_and_what_is_elsewhere_isnt_copied(
    client, viewer, stranger, project, other, made, artist
):
    waiting = take(project, author=artist)
    assert "has no file here" in copy(client, project, [waiting]).content.decode()
    assert (
        "is in Desert Light already" in copy(client, project, [made], project.slug).content.decode()
    )
    assert copy(viewer, project, [made]).status_code == 403
    assert copy(stranger, project, [made]).status_code == 404
    elsewhere = ProjectFactory(slug="elsewhere")
    assert copy(client, project, [made], "elsewhere").status_code == 404
    with pytest.raises(Refused, match="within its team"):
        copying.copy(made, elsewhere, artist)
    Project.objects.get(pk=other.pk).archive()
    assert "archived" in copy(client, project, [made]).content.decode()
    assert not Generation.objects.filter(project=other).exists()


def test_a_copy_that_breaks_off_leaves_no_file(project, other, made, artist, settings, monkeypatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the row wasn't written")

    before = sorted(Path(settings.MEDIA_ROOT).rglob("*.*"))
    monkeypatch.setattr(Asset, "save", broken)
    with pytest.raises(RuntimeError):
        copying.copy(made, other, artist)
    assert sorted(Path(settings.MEDIA_ROOT).rglob("*.*")) == before
    assert not Generation.objects.filter(project=other).exists()


def test_a_copy_that_cant_be_written_is_none(client, project, other, made, monkeypatch):
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.link", full)
    monkeypatch.setattr("shutil.copyfile", full)
    assert "The disk is full." in copy(client, project, [made]).content.decode()
    assert not Generation.objects.filter(project=other).exists()


def test_a_disk_without_links_gets_real_copies(client, project, other, made, monkeypatch):
    def refuse(*args: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refuse)
    copy(client, project, [made])
    there = Generation.objects.get(project=other)
    mine, copied = (each.assets.get(kind="video").file for each in (made, there))
    assert mine.stat().st_ino != copied.stat().st_ino
    assert mine.read_bytes() == copied.read_bytes()
