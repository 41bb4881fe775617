"""Cuts that go to other editors, and come back from them."""

from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from generations.refusal import Refused
from studio import auditing
from studio.access import editable, may_edit, project_for, sequence_for
from studio.forms.interchange import BringingForm, LeavingForm
from studio.http import Request
from studio.models import AuditEntry, Project, Role, Sequence

_EXPORT = AuditEntry.Kind.EXPORT

# OpenTimelineIO takes most of a second to load, and few requests need it: each does it for itself.


@require_safe
def interchange(request: Request, uuid: UUID) -> HttpResponse:
    """Offer a sequence in the formats of other editors, and say what can't go with it."""
    return _offer(request, sequence_for(request, uuid), LeavingForm())


@require_safe
def download(request: Request, uuid: UUID) -> HttpResponseBase:
    """Send a sequence as a file, or as a ZIP with its media beside it."""
    from studio.editing.interchange.packing import Kind, Leaving

    sequence = sequence_for(request, uuid)
    leaving, form = Leaving(sequence), LeavingForm(request.GET)
    if not form.is_valid() or leaving.is_empty:
        return _offer(request, sequence, form, status=422)
    if leaving.obstacles and not form.cleaned_data["gaps"]:
        form.add_error("gaps", "Something isn't here, as said above. Leave it out, or see to it.")
        return _offer(request, sequence, form, status=422)
    kind = Kind(form.cleaned_data["format"])
    if request.method == "GET":
        auditing.note_in(sequence.project, _EXPORT, f"Downloaded “{sequence}” as {kind.upper()}")
    if not form.cleaned_data["with_media"]:
        answer = HttpResponse(leaving.text(kind), content_type=kind.content_type)
        return _attached(answer, leaving.name(kind))
    packed = leaving.packed(kind)
    found = StreamingHttpResponse(packed, content_type="application/zip")
    found["Content-Length"] = len(packed)
    found["X-Accel-Buffering"] = "no"  # nginx would write it to its disk first
    return _attached(found, leaving.name("zip"))


@require_http_methods(["GET", "HEAD", "POST"])
def import_sequence(request: Request, slug: str) -> HttpResponse:
    """Ask for a file of another editor's, and begin a sequence of what it shows."""
    project = editable(project_for(request, slug, Role.ARTIST))
    if request.method != "POST":
        return _ask(request, project, BringingForm())
    form = BringingForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, project, form, status=422)
    return _begin(request, project, form)


def _begin(request: Request, project: Project, form: BringingForm) -> HttpResponse:
    from studio.editing.interchange.arriving import arrive
    from studio.editing.interchange.refusing import NotReadable

    name, data = form.sent()
    try:
        made, brought = arrive(
            project, request.user, name, data, form.cleaned_data["rate"], form.cleaned_data["name"]
        )
    except (NotReadable, Refused) as refused:
        form.add_error("file", str(refused))
        return _ask(request, project, form, status=422)
    context = {"project": project, "sequence": made, "brought": brought}
    return render(request, "sequence_brought.html", context)


def _offer(
    request: Request, sequence: Sequence, form: LeavingForm, status: int = 200
) -> HttpResponse:
    from studio.editing.interchange.packing import Leaving

    context = {
        "sequence": sequence,
        "project": sequence.project,
        "leaving": Leaving(sequence),
        "may_import": may_edit(sequence.project),
        "form": form,
    }
    return render(request, "interchange.html", context, status=status)


def _ask(request: Request, project: Project, form: BringingForm, status: int = 200) -> HttpResponse:
    context = {"project": project, "form": form}
    return render(request, "import_sequence.html", context, status=status)


def _attached(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
