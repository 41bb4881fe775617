"""Pasting a script: looked at as shots, then added to the storyboard or put in its place."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from studio.access import editable, project_for
from studio.forms.script import ScriptForm
from studio.http import Request
from studio.models import Overwriting, Project, Role, Storyboard, TooManyShots
from studio.storyboarding.example import SCRIPT
from studio.storyboarding.showing import usual_s
from studio.views.storyboard import FULL

_MEANWHILE = "{by} changed the storyboard meanwhile. Look at it, then replace it."


@require_http_methods(["GET", "HEAD", "POST"])
def script(request: Request, slug: str) -> HttpResponse:
    """Show the shots that a script would make; `example` fills one in."""
    project = editable(project_for(request, slug, Role.ARTIST))
    fresh = {"script": SCRIPT if "example" in request.GET else "", "continues": "on"}
    return _page(request, project, Storyboard.of(project), request.POST or fresh)


@require_POST
def add_script(request: Request, slug: str) -> HttpResponse:
    """Add a script's shots at the end."""
    project = editable(project_for(request, slug, Role.ARTIST))
    kept = Storyboard.begun(project)
    form = ScriptForm(request.POST, usual_s(kept))
    found = form.script_beside(kept.shots.kept().count())
    if form.problem or found.error:
        return _page(request, project, kept, request.POST, error=form.problem or found.error)
    try:
        at = kept.add(request.user, found.shots())
    except TooManyShots:
        return _page(request, project, kept, request.POST, error=FULL)
    return _done(request, project, f"{len(found.paragraphs)} shots are added.", at)


@require_POST
def replace_by_script(request: Request, slug: str) -> HttpResponse:
    """Put a script's shots in the place of all that are there."""
    project = editable(project_for(request, slug, Role.ARTIST))
    kept = Storyboard.begun(project)
    form = ScriptForm(request.POST, usual_s(kept))
    found = form.script_beside(0)
    if form.problem or found.error:
        return _page(request, project, kept, request.POST, error=form.problem or found.error)
    try:
        at = kept.replace(form.cleaned_data["version"], request.user, found.shots())
    except Overwriting as error:
        meanwhile = _MEANWHILE.format(by=error.by)
        return _page(request, project, Storyboard.of(project), request.POST, error=meanwhile)
    words = f"The storyboard is replaced by {len(found.paragraphs)} shots."
    return _done(request, project, words, at)


def _done(request: Request, project: Project, words: str, at: object) -> HttpResponse:
    moment = urlencode({"at": at.isoformat()})  # type: ignore[attr-defined]
    undo = f"{reverse('undo_shots', args=[project.slug])}?{moment}"
    messages.success(request, words, undo)
    return redirect("storyboard", project.slug)


def _page(
    request: Request, project: Project, kept: Storyboard, data: object, error: str = ""
) -> HttpResponse:
    form = ScriptForm(data, usual_s(kept))
    there = kept.shots.kept().count() if kept.pk else 0
    found = form.script_beside(0)
    context = {"form": form, "found": found, "there": there, "storyboard": kept}
    context |= {"project": project, "error": error or form.problem}
    template = "script.html#found" if request.htmx else "script.html"
    return render(request, template, context)
