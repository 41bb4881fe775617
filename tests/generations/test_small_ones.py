"""A paid file is kept whatever becomes of its poster and preview; those are made again."""

import pytest
from django.urls import reverse
from django.utils import timezone

from generations import collecting, media
from generations.ffmpeg import FFmpegStopped
from generations.models import Asset, Event
from generations.ordering import accept
from generations.orders import image
from studio.models import User
from tests.generations.conftest import fresh

UNMADE = "preview couldn&#x27;t be made on this server"


def killed(*args):
    raise FFmpegStopped("ffmpeg was killed: out of memory")


def due_now():
    Asset.objects.filter(state="pending").update(next_at=timezone.now())


def files_of(take):
    return dict(take.assets.order_by("kind").values_list("kind", "state"))


def said(take):
    return list(
        Event.objects.filter(generation=take).order_by("number").values_list("kind", flat=True)
    )


@pytest.fixture
def without_preview(studio, monkeypatch):
    """A take whose file came, and whose preview couldn't be made."""
    monkeypatch.setattr(media, "make_preview", killed)
    take = studio.order()
    studio.work(take, until="stored")
    return take


@pytest.fixture
def client(studio, sign_in):
    return sign_in(studio.person)


def test_a_paid_video_is_kept_although_its_preview_fails_and_fetched_but_once(without_preview):
    take = without_preview
    assert files_of(take) == {"poster": "stored", "preview": "pending", "video": "stored"}
    video = take.assets.get(kind="video")
    assert video.file.stat().st_size == video.size_bytes
    assert said(take)[-1] == "stored"
    for _ in range(25):
        due_now()
        collecting.collect_due()
    assert files_of(take) == {"poster": "stored", "preview": "failed", "video": "stored"}
    assert fresh(video).tries == 1
    assert said(take)[-1] == "stored"  # said once
    assert "out of memory" in take.assets.get(kind="preview").error


def test_it_is_made_by_itself_once_that_can_be_done(without_preview, monkeypatch, client):
    take = without_preview
    board = reverse("board", args=["film"])
    assert UNMADE in client.get(board).content.decode()
    monkeypatch.undo()
    due_now()
    assert collecting.collect_due() == 1
    assert files_of(take)["preview"] == "stored"
    assert said(take)[-2:] == ["stored", "told"]
    assert UNMADE not in client.get(board).content.decode()
    assert "made after all" in client.get(reverse("generation", args=[take.uuid])).content.decode()


def test_a_person_has_it_made_again(without_preview, monkeypatch, client):
    take = without_preview
    Asset.objects.filter(kind="preview").update(state="failed", next_at=None, tries=20)
    page, again = (reverse(name, args=[take.uuid]) for name in ("generation", "fetch"))
    assert "Make its preview" in client.get(page).content.decode()
    client.post(again)
    assert files_of(take)["preview"] == "pending"
    assert UNMADE not in client.get(page).content.decode()
    collecting.collect_due()
    assert UNMADE in client.get(page).content.decode()
    assert said(take)[-3:] == ["stored", "told", "told"]
    monkeypatch.undo()
    client.post(again)
    collecting.collect_due()
    assert files_of(take)["preview"] == "stored"
    client.post(again)
    assert "nothing to fetch" in client.get(page).content.decode()


def test_meanwhile_the_whole_video_plays_in_its_place(without_preview, client, stranger):
    take = without_preview
    address = reverse("media", args=[take.uuid, "preview"])
    assert client.get(address)["Location"] == reverse("media", args=[take.uuid, "video"])
    assert stranger.get(address).status_code == 404
    assert client.get(reverse("media", args=[take.uuid, "poster"])).status_code == 200


def test_an_administrator_sees_it_and_why(without_preview, sign_in):
    take = without_preview
    boss = User.objects.create_superuser("boss@example.com", "a long password")
    admin = sign_in(boss)
    takes = reverse("admin:generations_generation_changelist")
    assert "Take 1 of Film" in admin.get(takes, {"files": "unmade"}).content.decode()
    assert "Take 1 of Film" not in admin.get(takes, {"files": "unfetched"}).content.decode()
    one = admin.get(reverse("admin:generations_generation_change", args=[take.pk]))
    assert "ffmpeg was killed: out of memory" in one.content.decode()


def test_a_worker_that_dies_over_the_preview_has_kept_the_video(studio, monkeypatch):
    def dies(*args):
        raise SystemExit

    take = studio.order()
    with monkeypatch.context() as patch:
        patch.setattr(media, "make_poster", dies)
        with pytest.raises(SystemExit):
            studio.work(take, until="stored")
    assert files_of(take) == {"poster": "pending", "preview": "pending", "video": "stored"}
    assert "stored" not in said(take)
    assert collecting.collect_due() == 0  # its lease holds
    due_now()
    assert collecting.collect_due() == 2
    assert said(take).count("stored") == 1
    assert set(files_of(take).values()) == {"stored"}


def test_a_picture_is_kept_although_its_poster_fails(studio, monkeypatch):
    take = accept(studio.project, studio.person, image("A red door"))
    with monkeypatch.context() as patch:
        patch.setattr(media, "make_small", killed)
        studio.work(take, until="completed")
        while not take.assets.filter(kind="image", state="stored").exists():
            due_now()
            collecting.collect_due()
    assert files_of(take) == {"image": "stored", "poster": "pending"}
    due_now()
    collecting.collect_due()
    assert files_of(take) == {"image": "stored", "poster": "stored"}


def test_what_has_no_preview_can_be_deleted(without_preview, client):
    take = without_preview
    client.post(reverse("discard", args=[take.uuid]))
    assert fresh(take).trashed_at
