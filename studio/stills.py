"""A project's stills as its page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile

from generations import stills
from generations.archived import refuse_archived
from generations.models import Still
from generations.preflight import shape_of
from generations.refusal import Refused
from studio.marks import unveiled
from studio.models import Project, User

PAGE = 60
# How many uploads are under way at once: more would only wait for each other on the line.
AT_ONCE = 3
ORIGINS = {
    Still.Origin.UPLOADED: "Uploaded",
    Still.Origin.GRABBED: "From takes",
    Still.Origin.GENERATED: "Generated",
}


@dataclass(frozen=True)
class Shown:
    """A still of the grid; `still` comes from `shelf`."""

    still: Still

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
        """How many takes are made from it, in words, or nothing."""
        count = self.still.use_count
        return f"in {count} take{'' if count == 1 else 's'}" if count else ""


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
    page = [Shown(still) for still in rows[:PAGE]]
    return page, rows[PAGE - 1].pk if len(rows) > PAGE else 0


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
