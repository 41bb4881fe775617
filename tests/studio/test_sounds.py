"""Sounds: what is taken in as one, what is refused in words, and who may hear it."""

import errno
import os
import shutil
import tracemalloc
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.urls import reverse

from generations import ffmpeg
from studio.editing import sounds as taking_in
from studio.models import Sound
from studio.uploads import MAX_BODY_BYTES
from tests.factories import sound, tiny_poster, tiny_video
from tests.loopback import Loopback, Quiet
from tests.studio.editing.filmed import write_tone

CODECS = {".mp3": ["-c:a", "libmp3lame"], ".m4a": ["-c:a", "aac"], ".flac": ["-c:a", "flac"]}


@pytest.fixture
def tone(tmp_path) -> Path:
    return write_tone(tmp_path / "tone.wav", 440, 2)


def upload(client, project, name, data):
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("upload_sound", args=[project.slug]), {"sound": file})


def refused(answer):
    assert answer.status_code == 422
    assert not Sound.objects.exists()
    page = answer.content.decode()
    return page.split('id="sound-error" role="alert">')[1].split("<")[0]


@pytest.mark.parametrize("suffix", [".wav", *CODECS])
def test_each_kind_is_kept_whole_and_measured(client, project, tone, suffix):
    file = tone
    if suffix != ".wav":
        file = tone.with_suffix(suffix)
        ffmpeg.run(["-f", "wav", "-i", str(tone), *CODECS[suffix], str(file)], timeout_s=60)
    assert upload(client, project, f"The theme{suffix}", file.read_bytes()).status_code == 302
    kept = Sound.objects.get()
    assert kept.name == "The theme"
    assert kept.file.read_bytes() == file.read_bytes()
    assert kept.duration_s == pytest.approx(2, abs=0.08)
    assert abs(len(kept.peaks) - 48) <= 2
    assert 60 < sorted(kept.peaks)[24] < 100  # a third of full
    assert not list((kept.file.parents[2] / "incoming").iterdir())


def test_the_name_says_nothing_of_the_kind(client, project, tone):
    assert upload(client, project, "tone.mp3", tone.read_bytes()).status_code == 302
    assert Sound.objects.get().demuxer == "wav"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("none.wav", b"", "empty"),
        ("list.mp3", b"#EXTM3U\nhttp://127.0.0.1:9/a.mp3\n", "can&#x27;t be read as a sound"),
        ("page.wav", b"<html></html>" * 100, "can&#x27;t be read as a sound"),
        ("noise.mp3", b"ID3" + bytes(range(256)) * 50, "can&#x27;t be read as a sound"),
        ("cut.flac", b"fLaC" + bytes(20), "can&#x27;t be read as a sound"),
        ("cut.wav", b"RIFF\x24\x00\x00\x00WAVE", "sound"),
        ("odd.m4a", b"\0\0\0\x20ftypM4A " + b"\xff" * 400, "can&#x27;t be read as a sound"),
        (
            "far.wav",
            b"RIFF\x24\x00\x00\x00WAVEconcat:http://127.0.0.1:9/x|",
            "sound",
        ),
    ],
)
def test_what_is_no_sound_is_refused_in_words(client, project, name, data, words):
    assert words in refused(upload(client, project, name, data))


def test_a_picture_is_no_sound(client, project):
    words = refused(upload(client, project, "a.mp3", tiny_poster().read_bytes()))
    assert "can&#x27;t be read as a sound" in words


def test_a_video_is_no_sound(client, project):
    words = refused(upload(client, project, "a.m4a", tiny_video().read_bytes()))
    assert "This is a video" in words


def test_nothing_sent_is_said(client, project):
    answer = client.post(reverse("upload_sound", args=[project.slug]), {})
    assert "Choose a WAV" in refused(answer)


def test_a_sound_that_is_too_long_is_refused(client, project, tone, monkeypatch):
    monkeypatch.setattr(taking_in, "MAX_DURATION_S", 1)
    assert "over two hours" in refused(upload(client, project, "long.wav", tone.read_bytes()))


