"""The team's gallery: the takes of all its open projects on one page, and its live refresh."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh, replace_url

from generations.models import Generation
from studio.access import team_for
from studio.cards import Card
from studio.gallery import GalleryFinding, seen_of
from studio.http import Request
from studio.marks import marked_cards
from studio.models import Role, Team
from studio.opened import opened_take
from studio.refreshing import GalleryRefresh
from studio.selecting import Selection
from studio.views import board


@require_safe
def gallery(request: Request) -> HttpResponse:
    """Show the gallery; htmx asks for what is behind a cursor, or for what the finder finds."""
    context = _takes(request, team_for(request))
    if request.htmx and context["is_behind"]:
        return render(request, "gallery.html#takes", context)
    if request.htmx and request.htmx.target == "takes":
        address = context["finder_url"] + context["finding"].query
        return replace_url(render(request, "gallery.html#found", context), address)
    return render(request, "gallery.html", context)


@require_safe
def live(request: Request) -> HttpResponse:
    """Show what changed since what the page has `seen`, out of band; 204 when nothing did.

    `first` and `last` are the oldest and newest ids on the page. `open` is the take in the drawer,
    `version` what the drawer holds of it.
    """
    team, opened = team_for(request, with_events=True), opened_take(request)
    seen = seen_of(request.GET.get("seen", ""))
    if sum(seen.values()) == team.event_count and opened is None:
        return HttpResponse(status=204)
    finding = GalleryFinding(team, request.user, request.GET)
    first, last = (board.number(request.GET, name) for name in ("first", "last"))
    refresh = GalleryRefresh(finding, first, last, seen, finding.events)
    if refresh.is_too_much:
        return HttpResponseClientRefresh()
    for card in refresh.cards:
        card.generation.project.role = Role(team.role)
    context = {"refresh": refresh, "opened": opened, **_around(team, finding)}
    response = render(request, "gallery.html#live", context)
    return board.money_moved(response) if refresh.has_settled else response


def _takes(request: Request, team: Team) -> dict[str, Any]:
    """Return a page of takes, as the board does: behind the cursor `after`, and up to `until`."""
    finding = GalleryFinding(team, request.user, request.GET)
    takes = finding.narrow(Generation.objects.takes().kept())
    shown = marked_cards(request.user)
    began, until = (request.GET.get(name, "") for name in ("after", "until"))
    is_behind = "after" in request.GET
    size = board.PAGE if is_behind else board.FIRST_PAGE
    page, after = finding.page(takes, began, size, until, shown=shown)
    for take in page:
        take.project.role = team.role
    return {
        **_around(team, finding),
        "saved_views": SimpleLazyObject(lambda: finding.views_of(team)),
        "selection": Selection(team, request.user, ()),
        "cards": [Card(take) for take in page],
        "began": began,
        "most_cards": board.MOST_CARDS,
        "after": after,
        "is_behind": is_behind,
    }


def _around(team: Team, finding: GalleryFinding) -> dict[str, Any]:
    """Return what every card of the gallery is shown with."""
    shared = {"team": team, "over_projects": True, "finding": finding}
    return {**shared, "finder_url": reverse("gallery")}
