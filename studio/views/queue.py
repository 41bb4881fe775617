"""The team's queue, and what people do with its line."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from generations import queueing
from generations.models import Generation
from generations.refusal import Refused
from studio import auditing
from studio.access import asker_of, generation_for, leads, team_for
from studio.http import Request
from studio.models import AuditEntry, Role, Team, User
from studio.queue import Queue
from studio.views.board import number
from studio.views.generations import after


@require_safe
def queue(request: Request) -> HttpResponse:
    """Show everything of the team that waits or runs."""
    return render(request, "queue.html", {"queue": _queue(request)})


@require_safe
def live(request: Request) -> HttpResponse:
    """Show the queue anew when its `version` isn't what the page holds; 204 otherwise."""
    found = _queue(request)
    if request.GET.get("version") == found.version:
        return HttpResponse(status=204)
    return render(request, "queue.html#live", {"queue": found})


@require_POST
def pause_line(request: Request) -> HttpResponse:
    """Stop the team's line."""
    team = team_for(request, Role.PRODUCER)
    with transaction.atomic():
        if queueing.pause_line(team, request.user):
            auditing.note(AuditEntry.Kind.SETTINGS, team, "Paused the queue")
    return redirect("queue")


@require_POST
def resume_line(request: Request) -> HttpResponse:
    """Let the team's line go on."""
    team = team_for(request, Role.PRODUCER)
    with transaction.atomic():
        # One that was deleted in this moment stands still.
        if Team.objects.there().held(team) and queueing.resume_line(team, request.user):
            auditing.note(AuditEntry.Kind.SETTINGS, team, "Let the queue go on")
    return redirect("queue")


@require_POST
def pause(request: Request, uuid: UUID) -> HttpResponse:
    """Hold a take back."""
    return _act(request, asker_of(request, uuid), queueing.pause)


@require_POST
def resume(request: Request, uuid: UUID) -> HttpResponse:
    """Let a paused take go on."""
    return _act(request, asker_of(request, uuid), queueing.resume)


@require_POST
def up(request: Request, uuid: UUID) -> HttpResponse:
    """Change places with the take before it: of one's own, or of anybody's for a producer."""
    take = asker_of(request, uuid)
    over_others = leads(take.project.role)
    return _act(request, take, queueing.move_up, over_others=over_others)


@require_POST
def down(request: Request, uuid: UUID) -> HttpResponse:
    """Change places with the take behind it: of one's own, or of anybody's for a producer."""
    take = asker_of(request, uuid)
    over_others = leads(take.project.role)
    return _act(request, take, queueing.move_down, over_others=over_others)


@require_POST
def front(request: Request, uuid: UUID) -> HttpResponse:
    """Put a take before everything that waits."""
    return _act(request, generation_for(request, uuid, Role.PRODUCER), queueing.to_front)


@require_POST
def turn(request: Request, uuid: UUID) -> HttpResponse:
    """Have a take that was put in front wait for its turn again."""
    return _act(request, generation_for(request, uuid, Role.PRODUCER), queueing.take_its_turn)


def _act(
    request: Request,
    take: Generation,
    verb: Callable[..., None],
    **how: bool,
) -> HttpResponse:
    actor: User = request.user
    try:
        verb(take, actor, **how)
    except Refused as refused:
        messages.info(request, str(refused))
    return after(request, take)


def _queue(request: Request) -> Queue:
    return Queue(
        team_for(request), request.user, number(request.GET, "shown"), request.GET.get("after", "")
    )
