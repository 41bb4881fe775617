"""What the composer asks for while it is being filled in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from generations.refusal import Refused
from studio.access import project_for
from studio.forms import ComposerForm
from studio.forms.placing import Picks, placed
from studio.forms.slots import SLOTS, Finder
from studio.http import Request
from studio.models import Role
from studio.views.board import board_page, composer_page


@require_POST
def options(request: Request, slug: str) -> HttpResponse:
    """Show what can be chosen with the chosen model, with what was chosen where it can be."""
    project = project_for(request, slug, Role.ARTIST)
    composer = ComposerForm.filled(project, request.user, request.POST)
    return render(request, "_options.html#refreshed", {"project": project, "composer": composer})


@require_POST
def put(request: Request, slug: str) -> HttpResponse:
    """Put a take or a still in a place: `put` is the place, what it is, and its name."""
    project = project_for(request, slug, Role.ARTIST)
    finder, changes = Finder(project, request.user), {}
    try:
        changes = placed(finder, request.POST, request.POST.get("put", ""))
    except Refused as refused:
        messages.info(request, str(refused))
    composer = ComposerForm.filled(project, request.user, request.POST, **changes)
    return composer_page(request, project, composer)


@require_POST
def picks(request: Request, slug: str) -> HttpResponse:
    """Show the newest takes and stills for a place, which `picks` names."""
    project = project_for(request, slug, Role.ARTIST)
    slot = request.POST.get("picks", "")
    found = Picks(Finder(project, request.user), slot if slot in SLOTS else "start")
    if request.htmx:
        return render(request, "_picks.html", {"project": project, "picks": found})
    composer = ComposerForm.filled(project, request.user, request.POST)
    return board_page(request, project, composer, picks=found)
