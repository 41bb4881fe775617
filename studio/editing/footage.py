"""What there is of the takes that a cut is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery

from generations.models import Asset, Generation, Keyframe
from generations.models.generation_queries import GenerationQuerySet
from studio.editing.cut import FPS, Cut, Lengths
from studio.marks import with_veil, with_verdicts
from studio.models import Project, User
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
    def is_veiled(self) -> bool:
        """Whether its pictures are kept from who looks: they are to judge them blind."""
        return getattr(self.take, "blind_in", None) is not None

    @property
    def is_coming(self) -> bool:
        """Whether it is still being made or fetched."""
        return not self.take.is_in_trash and self.file is None and not self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether it won't come any more unless somebody retries it."""
        return not self.take.is_unfinished and self.take.state != "completed"


def footage_of(
    project: Project, takes: Iterable[UUID], viewer: User | None = None
) -> dict[UUID, Footage]:
    """Return what there is of takes of a project, by their uuid, in two queries.

    What belongs to another project, or is no video, isn't among it. `viewer` is who looks, from
    whom pictures may be kept.
    """
    shown = _with_sources(with_verdicts(Generation.objects.for_cards()))
    shown = with_veil(shown, viewer) if viewer else shown
    found = shown.filter(project=project, uuid__in=list(takes))
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
    return Lengths(
        {uuid: each.frames for uuid, each in footage.items()},
        {uuid: each.new for uuid, each in footage.items() if each.new},
    )


def _with_sources(takes: GenerationQuerySet) -> GenerationQuerySet:
    """Annotate takes with how long, in seconds, the takes are that they continue and lead up to."""
    files = Keyframe.objects.filter(
        generation=OuterRef("pk"),
        source__assets__kind=Asset.Kind.VIDEO,
        source__assets__state=Asset.State.STORED,
    ).values("source__assets__duration_s")
    return takes.annotate(
        before_s=Subquery(files.filter(position=Keyframe.Position.START)[:1]),
        after_s=Subquery(files.filter(position=Keyframe.Position.END)[:1]),
    )


def _footage(take: Generation, file: Asset | None) -> Footage:
    frames = frames_in(file.duration_s if file else take.prompt.duration_s, FPS)
    return Footage(take, file, frames, _new_of(take, file, frames))


def _new_of(take: Generation, file: Asset | None, frames: int) -> tuple[int, int] | None:
    """Return the first frame and the end of what is new of a take that came joined to another.

    A provider may answer an extension with either: its length tells.
    """
    asked = frames_in(take.prompt.duration_s, FPS)
    if file is None or frames < asked + FPS:
        return None
    begin, end = 0, frames
    before, after = (_frames_of(it) for it in (take.before_s, take.after_s))  # type: ignore[attr-defined]
    if end - before >= asked // 2:
        begin = before
    if end - after - begin >= asked // 2:
        end -= after
    return (begin, end) if (begin, end) != (0, frames) else None


def _frames_of(seconds: float | None) -> int:
    return frames_in(seconds, FPS) if seconds else 0
