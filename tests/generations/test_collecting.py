"""Keeping files: whole, checked, or not at all."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from generations import collecting, discarding, media
from generations.models import Asset
from tests.generations.conftest import make_studio


def due_now():
    Asset.objects.filter(state="pending").update(next_at=timezone.now())


def files():
    root = Path(django_settings.MEDIA_ROOT)
    return sorted(file.name for file in root.rglob("*") if file.is_file())


def test_a_download_of_the_wrong_length_is_fetched_again_and_never_seen_in_part(studio):
    studio.simulator.faults(wrong_length={"times": 2})
    take = studio.order()
    studio.work(take, until="completed")
    for _ in range(2):
        due_now()
        assert collecting.collect_due() == 0
        assert files() == []
        take.refresh_from_db()
        assert take.state == "completed"  # a render whose download failed is never "failed"
    due_now()
    studio.work(take, until="stored")
    video = take.assets.get(kind="video")
    assert hashlib.sha256(video.file.read_bytes()).hexdigest() == video.sha256
    assert files() == ["poster.jpg", "preview.mp4", "video.mp4"]


def test_a_download_that_breaks_is_taken_up_where_it_stopped(studio):
    studio.simulator.faults(download_cut={"times": 2})
    take = studio.order()
    studio.work(take, until="completed")
    studio.work(take, until="stored")
    video = take.assets.get(kind="video")
    assert video.tries == 1
    assert hashlib.sha256(video.file.read_bytes()).hexdigest() == video.sha256


def test_an_expired_url_is_renewed_by_asking_again(studio):
    take = studio.order()
    studio.simulator.faults(download_cut={"times": 1})
    studio.work(take, until="completed")
    Asset.objects.update(source_url="http://127.0.0.1:9/gone.mp4", tries=1)
    due_now()
    studio.work(take, until="stored")


def test_a_url_that_still_answers_is_fetched_while_the_api_is_away(studio, settings):
    take = studio.order()
    studio.simulator.faults(download_cut={"times": 1})
    studio.work(take, until="completed")
    Asset.objects.update(tries=1)
    take.account.base_url = "http://127.0.0.1:9/dream-machine/v1"
    take.account.save()
    studio.simulator.faults()
    due_now()
    assert collecting.collect_due() == 1
    assert take.assets.get(kind="video").tries == 2


def test_a_playlist_in_disguise_is_refused_and_opens_nothing(tmp_path):
    disguised = tmp_path / "video.mp4"
    disguised.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n")
    with pytest.raises(media.NotMedia):
        media.probe_video(disguised)


def test_a_truncated_file_is_refused(tmp_path):
    broken = tmp_path / "video.mp4"
    broken.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(200))
    with pytest.raises(media.NotMedia):
        media.probe_video(broken)


def test_what_a_dead_worker_left_is_removed_by_the_next(studio):
    take = studio.order()
    studio.simulator.faults(download_cut=True)
    studio.work(take, until="completed")
    asset = take.assets.get()
    left = collecting._work_file(asset)
    left.write_bytes(b"half")
    studio.simulator.faults()
    due_now()
    studio.work(take, until="stored")
    assert not left.exists()


def test_a_fetch_under_way_is_left_alone(studio):
    take = studio.order()
    studio.simulator.faults(download_cut=True)
    studio.work(take, until="completed")
    due_now()
    claimed = collecting._claim()
    assert claimed.generation == take
    assert collecting._claim() is None


def test_it_gives_up_after_twenty_tries_and_says_so(studio):
    take = studio.order()
    studio.simulator.faults(download_cut=True)
    studio.work(take, until="completed")
    Asset.objects.update(tries=19)
    due_now()
    collecting.collect_due()
    asset = take.assets.get()
    assert asset.state == "failed"
    assert asset.error
    assert take.events.filter(kind="store_failed").exists()


def test_a_slow_look_into_the_file_keeps_its_lease(
    transactional_db, simulator, settings, monkeypatch
):
    settings.COLLECT_LEASE_S = 0.6
    studio = make_studio(simulator)
    take = studio.order()
    studio.work(take, until="completed")
    make_preview, second = media.make_preview, []

    def slowly(*args):
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            second.append(collecting._claim())
            time.sleep(0.1)
        make_preview(*args)

    monkeypatch.setattr(media, "make_preview", slowly)
    assert collecting.collect_due() == 1
    assert len(second) > 5
    assert not any(second)
    assert take.assets.get(kind="video").tries == 1


def test_clearing_up_passes_over_a_file_that_goes_at_that_moment(settings, monkeypatch):
    work = collecting._work_dir()
    old, gone = work / "old", work / "gone"
    for file in (old, gone):
        file.write_bytes(b"")
        os.utime(file, (0, 0))
    stat = Path.stat

    def moved_away(path, **how):
        if path == gone:
            gone.unlink()
        return stat(path, **how)

    monkeypatch.setattr(Path, "stat", moved_away)
    assert collecting.remove_stale_work() == 1
    assert not old.exists()


def test_a_take_that_is_purged_while_its_preview_is_made_leaves_nothing(studio, monkeypatch):
    take = studio.order()
    studio.work(take, until="completed")
    make_preview = media.make_preview

    def purge_and_make(*args):
        make_preview(*args)
        assert discarding.discard([take], studio.person).takes
        discarding.purge(take, studio.person)

    monkeypatch.setattr(media, "make_preview", purge_and_make)
    collecting.collect_due()
    assert files() == []
    assert not take.assets.exists()
    assert take.events.latest("number").kind == "purged"
