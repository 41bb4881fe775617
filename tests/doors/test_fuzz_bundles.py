"""Bundles of a project, damaged in every way that a chance finds: refused in words, or brought.

FUZZED says how many: one for each thirty. FUZZ_SEED says which.
"""

import hashlib
import json
import random
import re
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from django.conf import settings

from generations.refusal import Refused
from studio.leaving import bringing, writing
from studio.models import Team
from tests.doors.fuzzer import HOSTILE, HOW_MANY, SEED, Fuzzer
from tests.doors.visitors import undone
from tests.factories import AccountFactory, ProjectFactory, TeamFactory
from tests.studio.leaving.filled import fill

_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ODD: tuple[Any, ...] = (
    *(None, True, [], {}, [[]], {"": None}, -1, 0, 0.5, 2**31, 2**63, 10**40, 1e308, -0.0),
    *HOSTILE,
)
_HASHES = "HASHES.sha256"

Files = dict[str, bytes]


class Damage:
    """Damages the files of a bundle, and the bundle."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.fuzzer = Fuzzer(chance)

    def of(self, files: Files) -> bytes:
        """Return a bundle that is damaged somewhere, most often behind right hashes."""
        harm = (self.row, self.row, self.row, self.line, self.manifest, self.medium, self.name)
        chosen = [self.chance.choice(harm) for _ in range(self.chance.choice((1, 1, 2)))]
        # Those that have to read what they damage come first.
        reads = {self.row.__name__, self.manifest.__name__}
        for each in sorted(chosen, key=lambda harm: harm.__name__ not in reads):
            each(files)
        if self.chance.random() < 0.9:
            _hash(files)
        packed = bytearray(_packed(files))
        if self.chance.random() < 0.1:
            del packed[self.chance.randrange(len(packed)) :]
        elif self.chance.random() < 0.1:
            for _ in range(3):
                packed[self.chance.randrange(len(packed))] = self.chance.randrange(256)
        return bytes(packed)

    def row(self, files: Files) -> None:
        """Say something odd in a field, leave it out, or say one that no row has."""
        name = self._lines_of(files)
        rows = [json.loads(line) for line in files[name].splitlines()]
        row = self.chance.choice(rows)
        field = self.chance.choice([*row] or ["x"])
        if self.chance.random() < 0.1:
            row.pop(field, None)
        elif self.chance.random() < 0.1:
            row[self.chance.choice(HOSTILE)] = 1
        else:
            row[field] = self._odd(row.get(field))
        if self.chance.random() < 0.1:
            rows.append(row)
        files[name] = b"".join(json.dumps(each).encode() + b"\n" for each in rows)

    def line(self, files: Files) -> None:
        """Write over some bytes of the lines."""
        name = self._lines_of(files)
        files[name] = self._written_over(files[name])

    def manifest(self, files: Files) -> None:
        """Say something odd of the bundle, or of its project."""
        said = json.loads(files["manifest.json"])
        inner = [said, *(value for value in said.values() if isinstance(value, dict) and value)]
        about = self.chance.choice(inner)
        field = self.chance.choice([*about])
        about[field] = self._odd(about[field])
        files["manifest.json"] = json.dumps(said).encode()

    def medium(self, files: Files) -> None:
        """Put another file in the place of one, or damage it."""
        media = [name for name in files if name.startswith("media/")]
        name = self.chance.choice(media)
        other = self.fuzzer.file().read() if self.chance.random() < 0.5 else files[name]
        files[name] = self._written_over(other)

    def name(self, files: Files) -> None:
        """Call a file something else, or leave it out."""
        data = files.pop(self.chance.choice([*files]))
        if self.chance.random() < 0.7:
            files[self.chance.choice(HOSTILE).replace("\0", "") or "x"] = data

    def _odd(self, old: Any) -> Any:
        if isinstance(old, str) and self.chance.random() < 0.3:
            return self.fuzzer.value(old)
        return self.chance.choice(_ODD)

    def _lines_of(self, files: Files) -> str:
        filled = [name for name, data in files.items() if name.endswith(".jsonl") and data]
        return self.chance.choice(filled)

    def _written_over(self, old: bytes) -> bytes:
        data = bytearray(old)
        for _ in range(self.chance.randrange(1, 4)):
            if data:
                data[self.chance.randrange(len(data))] = self.chance.randrange(256)
        return bytes(data)


def _hash(files: Files) -> None:
    files.pop(_HASHES, None)
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    files[_HASHES] = "".join(lines).encode(errors="replace")


def _packed(files: Files) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as box:
        for name, data in files.items():
            how = ZIP_STORED if name.startswith("media/") else ZIP_DEFLATED
            box.writestr(name, data, compress_type=how)
    return out.getvalue()


def of_elsewhere(files: Files) -> Files:
    """Return a bundle's files with other ids, as of a project that isn't here."""
    ids: dict[bytes, bytes] = {}

    def other(found: re.Match[bytes]) -> bytes:
        return ids.setdefault(found[0], str(uuid.uuid4()).encode())

    return {name: _ID.sub(other, data) for name, data in files.items()}


@pytest.fixture
def files(db: None, tmp_path: Path) -> Files:
    """Return the files of a bundle of a project elsewhere."""
    film = ProjectFactory(name="Night Film")
    AccountFactory(team=film.team)
    fill(film, tmp_path / "tones")
    writing.write(film, tmp_path / "whole.zip", lambda part: None)
    with ZipFile(tmp_path / "whole.zip") as box:
        found = of_elsewhere({name: box.read(name) for name in box.namelist()})
    _hash(found)
    return found


@pytest.fixture
def team(db: None) -> Team:
    """Return the team that takes bundles in."""
    made: Team = TeamFactory(name="Here")
    return made


def kept() -> set[Path]:
    """Return the files that there are."""
    return {each for each in Path(settings.MEDIA_ROOT).rglob("*") if each.is_file()}


def brought_or_refused(bundle: Path, team: Team) -> str:
    """Bring a bundle in; return the words where it is refused."""
    try:
        bringing.bring(bundle, team)
    except Refused as refused:
        words = str(refused)
        if not words:
            raise AssertionError("it is refused without a word") from refused
        return words
    return ""


def test_a_damaged_bundle_is_refused_in_words_and_leaves_nothing(files, team, tmp_path):
    bundle, damage, refused = tmp_path / "damaged.zip", Damage(random.Random(SEED)), 0
    before = kept()
    for turn in range(HOW_MANY // 30):
        bundle.write_bytes(damage.of(files.copy()) if turn else _packed(files))
        with undone():
            words = brought_or_refused(bundle, team)
        assert turn or not words, "as it is, it comes"
        refused += bool(words)
        assert not words or kept() == before, words
        for file in kept() - before:  # what was damaged matters to nobody, and it came
            file.unlink()
    assert refused > HOW_MANY // 60
