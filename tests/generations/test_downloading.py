"""Downloads: whole or not at all, resumed where the server offers it."""

import errno
import hashlib
import os
import re
import resource
import shutil
from contextlib import contextmanager

import pytest
from django.utils import timezone

from generations import collecting, disk, downloading, keeping, outbound, pictures
from generations.downloading import FetchFailed
from generations.models import Asset, State
from generations.providers.errors import KeyRefused, Unavailable
from tests.bench.films import FilmServer, Way
from tests.factories import take, tiny_video

TENTHS = [number / 10 for number in range(10)]


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch):
    settings.OUTBOUND_LOOPBACK = True
    monkeypatch.setattr(downloading, "_PAUSE_S", 0.0)


@pytest.fixture
def server():
    with FilmServer(tiny_video(), 1_000_000) as server:
        yield server


def fetch(server, tmp_path, **options):
    options = {"max_bytes": 10_000_000} | options
    return downloading.fetch(server.url, tmp_path / "film.mp4", **options)


def whole(server):
    return b"".join(server.film.pieces(0, server.film.size_bytes))


def test_a_download_cut_at_every_tenth_is_resumed_and_sends_each_byte_once(server, tmp_path):
    server.way = Way(cuts=TENTHS[1:])
    fetched = fetch(server, tmp_path)
    assert (tmp_path / "film.mp4").read_bytes() == whole(server)
    assert fetched.sha256 == hashlib.sha256(whole(server)).hexdigest()
    assert server.sent_bytes == server.film.size_bytes
    assert server.requests[1:] == [f"bytes={int(1_000_000 * tenth)}-" for tenth in TENTHS[1:]]


def test_a_file_that_changed_meanwhile_is_started_clean(server, tmp_path):
    server.way = Way(cuts=[0.5], etag_changes=True)
    fetched = fetch(server, tmp_path)
    assert fetched.sha256 == hashlib.sha256(whole(server)).hexdigest()
    assert server.requests == ["", "bytes=500000-"]


@pytest.mark.parametrize("cut", TENTHS)
@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_strong_etag_a_cut_leaves_nothing(server, tmp_path, cut, etag):
    server.way = Way(cuts=[cut], etag=etag)
    with pytest.raises(downloading.FetchFailed, match="broke off"):
        fetch(server, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert fetch(server, tmp_path).size_bytes == server.film.size_bytes


def test_a_server_that_breaks_off_for_ever_is_given_up(server, tmp_path):
    server.way = Way(cuts=[0.5] * 20)
    with pytest.raises(downloading.FetchFailed, match="500000 of 1000000 bytes"):
        fetch(server, tmp_path)
    assert len(server.requests) == 5
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_ignores_the_range_starts_clean(server, tmp_path):
    server.way = Way(cuts=[0.5], ranges=False)
    assert fetch(server, tmp_path).sha256 == hashlib.sha256(whole(server)).hexdigest()


def test_a_drip_that_is_too_slow_is_cut_off(server, tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "_WINDOW_S", 0.2)
    monkeypatch.setattr(downloading, "_SLOWEST_BYTES_S", 50_000_000)
    server.way = Way(piece_pause_s=0.15)
    with pytest.raises(downloading.FetchFailed, match="too slowly"):
        fetch(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_fit_is_not_begun(server, tmp_path, monkeypatch):
    server.film.size_bytes = 60_000_000  # far more than the sockets' own buffers hold
    room = shutil.disk_usage(tmp_path)._replace(free=server.film.size_bytes - 1)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: room)
    with pytest.raises(OSError, match="No space left") as caught:
        fetch(server, tmp_path, max_bytes=100_000_000)
    assert caught.value.errno == errno.ENOSPC
    assert server.sent_bytes < 60_000_000
    assert list(tmp_path.iterdir()) == []


@contextmanager
def no_file_longer_than(size_bytes):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def asset(project, server):
    generation = take(project, State.COMPLETED, stored=False)
    asset = generation.assets.get()
    Asset.objects.filter(pk=asset.pk).update(source_url=server.url)
    return asset


def kept(settings):
    return sorted(path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (os.strerror(errno.ENOSPC), "The disk is full"),
        (os.strerror(errno.EDQUOT), "The disk is full"),
        (os.strerror(errno.EFBIG), "may not write a file that large"),
        (os.strerror(errno.EROFS), "may not write where the media are kept"),
    ],
)
def test_trouble_with_the_disk_is_said_and_never_given_up(
    asset, settings, monkeypatch, broken, says
):
    def fail(*args, **how):
        raise collecting.FFmpegFailed(f"film.jpg: {broken}")

    monkeypatch.setattr(collecting.polling, "renewed_url", lambda *_: "")
    with monkeypatch.context() as patch:
        patch.setattr(collecting.downloading, "fetch", fail)
        Asset.objects.update(tries=40)
        assert collecting.collect_due() == 0
    asset.refresh_from_db()
    assert says in asset.error
    assert asset.state == "pending"
    assert asset.next_at > timezone.now()
    assert kept(settings) == []

    monkeypatch.setattr(collecting.media, "make_poster", fail)
    Asset.objects.update(next_at=timezone.now())
    assert collecting.collect_due() == 1
    Asset.objects.filter(kind="poster").update(next_at=timezone.now(), tries=40)
    assert collecting.collect_due() == 0
    poster = asset.generation.assets.get(kind="poster")
    assert says in poster.error
    assert (poster.state, kept(settings)) == ("pending", ["preview.mp4", "video.mp4"])


