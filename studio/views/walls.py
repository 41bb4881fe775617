"""The wall: takes on a screen, one after another or many at once, the new ones by themselves."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from studio.access import collection_for, team_for
from studio.http import Request
from studio.wall import CollectionWall, GalleryWall, Wall


@require_safe
def wall(request: Request) -> HttpResponse:
    """Show the wall: one take after another, or with `show=grid` many at once."""
    shows_grid = request.GET.get("show") == "grid"
    return render(request, "wall.html", {"wall": _wall_for(request), "shows_grid": shows_grid})


@require_safe
def live(request: Request) -> HttpResponse:
    """Give the wall's takes anew where its `version` isn't what the page holds; 204 otherwise."""
    found = _wall_for(request)
    if request.GET.get("version") == found.version:
        return HttpResponse(status=204)
    return render(request, "wall.html#takes", {"wall": found})


def _wall_for(request: Request) -> Wall:
    """Return the wall of the collection that the address names, or of the gallery's search."""
    named = request.GET.get("collection", "")
    if not named:
        return GalleryWall(team_for(request, with_events=True), request.user, request.GET)
    try:
        uuid = UUID(named)
    except ValueError:
        raise Http404("no such collection") from None
    return CollectionWall(collection_for(request, uuid), request.user)
