"""The timeline: a sequence's page, its bin, its inspector, and what keeps it up to date."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from studio.access import editable, may_edit, project_for, sequence_for
from studio.bin import Bin
from studio.cutting import FIRST_NAME, number_in
from studio.http import Request
from studio.models import Edit, Role, Sequence
from studio.timeline import JOINS, Timeline
from studio.typed import Typed


@require_safe
def timeline(request: Request, slug: str) -> HttpResponse:
    """Show the newest sequence of a project, or offer to begin one."""
    project = project_for(request, slug)
    newest = Sequence.objects.for_page().filter(project=project).first()
    if newest is None:
        return render(request, "timeline.html", {"project": project, "first_name": FIRST_NAME})
    newest.project = project
    return page(request, newest)


@require_safe
def sequence(request: Request, uuid: UUID) -> HttpResponse:
    """Show a sequence; `clip` names what is chosen in it."""
    return page(request, sequence_for(request, uuid))


@require_POST
def begin(request: Request, slug: str) -> HttpResponse:
    """Begin a sequence under a name."""
    project = editable(project_for(request, slug, Role.ARTIST))
    made = Sequence.begin(project, request.user, name_in(request, FIRST_NAME))
    return redirect("sequence", made.uuid)


@require_safe
def bin_page(request: Request, uuid: UUID) -> HttpResponse:
    """Show the takes that can be added: what the address looks for, behind its cursor."""
    sequence = sequence_for(request, uuid)
    context = {"sequence": sequence, "project": sequence.project}
    return render(
        request,
        "_timeline_bin.html#takes",
        context | {"bin": Bin(sequence.project, request.user, request.GET)},
    )


@require_safe
def inspect(request: Request, uuid: UUID) -> HttpResponse:
    """Show what can be done with the clips that are chosen."""
    sequence = sequence_for(request, uuid)
    return render(request, "timeline.html#inspected", context_of(request, sequence))


@require_safe
def live(request: Request, uuid: UUID) -> HttpResponse:
    """Show a sequence anew when it is past a `version`, or takes past `since`; 204 otherwise."""
    sequence = sequence_for(request, uuid)
    seen = number_in(request.GET, "version", 0), number_in(request.GET, "since", 0)
    if seen == (sequence.version, sequence.project.event_count):
        return HttpResponse(status=204)
    said = ""
    if sequence.version != seen[0] and sequence.head and sequence.head.author != request.user:
        said = told(sequence.head)
    response = answer(request, sequence, said=said, is_poll=True)
    takes_moved = sequence.project.event_count != seen[1]
    return trigger_client_event(response, "takes-moved") if takes_moved else response


def page(
    request: Request,
    sequence: Sequence,
    status: int = 200,
    late: str = "",
    typed: Typed | None = None,
) -> HttpResponse:
    """Render the whole page of a sequence; where it can't be read, the way to the others."""
    others = Sequence.objects.filter(project=sequence.project).only("uuid", "name", "changed_at")
    if not sequence.is_readable:
        known = {"sequence": sequence, "project": sequence.project, "first_name": FIRST_NAME}
        known["others"] = others.exclude(pk=sequence.pk)
        return render(request, "unreadable_sequence.html", known)
    context = context_of(request, sequence, typed.chosen if typed else None, typed) | {
        "sequences": others,
        "bin": Bin(sequence.project, request.user, request.GET),
        "first_name": FIRST_NAME,
        "late": late,
    }
    return render(request, "timeline.html", context, status=status)


def answer(
    request: Request,
    sequence: Sequence,
    chosen: list[str] | None = None,
    said: str = "",
    status: int = 200,
    *,
    is_poll: bool = False,
    typed: Typed | None = None,
) -> HttpResponse:
    """Render what changes of a sequence's page, for htmx; `said` is read out."""
    context = context_of(request, sequence, chosen, typed) | {"said": said, "is_poll": is_poll}
    return render(request, "timeline.html#answer", context, status=status)


def context_of(
    request: Request,
    sequence: Sequence,
    chosen: list[str] | None = None,
    typed: Typed | None = None,
) -> dict[str, object]:
    """Return what the parts of a sequence's page are rendered with; `typed` wasn't saved."""
    if chosen is None:
        chosen = request.GET.getlist("clip")
    return {
        "sequence": sequence,
        "project": sequence.project,
        "timeline": Timeline(sequence, request.user, chosen),
        "may_cut": may_edit(sequence.project),
        "joins": [(join.value, words) for join, words in JOINS.items()],
        "typed": typed,
    }


def told(edit: Edit) -> str:
    """Say who did something."""
    return f"{edit.author or 'Someone who left'}: {edit.said}."


def name_in(request: Request, otherwise: str) -> str:
    """Return the name that was sent for a sequence."""
    longest = Sequence._meta.get_field("name").max_length
    return request.POST.get("name", "").replace("\0", "").strip()[:longest] or otherwise
