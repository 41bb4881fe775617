"""What stands in the way of an export, each with its remedy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from generations.models import Generation
from studio.editing.cut import Cut
from studio.editing.footage import Footage

_EMPTY = "The sequence is empty. Put takes into it first."
_GONE = "its take is gone for good. Swap it for another, or remove the clip."
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


def obstacles(cut: Cut, footage: Mapping[UUID, Footage]) -> list[Obstacle]:
    """Return what stands in the way, in the order of the clips."""
    if not cut.clips:
        return [Obstacle(_EMPTY)]
    return list(_of_clips(cut, footage))


def _of_clips(cut: Cut, footage: Mapping[UUID, Footage]) -> Iterator[Obstacle]:
    for number, clip in enumerate(cut.clips, start=1):
        if clip.take is None:
            continue
        found = footage.get(clip.take)
        if found is None:
            yield Obstacle(_GONE, number)
        elif not found.is_here:
            yield Obstacle(_words(found), number, found.take)


def _words(found: Footage) -> str:
    name = found.take.name
    if found.take.is_in_trash:
        return _TRASHED.format(take=name)
    return (_FAILED if found.has_ended else _COMING).format(take=name)
