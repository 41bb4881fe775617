"""A project's stills: the grid, and what is uploaded to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from generations import stills as taking_in
from generations.mistaken import EMPTY, VIDEO
from studio.access import project_for
from studio.http import Request
from studio.models import Project, Role
from studio.stills import AT_ONCE, ORIGINS, Upload, shelf, take_in
from studio.views.board import number

# What a browser needs to refuse a file before it is sent.
_LIMITS = {
    "max_bytes": taking_in.MAX_BYTES,
    "too_large": taking_in.TOO_LARGE,
    "empty": EMPTY,
    "video": VIDEO,
    "at_once": AT_ONCE,
}


@require_safe
def stills(request: Request, slug: str) -> HttpResponse:
    """Show the stills; htmx asks for what is behind a number."""
    return _page(request, project_for(request, slug), [])


@require_POST
def upload(request: Request, slug: str) -> HttpResponse:
    """Keep the pictures that were sent: each becomes a still, or is told why not.

    The page's script sends them one by one and puts the answer in the grid.
    """
    project = project_for(request, slug, Role.ARTIST)
    sent = take_in(project, request.user, request.FILES.getlist("pictures"))
    if request.htmx:
        return render(request, "stills.html#sent", {"project": project, "sent": sent})
    kept = sum(each.shown is not None for each in sent)
    if sent and kept == len(sent):
        messages.success(request, f"{kept} still{'' if kept == 1 else 's'} kept.")
        return redirect("stills", slug)
    return _page(request, project_for(request, slug), sent, nothing_sent=not sent)


def _page(
    request: Request, project: Project, sent: list[Upload], *, nothing_sent: bool = False
) -> HttpResponse:
    origin = request.GET.get("origin", "")
    shown, after = shelf(project, request.user, origin, number(request.GET, "after"))
    context = {
        "project": project,
        "shown": shown,
        "after": after,
        "origin": origin if origin in ORIGINS else "",
        "origins": [("", "All"), *ORIGINS.items()],
        "limits": _LIMITS,
        "sent": sent,
        "nothing_sent": nothing_sent,
    }
    is_part = request.htmx and "after" in request.GET
    return render(request, "stills.html#grid" if is_part else "stills.html", context)
