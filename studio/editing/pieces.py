"""Titles, cards and sounds of a cut: each change gives a new cut, or Refused and none at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from generations.refusal import Refused
from studio.editing.cut import (
    LONGEST_FRAMES,
    LONGEST_WORDS,
    LOUDEST_DB,
    MOST_SOUNDS,
    MOST_TITLES,
    QUIETEST_DB,
    Clip,
    Cut,
    SoundClip,
    Title,
)

Piece = Title | SoundClip

GONE = "That isn't in the sequence any more. Somebody may have removed it."
_NO_WORDS = "Write the words of the title."
_TOO_LONG = f"A line of a title has at most {LONGEST_WORDS} characters. Shorten it."
_NO_LENGTH = "It must last at least one frame."
_BACKWARDS = "In after out: it must end after it begins."
_TOO_LATE = "A sequence is at most three hours long. Place it earlier."
_TITLE_THERE = "Another title stands there already. Place it before or after that one."
_SOUND_THERE = "Another {role} plays there already. Place it before or after, or trim one of them."
_BEYOND = "“{name}” has only {frames} frames. Its out point can be at most there."
_NO_ROOM_TO_FADE = "The fades together are longer than the {what}. Shorten them."
_LOUDNESS = f"Choose a gain between {QUIETEST_DB:g} and {LOUDEST_DB:g} dB."
_MANY_TITLES = f"A sequence has at most {MOST_TITLES} titles. Remove one first."
_MANY_SOUNDS = f"A sequence has at most {MOST_SOUNDS} sounds. Remove one first."


def find(cut: Cut, key: str) -> Piece:
    """Return a title or a sound by its key. Raises Refused where it is gone."""
    pieces: list[Piece] = [*cut.titles, *cut.sounds]
    for piece in pieces:
        if piece.key == key:
            return piece
    raise Refused({"": GONE})


def put_title(cut: Cut, title: Title) -> Cut:
    """Put a title in, or in the place of the one of its key. Raises Refused."""
    _refuse_words(title.words, title.more_words)
    _refuse_span(title.at, title.frames, "length")
    if title.fade_in + title.fade_out > title.frames:
        raise Refused({"fade_out": _NO_ROOM_TO_FADE.format(what="title")})
    others = [each for each in cut.titles if each.key != title.key]
    if len(others) >= MOST_TITLES:
        raise Refused({"": _MANY_TITLES})
    for each in others:
        if each.place is title.place and _meet(title.at, title.frames, each.at, each.frames):
            raise Refused({"at": _TITLE_THERE})
    return replace(cut, titles=tuple(sorted((*others, title), key=lambda it: (it.at, it.key))))


def put_sound(cut: Cut, sound: SoundClip, lengths: Mapping[UUID, int], name: str = "It") -> Cut:
    """Put a sound in, or in the place of the one of its key. Raises Refused.

    `lengths` are those of the sounds' files in frames.
    """
    most = lengths.get(sound.sound, 0)
    if not most:
        raise Refused({"": "That sound isn't there any more. Upload it again."})
    out = sound.out_frame
    if out is not None and out > most:
        raise Refused({"out": _BEYOND.format(name=name, frames=most)})
    frames = (most if out is None else out) - sound.in_frame
    _refuse_span(sound.at, frames, "out")
    if sound.fade_in + sound.fade_out > frames:
        raise Refused({"fade_out": _NO_ROOM_TO_FADE.format(what="sound")})
    if not QUIETEST_DB <= sound.gain_db <= LOUDEST_DB:
        raise Refused({"gain_db": _LOUDNESS})
    if out == most:
        sound = replace(sound, out_frame=None)
    others = [each for each in cut.sounds if each.key != sound.key]
    if len(others) >= MOST_SOUNDS:
        raise Refused({"": _MANY_SOUNDS})
    for each in others:
        if each.role is sound.role and _meet(sound.at, frames, each.at, span_of(each, lengths)):
            raise Refused({"at": _SOUND_THERE.format(role=sound.role)})
    return replace(cut, sounds=tuple(sorted((*others, sound), key=lambda it: (it.at, it.key))))


def span_of(piece: Piece, lengths: Mapping[UUID, int]) -> int:
    """Return how many frames a title or a sound lasts; one at least."""
    if isinstance(piece, Title):
        return piece.frames
    most = max(lengths.get(piece.sound, 0), piece.in_frame + 1)
    out = most if piece.out_frame is None else min(piece.out_frame, most)
    return max(out - piece.in_frame, 1)


def shift(cut: Cut, key: str, at: int, lengths: Mapping[UUID, int]) -> Cut:
    """Place a title or a sound elsewhere. Raises Refused."""
    return _put(cut, replace(find(cut, key), at=max(at, 0)), lengths)


def reach(cut: Cut, key: str, begins: int, ends: int, lengths: Mapping[UUID, int]) -> Cut:
    """Have a title or a sound begin and end at other frames of the sequence. Raises Refused.

    What a sound plays at a moment stays there: trimming its beginning moves its in point. Fades
    that don't fit any more are shortened.
    """
    piece = find(cut, key)
    if begins > ends:
        raise Refused({"": _BACKWARDS})
    if isinstance(piece, Title):
        frames = ends - begins
        fade_in, fade_out = fades_within(piece, frames)
        title = replace(piece, at=begins, frames=frames, fade_in=fade_in, fade_out=fade_out)
        return _put(cut, title, lengths)
    first = piece.in_frame + begins - piece.at
    if first < 0:
        begins, first = begins - first, 0
    out = min(first + ends - begins, max(lengths.get(piece.sound, 0), first + 1))
    fade_in, fade_out = fades_within(piece, out - first)
    sound = replace(piece, at=begins, in_frame=first, out_frame=out)
    return _put(cut, replace(sound, fade_in=fade_in, fade_out=fade_out), lengths)


def remove(cut: Cut, key: str) -> Cut:
    """Take a title or a sound out. Raises Refused."""
    find(cut, key)
    return replace(
        cut,
        titles=tuple(each for each in cut.titles if each.key != key),
        sounds=tuple(each for each in cut.sounds if each.key != key),
    )


def card(key: str, words: str, more_words: str, frames: int) -> Clip:
    """Return a clip that is words on black. Raises Refused."""
    _refuse_words(words, more_words)
    _refuse_span(0, frames, "out")
    return Clip(key, words=words, more_words=more_words, out_frame=frames)


def reword(cut: Cut, key: str, words: str, more_words: str) -> Cut:
    """Give a card other words. Raises Refused."""
    _refuse_words(words, more_words)
    clip = next((each for each in cut.clips if each.key == key and each.is_card), None)
    if clip is None:
        raise Refused({"": GONE})
    return cut.with_clip(replace(clip, words=words, more_words=more_words))


def duck(cut: Cut, duck_db: float) -> Cut:
    """Lower music by so much while a voice speaks; 0 for not at all. Raises Refused."""
    if not QUIETEST_DB <= duck_db <= 0:
        raise Refused({"duck_db": f"Choose between 0 and {QUIETEST_DB:g} dB."})
    return replace(cut, duck_db=duck_db)


def _put(cut: Cut, piece: Piece, lengths: Mapping[UUID, int]) -> Cut:
    if isinstance(piece, Title):
        return put_title(cut, piece)
    return put_sound(cut, piece, lengths)


def fades_within(piece: Piece, frames: int) -> tuple[int, int]:
    """Return a piece's fades, shortened in proportion where it lasts too few frames for both."""
    together = piece.fade_in + piece.fade_out
    if together <= max(frames, 0):
        return piece.fade_in, piece.fade_out
    return piece.fade_in * frames // together, piece.fade_out * frames // together


def _refuse_words(words: str, more_words: str) -> None:
    if not words:
        raise Refused({"words": _NO_WORDS})
    for name, line in zip(("words", "more_words"), (words, more_words), strict=True):
        if len(line) > LONGEST_WORDS:
            raise Refused({name: _TOO_LONG})


def _refuse_span(at: int, frames: int, end: str) -> None:
    if frames < 1:
        raise Refused({end: _NO_LENGTH})
    if at + frames > LONGEST_FRAMES:
        raise Refused({"at": _TOO_LATE})


def _meet(at: int, frames: int, other_at: int, other_frames: int) -> bool:
    return at < other_at + other_frames and other_at < at + frames


def free_place(pieces: Sequence[tuple[int, int]], at: int, frames: int) -> int:
    """Return the first frame from `at` on where nothing of (at, frames) pairs stands in the way."""
    for other_at, other_frames in sorted(pieces):
        if _meet(at, frames, other_at, other_frames):
            at = other_at + other_frames
    return at
