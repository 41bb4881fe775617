"""Improve: a helper's rewrite of the words, shown as what it changes and never put in by itself."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from generations.refusal import Refused
from studio.access import project_for
from studio.desk import Desk
from studio.http import Request
from studio.models import Role
from studio.prompting import improving
from studio.views.desk import tool
from studio.words_diff import words_diff


@require_POST
def improve(request: Request, slug: str) -> HttpResponse:
    """Show how the helper would write the composer's words, to be accepted or left."""
    project = project_for(request, slug, Role.ARTIST)
    desk = Desk.of(request, project)
    context = {"project": project, "desk": desk, "rewrite": "", "error": ""}
    try:
        context["rewrite"] = improving.improve(desk.words)
    except Refused as refused:
        context["error"] = str(refused)
    else:
        context["diff"] = words_diff(desk.words, str(context["rewrite"]))
    return tool(request, "improve.html", context)
