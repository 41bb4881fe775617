"""Watermarks: guests get copies that bear the words, and never the originals."""

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image, ImageChops

from generations import media
from generations.models import Asset, State
from studio import marking
from studio.editing import exporting
from studio.editing.cut import Clip, Cut
from studio.models import Collection, Export, Role, Sequence, Share
from tests.factories import drawn, member, take
from tests.studio.shared import approve, ask, files, link
from tests.studio.test_media import body

MARK = {"watermark": "For the client only"}


@pytest.fixture
def made(project, artist):
    made = take(project, State.COMPLETED, author=artist)
    approve(made, member(project, Role.PRODUCER))
    return made


def page(guest, address) -> str:
    answer = guest.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def differs(one, other) -> bool:
    """Tell whether two pictures of a size differ where the words stand."""
    assert one.size == other.size
    difference = ImageChops.difference(one.convert("L"), other.convert("L"))
    return difference.getextrema()[1] > 40


def frame(video):
    return media.frame_of(video, last=True)


def test_a_guest_gets_the_copy_with_the_words_once_it_is_made(client, anonymous, made, tmp_path):
    address = link(client, made, may_download="on", **MARK)
    assert "It is being prepared" in page(anonymous, address)
    guessed = [f"{address}media/{made.uuid}/{kind}" for kind in ("video", "poster")]
    assert [anonymous.get(each).status_code for each in guessed] == [404, 404]
    assert marking.mark_due() == 2
    assert marking.mark_due() == 0
    assert files(page(anonymous, address)) == guessed
    video = tmp_path / "marked.mp4"
    video.write_bytes(body(anonymous.get(guessed[0], {"download": 1})))
    original = made.assets.get(kind=Asset.Kind.VIDEO).file
    assert video.read_bytes() != original.read_bytes()
    assert differs(frame(video), frame(original))
    before, after = media.probe_video(original), media.probe_video(video)
    assert (after.width, after.height) == (before.width, before.height)
    assert after.duration_s == pytest.approx(before.duration_s, abs=0.05)
    part = anonymous.get(guessed[0], headers={"Range": "bytes=4-7"})
    assert (part.status_code, body(part)) == (206, b"ftyp")
    poster = tmp_path / "marked.jpg"
    poster.write_bytes(body(anonymous.get(guessed[1])))
    assert differs(Image.open(poster), Image.open(made.assets.get(kind=Asset.Kind.POSTER).file))


def test_a_picture_and_a_film_are_marked_too(client, anonymous, project, artist, made, tmp_path):
    picture = drawn(project, author=artist)
    cut = Cut(clips=(Clip("a", made.uuid),))
    sequence = Sequence.begin(project, artist, "Trailer", cut)
    Export.objects.create(
        sequence=sequence, edit=sequence.head, author=artist, kind=Export.Kind.WEBM
    )
    assert exporting.export_due() == 1
    shown = {
        link(client, picture, shows_unapproved="on", **MARK): "image/jpeg",
        link(client, sequence, **MARK): "video/mp4",
        link(client, Export.objects.get(), **MARK): "video/mp4",
    }
    marking.mark_due()
    for address, content_type in shown.items():
        [first, *_] = files(page(anonymous, address))
        answer = anonymous.get(first)
        assert (answer.status_code, answer["Content-Type"]) == (200, content_type)


def test_what_is_approved_later_is_marked_later(client, anonymous, project, artist):
    waiting = take(project, State.COMPLETED, author=artist)
    address = link(client, waiting, **MARK)
    assert marking.mark_due() == 0
    assert "Nothing to see yet" in page(anonymous, address)
    approve(waiting, member(project, Role.PRODUCER))
    assert marking.mark_due() == 2
    assert "<video" in page(anonymous, address)


def test_copies_go_when_their_link_ends(client, made):
    link(client, made, **MARK)
    kept = settings.MEDIA_ROOT / "shared"
    marking.mark_due()
    assert len(list(kept.glob("*/*"))) == 2
    client.post(reverse("revoke_share", args=[Share.objects.get().uuid]))
    marking.mark_due()
    assert not list(kept.glob("*"))
    assert made.assets.get(kind=Asset.Kind.VIDEO).file.exists()


def test_what_cannot_be_marked_is_tried_once_and_never_shown(client, anonymous, made):
    made.assets.get(kind=Asset.Kind.VIDEO).file.write_bytes(b"no video")
    address = link(client, made, **MARK)
    assert marking.mark_due() == 1  # its poster
    assert marking.mark_due() == 0
    assert anonymous.get(f"{address}media/{made.uuid}/video").status_code == 404
    said = page(anonymous, address)
    assert "The watermark couldn't be put on" in said
    assert "approved" not in said


def test_who_makes_a_marked_link_is_told_what_nobody_sees_yet(client, made, project, artist):
    nothing = "until something is, the link shows nothing"
    assert nothing not in ask(client, made, **MARK).content.decode()  # only its mark is missing
    waiting = take(project, State.COMPLETED, author=artist)
    assert nothing in ask(client, waiting, **MARK).content.decode()
    empty = Collection.begin(project.team, artist, "Best of autumn", "")
    said = ask(client, empty, shows_unapproved="on").content.decode()
    assert "There is nothing in it that could be seen" in said
    assert nothing not in said


def test_a_watermark_that_cannot_be_is_refused_in_words(client, project, artist, made):
    said = ask(client, made, watermark="x" * 61).content.decode()
    assert "at most 60 characters" in said
    assert "doesn&#x27;t have 部外秘" in ask(client, made, watermark="部外秘").content.decode()
    sequence = Sequence.begin(project, artist, "Trailer")
    export = Export.objects.create(
        **{"sequence": sequence, "edit": sequence.head, "kind": Export.Kind.GIF},
        **{"state": Export.State.DONE, "path": "a", "size_bytes": 1, "sha256": "a"},
    )
    assert "No watermark goes on GIF" in ask(client, export, **MARK).content.decode()
    assert not Share.objects.exists()


@pytest.mark.parametrize("size", [(320, 180), (360, 640), (3840, 2160)])
def test_the_words_fit_into_every_third_of_a_picture(size):
    picture = marking.words_over("Only for the eyes of those at Harbour & Sons", size)
    wide, tall = size
    for third in range(3):
        part = picture.crop((0, tall * third // 3, wide, tall * (third + 1) // 3))
        left, _, right, _ = part.getbbox()
        assert left > 0
        assert right < wide
