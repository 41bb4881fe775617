"""Through the front door: a cut is downloaded for another editor, and what comes back is begun."""

import io
import json
import zipfile

import opentimelineio as otio
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generations import ffmpeg
from generations.models import Asset, Generation, State
from studio.editing.cut import Clip, Cut, Into, Join, Role, SoundClip
from studio.models import Edit, Sequence, Sound
from studio.models import Role as TeamRole
from tests.factories import ProjectFactory, member, take, tiny_video

MEDIA = "media/desert-light-take-{}-fog-lifts-through-a-pine-valley.mp4"
TINY_FRAMES = 48


@pytest.fixture
def takes(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(2)]


@pytest.fixture
def sequence(project, artist, takes):
    a, b = (made.uuid for made in takes)
    clips = (Clip("a", a, 0, 40, Into(Join.CROSSFADE, 8)), Clip("b", b), Clip("c", a, 10, 30))
    return Sequence.begin(project, artist, "Rough cut", Cut(clips))


def put_in(sequence, *more):
    """Begin another sequence with more clips behind the three."""
    cut = Cut((*sequence.cut.clips, *more))
    return Sequence.begin(sequence.project, sequence.created_by, "Rough cut", cut)


def page(client, sequence, **asked):
    return client.get(reverse("interchange", args=[sequence.uuid]), asked)


def fetch(client, sequence, **asked):
    return client.get(reverse("download_interchange", args=[sequence.uuid]), asked)


def send(client, project, file, data, **more):
    data = data if isinstance(data, bytes) else data.encode()
    sent = {"file": SimpleUploadedFile(file, data), "rate": 24, **more}
    return client.post(reverse("import_sequence", args=[project.slug]), sent)


def unpacked(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def said(answer):
    return answer.content.decode().replace("&#x27;", "'")


def test_the_page_offers_three_formats_and_says_how_large_the_media_are(client, sequence, takes):
    words = said(page(client, sequence))
    for name in ("OpenTimelineIO", "FCPXML", "CMX 3600 EDL"):
        assert name in words
    assert "isn't here" not in words
    assert reverse("interchange", args=[sequence.uuid]) in said(
        client.get(reverse("sequence", args=[sequence.uuid]))
    )


@pytest.mark.parametrize("kind", ["otio", "fcpxml", "edl"])
def test_a_zip_holds_the_cut_a_readme_and_each_take_once(client, sequence, takes, kind):
    answer = fetch(client, sequence, format=kind, with_media="on")
    assert answer["Content-Disposition"].endswith('filename="desert-light-rough-cut.zip"')
    data = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(data)
    packed = zipfile.ZipFile(io.BytesIO(data))
    assert packed.testzip() is None
    folder = "desert-light-rough-cut"
    assert packed.namelist() == [
        f"{folder}/desert-light-rough-cut.{kind}",
        f"{folder}/README.txt",
        f"{folder}/{MEDIA.format(1)}",
        f"{folder}/{MEDIA.format(2)}",
    ]
    readme = packed.read(f"{folder}/README.txt").decode()
    assert f"desert-light-rough-cut.{kind} is the cut" in readme
    assert "Left out" not in readme
    for number in (1, 2):
        member_of_it = packed.getinfo(f"{folder}/{MEDIA.format(number)}")
        assert member_of_it.compress_type == zipfile.ZIP_STORED
        assert packed.read(member_of_it) == tiny_video().read_bytes()


def test_every_file_that_the_cut_names_is_in_the_zip_and_plays(client, sequence, tmp_path):
    unpacked(fetch(client, sequence, format="otio", with_media="on")).extractall(tmp_path)
    (file,) = tmp_path.rglob("*.otio")
    clips = otio.adapters.read_from_file(str(file)).find_clips()
    named = {clip.media_reference.target_url for clip in clips}
    assert len(named) == 2
    for name in named:
        frames = tmp_path / f"{name.rpartition('/')[2]}.framemd5"
        video = ffmpeg.pinned(file.parent / name)
        ffmpeg.run([*video, "-map", "0:v", "-f", "framemd5", str(frames)], timeout_s=60)
        rows = [it for it in frames.read_text().splitlines() if not it.startswith("#")]
        assert len(rows) == TINY_FRAMES


@pytest.mark.parametrize(
    ("kind", "content_type", "begins"),
    [
        ("otio", "application/json", "{"),
        ("fcpxml", "application/xml", "<?xml"),
        ("edl", "text/plain; charset=utf-8", "TITLE: Rough cut"),
    ],
)
def test_without_media_it_is_the_bare_file(client, sequence, kind, content_type, begins):
    answer = fetch(client, sequence, format=kind)
    assert answer["Content-Type"] == content_type
    assert f'filename="desert-light-rough-cut.{kind}"' in answer["Content-Disposition"]
    assert said(answer).startswith(begins)


def test_music_and_voices_lie_beside_the_takes(client, project, artist, takes, settings):
    file = settings.MEDIA_ROOT / "sounds" / "song.mp3"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"ID3 a song")
    song = Sound.objects.create(
        project=project,
        author=artist,
        name="Theme, slow",
        path="sounds/song.mp3",
        content_type="audio/mpeg",
        demuxer="mp3",
        codec="mp3",
        duration_s=10,
        size_bytes=10,
        sha256="0" * 64,
        peaks=b"\0" * 240,
    )
    heard = SoundClip("m", song.uuid, 6, 24, 72, Role.MUSIC, -6.0, 6, 12)
    cut = Cut((Clip("a", takes[0].uuid), Clip("b", takes[1].uuid)), sounds=(heard,))
    sequence = Sequence.begin(project, artist, "With music", cut)
    packed = unpacked(fetch(client, sequence, format="otio", with_media="on"))
    folder = "desert-light-with-music"
    name = f"{folder}/media/theme-slow-{song.uuid.hex[:8]}.mp3"
    assert packed.read(name) == b"ID3 a song"
    text = packed.read(f"{folder}/{folder}.otio")
    assert "brought in" in said(send(client, project, "back.otio", text))
    assert Sequence.objects.latest("pk").cut == cut


