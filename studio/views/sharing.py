"""Guest links as the team sees them: made, listed with their views, and revoked."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from generations.models import Generation
from studio import sharing
from studio.access import (
    collection_for,
    export_for,
    generation_for,
    may_revoke,
    own_share,
    sequence_for,
    team_for,
)
from studio.forms.sharing import ShareForm
from studio.http import Request
from studio.models import Export, Role, Sequence, Share
from studio.models.share import ShareQuerySet, Thing, what_of
from studio.shared import Shared

_page = require_http_methods(["GET", "HEAD", "POST"])


@_page
def share_take(request: Request, uuid: UUID) -> HttpResponse:
    """Show the links to a take and make another; to a version's take in place of a version."""
    found = generation_for(request, uuid, Role.ARTIST)
    role = Role(found.project.role)
    thing = cast("Generation", found.version_of or found)
    return _share(request, thing, role, reverse("generation", args=[thing.uuid]))


@_page
def share_collection(request: Request, uuid: UUID) -> HttpResponse:
    """Show the links to a collection, and make another."""
    found = collection_for(request, uuid, Role.ARTIST)
    return _share(request, found, Role(found.role), reverse("collection", args=[uuid]))


@_page
def share_sequence(request: Request, uuid: UUID) -> HttpResponse:
    """Show the links to a sequence, and make another."""
    found = sequence_for(request, uuid, Role.ARTIST)
    return _share(request, found, Role(found.project.role), reverse("sequence", args=[uuid]))


@_page
def share_export(request: Request, uuid: UUID) -> HttpResponse:
    """Show the links to an export, and make another."""
    found = export_for(request, uuid, Role.ARTIST)
    sequence = sequence_for(request, found.sequence.uuid, Role.ARTIST)
    back = reverse("exports", args=[sequence.uuid])
    return _share(request, found, Role(sequence.project.role), back)


@require_safe
def links(request: Request) -> HttpResponse:
    """List the open links of the current team, as far as the person sees what they show."""
    team = team_for(request, Role.ARTIST)
    found = Share.objects.visible_to(request.user).filter(team=team)
    rows = _rows(request, found, Role(team.role))
    return render(request, "links.html", {"team": team, "rows": rows})


@require_POST
def revoke(request: Request, uuid: UUID) -> HttpResponse:
    """End a link at once, and show those that are left of what it showed."""
    found = own_share(request, uuid)
    sharing.revoke(found, request.user)
    messages.success(request, f"The link to {found.what} is revoked: it shows nothing any more.")
    return _back(found, request.POST.get("from", ""))


@never_cache
def _share(request: Request, thing: Thing, role: Role, back: str) -> HttpResponse:
    form = ShareForm(thing, request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"what": what_of(thing), "thing": thing, "back": back}
    context["form"] = form
    context["is_filmless"] = isinstance(thing, Sequence) and not Export.objects.films_of(thing)
    made = form.share(request.user) if form.is_bound else None
    if made:
        share, token = made
        address = request.build_absolute_uri(reverse("shared", args=[token]))
        shown = Shared(share)  # what only waits for its watermark comes by itself
        context |= {"made": share, "address": address}
        context |= {"is_empty": shown.is_empty and not shown.lacking}
        context |= {"form": ShareForm(thing)}
    context["rows"] = _rows(request, Share.objects.of(thing), role)
    return render(request, "share.html", context)


def _rows(request: Request, shares: ShareQuerySet, role: Role) -> list[tuple[Share, bool]]:
    """Return the open links with whether the person may revoke each."""
    found = shares.open(timezone.now()).for_list()
    return [(share, may_revoke(request.user, share, role)) for share in found]


def _back(share: Share, came_from: str) -> HttpResponse:
    if came_from == "links":
        return redirect(f"{reverse('links')}?team={share.team.uuid}")
    names = {"generation": "share_take"}
    model = share.thing._meta.model_name or ""
    return redirect(names.get(model, f"share_{model}"), share.thing.uuid)
