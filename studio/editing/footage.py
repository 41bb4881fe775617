"""What there is of the takes that a cut is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from generations.models import Asset, Generation, Keyframe
from studio.editing.cut import FPS, Cut, Lengths
from studio.marks import with_verdicts
from studio.models import Project
from studio.timecode import frames_in


@dataclass(frozen=True)
class Footage:
    """A take as a cut uses it; `file` is the video that plays of it, once that is here.

    `frames` is its length in frames of the sequence: what was asked for, until it is made. `new`
    are the first frame and the end of what it adds to a take that it came joined to.
    """

    take: Generation
    file: Asset | None
    frames: int
    new: tuple[int, int] | None = None

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

    One more is needed where a take is longer than it was asked to be. What belongs to another
    project, or is no video, isn't among it.
    """
    shown = with_verdicts(Generation.objects.for_cards())
    found = shown.filter(project=project, uuid__in=list(takes))
    chosen = {take: take.best_version_id or take.pk for take in found if not take.prompt.is_picture}
    owners = {*chosen.values(), *(take.pk for take in chosen)}
    files = {
        file.generation_id: file
        for file in Asset.objects.filter(
            generation__in=owners, kind=Asset.Kind.VIDEO, state=Asset.State.STORED
        )
    }
    footage = {
        take.uuid: _footage(take, files.get(plays) or files.get(take.pk))
        for take, plays in chosen.items()
    }
    return footage | _joined(footage)


def lengths_of(project: Project, cut: Cut, *more: UUID) -> Lengths:
    """Return how long the takes of a cut are, and of some more."""
    return lengths_from(footage_of(project, [*cut.takes, *more]))


def lengths_from(footage: dict[UUID, Footage]) -> Lengths:
    """Return how long takes are of which it is known what there is."""
    return Lengths(
        {uuid: each.frames for uuid, each in footage.items()},
        {uuid: each.new for uuid, each in footage.items() if each.new},
    )


def _footage(take: Generation, file: Asset | None) -> Footage:
    seconds = file.duration_s if file else take.prompt.duration_s
    return Footage(take, file, frames_in(seconds, FPS))


def _joined(footage: dict[UUID, Footage]) -> dict[UUID, Footage]:
    """Return those that came joined to the take that they extend, with what of them is new.

    A provider may answer an extension with either: its length tells.
    """
    longer = {
        each.take.pk: each
        for each in footage.values()
        if each.file and each.frames >= _asked(each) + FPS
    }
    if not longer:
        return {}
    sources = Keyframe.objects.filter(generation__in=longer, source__isnull=False)
    lengths = sources.filter(
        source__assets__kind=Asset.Kind.VIDEO, source__assets__state=Asset.State.STORED
    ).values_list("generation", "position", "source__assets__duration_s")
    found = {}
    for pk, position, seconds in lengths:
        each, before = longer[pk], frames_in(seconds, FPS)
        begin, end = each.new or (0, each.frames)
        if end - begin - before < _asked(each) // 2:
            continue
        new = (begin + before, end) if position == "start" else (begin, end - before)
        longer[pk] = found[each.take.uuid] = replace(each, new=new)
    return found


def _asked(footage: Footage) -> int:
    return frames_in(footage.take.prompt.duration_s, FPS)
