"""What stands in the way of an export, each with its remedy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from generations.models import Generation
from studio.editing.cut import FPS, Cut, SoundClip
from studio.editing.footage import Footage
from studio.models import Sound
from studio.timecode import timecode

_EMPTY = "The sequence is empty. Put takes into it first."
_GONE = "its take is gone for good. Swap it for another, or remove the clip."
_NO_SOUND = "The sound at {place} was deleted. Take it out of the sequence, or put another there."
_TRASHED = "{take} is in the trash. Restore it, or swap it for another."
_FAILED = "{take} has failed. Retry it, or swap it for another."
_COMING = "{take} is still being made. Wait for it, or swap it for another."


@dataclass(frozen=True)
class Obstacle:
    """Why a sequence can't be exported yet; `clip` is its number from 1, if it is about one."""

    words: str
    clip: int = 0
    take: Generation | None = None

    def __str__(self) -> str:
        return f"Clip {self.clip}: {self.words}" if self.clip else self.words


def obstacles(
    cut: Cut, footage: Mapping[UUID, Footage], sounds: Mapping[UUID, Sound]
) -> list[Obstacle]:
    """Return what stands in the way, in the order of the clips, and the sounds after them."""
    if not cut.clips:
        return [Obstacle(_EMPTY)]
    silent = [each for each in cut.sounds if each.sound not in sounds]
    return [*_of_clips(cut, footage), *(Obstacle(_silent(each)) for each in silent)]


def obstacles_of(cut: Cut, key: str, footage: Mapping[UUID, Footage]) -> list[Obstacle]:
    """Return what stands in the way of an export that needs only the clip of that key."""
    return list(_of_clips(cut, footage, key))


def _of_clips(
    cut: Cut, footage: Mapping[UUID, Footage], only: str | None = None
) -> Iterator[Obstacle]:
    for number, clip in enumerate(cut.clips, start=1):
        if clip.take is None or only not in (None, clip.key):
            continue
        found = footage.get(clip.take)
        if found is None:
            yield Obstacle(_GONE, number)
        elif not found.is_here:
            yield Obstacle(_words(found), number, found.take)


def _silent(sound: SoundClip) -> str:
    return _NO_SOUND.format(place=timecode(sound.at, FPS))


def _words(found: Footage) -> str:
    name = found.take.name
    if found.take.is_in_trash:
        return _TRASHED.format(take=name)
    return (_FAILED if found.has_ended else _COMING).format(take=name)