def test_what_is_not_here_is_told_by_its_number_before_anything_is_downloaded(
    client, project, sequence
):
    dreaming, failed = take(project, State.DREAMING), take(project, State.FAILED)
    trashed = take(project, State.COMPLETED)
    Generation.objects.filter(pk=trashed.pk).update(trashed_at=trashed.created_at)
    lost = take(project, State.COMPLETED)
    Asset.objects.get(generation=lost, kind=Asset.Kind.VIDEO).file.unlink()
    more = [Clip(f"k{it.pk}", it.uuid) for it in (dreaming, failed, trashed, lost)]
    full = put_in(sequence, *more)
    told = (
        f"Clip 4: {dreaming.name} is still being made",
        f"Clip 5: {failed.name} has failed",
        f"Clip 6: {trashed.name} is in the trash",
        f"Clip 7: the file of {lost.name} is gone from the server",
    )
    for answer in (page(client, full), fetch(client, full, format="otio", with_media="on")):
        for words in told:
            assert words in said(answer)
    assert answer.status_code == 422
    assert "Leave it out, or see to it." in said(answer)


def test_what_is_not_here_is_left_out_as_gaps_where_that_is_chosen(client, project, sequence):
    dreaming = take(project, State.DREAMING)
    full = put_in(sequence, Clip("d", dreaming.uuid, only_new=True))
    packed = unpacked(fetch(client, full, format="otio", with_media="on", gaps="on"))
    readme = packed.read("desert-light-rough-cut/README.txt").decode()
    assert f"Clip 4: {dreaming.name} is still being made" in readme
    text = packed.read("desert-light-rough-cut/desert-light-rough-cut.otio").decode()
    found = otio.adapters.read_from_string(text, "otio_json")
    last = found.tracks[0][-1]
    assert (type(last), last.duration().value) == (otio.schema.Gap, 120)
    send(client, project, "back.otio", text)
    assert Sequence.objects.latest("pk").cut.clips == full.cut.clips


def test_an_empty_sequence_and_one_of_nothing_that_is_here_offer_no_download(
    client, project, artist
):
    empty = Sequence.begin(project, artist, "Empty")
    coming = Sequence.begin(
        project, artist, "Coming", Cut((Clip("a", take(project, State.DREAMING).uuid),))
    )
    assert "There is nothing that could go out yet" in said(page(client, empty))
    assert "nothing to download yet" in said(page(client, coming))
    for sequence in (empty, coming):
        assert fetch(client, sequence, format="otio", gaps="on").status_code == 422


def test_an_unknown_format_is_refused_on_the_page(client, sequence):
    answer = fetch(client, sequence, format="aaf")
    assert answer.status_code == 422
    assert "aaf is not one of the available choices" in said(answer)


def test_a_viewer_downloads_but_brings_nothing_in(viewer, project, sequence):
    assert page(viewer, sequence).status_code == 200
    assert fetch(viewer, sequence, format="edl").status_code == 200
    assert viewer.get(reverse("import_sequence", args=[project.slug])).status_code == 403
    assert send(viewer, project, "cut.edl", "TITLE: x").status_code == 403
    assert "an artist of the team" in said(page(viewer, sequence))


