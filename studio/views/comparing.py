"""Takes side by side in step, and the reel of what was made since yesterday."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from studio.access import generation_for, project_for, team_for
from studio.comparing import LEAST, MOST, Comparison, Reel
from studio.http import Request
from studio.takes import Take


@require_safe
def compare(request: Request) -> HttpResponse:
    """Show up to four takes in step: the ones that the address names, and what may join them."""
    named = list(dict.fromkeys(request.GET.getlist("take")))
    if len(named) > MOST:
        messages.info(request, f"At most {MOST} takes are compared at once: these are the first.")
    takes = [Take(generation_for(request, _uuid(each))) for each in named[:MOST]]
    if not takes:
        return redirect("review")
    gone = [take for take in takes if not take.is_playable]
    for take in gone:
        why = "is still to be judged blind" if take.is_veiled else "has no file here to compare"
        messages.info(request, f"{take.generation.name.capitalize()} {why}.")
    there = [take for take in takes if take not in gone]
    comparison = Comparison(there, request.user)
    return render(request, "compare.html", {"comparison": comparison, "least": LEAST})


@require_safe
def dailies(request: Request) -> HttpResponse:
    """Play what the team made in the last 24 hours, one take after another."""
    slug = request.GET.get("project", "")
    project = project_for(request, slug) if slug else None
    team = project.team if project else team_for(request)
    return render(request, "dailies.html", {"reel": Reel(request.user, team, project)})


def address_of(uuids: list[str]) -> str:
    """Return the address at which some takes are compared."""
    return reverse("compare") + "?" + "&".join(f"take={uuid}" for uuid in uuids)


def _uuid(value: str) -> UUID:
    """Return a take's id from an address. Raises Http404."""
    try:
        return UUID(value)
    except ValueError:
        raise Http404("no such take") from None