def _broken_off():
    error = FetchFailed("the download broke off: ReadTimeout: 5 of 9 bytes arrived")
    error.__cause__ = outbound.BrokeOff("the download broke off: ReadTimeout")
    return error


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (_broken_off(), "Its download broke off."),
        (FetchFailed("the server answered 503", 503), "The server answered 503."),
        (collecting.NotMedia("the file holds no frame"), "The file holds no frame."),
        (collecting.NotMedia(pictures.UNREADABLE), pictures.UNREADABLE),
        (collecting.FFmpegFailed("[mov @ 0x55] moov atom"), "This server couldn't keep it."),
        (OSError(5, "Input/output error", "/srv/in"), "This server couldn't keep it."),
        (Unavailable("502 Bad Gateway"), "Luma doesn't tell its address now."),
        (KeyRefused("401"), "Luma refused this team's API key. Have a producer replace it under"),
        (outbound.Forbidden("a.b is at 10.0.0.1"), "leads to where this server fetches nothing"),
    ],
    ids=lambda case: type(case).__name__ if isinstance(case, Exception) else "",
)
def test_why_a_file_is_not_here_yet_is_told_in_words_and_the_log_has_the_rest(
    asset, monkeypatch, caplog, error, says
):
    def fail(*args, **how):
        raise error

    monkeypatch.setattr(collecting.downloading, "fetch", fail)
    collecting.collect_due()
    asset.refresh_from_db()
    assert (asset.state, says in asset.error) == ("pending", True)
    assert str(error) in caplog.text
    assert not re.search(r"Error|Timeout|0x|/srv|10\.0", asset.error)


def test_a_limit_on_file_size_is_said_and_the_file_comes_once_it_is_lifted(asset, settings):
    with no_file_longer_than(400_000):
        assert collecting.collect_due() == 0
    asset.refresh_from_db()
    assert "ulimit" in asset.error
    assert kept(settings) == []
    Asset.objects.update(next_at=timezone.now(), tries=0)
    assert collecting.collect_due() == 1
    assert kept(settings) == ["poster.jpg", "preview.mp4", "video.mp4"]


def test_a_file_is_read_for_its_hash_only_while_it_comes(asset, monkeypatch, server):
    hashed = []
    digest = hashlib.file_digest
    monkeypatch.setattr(
        keeping.hashlib,
        "file_digest",
        lambda file, kind: hashed.append(file.name) or digest(file, kind),
    )
    assert collecting.collect_due() == 1
    asset.refresh_from_db()
    assert asset.sha256 == hashlib.sha256(whole(server)).hexdigest()
    assert len(hashed) == 2  # poster and preview
