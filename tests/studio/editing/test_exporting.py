"""Exporting through trouble: ended, killed, full disks; no bad file is ever seen."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from generations import ffmpeg
from studio import working
from studio.editing import exporting, films
from studio.editing.cut import Clip, Cut
from studio.editing.verifying import NotAsAsked, verify
from studio.models import Export, Sequence
from tests.studio.editing.filmed import clip, filmed

CHILD = """
import django
django.setup()
from studio.editing import exporting
exporting.export_due()
"""


def an_export(project, author, clips=2, **asked) -> Export:
    """An export that takes a while: every frame of it is encoded."""
    one = filmed(project, clip(0, frames=96), author=author)
    cut = Cut(clips=tuple(Clip(f"c{at}", one.uuid) for at in range(clips)))
    sequence = Sequence.begin(project, author, "Film", cut)
    asked = {"kind": "mp4", "height": 540} | asked
    return Export.objects.create(sequence=sequence, edit=sequence.head, author=author, **asked)


@pytest.fixture
def export(project, artist) -> Export:
    return an_export(project, artist)


def files() -> list[Path]:
    """Every file of an export that is on the disk, finished or not."""
    root = Path(settings.MEDIA_ROOT)
    found = [*root.glob("exports/**/*"), *root.glob("exporting/**/*")]
    return [each for each in found if each.is_file()]


def children() -> list[int]:
    """The processes of ffmpeg that this one has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "ffmpeg" in fields[0] and int(fields[1].split()[1]) == os.getpid():
            found.append(int(stat.parent.name))
    return found


def wait_for(condition, timeout_s=60.0):
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def test_cancelling_ends_ffmpeg_and_leaves_nothing(export, monkeypatch):
    monkeypatch.setattr(working, "SAY_EVERY_S", 0)
    running = []

    def cancelled(self, progress, lease_s):
        running.extend(children())
        if running:
            assert Export.objects.get(pk=self.pk).cancel()
            return False
        return True

    monkeypatch.setattr(Export, "go_on", cancelled)
    assert exporting.export_due() == 0
    assert running
    assert children() == []
    assert files() == []
    export.refresh_from_db()
    assert export.state == Export.State.CANCELLED


def test_a_killed_ffmpeg_fails_in_words_and_leaves_nothing(export):
    def kill():
        wait_for(children)
        for pid in children():
            os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    assert exporting.export_due() == 0
    killer.join()
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert "SIGKILL" in export.words
    assert "Export it again" in export.words
    assert files() == []
    assert export.again()
    assert exporting.export_due() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the child opens the test's own file")
def test_a_worker_killed_in_the_middle_leaves_no_film_and_another_begins_again(project, artist):
    export = an_export(project, artist, clips=8)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "DATA_DIR": str(settings.DATA_DIR),
        "EXPORT_LEASE_S": "60",
    }
    with subprocess.Popen([sys.executable, "-c", CHILD], env=environment) as worker:
        wait_for(lambda: any("piece-2" in each.name for each in files()))
        worker.kill()
    export.refresh_from_db()
    assert export.state == Export.State.RENDERING
    assert not any("exports" in each.parts for each in files())
    assert exporting.export_due() == 0, "its lease still runs"
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert exporting.export_due() == 1
    export.refresh_from_db()
    assert (export.state, export.tries) == (Export.State.DONE, 2)
    assert files() == [export.file]


def test_what_kills_every_worker_is_given_up_in_words(export):
    Export.objects.update(tries=working.MOST_TRIES, state=Export.State.RENDERING)
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert exporting.export_due() == 0
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert "begun 5 times" in export.words


def test_a_full_disk_is_told_with_what_helps(export, monkeypatch):
    def full(directory, size_bytes):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(films.disk, "check_room", full)
    exporting.export_due()
    export.refresh_from_db()
    assert export.words == (
        "The disk is full. Make room on the disk that holds the media, then export again."
    )
    assert files() == []


@pytest.mark.parametrize("place", ["work", "/srv/dailies/media/takes/7f/"])
def test_why_it_failed_says_nothing_of_where_files_are(export, monkeypatch, place):
    def stumble(made, work, say):
        where = f"{work}/" if place == "work" else place
        raise ffmpeg.FFmpegFailed(f"[in#0] Error opening input {where}piece-0.mp4: Invalid 1/24")

    monkeypatch.setattr(films, "make", stumble)
    exporting.export_due()
    export.refresh_from_db()
    assert "Error opening input piece-0.mp4: Invalid 1/24. Export it again" in export.words
    assert "/media" not in export.words
    assert str(settings.MEDIA_ROOT) not in export.words


def test_what_nobody_foresaw_fails_at_once_and_holds_up_no_other(
    export, project, artist, monkeypatch
):
    make = films.make

    def stumble(made, work, say):
        if made.pk == export.pk:
            raise RuntimeError("layout failed")
        return make(made, work, say)

    monkeypatch.setattr(films, "make", stumble)
    other = an_export(project, artist, clips=1, height=None)
    assert exporting.export_due() == 1
    export.refresh_from_db()
    other.refresh_from_db()
    assert (export.state, other.state) == (Export.State.FAILED, Export.State.DONE)
    assert "layout failed" in export.words
    assert files() == [other.file]