def test_more_than_two_hours_in_a_small_file_are_refused_and_nothing_is_kept(
    client, project, tmp_path
):
    quiet = tmp_path / "quiet.flac"
    over = ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "7201", "-f", "flac"]
    ffmpeg.run([*over, str(quiet)], timeout_s=60)
    assert quiet.stat().st_size < 2 * 1024**2
    assert "over two hours" in refused(upload(client, project, "quiet.flac", quiet.read_bytes()))
    assert not [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]


def test_a_sound_that_lies_about_its_length_is_decoded_no_further(
    client, project, tone, monkeypatch
):
    monkeypatch.setattr(taking_in, "MAX_DURATION_S", 1)
    mp3 = tone.with_suffix(".mp3")
    encode = ["-c:a", "libmp3lame", "-write_xing", "0", "-f", "mp3"]
    ffmpeg.run(["-f", "wav", "-i", str(tone), *encode, str(mp3)], timeout_s=60)
    assert "over two hours" in refused(upload(client, project, "long.mp3", mp3.read_bytes()))


def test_a_sound_that_is_too_large_is_refused(client, project, tone, monkeypatch):
    monkeypatch.setattr(taking_in, "MAX_BYTES", 1000)
    assert "over 300 MB" in refused(upload(client, project, "large.wav", tone.read_bytes()))


def test_no_socket_is_opened_for_a_playlist(client, project):
    asked = []

    class Asked(Quiet, BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

    with Loopback(Asked) as server:
        data = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{server.address}/a.ts\n".encode()
        for name, before in (("a.mp3", b""), ("a.m4a", b""), ("b.mp3", b"ID3\4\0\0\0\0\0\0")):
            refused(upload(client, project, name, before + data))
    assert not asked


@pytest.mark.parametrize("who", ["client", "anonymous"])
def test_only_who_is_signed_in_sends_more_than_a_pictures_bytes(who, request, project):
    sends = request.getfixturevalue(who)
    body = {"wsgi.input": BytesIO(b""), "CONTENT_LENGTH": str(MAX_BODY_BYTES + 1)}
    address = reverse("upload_sound", args=[project.slug])
    refused = sends.generic("POST", address, **body).status_code == 413
    assert refused == (who == "anonymous")


def test_a_sound_is_heard_in_parts_by_members_only(client, stranger, project, tone):
    upload(client, project, "tone.wav", tone.read_bytes())
    address = reverse("media", args=[Sound.objects.get().uuid, "sound"])
    part = client.get(address, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part["Content-Type"]) == (206, "audio/wav")
    assert b"".join(part.streaming_content) == b"RIFF"
    assert stranger.get(address).status_code == 404


def test_a_viewer_uploads_nothing(viewer, project, tone):
    assert upload(viewer, project, "tone.wav", tone.read_bytes()).status_code == 403
    assert not Sound.objects.exists()


def test_a_name_is_kept_without_a_nul_which_postgresql_refuses(client, project):
    kept = sound(project)
    client.post(reverse("rename_sound", args=[kept.uuid]), {"name": "Wind\0 at night"})
    kept.refresh_from_db()
    assert kept.name == "Wind at night"


def test_a_sound_is_renamed_from_its_row_by_who_may(client, viewer, project):
    kept = sound(project)
    before = kept.name
    page = reverse("sounds", args=[project.slug])
    address = reverse("rename_sound", args=[kept.uuid])
    assert f'action="{address}"' in client.get(page).content.decode()
    assert f'action="{address}"' not in viewer.get(page).content.decode()
    assert viewer.post(address, {"name": "Rain"}).status_code == 403
    answer = client.post(address, {"name": " Rain "}, follow=True).content.decode()
    assert f"“{before}” is called “Rain” now." in answer
    answer = client.post(address, {"name": " "}, follow=True).content.decode()
    assert "Write a name; the sound keeps the one it has." in answer.replace("&#x27;", "'")
    kept.refresh_from_db()
    assert kept.name == "Rain"


def test_an_archived_project_takes_no_sound(client, project, tone):
    project.archive()
    assert upload(client, project, "tone.wav", tone.read_bytes()).status_code == 422
    assert not Sound.objects.exists()


def test_the_peaks_are_given_for_drawing(client, project, tone):
    upload(client, project, "tone.wav", tone.read_bytes())
    kept = Sound.objects.get()
    answer = client.get(reverse("sound_peaks", args=[kept.uuid]))
    assert answer.json()["peaks"] == list(kept.peaks)
    assert len(kept.waveform(0, 48, 10)) == 10
    assert kept.waveform(0, 4, 10) == list(kept.peaks[:4])
    assert kept.waveform(60, 70, 10) == []


def test_deleting_a_sound_asks_first_and_takes_the_file_away(client, project, tone):
    upload(client, project, "tone.wav", tone.read_bytes())
    kept = Sound.objects.get()
    address = reverse("discard_sound", args=[kept.uuid])
    assert "goes for good" in client.get(address).content.decode()
    client.post(address)
    assert not kept.file.exists()
    assert not Sound.objects.exists()


def test_a_long_sound_is_measured_in_little_memory(client, project, tmp_path):
    quiet = tmp_path / "quiet.flac"
    half_an_hour = ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "1800"]
    ffmpeg.run([*half_an_hour, "-f", "flac", str(quiet)], timeout_s=60)
    sent = quiet.read_bytes()
    tracemalloc.start()
    try:
        answer = upload(client, project, "quiet.flac", sent)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 302
    kept = Sound.objects.get()
    assert (kept.duration_s, len(kept.peaks)) == (1800, 1800 * 24)
    assert most < 32 * 1024**2  # they are 43 MB of samples
    assert not list(Path(settings.MEDIA_ROOT).glob("incoming/*"))


