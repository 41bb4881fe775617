"""Home: projects, what is running, and what waits."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from generations.models import Generation, State
from generations.models.states import IN_FLIGHT
from studio.cards import Card
from studio.forms import ProjectForm
from studio.http import Request
from studio.models import Project, User

_SHOWN = 6
_HELD = Q(state=State.REQUESTED) | Q(state=State.WAITING, paused_at__isnull=False)


@require_safe
def money(request: Request) -> HttpResponse:
    """Show the month's money again, in the rail: a board asks for it when some has moved."""
    return render(request, "_rail.html#money")


@require_safe
def shortcuts(request: Request) -> HttpResponse:
    """List the keys, for whoever has no script that shows them over the page."""
    return render(request, "shortcuts.html")


@require_safe
def home(request: Request) -> HttpResponse:
    """Show the person's projects; a person without a team names one first."""
    user = request.user
    if not user.memberships.exists():
        return redirect("new_team")
    projects = Project.objects.visible_to(user).with_covers()
    return render(
        request,
        "home.html",
        {
            "projects": projects,
            "under_way": [part for part in _under_way(user) if part["cards"]],
            "form": ProjectForm(user),
        },
    )


def _under_way(user: User) -> list[dict[str, Any]]:
    """Return what a provider is working on, and apart from it what nobody works on yet."""
    takes = Generation.objects.for_cards().visible_to(user).takes().order_by("-id")
    return [
        {"name": name, "words": words, "cards": [Card(take) for take in found[:_SHOWN]]}
        for name, words, found in (
            ("running", "Running now", takes.filter(state__in=IN_FLIGHT)),
            ("in-line", "In line", takes.filter(state=State.WAITING, paused_at=None)),
            ("held", "Held back", takes.filter(_HELD)),
        )
    ]
