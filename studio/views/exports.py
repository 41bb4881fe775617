"""A sequence's exports: begun, watched, cancelled, fetched and deleted."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations.waking import wake
from studio import auditing
from studio.access import editable, export_for, sequence_for
from studio.exports import Estimate, Exports
from studio.forms.exporting import ExportForm
from studio.http import Request
from studio.models import AuditEntry, Export, Role, Sequence


@require_safe
def exports(request: Request, uuid: UUID) -> HttpResponse:
    """List a sequence's exports, and offer another."""
    sequence = sequence_for(request, uuid)
    return _page(request, Exports(sequence, Role(sequence.project.role)))


@require_safe
def live(request: Request, uuid: UUID) -> HttpResponse:
    """Show the list anew when its `version` isn't what the page holds; 204 otherwise."""
    sequence = sequence_for(request, uuid)
    found = Exports(sequence, Role(sequence.project.role))
    seen = request.GET.get("version", "")
    if seen == found.version:
        return HttpResponse(status=204)
    context: dict[str, object] = {"exports": found, "sequence": sequence}
    if found.may_export and not found.is_as_before(seen):
        form = _form(found, request.GET).anew()
        filled = _form(found, form.initial)
        ready = _estimate(found, filled) if filled.is_valid() else None
        context |= {"form": form, "ready": ready}
    return render(request, "exports.html#live", context)


@require_safe
def ready(request: Request, uuid: UUID) -> HttpResponse:
    """Say when an export would be ready that is asked for so."""
    sequence = sequence_for(request, uuid)
    found = Exports(sequence, Role(sequence.project.role))
    form = _form(found, request.GET)
    estimate = _estimate(found, form) if form.is_valid() else None
    return render(request, "exports.html#ready", {"ready": estimate, "sequence": sequence})


@require_POST
def begin(request: Request, uuid: UUID) -> HttpResponse:
    """Begin an export of the sequence as it is now."""
    sequence = sequence_for(request, uuid, Role.ARTIST)
    found = Exports(sequence, Role(sequence.project.role))
    form = _form(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    kind = form.cleaned_data["kind"]
    with transaction.atomic():
        form.begin(sequence, request.user, _estimate(found, form).seconds)
        words = f"Exported “{sequence}” as {Export.Kind(kind).label}"
        auditing.note_in(sequence.project, AuditEntry.Kind.EXPORT, words)
    wake("studio.tasks.export_due")
    return redirect("exports", uuid)


@require_POST
def cancel(request: Request, uuid: UUID) -> HttpResponse:
    """End an export that waits or is being rendered."""
    export = export_for(request, uuid, Role.ARTIST)
    if not export.cancel():
        messages.info(request, "It was over already.")
    return redirect("exports", export.sequence.uuid)


@require_POST
def again(request: Request, uuid: UUID) -> HttpResponse:
    """Render one that failed or was cancelled once more, of the same cut."""
    export = export_for(request, uuid, Role.ARTIST)
    if export.again():
        wake("studio.tasks.export_due")
    return redirect("exports", export.sequence.uuid)


@require_POST
def open_cut(request: Request, uuid: UUID) -> HttpResponse:
    """Begin a sequence with the cut that an export was made from; nothing is overwritten."""
    export = export_for(request, uuid, Role.ARTIST)
    sequence, edit = export.sequence, export.edit
    editable(sequence.project)
    name = f"{sequence.name[:60]}, cut {edit.number}"
    made = Sequence.begin(sequence.project, request.user, name, edit.cut)
    messages.success(request, f"“{made}” has the cut of that export. “{sequence}” is as it was.")
    return redirect("sequence", made.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: Request, uuid: UUID) -> HttpResponse:
    """Ask whether to delete an export with its file, and do so."""
    export = export_for(request, uuid, Role.ARTIST)
    if request.method != "POST":
        context = {"export": export, "sequence": export.sequence}
        return render(request, "delete_export.html", context)
    if export.discard():
        words = f"Deleted an export of “{export.sequence}”"
        auditing.note_in(export.sequence.project, AuditEntry.Kind.DELETION, words)
        messages.info(request, "The export is deleted.")
    else:
        messages.info(request, "Cancel it first; then delete it.")
    return redirect("exports", export.sequence.uuid)


def _form(found: Exports, sent: Mapping[str, str] | None = None) -> ExportForm:
    return ExportForm(found.sequence.cut, found.footage, sent, is_whole=not found.obstacles)


def _at_first(found: Exports) -> Estimate | None:
    """What is said before anything is chosen."""
    return None if found.obstacles else found.estimate()


def _estimate(found: Exports, form: ExportForm) -> Estimate:
    asked = form.cleaned_data
    return found.estimate(asked["kind"], form.lines, asked["clip"])


def _page(
    request: Request, found: Exports, form: ExportForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "exports": found,
        "form": form or _form(found),
        "project": found.sequence.project,
        "ready": None if form else _at_first(found),
        "sequence": found.sequence,
    }
    return render(request, "exports.html", context, status=status)
