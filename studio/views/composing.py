"""What the composer asks for while it is being filled in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from generations.refusal import Refused
from studio.access import project_for
from studio.forms.composers import filled_composer
from studio.forms.first_frame import FIRST_FRAME, for_first_frame
from studio.forms.pinning import KEYFRAMES, PIN, PIN_FILE
from studio.forms.placing import Picks, pin_file, placed
from studio.forms.slots import SLOTS, Finder
from studio.http import Request
from studio.models import Role
from studio.views.board import board_page, composer_page
from studio.views.fitting import kept_uploads


@require_POST
def options(request: Request, slug: str) -> HttpResponse:
    """Show what can be chosen with the chosen model, with what was chosen where it can be."""
    project = project_for(request, slug, Role.ARTIST)
    composer = filled_composer(project, request.user, request.POST)
    context = {"project": project, "composer": composer, "sent": request.POST}
    return render(request, "_options.html#refreshed", context)


@require_POST
def put(request: Request, slug: str) -> HttpResponse:
    """Put a take or a still in a place: `put` is the place, what it is, and its name.

    `make` names the kind that is to be made instead. `pin.file` pins the picture that was chosen.
    """
    project = project_for(request, slug, Role.ARTIST)
    changes: dict[str, object] = {"kind": request.POST["make"]} if "make" in request.POST else {}
    finder, where = Finder(project, request.user), request.POST.get("put", "")
    problem = ""
    try:
        if where == f"{PIN}.file":
            changes |= kept_uploads(request, project)
            changes |= pin_file(finder, request.POST, request.FILES.get(PIN_FILE))
        else:
            changes |= placed(finder, request.POST, where)
    except Refused as refused:
        problem = refused.errors.get(KEYFRAMES, "")
        if not problem:
            messages.info(request, str(refused))
    composer = filled_composer(project, request.user, request.POST, **changes)
    composer.pin_problem = problem
    return composer_page(request, project, composer)


@require_POST
def first_frame(request: Request, slug: str) -> HttpResponse:
    """Show the composer as it makes pictures of the same words, one of which is to be animated.

    What stands in it for the video is kept, and there again once one is (views.making.animate).
    """
    project = project_for(request, slug, Role.ARTIST)
    composer = filled_composer(project, request.user, request.POST, **for_first_frame(request.POST))
    composer.note = f"{FIRST_FRAME} {composer.note}".strip()
    return composer_page(request, project, composer)


@require_POST
def picks(request: Request, slug: str) -> HttpResponse:
    """Show the newest takes and stills for a place, which `picks` names."""
    project = project_for(request, slug, Role.ARTIST)
    slot = request.POST.get("picks", "")
    known = (*SLOTS, PIN)
    found = Picks(Finder(project, request.user), slot if slot in known else "start")
    if request.htmx:
        return render(request, "_picks.html", {"project": project, "picks": found})
    composer = filled_composer(project, request.user, request.POST)
    return board_page(request, project, composer, picks=found)
