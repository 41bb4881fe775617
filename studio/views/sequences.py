"""A sequence as a whole: its name, a copy of it, its named cuts, and its end."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations.refusal import Refused
from studio import auditing
from studio.access import may_edit, named_cut_of, sequence_for, sequence_to_edit
from studio.cuts import Cuts
from studio.cutting import number_in, restore
from studio.http import Request
from studio.models import AuditEntry, NamedCut, Overtaken
from studio.views.cutting import after, overtaken
from studio.views.timeline import name_in

_DELETION = AuditEntry.Kind.DELETION


@require_POST
def rename(request: Request, uuid: UUID) -> HttpResponse:
    """Give it another name."""
    sequence = sequence_to_edit(request, uuid)
    sequence.rename(name_in(request, sequence.name))
    messages.success(request, f"The sequence is called “{sequence}” now.")
    return redirect("sequence", uuid)


@require_POST
def copy(request: Request, uuid: UUID) -> HttpResponse:
    """Begin another with what it holds now."""
    sequence = sequence_to_edit(request, uuid)
    made = sequence.copy(request.user, f"{sequence.name[:74]}, copy")
    messages.success(request, f"“{made}” is a copy. What is done here leaves “{sequence}” alone.")
    return redirect("sequence", made.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: Request, uuid: UUID) -> HttpResponse:
    """Ask whether to delete it, and do so."""
    sequence = sequence_to_edit(request, uuid)
    if request.method != "POST":
        count = sequence.exports.count()
        context = {"sequence": sequence, "project": sequence.project, "count": count}
        return render(request, "delete_sequence.html", context)
    with transaction.atomic():
        sequence.discard()
        auditing.note_in(sequence.project, _DELETION, f"Deleted the sequence “{sequence}”")
    messages.success(request, f"The sequence “{sequence}” is deleted. Its takes stay.")
    return redirect("timeline", sequence.project.slug)


@require_safe
def cuts(request: Request, uuid: UUID) -> HttpResponse:
    """Show the named cuts of a sequence, and two of them, or of it as it is now, side by side."""
    sequence = sequence_for(request, uuid)
    shown = Cuts(
        sequence, request.user, request.GET.get("before", ""), request.GET.get("after", "")
    )
    context = {"sequence": sequence, "project": sequence.project, "cuts": shown}
    return render(request, "cuts.html", context | {"may_cut": may_edit(sequence.project)})


@require_POST
def save_cut(request: Request, uuid: UUID) -> HttpResponse:
    """Give the cut, as the person sees it, a name."""
    sequence = sequence_to_edit(request, uuid)
    longest = NamedCut._meta.get_field("name").max_length
    name = request.POST.get("name", "").replace("\0", "").strip()[:longest]
    try:
        version = number_in(request.POST, "version", 0)
        named = sequence.name_cut(
            version, request.user, name or Cuts(sequence, request.user).next_name
        )
        messages.success(request, f"This cut is called “{named}” now.")
    except Overtaken as late:
        return overtaken(request, uuid, late)
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect("cuts", uuid)


@require_POST
def restore_cut(request: Request, uuid: UUID) -> HttpResponse:
    """Have the sequence be as it was in a named cut; that can be undone like any change."""
    sequence = sequence_to_edit(request, uuid)
    try:
        named = named_cut_of(sequence, number_in(request.POST, "cut", 0))
        done = restore(sequence, number_in(request.POST, "version", 0), request.user, named)
    except Overtaken as late:
        return overtaken(request, uuid, late)
    except Refused as refused:
        messages.info(request, str(refused))
        return redirect("cuts", uuid)
    words = f"It is as in “{named}” again"
    if done.besides:
        words = f"{words}, but {done.besides}"
    messages.success(request, f"{words}. Undo takes you back.")
    return after(request, uuid)
