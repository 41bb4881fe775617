"""The other kinds of exports: for editors, for the web, as pictures and on paper."""

import zipfile
from io import BytesIO

import av
import numpy as np
import pytest
from django.urls import reverse
from PIL import Image

from studio.editing import exporting
from studio.editing.cut import Clip, Cut
from studio.editing.films import NO_CLIP, TOO_LONG_FOR_GIF
from studio.editing.loudness import measured
from studio.models import Export, Sequence
from tests.studio.editing.filmed import clip, filmed, number_of, numbers_in


@pytest.fixture
def cut(project):
    one, two = filmed(project, clip(0, tone=440)), filmed(project, clip(100))
    return Cut(clips=(Clip("a", one.uuid, 6, 30), Clip("b", two.uuid, 0, 24)))


def streams_of(file):
    with av.open(str(file)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        return video.codec_context, audio.codec_context.name


def test_prores_is_422_in_a_mov_with_plain_samples(exported, cut):
    made = exported(cut, kind="prores", loudness_lufs=-23.0)
    video, sound = streams_of(made.file)
    assert (video.name, video.profile, video.pix_fmt) == ("prores", "Standard", "yuv422p10le")
    assert sound == "pcm_s24le"
    assert made.file.suffix == ".mov"
    assert numbers_in(made.file) == [*range(6, 30), *range(100, 124)]
    assert measured(["-f", "mov", "-i", str(made.file)]) == pytest.approx(-23, abs=1)


def test_webm_is_vp9_with_opus(exported, cut):
    made = exported(cut, kind="webm")
    video, sound = streams_of(made.file)
    assert (video.name, sound, made.content_type) == ("vp9", "opus", "video/webm")
    assert numbers_in(made.file) == [*range(6, 30), *range(100, 124)]


def test_a_gif_goes_round_at_twelve_a_second(exported, cut):
    made = exported(cut, kind="gif", height=180)
    with Image.open(made.file, formats=["GIF"]) as gif:
        assert (gif.size, gif.n_frames, gif.info["loop"]) == ((320, 180), 24, 0)
        gif.seek(12)
        assert number_of(np.asarray(gif.convert("RGB"))) in (100, 101)


@pytest.mark.parametrize("kind", ["sheet", "pdf"])
def test_a_name_of_several_lines_stands_on_paper_in_one(exported, cut, kind):
    assert exported(cut, kind=kind, name="Trailer\u2029for\nApril").size_bytes


def test_a_gif_of_minutes_is_refused_in_words(project, artist):
    long = Cut(clips=(Clip("a", words="Slow", out_frame=61 * 24),))
    sequence = Sequence.begin(project, artist, "Film", long)
    made = Export.objects.create(sequence=sequence, edit=sequence.head, kind="gif")
    exporting.export_due()
    made.refresh_from_db()
    assert made.words == TOO_LONG_FOR_GIF


def test_the_frames_of_a_clip_are_numbered_as_in_its_take(exported, cut):
    made = exported(cut, kind="frames", clip_key="a")
    with zipfile.ZipFile(made.file) as zipped:
        names = zipped.namelist()
        assert names == [f"frame-{at:06}.png" for at in range(6, 30)]
        for name, at in ((names[0], 6), (names[-1], 29)):
            with Image.open(BytesIO(zipped.read(name)), formats=["PNG"]) as picture:
                assert number_of(np.asarray(picture.convert("RGB"))) == at


def test_a_contact_sheet_has_a_picture_of_each_clip(exported, cut):
    made = exported(cut, kind="sheet")
    with Image.open(made.file, formats=["JPEG"]) as sheet:
        assert sheet.size == (made.width, made.pixel_height)
        first, second = (sheet.crop((24 + at * 504, 88, 504 + at * 504, 358)) for at in (0, 1))
    assert number_of(np.asarray(first)) == 18
    assert number_of(np.asarray(second)) == 112


def test_a_contact_sheet_of_very_many_clips_has_them_all(exported):
    made = exported(
        Cut(clips=tuple(Clip(f"c{at}", words="x", out_frame=2) for at in range(401))), kind="sheet"
    )
    with Image.open(made.file, formats=["JPEG"]) as sheet:
        assert sheet.size == (8 * 264 + 24, 51 * 199 + 88)
        last = sheet.crop((24, 88 + 50 * 199, 264, 88 + 50 * 199 + 135))
    assert np.asarray(last).max() > 200  # its word in white on black


def test_a_storyboard_is_a_pdf_with_six_clips_on_a_page(exported, project):
    one = filmed(project, clip(0), words="Dunes at dawn. " * 60)
    clips = tuple(Clip(f"c{at}", one.uuid) for at in range(6))
    made = exported(Cut(clips=(*clips, Clip("t", words="The end", out_frame=24))), kind="pdf")
    data = made.file.read_bytes()
    assert data.startswith(b"%PDF")
    assert data.rpartition(b"/Count ")[2].startswith(b"2")
    assert made.content_type == "application/pdf"


def test_frames_of_no_clip_are_refused_at_the_field(client, project, artist, cut):
    sequence = Sequence.begin(project, artist, "Film", cut)
    asked = {"kind": "frames", "height": "", "loudness": "", "clip": ""}
    answer = client.post(reverse("begin_export", args=[sequence.uuid]), asked)
    assert answer.status_code == 422
    assert NO_CLIP in answer.content.decode()
    asked["clip"] = "a"
    assert client.post(reverse("begin_export", args=[sequence.uuid]), asked).status_code == 302
    assert Export.objects.get().clip_key == "a"
