"""What is told of a take beside its pictures: where it came from, what was asked, what it cost."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from generations.models import Asset, Generation
from studio.editing.cut import FPS
from studio.editing.footage import Footage
from studio.naming import file_name

KEY = "dailies"
LONGEST_NAME = 60
_DIGITS = 4


@dataclass(frozen=True)
class Media:
    """A take's file as it goes out; `path` is relative to the cut's own file.

    `reel` has eight characters, is unique in a project, and is all that an EDL has room for.
    """

    take: Generation
    file: Asset
    frames: int
    path: str
    reel: str

    @property
    def name(self) -> str:
        """The file's name, by which editors look for it."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class SoundMedia:
    """A sound file as it goes out; `path` is relative to the cut's own file."""

    uuid: UUID
    name: str
    frames: int
    path: str


def media_of(found: Footage) -> Media:
    """Return what goes out of a take that is here."""
    assert found.file is not None  # noqa: S101  (the caller asks is_here)
    path = f"media/{file_name(found.take)}{found.file.file.suffix}"
    return Media(found.take, found.file, found.frames, path, reel_of(found.take))


def reel_of(take: Generation) -> str:
    """Return a take's reel name: `TAKE0012`, and past 9,999 `T0012345`."""
    number = take.take_number or 0
    return f"TAKE{number:0{_DIGITS}}" if number < 10**_DIGITS else f"T{number:07}"


def told(take: Generation) -> dict[str, Any]:
    """Return a take's facts as metadata; nothing of the account that made it is among them."""
    prompt = take.prompt
    settings = {
        "kind": prompt.kind,
        "duration_s": prompt.duration_s,
        "resolution": prompt.resolution,
        "ratio": prompt.ratio,
        "loop": prompt.loop,
        "camera": list(prompt.concepts),
        "kept_out": prompt.negative_words,
        "mode": prompt.mode,
    }
    return {
        "take": str(take.uuid),
        "take_number": take.take_number or 0,
        "project": take.project.slug,
        "prompt": prompt.words,
        "model": prompt.model,
        "settings": {name: value for name, value in settings.items() if value not in ("", [], 0)},
        "cost_usd": str(take.price_usd),
        "verdict": getattr(take, "verdict", None) or "",
        "fps": FPS,
    }


def told_shortly(take: Generation) -> dict[str, str]:
    """Return a take's facts as single lines of text, for formats that have no more room."""
    facts = told(take)
    settings = facts["settings"]
    words = [
        f"{settings['duration_s']} s" if "duration_s" in settings else "",
        settings.get("resolution", ""),
        settings.get("ratio", ""),
        "loop" if settings.get("loop") else "",
        *settings.get("camera", []),
    ]
    return {
        "take": facts["take"],
        "take_number": str(facts["take_number"]),
        "project": facts["project"],
        "prompt": one_line(facts["prompt"]),
        "model": facts["model"],
        "settings": one_line(", ".join(filter(None, words))),
        "cost_usd": facts["cost_usd"],
        "verdict": facts["verdict"],
    }


def headline(take: Generation) -> str:
    """Return what a marker says of a take: its number and how its prompt begins."""
    words = one_line(take.prompt.words)
    short = words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 1].rstrip()}…"
    return f"Take {take.take_number}: {short}" if short else f"Take {take.take_number}"


def one_line(words: str) -> str:
    """Return words in a single line, without characters that can't be seen."""
    return "".join(letter for letter in " ".join(words.split()) if letter.isprintable())
