"""Where a page ends: what is said instead of it, and where to go on."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django_htmx.http import trigger_client_event

from studio.access import Teamless
from studio.http import Request
from studio.middleware import page_before

_STALE = (
    "You signed in again since this page was opened, as {}, so nothing was sent. "
    "Press it once more."
)
_GUESTS_STALE = (
    "The page was open for too long, or this browser keeps no cookies, so nothing was sent. "
    "Press it once more."
)
# The fields that people write in; no password and no key is ever shown again.
_WRITTEN = frozenset(
    (
        *("words", "more_words", "negative_words", "list", "lines", "script", "why", "rights"),
        *("name", "title", "email", "guest", "watermark", "url", "provider_id"),
    )
)
_WRITTEN_PARTS = ("part-", "blank-")


def not_found(request: Request, exception: Http404) -> HttpResponse:
    """Say that there is nothing, or that the person is in no team."""
    context = {"teamless": isinstance(exception, Teamless), "back": page_before(request, "")}
    return render(request, "404.html", context, status=404)


def not_allowed(request: Request, exception: PermissionDenied) -> HttpResponse:
    """Say which role it needs, in the words of who refused it."""
    context = {"exception": str(exception), "back": page_before(request, "")}
    return render(request, "403.html", context, status=403)


def stale_page(request: Request, reason: str = "") -> HttpResponse:
    """Answer a form that was opened before the person last signed in, and lose nothing of it.

    Django calls it for every form without the session's token, and logs the reason. A page of ours
    gets the token and goes on (static/js/notice.js); without scripts what was written is shown.
    """
    if request.htmx:
        words = _GUESTS_STALE  # a guest signs in nowhere
        if request.user.is_authenticated:
            words = _STALE.format(request.user)
        fresh = {"token": get_token(request), "words": words}
        return trigger_client_event(HttpResponse(status=403), "stale", fresh)
    context = {"stale": True, "back": page_before(request), "written": _written(request)}
    return render(request, "403.html", context, status=403)


def _written(request: Request) -> list[str]:
    """Return the texts that were sent, each once."""
    found = (
        text
        for name, texts in request.POST.lists()
        if name in _WRITTEN or name.startswith(_WRITTEN_PARTS)
        for text in texts
    )
    return list(dict.fromkeys(text for text in found if text.strip()))
