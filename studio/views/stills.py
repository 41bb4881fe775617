"""One still: the picture, where it came from, what is made of it, and who holds its rights."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from generations.kinds import Kind
from generations.models import Still
from generations.possible import obstacle
from generations.refusal import Refused
from studio import stills
from studio.access import may_discard, own_still, project_for, still_for
from studio.forms.cropping import CropForm
from studio.forms.rights import RightsForm
from studio.forms.slots import SLOTS_TAKEN, free_slot
from studio.http import Request
from studio.marks import veiled_takes
from studio.models import Project, Role
from studio.views.board import composer_content, fills_composer, put_in_composer
from studio.views.pinning import pin_in_composer


@require_safe
def still(request: Request, uuid: UUID) -> HttpResponse:
    """Show the still."""
    kept = still_for(request, uuid)
    if kept.source and veiled_takes([kept.source_id], request.user):
        return redirect("generation", kept.source.uuid)  # it says where it is judged
    return _page(request, kept, project_for(request, kept.project.slug))


@require_POST
def rights(request: Request, uuid: UUID) -> HttpResponse:
    """Note who holds its rights."""
    kept, project = _to_change(request, uuid)
    form = RightsForm(request.POST)
    if not form.is_valid():
        return _page(request, kept, project, form=form)
    form.keep(kept)
    return redirect("still", uuid)


@require_POST
def crop(request: Request, uuid: UUID) -> HttpResponse:
    """Cut a part of it to a ratio, as a still of its own."""
    kept, project = _to_change(request, uuid)
    form = CropForm(kept, request.POST)
    made = form.cut(request.user)
    if made is None:
        return _page(request, kept, project, crop=form)
    messages.success(request, f"Cut to {form.cleaned_data['ratio']}. The whole picture stays.")
    return redirect("still", made.uuid)


@require_POST
def discard(request: Request, uuid: UUID) -> HttpResponse:
    """Delete it for good, unless something uses it."""
    kept = own_still(request, uuid)
    try:
        stills.discard(kept)
    except Refused as refused:
        messages.info(request, str(refused))
        return redirect("still", uuid)
    messages.success(request, "The still is deleted.")
    return redirect("stills", kept.project.slug)


@fills_composer
def start(request: Request, uuid: UUID) -> HttpResponse:
    """Put it in the composer's start slot."""
    return _place(request, uuid, "start")


@fills_composer
def end(request: Request, uuid: UUID) -> HttpResponse:
    """Put it in the composer's end slot."""
    return _place(request, uuid, "end")


@fills_composer
def pin(request: Request, uuid: UUID) -> HttpResponse:
    """Pin it to a frame of what the composer holds."""
    kept, project = _to_change(request, uuid)
    return pin_in_composer(request, project, kept)


@fills_composer
def reference(request: Request, uuid: UUID) -> HttpResponse:
    """Put it in the composer as a reference of a picture."""
    kept, project = _to_change(request, uuid)
    slot = free_slot(composer_content(request))
    if not slot:
        messages.info(request, SLOTS_TAKEN)
    placed = {f"{slot}_still": kept.uuid} if slot else {}
    return put_in_composer(request, project, kind=Kind.IMAGE, **placed)


def _place(request: Request, uuid: UUID, position: str) -> HttpResponse:
    kept, project = _to_change(request, uuid)
    frame = {f"{position}_still": kept.uuid, f"{position}_take": "", f"{position}_as_is": ""}
    return put_in_composer(request, project, kind=Kind.VIDEO, **frame)


def _to_change(request: Request, uuid: UUID) -> tuple[Still, Project]:
    kept = still_for(request, uuid)
    return kept, project_for(request, kept.project.slug, Role.ARTIST)


def _page(
    request: Request,
    kept: Still,
    project: Project,
    *,
    form: RightsForm | None = None,
    crop: CropForm | None = None,
) -> HttpResponse:
    context = {
        "still": kept,
        "project": project,
        "form": form or RightsForm(initial={"rights": kept.rights}),
        "crop": crop or CropForm(kept),
        "no_reframe": obstacle(kept, Kind.REFRAME_IMAGE),
        "no_layers": obstacle(kept, Kind.LAYERS),
        "may_discard": may_discard(request.user, kept, Role(project.role)),
        "uses": stills.Uses.of(kept),
        "crops": kept.crops.order_by("-id")[:50],
    }
    return render(request, "still.html", context)
