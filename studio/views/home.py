"""Home: projects, and what is running."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from generations.models import Generation
from studio.cards import Card
from studio.forms import ProjectForm
from studio.http import Request
from studio.models import Project

_RUNNING_SHOWN = 6


@require_safe
def money(request: Request) -> HttpResponse:
    """Show the month's money again, in the rail: a board asks for it when some has moved."""
    return render(request, "_rail.html#money")


@require_safe
def home(request: Request) -> HttpResponse:
    """Show the person's projects; a person without a team names one first."""
    user = request.user
    if not user.memberships.exists():
        return redirect("new_team")
    running = Generation.objects.for_cards().visible_to(user).unfinished().takes()
    projects = Project.objects.visible_to(user).with_covers()
    return render(
        request,
        "home.html",
        {
            "projects": projects,
            "running": [Card(take) for take in running.order_by("-id")[:_RUNNING_SHOWN]],
            "form": ProjectForm(user),
        },
    )
