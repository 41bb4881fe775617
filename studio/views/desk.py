"""What the tools beside the composer have in common."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django_htmx.http import reswap

from generations.refusal import Refused
from studio.desk import DIALOG, Desk
from studio.forms.composers import filled_composer
from studio.http import Request
from studio.models import Project
from studio.views.board import composer_page
from studio.views.fitting import keep_uploads


def tool(request: Request, template: str, context: dict[str, Any], **parts: str) -> HttpResponse:
    """Render a tool: the panel for its dialog, the part for the element of that id, or the page."""
    named = {DIALOG.replace("-", "_"): "panel", **parts}
    part = named.get((request.htmx.target or "").replace("-", "_")) if request.htmx else ""
    return render(request, f"{template}#{part}" if part else template, context)


def desk_with_pictures(request: Request, project: Project, kept: QueryDict | None = None) -> Desk:
    """Return the desk of a tool that makes takes: what was chosen for the slots is a still there.

    `kept` as of Desk.of. Raises Refused for a picture that can't be one: nothing is made without.
    """
    desk = Desk.of(request, project, kept)
    changes, problems = keep_uploads(request, project)
    if problems:
        raise Refused({"": " ".join(problems)})
    typed = desk.typed.copy()
    for name, value in changes.items():
        typed[name] = str(value)
    return Desk(project, typed)


def not_opened(request: Request, project: Project, refused: Refused) -> HttpResponse:
    """Say why a tool isn't opened; the composer stays as it is."""
    messages.info(request, str(refused))
    if request.htmx:
        return reswap(HttpResponse(), "none")
    return composer_page(request, project, filled_composer(project, request.user, request.POST))


def put_words(request: Request, project: Project, typed: QueryDict, words: str) -> HttpResponse:
    """Put words in the composer: the one on the page, or one on the board with what was typed."""
    if request.htmx:
        return render(request, "_put_words.html", {"words": words})
    composer = filled_composer(project, request.user, typed, words=words)
    return composer_page(request, project, composer)
