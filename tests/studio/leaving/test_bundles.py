"""A project as one file, as people get it: asked for, made by a worker, fetched and deleted."""

import json
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import opentimelineio as otio
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from generations.models import Account, Asset, LedgerEntry, Prompt, State
from studio import working
from studio.bundles import Bundles
from studio.leaving import bundling, writing
from studio.leaving.box import Box
from studio.leaving.kinds import KINDS
from studio.models import AuditEntry, Bundle, Note, Project, Role
from tests.factories import ProjectFactory, member, take
from tests.studio.leaving.filled import fill


@pytest.fixture
def filled(project, tmp_path):
    return fill(project, tmp_path / "sounds")


@pytest.fixture
def producer(project, sign_in):
    return sign_in(member(project, Role.PRODUCER))


def asked(producer, project):
    answer = producer.post(reverse("begin_bundle", args=[project.slug]), follow=True)
    return answer.content.decode()


def made(producer, project) -> ZipFile:
    """Have a bundle made, and fetch it as a browser does."""
    assert "Waiting for a worker" in asked(producer, project)
    assert bundling.bundle_due() == 1
    bundle = Bundle.objects.get(project=project)
    answer = producer.get(reverse("download_bundle", args=[bundle.uuid]), {"download": 1})
    assert f"{project.slug}-everything-" in answer["Content-Disposition"]
    return ZipFile(BytesIO(b"".join(answer.streaming_content)))


def rows(box: ZipFile, name: str) -> list[dict]:
    return [json.loads(line) for line in box.read(f"{name}.jsonl").splitlines()]


def test_it_holds_everything_and_every_hash_is_right(producer, filled, tmp_path):
    box = made(producer, filled.project)
    manifest = json.loads(box.read("manifest.json"))
    assert (manifest["format"], manifest["version"]) == ("dailies-project", 1)
    assert manifest["missing"] == []
    assert {name for name, count in manifest["counts"].items() if not count} == set()
    takes = {row["uuid"]: row for row in rows(box, "takes")}
    assert len(takes) == 10
    assert takes[str(filled.takes[0].uuid)]["take_number"] == 1
    box.extractall(tmp_path / "out")
    command = ["sha256sum", "-c", "--strict", "--quiet", "HASHES.sha256"]
    assert subprocess.run(command, cwd=tmp_path / "out", check=False).returncode == 0
    hashed = {line.split("  ")[1] for line in box.read("HASHES.sha256").decode().splitlines()}
    assert hashed == set(box.namelist()) - {"HASHES.sha256"}
    assert len(box.namelist()) == len(set(box.namelist()))


def test_its_timelines_open_elsewhere_and_find_their_media(producer, filled, tmp_path):
    box = made(producer, filled.project)
    box.extractall(tmp_path / "out")
    (file,) = (tmp_path / "out" / "sequences").iterdir()
    timeline = otio.adapters.read_from_file(str(file))
    media = [clip.media_reference.target_url for clip in timeline.find_clips()]
    assert len(media) >= 3
    assert all((file.parent / each).is_file() for each in media)


def test_no_secret_and_nothing_of_another_project_is_in_it(producer, filled):
    Account.objects.update(key_suffix="KEYS")
    attempt = filled.takes[0].attempts.get()
    attempt.callback_url = "https://dailies.example/callbacks/luma/CALLBACKTOKEN/"
    attempt.save()
    Asset.objects.update(source_url="https://cdn.example/file.mp4?signature=SIGNED")
    elsewhere = ProjectFactory(team=filled.project.team, name="Secret Sequel")
    parent = take(elsewhere, State.COMPLETED, words="Nobody knows this yet")
    # An extension whose parent another project has.
    frame = filled.takes[1].keyframes.get()
    frame.source = parent
    frame.save()
    box = made(producer, filled.project)
    said = b"".join(box.read(it) for it in box.namelist() if not it.startswith("media/")).decode()
    secrets = ("CALLBACKTOKEN", "SIGNED", str(attempt.nonce), Account.objects.first().sealed_key)
    others = ("Secret Sequel", "Nobody knows", str(parent.uuid), elsewhere.slug)
    people = (filled.ann.email, filled.bob.email, filled.bob.password)
    assert [it for it in (*secrets, *others, *people) if it in said] == []
    assert "Bob Artist" in said
    assert str(filled.takes[1].uuid) not in {it["generation"] for it in rows(box, "frames")}


def test_a_file_that_is_gone_is_named_and_the_rest_comes(producer, filled):
    gone = Asset.objects.get(generation=filled.takes[1], kind=Asset.Kind.VIDEO)
    gone.file.unlink()
    gone.sha256 = "0" * 64  # no other take has the same file
    gone.save()
    filled.sound.file.write_bytes(b"bits that rotted")
    box = made(producer, filled.project)
    missing = {it["why"] for it in json.loads(box.read("manifest.json"))["missing"]}
    assert missing == {"it is gone from the server", "it is damaged on the server"}
    page = producer.get(reverse("bundles", args=[filled.project.slug])).content.decode()
    assert "2 files are gone or damaged on the server" in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.ARTIST])
