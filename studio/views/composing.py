"""What the composer asks for while it is being filled in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from studio.access import project_for
from studio.forms import ComposerForm
from studio.http import Request
from studio.models import Role


@require_POST
def options(request: Request, slug: str) -> HttpResponse:
    """Show what can be chosen with the chosen model, with what was chosen where it can be."""
    project = project_for(request, slug, Role.ARTIST)
    composer = ComposerForm.filled(project, request.user, request.POST)
    return render(request, "_options.html#refreshed", {"project": project, "composer": composer})
