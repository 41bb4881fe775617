"""Where a page ends: what is said instead of it, and where to go on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render

from studio.access import Teamless
from studio.http import Request
from studio.middleware import page_before

_STALE = (
    "You signed in again since this page was opened, so nothing was sent. It is up to date now: "
    "press it once more."
)


def not_found(request: Request, exception: Http404) -> HttpResponse:
    """Say that there is nothing, or that the person is in no team."""
    context = {"teamless": isinstance(exception, Teamless), "back": page_before(request, "")}
    return render(request, "404.html", context, status=404)


def not_allowed(request: Request, exception: PermissionDenied) -> HttpResponse:
    """Say which role it needs, in the words of who refused it."""
    context = {"exception": str(exception), "back": page_before(request, "")}
    return render(request, "403.html", context, status=403)


def stale_page(request: Request, reason: str = "") -> HttpResponse:
    """Bring a page up to date whose forms are from before the person last signed in.

    Django calls it for every form without the session's token, and logs the reason.
    """
    if request.user.is_authenticated:  # else a guest, who signs in nowhere
        messages.info(request, _STALE)
    if request.htmx:  # it loads the page anew, and finds there what was being typed
        return HttpResponse(status=403, headers={"HX-Refresh": "true"})
    context = {"stale": True, "back": page_before(request)}
    return render(request, "403.html", context, status=403)