def test_only_who_manages_the_project_gets_it(role, producer, project, sign_in):
    asked(producer, project)
    bundling.bundle_due()
    bundle = Bundle.objects.get()
    client = sign_in(member(project, role))
    assert client.get(reverse("bundles", args=[project.slug])).status_code == 403
    assert client.post(reverse("begin_bundle", args=[project.slug])).status_code == 403
    assert client.get(reverse("download_bundle", args=[bundle.uuid])).status_code == 403
    assert client.post(reverse("discard_bundle", args=[bundle.uuid])).status_code == 403
    assert client.get(reverse("media", args=[bundle.uuid, "bundle"])).status_code == 404


def test_it_is_asked_for_once_and_told_in_the_audit_log(producer, project):
    asked(producer, project)
    asked(producer, project)
    assert Bundle.objects.count() == 1
    told = AuditEntry.objects.filter(kind=AuditEntry.Kind.EXPORT)
    assert [each.words for each in told] == ["Exported the whole project Desert Light"]


def test_who_takes_it_along_and_who_deletes_it_is_in_the_audit_log(producer, project):
    made(producer, project)
    bundle = Bundle.objects.get()
    address = reverse("download_bundle", args=[bundle.uuid])
    producer.head(address)
    assert producer.get(address, headers={"Range": "bytes=999999999-"}).status_code == 416
    etag = producer.head(address)["ETag"]
    assert producer.get(address, headers={"If-None-Match": etag}).status_code == 304
    producer.post(reverse("discard_bundle", args=[bundle.uuid]))
    told = AuditEntry.objects.filter(project=project.pk).order_by("pk")
    assert [(each.kind, each.words) for each in told] == [
        ("export", "Exported the whole project Desert Light"),
        ("export", "Downloaded the whole project Desert Light"),
        ("deletion", "Deleted an export of the whole project Desert Light"),
    ]


def test_one_is_cancelled_and_deleted_and_leaves_nothing(producer, project, settings):
    asked(producer, project)
    bundle = Bundle.objects.get()
    producer.post(reverse("cancel_bundle", args=[bundle.uuid]))
    assert bundling.bundle_due() == 0
    assert producer.get(reverse("download_bundle", args=[bundle.uuid])).status_code == 404
    asked(producer, project)
    assert bundling.bundle_due() == 1
    kept = Bundle.objects.get(state=Bundle.State.DONE)
    assert kept.file.is_file()
    producer.post(reverse("discard_bundle", args=[kept.uuid]))
    assert not kept.file.exists()
    assert not list((settings.MEDIA_ROOT / "bundling").glob("*"))


def test_one_whose_worker_was_killed_begins_again_and_no_half_file_is_seen(
    producer, project, settings
):
    asked(producer, project)
    bundle = Bundle.objects.get()
    assert bundle.claim(60)
    left = settings.MEDIA_ROOT / "bundling" / f"{bundle.uuid}-1"
    left.mkdir(parents=True)
    (left / "project.zip").write_bytes(b"half of it")
    assert bundling.bundle_due() == 0
    assert producer.get(reverse("download_bundle", args=[bundle.uuid])).status_code == 404
    Bundle.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert bundling.bundle_due() == 1
    assert not left.exists()
    bundle.refresh_from_db()
    assert ZipFile(bundle.file).testzip() is None


def test_who_cancels_in_the_middle_ends_it(producer, filled, monkeypatch, settings):
    monkeypatch.setattr(working, "SAY_EVERY_S", 0)
    asked(producer, filled.project)

    def cancelled(self, progress, lease_s):
        producer.post(reverse("cancel_bundle", args=[self.uuid]))
        return go_on(self, progress, lease_s)

    go_on = Bundle.go_on
    monkeypatch.setattr(Bundle, "go_on", cancelled)
    assert bundling.bundle_due() == 0
    assert Bundle.objects.get().state == Bundle.State.CANCELLED
    assert not list((settings.MEDIA_ROOT / "bundling").glob("*"))
    assert not list((settings.MEDIA_ROOT / "bundles").glob("*/*"))


def test_an_old_one_is_cleared_away(producer, project):
    asked(producer, project)
    bundling.bundle_due()
    bundle = Bundle.objects.get()
    bundling.tidy()
    assert bundle.file.is_file()
    Bundle.objects.update(ended_at=timezone.now() - timedelta(days=8))
    bundling.tidy()
    assert not Bundle.objects.exists()
    assert not bundle.file.exists()


def test_only_the_newest_three_are_kept(producer, project):
    bundles = []
    for _ in range(4):
        asked(producer, project)
        assert bundling.bundle_due() == 1
        bundles.append(Bundle.objects.order_by("-pk")[0])
    assert set(Bundle.objects.all()) == set(bundles[1:])
    assert [each.file.exists() for each in bundles] == [False, True, True, True]
    page = producer.get(reverse("bundles", args=[project.slug])).content.decode()
    assert [str(each.uuid) in page for each in bundles] == [False, True, True, True]


