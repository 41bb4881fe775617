"""Saved views: what a person looks for again and again on a board."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from generations.refusal import Refused
from studio.access import project_for
from studio.finding import Finding
from studio.http import Request
from studio.models import SavedView


@require_POST
def save_view(request: Request, slug: str) -> HttpResponse:
    """Keep what the finder looks for under a name of the person's own."""
    project = project_for(request, slug)
    asked = QueryDict(request.POST.get("query", "").removeprefix("?"))
    finding = Finding(project.team, request.user, asked)
    try:
        view = SavedView.save_as(
            request.POST.get("name", ""), project, request.user, finding.parameters
        )
        messages.success(request, f"“{view}” is among your views now.")
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect(reverse("board", args=[slug]) + finding.query)


@require_POST
def forget_view(request: Request, slug: str) -> HttpResponse:
    """Remove a view of the person's own."""
    project = project_for(request, slug)
    SavedView.forget(request.POST.get("name", ""), project, request.user)
    asked = QueryDict(request.POST.get("query", "").removeprefix("?"))
    return redirect(
        reverse("board", args=[slug]) + Finding(project.team, request.user, asked).query
    )