def test_strangers_find_neither_the_cut_nor_the_import(stranger, project, sequence):
    assert page(stranger, sequence).status_code == 404
    assert fetch(stranger, sequence, format="otio").status_code == 404
    assert send(stranger, project, "cut.edl", "TITLE: x").status_code == 404


def test_the_page_costs_the_same_with_many_clips(client, sequence, django_assert_max_num_queries):
    many = [Clip(f"m{n}", sequence.cut.clips[n % 2].take, 0, 24) for n in range(200)]
    full = put_in(sequence, *many)
    with django_assert_max_num_queries(12):
        page(client, full)
    with django_assert_max_num_queries(12):
        fetch(client, full, format="edl")


def test_what_comes_back_is_a_new_sequence_and_the_old_one_stays(client, project, sequence):
    text = said(fetch(client, sequence, format="edl"))
    answer = send(client, project, "from-avid.edl", text, name="From Avid")
    made = Sequence.objects.exclude(pk=sequence.pk).get()
    assert (made.name, len(made.cut.clips)) == ("From Avid", 3)
    assert made.cut.clips[0].into == Into(Join.CROSSFADE, 8)
    assert "3 clips, 3 of them known takes. Everything was known and fitted." in said(answer)
    assert reverse("sequence", args=[made.uuid]) in said(answer)
    assert Edit.objects.filter(sequence=sequence).count() == 1


def test_a_sequence_is_called_as_the_file_says_else_as_the_file_is(client, project, sequence):
    text = said(fetch(client, sequence, format="edl"))
    send(client, project, "b.edl", text)
    assert Sequence.objects.latest("pk").name == "Rough cut"
    send(client, project, "reel-two.edl", text.replace("TITLE: Rough cut", ""))
    assert Sequence.objects.latest("pk").name == "reel-two"


def test_unknown_reels_are_listed_and_a_file_without_known_ones_is_refused(client, project, takes):
    known = "001  TAKE0001 V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n"
    other = "002  A001C003 V     C        00:00:00:00 00:00:01:00 00:00:01:00 00:00:02:00\n"
    named = "* FROM CLIP NAME:  <b>harbour</b>.mov\n"
    words = said(send(client, project, "x.edl", known + other + named))
    assert "left as a slate: clip 2 (&lt;b&gt;harbour&lt;/b&gt;.mov)" in words
    begun = Sequence.objects.count()
    answer = send(client, project, "x.edl", other + named)
    assert answer.status_code == 422
    assert "Nothing in it is a take of Desert Light" in said(answer)
    assert Sequence.objects.count() == begun


def test_a_rate_is_chosen_for_an_edl(client, project, takes):
    line = "001  TAKE0001 V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n"
    half = line.replace("01:00", "00:25")
    assert "Choose the rate that it was exported at" in said(send(client, project, "x.edl", half))
    send(client, project, "x.edl", half, rate=50)
    assert Sequence.objects.latest("pk").cut.clips[0].out_frame == 12
    assert send(client, project, "x.edl", line, rate=23).status_code == 422


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("cut.txt", b"TITLE: x", "comes in as an .otio, .edl or .fcpxml file"),
        ("cut.otio", b"", "isn't JSON"),
        ("cut.otio", b" " * (2 * 1024 * 1024 + 1), "over 2 MB"),
        (
            "cut.fcpxml",
            b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><fcpxml>&x;</fcpxml>',
            "defines entities or names a DTD",
        ),
    ],
)
def test_a_bad_file_is_refused_beside_its_field(client, project, name, data, words):
    answer = send(client, project, name, data)
    assert answer.status_code == 422
    assert words in said(answer)
    assert not Sequence.objects.exists()
    nothing = client.post(reverse("import_sequence", args=[project.slug]), {"rate": 24})
    assert "Choose an .otio, .fcpxml or .edl file." in said(nothing)


def test_takes_of_another_project_stay_unknown_even_to_who_may_see_both(
    client, project, artist, sequence
):
    other = ProjectFactory(team=project.team, slug="elsewhere", name="Elsewhere")
    answer = send(client, other, "cut.otio", said(fetch(client, sequence, format="otio")))
    assert answer.status_code == 422
    assert "Nothing in it is a take of Elsewhere" in said(answer)


def test_nothing_of_the_account_or_its_key_goes_out(client, project, sequence, takes, sign_in):
    owner = sign_in(member(project, TeamRole.OWNER))
    for kind in ("otio", "fcpxml", "edl"):
        text = said(fetch(owner, sequence, format=kind))
        assert takes[0].account.name not in text
        assert str(takes[0].account.uuid) not in text
        assert takes[0].author.email not in text
    facts = json.loads(said(fetch(owner, sequence, format="otio")))["metadata"]["dailies"]
    assert facts["sequence"] == str(sequence.uuid)