def test_where_its_media_have_no_room_none_is_begun(producer, filled, monkeypatch):
    media = {it.sha256: it.size_bytes for it in Asset.objects.filter(kind__in=("video", "image"))}
    room = sum(media.values())
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=room))
    monkeypatch.setattr(Box, "put_file", lambda *_: pytest.fail("a file was written"))
    asked(producer, filled.project)
    assert bundling.bundle_due() == 0
    page = producer.get(reverse("bundles", args=[filled.project.slug])).content.decode()
    assert "The disk is full. Make room on the disk that holds the media, then export again" in page


def test_its_page_counts_what_comes_beside_too(filled):
    page = Bundles(filled.project)
    before = page.size_bytes
    frames = Asset.objects.get(kind="exr")
    Asset.objects.filter(pk=frames.pk).update(size_bytes=frames.size_bytes + 2_000_000_000)
    assert page.size_bytes == before + 2_000_000_000


def test_the_command_writes_the_same(filled, tmp_path, capsys):
    call_command("export_project", filled.project.slug, str(tmp_path / "film.zip"))
    assert "10 takes and versions of Desert Light" in capsys.readouterr().out
    assert len(rows(ZipFile(tmp_path / "film.zip"), "takes")) == 10
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_project", filled.project.slug, str(tmp_path / "film.zip"))
    with pytest.raises(CommandError, match="There are: desert-light"):
        call_command("export_project", "nothing", str(tmp_path / "other.zip"))
    assert Project.objects.count() == 1


def test_the_format_is_described_field_by_field():
    described = (Path(__file__).parents[3] / "docs" / "bundle.md").read_text()
    for kind in KINDS:
        (line,) = [it for it in described.splitlines() if it.startswith(f"| `{kind.name}.jsonl`")]
        fields = {*kind.plain, *kind.people, *kind.links, *kind.later, *kind.told}
        assert fields | ({"file"} if kind.file else set()) == set(
            re.findall("`([a-z_0-9]+)`", line)
        )


@pytest.mark.django_db(transaction=True)
def test_it_is_of_one_moment_while_people_go_on(filled, tmp_path, monkeypatch):
    """Both databases: what is committed while the rows are read isn't half in it."""
    project, about = filled.project, writing._about

    def meanwhile(*args):
        def work() -> None:
            prompt = Prompt.objects.filter(project=project).first().changed(words="Too late")
            prompt.save()
            Note.objects.update(words="Written too late")
            connection.close()

        with ThreadPoolExecutor(1) as beside:
            beside.submit(work).result()
        return about(*args)

    monkeypatch.setattr(writing, "_about", meanwhile)
    writing.write(project, tmp_path / "film.zip", lambda part: None)
    assert Note.objects.filter(words="Written too late").exists()
    box = ZipFile(tmp_path / "film.zip")
    assert "Too late" not in {row["words"] for row in rows(box, "prompts")}
    assert "Written too late" not in {row["words"] for row in rows(box, "notes")}
    assert not connection.in_atomic_block
    Project.objects.filter(pk=project.pk).update(name="Can be written again")


# What stays where it is, as docs/bundle.md says.
STAYS = {
    *("Budget", "Counter", "Import", "AuditEntry", "Bundle", "Favourite", "Mention", "Share"),
    *("Notice", "NoticePlace", "Run", "RunStep", "SavedView", "WebhookPlace", "Erasure"),
    *("ApiToken", "ApiRequest", "FinalPlace"),
}
GIVEN_ANEW = {
    "Generation": {
        *("order_key", "next_at", "turn", "priority", "paused_at", "no_room_since", "shown_usd"),
    },
    "Asset": {"uuid", "state", "source_url", "next_at", "tries", "error", "path"},
    "Attempt": {"nonce", "owns_id", "callback_url", "lease_until", "is_reserved"},
    "Still": {"path"},
    "Sound": {"path", "peaks"},
    "Storyboard": {"version", "edited", "settings_version", "changed_by", "followed"},
    "Shot": {"storyboard", "version", "changed_by"},
    "ShotTake": {"step"},
    "Sequence": {"version"},
    "GuestVerdict": {"share", "visit"},
    "Note": {"share"},
    "BakeOff": {"seed"},
    "Finals": {"followed"},
    "Export": {
        *("state", "words", "progress", "tries", "tries_before", "lease_until", "path"),
        "estimate_s",
    },
}


def test_whatever_belongs_to_a_project_leaves_or_is_said_to_stay():
    leaving = {kind.model for kind in KINDS} | {LedgerEntry, Project}
    named = {Project, *leaving} - {LedgerEntry}
    forgotten = [
        model.__name__
        for model in apps.get_models()
        if model not in leaving and model.__name__ not in STAYS
        if any(it.related_model in named for it in model._meta.fields if it.is_relation)
    ]
    assert forgotten == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_field_of_a_row_leaves_or_is_given_anew(kind):
    told = {path.partition("__")[0] for path in kind.told.values()}
    leaving = {*kind.plain, *kind.people, *kind.links, *kind.later, *told, "id", "project"}
    fields = {field.name for field in kind.model._meta.concrete_fields}
    assert fields - leaving == GIVEN_ANEW.get(kind.model.__name__, set())
