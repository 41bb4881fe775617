"""What the tools beside the composer have in common."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from studio.desk import DIALOG, Desk
from studio.forms.composers import filled_composer
from studio.http import Request
from studio.models import Project
from studio.views.board import composer_page
from studio.views.fitting import kept_uploads


def tool(request: Request, template: str, context: dict[str, Any], **parts: str) -> HttpResponse:
    """Render a tool: the panel for its dialog, the part for the element of that id, or the page."""
    named = {DIALOG.replace("-", "_"): "panel", **parts}
    part = named.get((request.htmx.target or "").replace("-", "_")) if request.htmx else ""
    return render(request, f"{template}#{part}" if part else template, context)


def desk_with_pictures(request: Request, project: Project, kept: QueryDict | None = None) -> Desk:
    """Return the desk of a tool that makes takes: what was chosen for the slots is a still there.

    `kept` as of Desk.of.
    """
    desk = Desk.of(request, project, kept)
    typed = desk.typed.copy()
    for name, value in kept_uploads(request, project).items():
        typed[name] = str(value)
    return Desk(project, typed)


def put_words(request: Request, project: Project, typed: QueryDict, words: str) -> HttpResponse:
    """Put words in the composer: the one on the page, or one on the board with what was typed."""
    if request.htmx:
        return render(request, "_put_words.html", {"words": words})
    composer = filled_composer(project, request.user, typed, words=words)
    return composer_page(request, project, composer)
