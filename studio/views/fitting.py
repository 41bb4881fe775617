"""A picture of another ratio than the take: cut it, or keep it as it is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from generations import grabbing, stills
from generations.models import Still
from generations.orders import Frame
from generations.preflight import Place
from generations.refusal import Refused, upper_first
from studio.access import project_for
from studio.forms import ComposerForm
from studio.forms.pinning import KEYFRAMES, changed_pin
from studio.forms.slots import POSITIONS, REFERENCE_SLOTS, Slot
from studio.http import Request
from studio.models import Project, Role
from studio.views.board import composer_page


@require_POST
def cut(request: Request, slug: str) -> HttpResponse:
    """Put a part of a slot's picture in its place; `cut` is the slot and where to cut.

    `pins` are all pinned pictures that don't fit.
    """
    project = project_for(request, slug, Role.ARTIST)
    position, _, place = request.POST.get("cut", "").partition(".")
    kept = kept_uploads(request, project)
    composer = ComposerForm.filled(project, request.user, request.POST, **kept)
    ratio = str(composer["ratio"].value())
    if place in set(Place) and ratio in composer.choices["ratios"]:
        try:
            for each, frame in _meant(composer, position):
                whole = frame.still or _seam(request, each, frame)
                made = stills.cut(whole, ratio, Place(place), request.user)
                composer = _with(request, project, composer, each, made.uuid)
        except Refused as refused:
            messages.info(request, str(refused))
    return composer_page(request, project, composer)


@require_POST
def keep(request: Request, slug: str) -> HttpResponse:
    """Leave a slot's picture as it is, whatever the take's ratio; `keep` is the slot, or `pins`."""
    project = project_for(request, slug, Role.ARTIST)
    position = request.POST.get("keep", "")
    changes = kept_uploads(request, project)
    if position in POSITIONS:
        changes[f"{position}_as_is"] = "1"
    composer = ComposerForm.filled(project, request.user, request.POST, **changes)
    try:
        for each, frame in _meant(composer, position):
            still = frame.still or _seam(request, each, frame)
            composer = _with(request, project, composer, each, still.uuid, as_is="1")
    except Refused as refused:
        messages.info(request, str(refused))
    return composer_page(request, project, composer)


def _meant(composer: ComposerForm, position: str) -> list[tuple[str, Frame]]:
    """Return the places that a button means, with what stands there."""
    meant = composer.open_pins if position == "pins" else [position]
    found = [(each, composer.frames.get(each)) for each in meant]
    return [(each, frame) for each, frame in found if frame]


def _seam(request: Request, position: str, frame: Frame) -> Still:
    """Keep the frame of a take that a slot stands for. Raises Refused."""
    assert frame.source is not None  # noqa: S101  (a frame has a still or a take)
    which = grabbing.Which.LAST if position == "start" else grabbing.Which.FIRST
    return grabbing.grab_for("", frame.source, which, request.user)


def _with(
    request: Request,
    project: Project,
    composer: ComposerForm,
    position: str,
    still: UUID | str,
    as_is: str = "",
) -> ComposerForm:
    changes: dict[str, object] = {
        f"{position}_still": still,
        f"{position}_take": "",
        f"{position}_as_is": as_is,
    }
    if position not in POSITIONS:
        changes = {KEYFRAMES: changed_pin(composer.pins, position, str(still), as_is)}
    return ComposerForm(project, request.user, initial=dict(composer.initial) | changes)


def kept_uploads(request: Request, project: Project) -> dict[str, object]:
    """Keep what was chosen for the slots meanwhile, for it came along and would be lost.

    What can't be kept is told.
    """
    changes, problems = keep_uploads(request, project)
    for words in problems:
        messages.info(request, words)
    return changes


def keep_uploads(request: Request, project: Project) -> tuple[dict[str, object], list[str]]:
    """Keep what was chosen for the slots; return the slots' changes, and what couldn't be kept.

    The same picture is one still, however often it comes along.
    """
    changes: dict[str, object] = {}
    problems = []
    for position in (*POSITIONS, *REFERENCE_SLOTS):
        upload = request.FILES.get(position)
        if not upload:
            continue
        try:
            kept = stills.keep_upload(project, request.user, upload, field=position)
        except Refused as refused:
            label = Slot(position, None, refused=True).label
            problems.append(f"{upper_first(label)}: {refused}")
        else:
            changes |= {f"{position}_still": _only(kept).uuid, f"{position}_take": ""}
    return changes, problems


def _only(kept: Still) -> Still:
    """Return the still of the same picture that the person uploaded before, if there is one."""
    uploads = kept.project.stills.filter(author=kept.author, source=None, cut_from=None)
    same = uploads.filter(sha256=kept.sha256).filter(pk__lt=kept.pk).order_by("pk").first()
    if same is None:
        return kept
    stills.discard(kept)
    return same
