"""What there is of the takes that a cut is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from generations.models import Asset, Generation
from studio.editing.cut import FPS, Cut, Lengths
from studio.models import Project
from studio.timecode import frames_in


@dataclass(frozen=True)
class Footage:
    """A take as a cut uses it; `file` is the video that plays of it, once that is here.

    `frames` is its length in frames of the sequence: what was asked for, until it is made.
    """

    take: Generation
    file: Asset | None
    frames: int

    @property
    def is_here(self) -> bool:
        """Whether it can be played and exported."""
        return self.file is not None and not self.take.is_in_trash

    @property
    def is_coming(self) -> bool:
        """Whether it is still being made or fetched."""
        return not self.take.is_in_trash and self.file is None and not self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether it won't come any more unless somebody retries it."""
        return not self.take.is_unfinished and self.take.state != "completed"


def footage_of(project: Project, takes: Iterable[UUID]) -> dict[UUID, Footage]:
    """Return what there is of takes of a project, by their uuid, in two queries.

    What belongs to another project, or is no video, isn't among it.
    """
    found = Generation.objects.for_cards().filter(project=project, uuid__in=list(takes))
    chosen = {take: take.best_version_id or take.pk for take in found if not take.prompt.is_picture}
    owners = {*chosen.values(), *(take.pk for take in chosen)}
    files = {
        file.generation_id: file
        for file in Asset.objects.filter(
            generation__in=owners, kind=Asset.Kind.VIDEO, state=Asset.State.STORED
        )
    }
    return {
        take.uuid: _footage(take, files.get(plays) or files.get(take.pk))
        for take, plays in chosen.items()
    }


def lengths_of(project: Project, cut: Cut, *more: UUID) -> Lengths:
    """Return how long the takes of a cut are, and of some more."""
    return lengths_from(footage_of(project, [*cut.takes, *more]))


def lengths_from(footage: dict[UUID, Footage]) -> Lengths:
    """Return how long takes are of which it is known what there is."""
    return Lengths({uuid: each.frames for uuid, each in footage.items()})


def _footage(take: Generation, file: Asset | None) -> Footage:
    seconds = file.duration_s if file else take.prompt.duration_s
    return Footage(take, file, frames_in(seconds, FPS))
