"""Hides HTMX from views: they redirect and leave messages as if there were no partial pages."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from studio.http import Request

_REDIRECTS = (301, 302, 303, 307, 308)


class HtmxResponses:
    """Turns what a view answers into what an htmx request needs.

    A redirect becomes one of the whole page (the browser would follow it inside the partial and
    swap a page into a card); messages ride along out of band.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        if _is_html(response):
            patch_vary_headers(response, ["HX-Request"])
        if not request.htmx:
            return response
        if response.status_code in _REDIRECTS:
            return _leave(request, response)
        if response.status_code == 200 and _is_html(response):
            _carry_messages(request, response)
        return response


def _is_html(response: HttpResponse) -> bool:
    return not response.streaming and response.get("Content-Type", "").startswith("text/html")


def _leave(request: Request, response: HttpResponse) -> HttpResponse:
    target = response["Location"]
    login = resolve_url(settings.LOGIN_URL)
    if urlsplit(target).path == login:
        # After signing in, back to the page and not to the partial that it asked for.
        page = request.htmx.current_url_abs_path or "/"
        target = f"{login}?{urlencode({'next': page})}"
    leaving = HttpResponseClientRedirect(target)
    leaving.cookies = response.cookies
    return leaving


def _carry_messages(request: Request, response: HttpResponse) -> None:
    messages = list(get_messages(request))
    if messages:
        response.write(render_to_string("_messages.html", {"messages": messages, "oob": True}))
