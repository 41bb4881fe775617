"""Hostile files, uploaded and collected: refused with words, no socket opened, limits held."""

import re
import resource
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone

from generations import collecting, ffmpeg, media
from generations.models import Asset, State, Still
from generations.refusal import Refused
from generations.stills import keep_upload
from tests.factories import take, tiny_video
from tests.generations import hostile
from tests.generations.pictures import picture
from tests.generations.test_outbound import sends, serving

MOST_GROWTH_MB = 700
MOST_SECONDS = 30


class Tripwire:
    """A port that nothing may connect to: children can't be patched, so it is watched."""

    def __init__(self) -> None:
        self.touched = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self.touched += 1  # before whoever it is can end
                connection.close()

    def close(self) -> None:
        self._server.close()


@pytest.fixture(scope="module")
def tripwire() -> Iterator[Tripwire]:
    wire = Tripwire()
    yield wire
    assert wire.touched == 0
    wire.close()


def test_the_tripwire_notices(tmp_path):
    wire = Tripwire()
    playlist = tmp_path / "film.m3u8"
    playlist.write_bytes(hostile.playlists(wire.url)["hls"])
    network = ["-protocol_whitelist", "file,http,tcp"]
    with suppress(ffmpeg.FFmpegFailed):  # what an ffmpeg does that isn't pinned
        ffmpeg.run([*network, "-i", str(playlist), "-f", "null", "-"], timeout_s=20)
    assert wire.touched > 0
    wire.close()


@contextmanager
def within_limits() -> Iterator[None]:
    """Hold this process to some memory and time; children have limits of their own."""
    before, began = memory_mb("VmRSS"), time.monotonic()
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew: proc(5)
    yield
    assert time.monotonic() - began < MOST_SECONDS
    assert memory_mb("VmHWM") - before < MOST_GROWTH_MB


def memory_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def refused_upload(studio_project, data: bytes) -> str:
    with within_limits(), pytest.raises(Refused) as caught:
        keep_upload(studio_project, None, BytesIO(data))
    assert Still.objects.count() == 0
    return str(caught.value)


def refused_collection(project, settings, data: bytes, kind: str = "video") -> str:
    settings.OUTBOUND_LOOPBACK = True
    asset = take(project, State.COMPLETED, stored=False).assets.get()
    with serving(sends(data)) as url:
        Asset.objects.update(source_url=url, kind=kind, next_at=timezone.now())
        with within_limits():
            assert collecting.collect_due() == 0
    asset.refresh_from_db()
    assert asset.state == "pending"  # it is fetched again, and given up in the end
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
    return asset.error


NAMES = sorted(hostile.playlists(""))


@pytest.mark.parametrize("name", NAMES)
def test_what_names_other_files_is_no_picture(project, tripwire, name):
    said = refused_upload(project, hostile.playlists(tripwire.url)[name])
    assert ("an SVG drawing" if name == "svg" else "isn't a picture") in said


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["video", "image"])
def test_what_names_other_files_is_never_kept(project, settings, tripwire, name, kind):
    error = refused_collection(project, settings, hostile.playlists(tripwire.url)[name], kind)
    assert "isn't an MP4" in error or "isn't a picture" in error


@pytest.mark.parametrize("kind", [b"url ", b"alis", b"urn "])
def test_a_film_whose_pictures_are_elsewhere_is_refused(project, settings, tripwire, kind):
    for named in (f"{tripwire.url}/a.mp4", "file:///etc/passwd"):
        data = hostile.film_elsewhere(named, kind)
        assert "names another file" in refused_collection(project, settings, data)
        Asset.objects.all().delete()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (hostile.film_of_a_thousand_million_samples, "too many samples"),
        (hostile.fragment_of_a_thousand_million_samples, "too many samples"),
        (hostile.film_of_one_huge_sample, "too large"),
        (hostile.sound_only, "no picture"),
        (lambda: hostile.film_saying(b"stts", b"\x7f" * 4, 12), "too many samples"),
        (lambda: hostile.FTYP, "can't be read"),
        (lambda: hostile.FTYP + hostile.box(b"moov"), "can't be read|no picture"),
        (lambda: hostile.FTYP + 9 * b"\0\0\x10\0moov" + bytes(5000), "cut short|isn't an MP4"),
        (lambda: hostile.FTYP + hostile.box(b"free") * 30_000, "too many boxes"),
        (lambda: hostile.FTYP + struct.pack(">I", 4) + b"mdat", "isn't an MP4"),
        (lambda: tiny_video().read_bytes() + bytes(3), "isn't an MP4|cut short"),
    ],
)
def test_a_film_that_asks_for_too_much_is_refused(project, settings, data, says):
    assert re.search(says, refused_collection(project, settings, data()))


