"""Saved views: what a person looks for again and again on a board or in the gallery."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from generations.refusal import Refused
from studio.finding import Finding
from studio.gallery import GalleryFinding
from studio.http import Request
from studio.models import Project, SavedView, Team
from studio.views.selecting import scope_for


@require_POST
def save_view(request: Request, slug: str = "") -> HttpResponse:
    """Keep what the finder looks for under a name of the person's own."""
    scope = scope_for(request, slug)
    finding = _finding(request, scope)
    try:
        view = SavedView.save_as(request.POST.get("name", ""), scope, request.user, finding.sought)
        messages.success(request, f"“{view}” is among your views now.")
    except Refused as refused:
        messages.info(request, str(refused))
    return _back(slug, finding)


@require_POST
def forget_view(request: Request, slug: str = "") -> HttpResponse:
    """Remove a view of the person's own."""
    scope = scope_for(request, slug)
    SavedView.forget(request.POST.get("name", ""), scope, request.user)
    return _back(slug, _finding(request, scope))


def _finding(request: Request, scope: Project | Team) -> Finding:
    """Return what the page looked for."""
    asked = QueryDict(request.POST.get("query", "").removeprefix("?"))
    if isinstance(scope, Team):
        return GalleryFinding(scope, request.user, asked)
    return Finding(scope.team, request.user, asked)


def _back(slug: str, finding: Finding) -> HttpResponse:
    path = reverse("board", args=[slug]) if slug else reverse("gallery")
    return redirect(path + finding.query)
