"""A project's stills as its page shows them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from generations import stills
from generations.archived import refuse_archived
from generations.models import Generation, Still
from generations.preflight import shape_of
from generations.refusal import Refused
from studio import auditing
from studio.marks import unveiled
from studio.models import AuditEntry, Project, Shot, User
from studio.models.storyboard import ShotQuerySet

PAGE = 60
# How many uploads are under way at once: more would only wait for each other on the line.
AT_ONCE = 3
ORIGINS = {
    Still.Origin.UPLOADED: "Uploaded",
    Still.Origin.GRABBED: "From takes",
    Still.Origin.GENERATED: "Generated",
}
_TAKES_SHOWN = 50
_IN_TAKES = "It can't be deleted: takes are made from it."
_PLANNED = "It can't be deleted: it is used by {names}. Take it out there first."


def origin_in_words(still: Still) -> str:
    """Name the take that a still is, or is a frame of; nothing where it is of none."""
    if not still.source:
        return ""
    if still.origin == Still.Origin.GENERATED:
        return still.source.name
    frame = "a frame" if still.frame is None else f"frame {still.frame}"
    return f"{frame} of {still.source.name}"


@dataclass(frozen=True)
class Use:
    """Something that a still is used in, and its page."""

    name: str
    url: str


@dataclass(frozen=True)
class Uses:
    """What a still is used in: takes, and what is planned with it, which may yet be changed.

    `taken_out` tells whether a shot that was taken out of the storyboard would come back with it.
    """

    takes: list[Use]
    planned: list[Use]
    taken_out: bool

    @classmethod
    def of(cls, still: Still) -> "Uses":
        """Find what a still is used in; not more than fifty takes."""
        placed = Q(keyframes__still=still) | Q(references__still=still)
        takes = Generation.objects.filter(placed).select_related("version_of").order_by("id")
        shown = takes.distinct()[:_TAKES_SHOWN]
        return cls(
            [Use(take.name, reverse("generation", args=[take.uuid])) for take in shown],
            [*_shots_with(still), *_covers_with(still)],
            _placed(still).filter(removed_at__isnull=False).exists(),
        )

    @property
    def all(self) -> list[Use]:
        """All of them, as they are listed."""
        return [*self.takes, *self.planned]

    @property
    def why_it_stays(self) -> str:
        """Why the still can't be deleted, in words, or nothing."""
        if self.takes:
            return _IN_TAKES
        names = " and ".join(use.name for use in self.planned)
        return _PLANNED.format(names=names) if names else ""


def _placed(still: Still) -> ShotQuerySet:
    return Shot.objects.filter(Q(start=still) | Q(end=still))


def _shots_with(still: Still) -> list[Use]:
    board = reverse("storyboard", args=[still.project.slug])
    shots = _placed(still).kept()
    return [Use(f"shot {shot.position + 1}", f"{board}#shot-{shot.uuid}") for shot in shots]


def _covers_with(still: Still) -> list[Use]:
    covers = Project.objects.filter(cover_still=still)
    settings = [reverse("project_settings", args=[each.slug]) for each in covers]
    return [Use("the project's cover", f"{page}#cover") for page in settings]


def discard(still: Still) -> None:
    """Delete a still that nothing uses, with its files. Raises Refused.

    What was cut from it stays. A shot that was taken out of the storyboard lets it go.
    """
    if words := Uses.of(still).why_it_stays:
        raise Refused({"": words})
    with transaction.atomic():
        gone = Shot.objects.filter(removed_at__isnull=False)
        gone.filter(start=still).update(start=None)
        gone.filter(end=still).update(end=None)
        stills.discard(still)
        auditing.note_in(still.project, AuditEntry.Kind.DELETION, "Deleted a still")


@dataclass(frozen=True)
class Shown:
    """A still of the grid; `still` comes from `shelf`."""

    still: Still
    shot_count: int = 0
    is_cover: bool = False

    @property
    def shape(self) -> str:
        """Its ratio where that has a name, else nothing: its size stands below."""
        shape = shape_of(self.still)
        return shape if ":" in shape else ""

    @property
    def is_wide(self) -> bool:
        """Whether it fills the place that it is shown in."""
        return self.shape == "16:9"

    @property
    def came(self) -> str:
        """Where it came from, in words, before the take that it names."""
        still = self.still
        if still.origin == Still.Origin.UPLOADED:
            return f"{'Cut from an upload' if still.cut_from_id else 'Uploaded'}"
        if not still.source:
            return "From a take that is gone"
        if still.origin == Still.Origin.GENERATED:
            return "Generated as"
        if still.cut_from_id:
            return "Cut from"
        return "A frame of" if still.frame is None else f"Frame {still.frame} of"

    @property
    def uses(self) -> str:
        """What it is used in, in words, or nothing."""
        counts = {"take": self.still.use_count, "shot": self.shot_count}
        told = [f"{n} {thing}{'' if n == 1 else 's'}" for thing, n in counts.items() if n]
        placed = f"in {' and '.join(told)}" if told else ""
        return ", ".join(filter(None, (placed, "on the cover" if self.is_cover else "")))


def shelf(project: Project, viewer: User, origin: str, behind: int) -> tuple[list[Shown], int]:
    """Return a page of a project's stills behind a number, and the number for the next or 0.

    `origin` leaves out what came otherwise, where it names one. Pictures of takes that `viewer` is
    still to judge blind aren't among them.
    """
    every = Still.objects.filter(project=project).kept().with_uses().order_by("-id")
    found = unveiled(every, viewer, "source")
    if origin in ORIGINS:
        found = found.filter(origin=origin)
    if behind:
        found = found.filter(pk__lt=behind)
    rows = list(found.select_related("author", "source__prompt", "source__version_of")[: PAGE + 1])
    page, cover = rows[:PAGE], project.cover_still_id
    shots = _shot_counts(page)
    shown = [Shown(each, shots[each.pk], each.pk == cover) for each in page]
    return shown, rows[PAGE - 1].pk if len(rows) > PAGE else 0


def _shot_counts(page: list[Still]) -> Counter[int | None]:
    """Return in how many shots of the storyboard each still is placed, in one query."""
    placed = Shot.objects.kept().filter(Q(start__in=page) | Q(end__in=page)).order_by()
    return Counter(pk for ends in placed.values_list("start", "end") for pk in set(ends))


@dataclass(frozen=True)
class Upload:
    """What became of a file that was sent: a still, or why there is none."""

    name: str
    shown: Shown | None = None
    words: str = ""


def take_in(project: Project, user: User, files: Iterable[UploadedFile]) -> list[Upload]:
    """Keep each file as a still, or say why it isn't one."""
    return [_take_in(project, user, file) for file in files]


def _take_in(project: Project, user: User, file: UploadedFile) -> Upload:
    name = file.name or "A file"
    try:
        refuse_archived(project)
        kept = stills.keep_upload(project, user, file, field="")
    except Refused as refused:
        return Upload(name, words=str(refused))
    kept.use_count = 0
    return Upload(name, Shown(kept))