@pytest.mark.parametrize("tenth", range(10))
def test_a_film_cut_at_a_tenth_is_refused(project, settings, tenth):
    data = tiny_video().read_bytes()
    assert refused_collection(project, settings, data[: max(len(data) * tenth // 10, 1)])


def test_a_film_of_one_giant_picture_is_refused(project, settings):
    data = hostile.one_giant_picture(8192, 8192)
    assert "8192 × 8192" in refused_collection(project, settings, data)


def test_a_film_that_says_it_is_giant_is_refused(project, settings):
    # Whatever is believed, what the container says or what the pictures are.
    data = hostile.film_of_size(30_000, 30_000)
    settings.OUTBOUND_LOOPBACK = True
    take(project, State.COMPLETED, stored=False)
    with serving(sends(data)) as url, within_limits():
        Asset.objects.update(source_url=url, next_at=timezone.now())
        stored = collecting.collect_due()
    if stored:
        assert Asset.objects.get(kind="video").width == 320


def test_a_giant_picture_in_a_small_film_is_never_decoded(tmp_path):
    giant = tmp_path / "giant.mp4"
    giant.write_bytes(hostile.one_giant_picture(8192, 8192))
    with within_limits(), pytest.raises(ffmpeg.FFmpegFailed):
        media.make_poster(giant, tmp_path / "poster.jpg")
    with within_limits(), pytest.raises(media.NotMedia):
        media.frame_of(giant, last=False)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (lambda: hostile.png(100_000, 100_000), "50 million"),
        (lambda: hostile.png(2**31 - 1, 2**31 - 1), "50 million|isn't a picture"),
        (lambda: hostile.png(0, 0), "isn't a picture"),
        (hostile.text_bomb, "isn't a picture"),
        (lambda: hostile.png(7000, 7000, body=b""), "isn't a picture"),
        (lambda: hostile.saved("GIF", 3), "is a GIF|isn't a picture"),
        (lambda: hostile.saved("WEBP", 3), "moves"),
        (lambda: hostile.saved("PNG", 3), "moves"),
        (lambda: hostile.saved("TIFF"), "is a TIFF|isn't a picture"),
        (lambda: hostile.saved("BMP"), "is a BMP|isn't a picture"),
        (lambda: hostile.saved("ICO"), "isn't a picture"),
        (lambda: tiny_video().read_bytes(), "is a video|isn't a picture"),
    ],
)
@pytest.mark.parametrize("way", ["uploaded", "collected"])
def test_a_picture_that_is_none_is_refused(project, settings, data, says, way):
    if way == "uploaded":
        error = refused_upload(project, data())
    else:
        error = refused_collection(project, settings, data(), "image")
    assert re.search(says, error)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("tenth", range(10))
def test_a_picture_cut_at_a_tenth_is_refused(project, kind, tenth):
    data = picture(400, 300, kind).read()
    said = refused_upload(project, data[: len(data) * tenth // 10])
    assert ("isn't a picture" if tenth else "This file is empty") in said


def test_a_profile_bomb_is_refused_or_harmless(project):
    with within_limits(), suppress(Refused):
        assert keep_upload(project, None, BytesIO(hostile.profile_bomb())).width == 8


def test_the_largest_picture_that_is_taken_keeps_to_the_limits(project):
    data = hostile.png(7071, 7071, body=bytes(7071 * (7071 * 3 + 1)))
    with within_limits():
        assert keep_upload(project, None, BytesIO(data)).width == 7071


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets limits of others")
def test_a_child_may_hold_only_so_much(tmp_path, monkeypatch):
    monkeypatch.setattr(ffmpeg, "_MAX_MEMORY_BYTES", 64 * 1024 * 1024)
    source = ["-f", "lavfi", "-i", "testsrc2=size=3840x2160:rate=24:duration=2"]
    with pytest.raises(ffmpeg.FFmpegFailed):
        ffmpeg.run([*source, "-c:v", "libx264", str(tmp_path / "film.mp4")], timeout_s=60)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets limits of others")
def test_a_child_has_the_limits_while_it_runs(tmp_path, monkeypatch):
    found = {}
    limit = ffmpeg._limit

    def and_look(pid, timeout_s):
        limit(pid, timeout_s)
        for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
            found[kind] = resource.prlimit(pid, kind)[0]

    monkeypatch.setattr(ffmpeg, "_limit", and_look)
    media.make_poster(tiny_video(), tmp_path / "poster.jpg")
    assert found == {resource.RLIMIT_AS: 4 * 1024**3, resource.RLIMIT_CPU: 481}