def test_peaks_are_the_same_however_many_frames_are_read_at_once(
    client, project, tone, monkeypatch
):
    upload(client, project, "tone.wav", tone.read_bytes())
    monkeypatch.setattr(taking_in, "_AT_ONCE", 7)
    upload(client, project, "tone.wav", tone.read_bytes())
    one, other = Sound.objects.all()
    assert one.peaks == other.peaks
    assert max(one.peaks) > 10


def test_a_sound_that_cant_be_noted_leaves_no_file(client, project, tone, monkeypatch):
    def full(*_args, **_how):
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(Sound, "save", full)
    with pytest.raises(DatabaseError):
        upload(client, project, "tone.wav", tone.read_bytes())
    kept = Path(settings.MEDIA_ROOT)
    assert not [it for it in (*kept.glob("sounds/*/*"), *kept.glob("incoming/*")) if it.is_file()]


def test_a_sound_without_room_on_the_disk_is_refused_in_words(client, project, tone, monkeypatch):
    def full(*asked):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(taking_in.os, "fsync", full)
    answer = upload(client, project, "tone.wav", tone.read_bytes())
    assert "There is no room for it" in refused(answer)
    kept = Path(settings.MEDIA_ROOT)
    assert not [it for it in (*kept.glob("sounds/*/*"), *kept.glob("incoming/*")) if it.is_file()]


@pytest.mark.parametrize("where", ["midway", "before"])
def test_a_disk_that_fills_while_a_sound_is_measured_is_told_as_that(
    client, project, tmp_path, monkeypatch, where
):
    run, usage = ffmpeg.run, shutil.disk_usage

    def full(arguments, **how):
        return run([*arguments[:-1], "/dev/full"], **how)

    if where == "midway":
        monkeypatch.setattr(taking_in.ffmpeg, "run", full)
    else:
        # 20 s take 480,000 bytes to measure
        monkeypatch.setattr(shutil, "disk_usage", lambda it: usage(it)._replace(free=479_000))
    long = write_tone(tmp_path / "long.wav", 440, 20)
    answer = upload(client, project, "long.wav", long.read_bytes())
    assert "There is no room for it" in refused(answer)
    kept = Path(settings.MEDIA_ROOT)
    assert not [it for it in (*kept.glob("sounds/*/*"), *kept.glob("incoming/*")) if it.is_file()]
