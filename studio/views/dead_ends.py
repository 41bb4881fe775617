"""Where a page ends: what is said instead of it, and where to go on."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render

from studio.access import Teamless
from studio.http import Request
from studio.middleware import page_before


def not_found(request: Request, exception: Http404) -> HttpResponse:
    """Say that there is nothing, or that the person is in no team."""
    context = {"teamless": isinstance(exception, Teamless), "back": page_before(request, "")}
    return render(request, "404.html", context, status=404)


def not_allowed(request: Request, exception: PermissionDenied) -> HttpResponse:
    """Say which role it needs, in the words of who refused it."""
    context = {"exception": str(exception), "back": page_before(request, "")}
    return render(request, "403.html", context, status=403)
