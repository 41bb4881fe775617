"""Bundles that somebody made up, or that were damaged: refused in words, nothing of them stays."""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import av
import pytest
from django.conf import settings
from PIL import Image

from generations.models import Account, Generation, Prompt
from generations.refusal import Refused
from studio.leaving import bringing, opened
from studio.models import AuditEntry, Project, Tag, User
from tests.factories import tiny_poster
from tests.studio.leaving.filled import rebuilt


def kept_files() -> list[Path]:
    return [it for it in Path(settings.MEDIA_ROOT).rglob("*") if it.is_file()]


def refused(file: Path, team) -> str:
    """Return what is said of a bundle that is refused, of which nothing stays."""
    people = User.objects.count()
    with pytest.raises(Refused) as said:
        bringing.bring(file, team)
    models = (Project, Generation, Prompt, Account, Tag)
    assert [model for model in models if model._default_manager.exists()] == []
    assert User.objects.count() == people
    assert not AuditEntry.objects.exists()
    assert kept_files() == []
    assert not list((Path(settings.MEDIA_ROOT) / "importing").glob("*"))
    return str(said.value)


def changed(bundle: Path, to: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Return a bundle whose files were changed, all with their right hashes."""
    with ZipFile(bundle) as box:
        files = {name: box.read(name) for name in box.namelist()}
    change(files)
    return written(files, to)


def written(files: dict[str, bytes], to: Path, *, hashed: bool = True) -> Path:
    if hashed:
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        hashes.pop("HASHES.sha256", None)
        lines = "".join(f"{digest}  {name}\n" for name, digest in hashes.items())
        files["HASHES.sha256"] = lines.encode()
    with ZipFile(to, "w") as box:
        for name, data in files.items():
            how = ZIP_STORED if name.startswith("media/") else ZIP_DEFLATED
            box.writestr(name, data, compress_type=how)
    return to


@pytest.fixture
def to(tmp_path) -> Path:
    return tmp_path / "made-up.zip"


def test_what_is_no_zip_is_refused(team, to):
    to.write_bytes(b"no zip at all")
    assert "isn't a ZIP file" in refused(to, team)
    assert "can't be read" in refused(to.with_name("nothing.zip"), team)


def test_one_that_was_cut_short_is_refused(brought, team, to):
    data = brought.read_bytes()
    to.write_bytes(data[: len(data) // 2])
    assert "cut short" in refused(to, team)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../../etc/cron.d/evil",
            "/etc/passwd",
            "media/../../evil.mp4",
            "..\\evil",
            "media/evil.mp4",
        ),
        *("sequences/../evil.otio", "README.txt/x", "takes.jsonl\n", "studio/settings.py"),
    ],
)
def test_a_file_that_no_bundle_has_is_refused_by_its_name(name, brought, team, to):
    said = refused(changed(brought, to, lambda files: files.update({name: b"evil"})), team)
    assert "which no bundle does" in said


def test_a_file_that_is_in_it_twice_is_refused(brought, team, to):
    changed(brought, to, lambda files: None)
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(to, "a") as box:
        box.writestr("takes.jsonl", b"{}\n")
    assert "takes.jsonl twice" in refused(to, team)


def test_a_bomb_is_refused_before_it_is_unpacked(brought, team, to, monkeypatch):
    monkeypatch.setattr(opened, "MOST_TEXT_BYTES", 10_000_000)
    bomb = changed(brought, to, lambda files: files.update({"README.txt": b"0" * 20_000_000}))
    assert bomb.stat().st_size < 5_000_000
    assert "unpacks to more than it can be worth" in refused(bomb, team)


def test_a_bomb_that_lies_about_its_size_is_refused(brought, team, to):
    changed(brought, to, lambda files: files.update({"README.txt": b"0" * 20_000_000}))
    data = to.read_bytes()
    size = (20_000_000).to_bytes(4, "little")
    to.write_bytes(data.replace(size, (1000).to_bytes(4, "little")))
    assert "README.txt" in refused(to, team)


def test_packed_media_are_refused(brought, team, to):
    changed(brought, to, lambda files: None)
    with ZipFile(to) as old:
        files = {name: old.read(name) for name in old.namelist()}
    with ZipFile(to, "w", ZIP_DEFLATED) as box:
        for name, data in files.items():
            box.writestr(name, data)
    assert "packed in a way that no bundle is" in refused(to, team)


def test_a_line_without_end_is_refused(brought, team, to, monkeypatch):
    monkeypatch.setattr(opened, "MOST_LINE_BYTES", 100_000)
    long = b'{"key": "' + b"a" * 200_000
    said = refused(changed(brought, to, lambda files: files.update({"people.jsonl": long})), team)
    assert "people.jsonl unpacks to more" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [("takes.jsonl", "takes.jsonl"), ("HASHES.sha256", "HASHES.sha256")],
)
def test_one_that_lacks_a_file_is_refused(name, words, brought, team, to):
    with ZipFile(brought) as box:
        files = {it: box.read(it) for it in box.namelist() if it != name}
    said = refused(written(files, to, hashed=name != "HASHES.sha256"), team)
    assert f"{words} is missing in it" in said


def test_a_medium_that_is_missing_is_refused(brought, team, to):
    def lose(files: dict[str, bytes]) -> None:
        files.pop(next(it for it in files if it.endswith(".mp4")))

    assert ".mp4 is missing in it" in refused(changed(brought, to, lose), team)


def test_a_wrong_hash_is_refused(brought, team, to):
    file = rebuilt(brought, "notes", lambda row: row | {"words": "Forged"}, hashed=False)
    assert "notes.jsonl isn't what it was" in refused(file, team)


def test_a_medium_under_another_hash_is_refused(brought, team, to):
    def forge(files: dict[str, bytes]) -> None:
        files[next(it for it in files if it.endswith(".mp4"))] = b"something else"

    assert "its hash is another" in refused(changed(brought, to, forge), team)


def test_a_video_that_is_none_is_refused(brought, team, to):
    """Such as a playlist that names files of this server, under the name of a video."""
    evil = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
    digest = hashlib.sha256(evil).hexdigest()

    def swap(files: dict[str, bytes]) -> None:
        name = f"media/{digest}.mp4"
        files[name] = evil
        row = json.loads(files["files.jsonl"].splitlines()[0])
        row |= {"file": name, "sha256": digest, "kind": "video"}
        files["files.jsonl"] = json.dumps(row).encode() + b"\n"

    said = refused(changed(brought, to, swap), team)
    assert "isn't what the bundle says it is" in said


def test_a_picture_as_a_sound_is_refused(brought, team, to):
    picture = tiny_poster().read_bytes()
    digest = hashlib.sha256(picture).hexdigest()

    def swap(files: dict[str, bytes]) -> None:
        files[f"media/{digest}.jpg"] = picture
        row = json.loads(files["sounds.jsonl"])
        row |= {"file": f"media/{digest}.jpg", "sha256": digest}
        files["sounds.jsonl"] = json.dumps(row).encode() + b"\n"

    assert "isn't what the bundle says it is" in refused(changed(brought, to, swap), team)


def gif_of(width: int, height: int) -> bytes:
    """Return a GIF of one dot that says it is of that size."""
    out = BytesIO()
    Image.new("P", (1, 1)).save(out, "GIF")
    data = bytearray(out.getvalue())
    data[6:10] = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return bytes(data)


def webm_of(width: int, height: int, file: Path) -> bytes:
    """Return a WebM of one plain frame."""
    with av.open(str(file), "w", format="webm") as out:
        stream = out.add_stream("libvpx", rate=1, options={"deadline": "realtime"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for packet in (*stream.encode(av.VideoFrame(width, height, "yuv420p")), *stream.encode()):
            out.mux(packet)
    return file.read_bytes()


def as_export(kind: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
    """Return what has the bundle's export be a file."""
    digest = hashlib.sha256(data).hexdigest()

    def swap(files: dict[str, bytes]) -> None:
        files[f"media/{digest}.{kind}"] = data
        row = json.loads(files["exports.jsonl"].splitlines()[0])
        row |= {"file": f"media/{digest}.{kind}", "sha256": digest, "kind": kind}
        files["exports.jsonl"] = json.dumps(row).encode() + b"\n"

    return swap


@pytest.mark.parametrize("size", [(65_535, 65_535), (8_000, 7_000)])
def test_a_gif_of_more_pixels_than_any_is_refused(size, brought, team, to):
    said = refused(changed(brought, to, as_export("gif", gif_of(*size))), team)
    assert "over 50 million pixels" in said


def test_a_webm_of_more_pixels_than_any_is_refused(brought, team, to, tmp_path, monkeypatch):
    file = changed(brought, to, as_export("webm", webm_of(640, 360, tmp_path / "a.webm")))
    monkeypatch.setattr("generations.media._MAX_PIXELS", 320 * 180)
    assert "it is no WEBM file" in refused(file, team)


@pytest.mark.parametrize("name", ["media/x.a/b", "media/x.mp4", "media/x.a/../../b"])
def test_a_medium_by_a_name_that_isnt_in_it_is_no_path(name, brought, team):
    file = rebuilt(brought, "files", lambda row: row | {"file": name, "sha256": "x"})
    said = refused(file, team)
    assert said.startswith("files.jsonl, line 1: ")
    assert f"“{name}” is missing in it" in said


@pytest.mark.parametrize(
    "manifest", [b"[]", b"{}", b'{"format": "dailies-project"}', b"\xff", b"{"]
)
def test_a_manifest_that_is_none_is_refused(manifest, brought, team, to):
    file = changed(brought, to, lambda files: files.update({"manifest.json": manifest}))
    assert refused(file, team)


def test_a_version_of_later_is_refused(brought, team, to):
    def later(files: dict[str, bytes]) -> None:
        said = json.loads(files["manifest.json"]) | {"version": 2}
        files["manifest.json"] = json.dumps(said).encode()

    said = refused(changed(brought, to, later), team)
    assert "It is of format version 2; this Dailies reads version 1." in said


FIELDS = [
    ("prompts", "words", "x" * 5001),
    ("prompts", "words", None),
    ("prompts", "words", 7),
    ("prompts", "kind", "novel"),
    ("prompts", "duration_s", -1),
    ("prompts", "duration_s", 2**40),
    ("prompts", "duration_s", True),
    ("prompts", "concepts", [{"a": 1}]),
    ("prompts", "placed_at", {"x_start": "0"}),
    ("prompts", "created_at", "yesterday"),
    ("prompts", "created_at", "2026-01-01T00:00:00"),
    ("prompts", "author", "p999"),
    ("prompts", "author", ["p1"]),
    ("prompts", "parent", "00000000-0000-0000-0000-000000000000"),
    ("prompts", "uuid", "../../evil"),
    ("takes", "take_number", 0.5),
    ("takes", "state", "rich"),
    ("takes", "reason", "because"),
    ("takes", "price_usd", "-1"),
    ("takes", "price_usd", "NaN"),
    ("takes", "price_usd", "1e400"),
    ("takes", "provider", "nobody"),
    ("takes", "last_event", 10**13),
    ("takes", "expected_s", "inf"),
    ("takes", "notice", "n" * 501),
    ("stills", "origin", "stolen"),
    ("stills", "file", "media/../../../etc/passwd"),
    ("frames", "position", "middle"),
    ("frames", "generation", None),
    ("references", "weight", "1.5"),
    ("files", "kind", "virus"),
    ("files", "kind", "image"),
    ("files", "sha256", "0"),
    ("attempts", "outcome", "won"),
    ("ledger", "amount_usd", "-5.0000"),
    ("ledger", "kind", "gift"),
    ("events", "kind", "exploded"),
    ("events", "detail", []),
    ("events", "detail", {"words": {"a": "b"}}),
    ("events", "number", 1),
    ("tags", "word", ""),
    ("tags", "word", "one, two"),
    ("tags", "word", "t" * 31),
    ("verdicts", "verdict", "perfect"),
    ("guest_verdicts", "guest", "g" * 61),
    ("notes", "words", "n" * 2001),
    ("notes", "drawing", [[1]]),
    ("notes", "frame", -1),
    ("scores", "value", 11),
    ("scores", "author", None),
    ("collected", "collection", ""),
    ("sounds", "name", "s" * 121),
    ("shots", "count", 5),
    ("shots", "position", 2**40),
    ("shot_takes", "asked", {"size": 3}),
    ("sequences", "name", ""),
    ("sequences", "head", "nothing/1"),
    ("edits", "document", "drop table"),
    ("cuts", "name", "c" * 41),
    ("exports", "kind", "exe"),
    ("people", "name", ""),
    ("people", "key", "root"),
]


@pytest.mark.parametrize(("name", "field", "value"), FIELDS)
def test_a_field_that_cant_be_is_refused_with_its_line(name, field, value, brought, team):
    file = rebuilt(brought, name, lambda row: row | {field: value})
    assert re.match(rf"{name}\.jsonl, line [12]: ", refused(file, team))


@pytest.mark.parametrize(
    ("name", "field"),
    [("takes", "take_number"), ("takes", "last_event"), ("events", "number"), ("edits", "number")],
)
def test_a_number_that_leaves_none_for_what_comes_after_is_refused(name, field, brought, team):
    """A project's counters go on from what came; on PostgreSQL they end at 2**31."""
    first = []

    def last(row: dict) -> dict:
        first.append(row)
        return row | {field: 2**31 - 1} if len(first) == 1 else row

    said = refused(rebuilt(brought, name, last), team)
    assert said.startswith(f"{name}.jsonl, line 1: “{field}” isn't what it should be")


@pytest.mark.parametrize(
    "line",
    [
        *(b"{", b"[]", b"null", b'{"uuid": NaN}', b"[" * 100_000, b'{"a": "\\ud800"}', b"\xff\xfe"),
        *(b'{"a": "\\u0000"}', b'{"a": 99999999999999999999999999}'),
    ],
)
def test_a_line_that_cant_be_is_refused(line, brought, team, to):
    file = changed(brought, to, lambda files: files.update({"notes.jsonl": line + b"\n"}))
    assert "notes.jsonl, line 1, isn't JSON as a bundle has it" in refused(file, team)


@pytest.mark.parametrize("name", ["prompts", "takes", "stills", "notes", "sounds", "sequences"])
def test_the_same_row_twice_is_refused(name, brought, team, to):
    def twice(files: dict[str, bytes]) -> None:
        files[f"{name}.jsonl"] += files[f"{name}.jsonl"].splitlines(keepends=True)[0]

    said = refused(changed(brought, to, twice), team)
    assert "it is here already, or another line says the same of the same" in said


def test_a_take_that_another_project_here_has_is_refused_and_stays(brought, team, project, artist):
    from tests.factories import take

    mine = take(project, author=artist)
    uuid = str(mine.uuid)
    first = []

    def steal(row: dict) -> dict:
        first.append(row)
        return row | {"uuid": uuid} if len(first) == 1 else row

    with pytest.raises(Refused, match=r"takes\.jsonl, line 1: it is here already"):
        bringing.bring(rebuilt(brought, "takes", steal), team)
    assert Project.objects.get() == project
    assert Generation.objects.get().author == artist


def test_where_the_disk_is_full_it_is_said_and_nothing_stays(brought, team, monkeypatch):
    def full(directory: Path, size_bytes: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("generations.disk.check_room", full)
    assert "has no room for this bundle" in refused(brought, team)


def test_when_it_breaks_at_the_very_end_no_file_stays(brought, team, monkeypatch):
    def broken(self: object) -> None:
        raise Refused({"": "The last step failed."})

    monkeypatch.setattr("studio.leaving.places.Places.flush", broken)
    assert refused(brought, team) == "The last step failed."
    assert zipfile.is_zipfile(brought)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("prompts", "options", {"controls": {"pose": "strict"}}),
        ("prompts", "options", {"controls": ["pose"]}),
        ("prompts", "options", {"hdr": {"a": 1}}),
        ("prompts", "options", {"quality": "x" * 5000}),
        ("final_takes", "asked", {}),
        ("final_takes", "asked", {"model": "ray-2", "resolution": [], "duration_s": 5}),
        ("final_takes", "asked", {"model": "ray-2", "resolution": "720p", "duration_s": "5"}),
    ],
)
def test_settings_that_no_page_could_show_are_refused(name, field, value, brought, team):
    said = refused(rebuilt(brought, name, lambda row: row | {field: value}), team)
    assert f"“{field}” isn't what it should be" in said
