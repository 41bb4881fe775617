"""A sequence as a whole: its name, a copy of it, and its end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from studio.access import sequence_for
from studio.http import Request
from studio.models import Role
from studio.views.timeline import name_in


@require_POST
def rename(request: Request, uuid: UUID) -> HttpResponse:
    """Give it another name."""
    sequence = sequence_for(request, uuid, Role.ARTIST)
    sequence.rename(name_in(request, sequence.name))
    messages.success(request, f"The sequence is called “{sequence}” now.")
    return redirect("sequence", uuid)


@require_POST
def copy(request: Request, uuid: UUID) -> HttpResponse:
    """Begin another with what it holds now."""
    sequence = sequence_for(request, uuid, Role.ARTIST)
    made = sequence.copy(request.user, f"{sequence.name[:74]}, copy")
    messages.success(request, f"“{made}” is a copy. What is done here leaves “{sequence}” alone.")
    return redirect("sequence", made.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: Request, uuid: UUID) -> HttpResponse:
    """Ask whether to delete it, and do so."""
    sequence = sequence_for(request, uuid, Role.ARTIST)
    if request.method != "POST":
        context = {"sequence": sequence, "project": sequence.project}
        return render(request, "delete_sequence.html", context)
    sequence.discard()
    messages.success(request, f"The sequence “{sequence}” is deleted. Its takes stay.")
    return redirect("timeline", sequence.project.slug)