def test_a_film_that_isnt_as_asked_is_never_shown(export, monkeypatch):
    real = films.join

    def shortened(parts, *args, **kwargs):
        real(parts[:-1], *args, **kwargs)

    monkeypatch.setattr(films, "join", shortened)
    exporting.export_due()
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert "The film has 96 of 192 frames." in export.words
    assert files() == []


def test_only_one_worker_has_it_and_a_late_one_changes_nothing(export):
    first, second = Export.objects.get(), Export.objects.get()
    assert first.claim(60)
    assert not second.claim(60)
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    third = Export.objects.get()
    assert third.claim(60)
    assert not first.go_on(0.5, 60)
    assert not first.fail("too late")
    assert not first.finish(path="x", size_bytes=1, sha256="x")
    assert third.go_on(0.5, 60)
    assert Export.objects.get().progress == 0.5


def test_an_export_is_followed_in_the_logs_by_its_id(export, caplog):
    caplog.set_level("INFO", "studio")
    assert exporting.export_due() == 1
    other = Export.objects.create(sequence=export.sequence, edit=export.edit, kind="mp4")
    assert other.cancel()
    assert other.again()
    assert other.cancel()
    assert other.discard()
    said = [line.split(" ", 1) for line in caplog.messages if line.startswith("export=")]
    assert [words for name, words in said if name == f"export={export.uuid}"] == [
        "state=rendering tries=1",
        "state=done tries=1",
    ]
    assert [words for name, words in said if name == f"export={other.uuid}"] == [
        "state=cancelled tries=0",
        "state=waiting tries=0",
        "state=cancelled tries=0",
        "deleted",
    ]


@pytest.mark.parametrize("kind", ["mp4", "frames"])
def test_progress_is_real_and_only_rises(export, monkeypatch, kind):
    Export.objects.update(kind=kind, clip_key=export.edit.cut.clips[0].key)
    monkeypatch.setattr(working, "SAY_EVERY_S", 0)
    said = []
    real = Export.go_on

    def heard(self, progress, lease_s):
        said.append(progress)
        return real(self, progress, lease_s)

    monkeypatch.setattr(Export, "go_on", heard)
    assert exporting.export_due() == 1
    assert said == sorted(said)
    assert said[0] < 0.1
    assert said[-1] > 0.9
    if kind == "mp4":  # the frames of a short clip are written between two looks
        assert sum(0.1 < each < 0.9 for each in said) >= 2


def test_an_export_is_still_its_workers_while_a_large_file_is_flushed(export, monkeypatch):
    monkeypatch.setattr(working, "SAY_EVERY_S", 0.01)
    flushing, renewed = threading.Event(), threading.Event()
    fsync, go_on = os.fsync, Export.go_on

    def slow(descriptor):
        flushing.set()
        assert renewed.wait(20), "its lease would run out"
        fsync(descriptor)

    def heard(self, progress, lease_s):
        if flushing.is_set():
            renewed.set()
        return go_on(self, progress, lease_s)

    monkeypatch.setattr(working.os, "fsync", slow)
    monkeypatch.setattr(Export, "go_on", heard)
    assert exporting.export_due() == 1
    export.refresh_from_db()
    assert (export.state, export.progress) == (Export.State.DONE, 1.0)


def test_what_nobody_needs_is_cleared_away(export):
    root = Path(settings.MEDIA_ROOT)
    exporting.export_due()
    export.refresh_from_db()
    stray, left = root / "exports/aa/stray.mp4", root / "exporting/gone-1/piece-1.mp4"
    for each in (stray, left):
        each.parent.mkdir(parents=True)
        each.write_bytes(b"x")
    os.utime(stray, (1, 1))
    exporting.tidy()
    assert files() == [export.file]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"frames": 47}, "48 of 47 frames"),
        ({"size": (640, 360)}, "320 × 180"),
        ({"has_sound": True}, "no sound"),
    ],
)
def test_a_film_is_looked_into(wrong, words):
    asked = {"frames": 48, "size": (320, 180), "has_sound": False, "every_frame": True}
    look = {"container": "mov", "at": lambda _: None}
    assert verify(clip(0), **asked, **look) == pytest.approx(2)
    with pytest.raises(NotAsAsked, match=words):
        verify(clip(0), **(asked | wrong), **look)


def test_a_film_whose_sound_runs_away_is_refused(tmp_path):
    late = tmp_path / "late.mp4"
    sound = ["-f", "lavfi", "-i", "sine=440:duration=2.2"]
    ffmpeg.run([*ffmpeg.pinned(clip(0)), *sound, "-c:v", "copy", str(late)], timeout_s=60)
    asked = {"frames": 48, "size": (320, 180), "has_sound": True, "every_frame": False}
    with pytest.raises(NotAsAsked, match="Its sound ends"):
        verify(late, container="mov", at=lambda _: None, **asked)


def test_a_damaged_film_is_refused(tmp_path):
    data = bytearray(clip(0).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    asked = {"frames": 48, "size": (320, 180), "has_sound": False, "every_frame": True}
    with pytest.raises(NotAsAsked):
        verify(broken, container="mov", at=lambda _: None, **asked)
