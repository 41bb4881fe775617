"""A cut as it is kept: JSON in, JSON out. What is kept is checked again when it is read."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from studio.editing.cut import (
    LONGEST_FRAMES,
    LONGEST_WORDS,
    LOUDEST_DB,
    MOST_CLIPS,
    MOST_SOUNDS,
    MOST_TITLES,
    QUIETEST_DB,
    Clip,
    Cut,
    Into,
    Join,
    Place,
    Role,
    SoundClip,
    Title,
)

_MOST = {"clips": MOST_CLIPS, "titles": MOST_TITLES, "sounds": MOST_SOUNDS}


class Unreadable(ValueError):
    """It isn't a cut; the message says what is wrong with it."""


def write(cut: Cut) -> dict[str, Any]:
    """Return a cut as plain JSON values, without what is as usual."""
    return {
        "clips": [_plain(clip, Clip("")) for clip in cut.clips],
        "titles": [_plain(title) for title in cut.titles],
        "sounds": [_plain(sound) for sound in cut.sounds],
        "duck_db": cut.duck_db,
    }


def read(document: Any) -> Cut:
    """Return the cut of a document. Raises Unreadable."""
    if not isinstance(document, dict):
        raise Unreadable("a cut is an object")
    try:
        cut = Cut(
            clips=tuple(_clip(each) for each in _list(document, "clips")),
            titles=tuple(_title(each) for each in _list(document, "titles")),
            sounds=tuple(_sound(each) for each in _list(document, "sounds")),
            duck_db=_db(document.get("duck_db", Cut.duck_db)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    things: list[Clip | Title | SoundClip] = [*cut.clips, *cut.titles, *cut.sounds]
    keys = [each.key for each in things]
    if len(keys) != len(set(keys)):
        raise Unreadable("two things have one key")
    return cut


def _plain(thing: Clip | Title | SoundClip, usual: Clip | None = None) -> dict[str, Any]:
    fields = asdict(thing)
    if usual is not None:
        usually = asdict(usual)
        fields = {name: value for name, value in fields.items() if value != usually[name]}
    return {
        name: str(value) if isinstance(value, UUID) else value for name, value in fields.items()
    }


def _list(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = document.get(name, [])
    if not isinstance(found, list):
        raise Unreadable(f"{name} is a list")
    if len(found) > _MOST[name]:
        raise Unreadable(f"a cut has at most {_MOST[name]} {name}")
    return found


def _clip(said: dict[str, Any]) -> Clip:
    take = said.get("take")
    clip = Clip(
        key=_key(said),
        take=UUID(take) if take else None,
        in_frame=_frames(said.get("in_frame", 0)),
        out_frame=None if said.get("out_frame") is None else _frames(said["out_frame"]),
        into=_into(said.get("into", {})),
        gain_db=_db(said.get("gain_db", 0.0)),
        muted=said.get("muted", False) is True,
        words=_words(said.get("words", "")),
        more_words=_words(said.get("more_words", "")),
        only_new=said.get("only_new", False) is True,
    )
    if clip.out_frame is not None and clip.out_frame <= clip.in_frame:
        raise Unreadable("a clip ends before it begins")
    if clip.is_card and (clip.out_frame is None or not clip.words):
        raise Unreadable("a card has words and a length")
    return clip


def _into(said: dict[str, Any]) -> Into:
    into = Into(Join(said.get("join", Join.CUT)), _frames(said.get("frames", 0)))
    if (into.join is Join.CUT) != (into.frames == 0):
        raise Unreadable("a cut has no length, anything else has one")
    return into


def _title(said: dict[str, Any]) -> Title:
    title = Title(
        key=_key(said),
        at=_frames(said["at"]),
        frames=_frames(said["frames"], least=1),
        words=_words(said["words"]),
        more_words=_words(said.get("more_words", "")),
        place=Place(said.get("place", Place.LOWER_THIRD)),
        fade_in=_frames(said.get("fade_in", 0)),
        fade_out=_frames(said.get("fade_out", 0)),
    )
    if title.fade_in + title.fade_out > title.frames:
        raise Unreadable("a title's fades are longer than it is")
    return title


def _sound(said: dict[str, Any]) -> SoundClip:
    sound = SoundClip(
        key=_key(said),
        sound=UUID(said["sound"]),
        at=_frames(said["at"]),
        in_frame=_frames(said.get("in_frame", 0)),
        out_frame=None if said.get("out_frame") is None else _frames(said["out_frame"]),
        role=Role(said.get("role", Role.MUSIC)),
        gain_db=_db(said.get("gain_db", 0.0)),
        fade_in=_frames(said.get("fade_in", 0)),
        fade_out=_frames(said.get("fade_out", 0)),
    )
    if sound.out_frame is not None and sound.out_frame <= sound.in_frame:
        raise Unreadable("a sound ends before it begins")
    return sound


def _key(said: dict[str, Any]) -> str:
    key = said["key"]
    if not isinstance(key, str) or not key.isalnum() or len(key) > 32:
        raise Unreadable("a key is letters and digits")
    return key


def _frames(value: Any, *, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= LONGEST_FRAMES:
        raise Unreadable(f"{value!r} is no number of frames")
    return value


def _db(value: Any) -> float:
    if isinstance(value, bool) or not QUIETEST_DB <= float(value) <= LOUDEST_DB:
        raise Unreadable(f"{value!r} is no loudness")
    return float(value)


def _words(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_WORDS or "\0" in value:
        raise Unreadable("the words are too long")
    return value
