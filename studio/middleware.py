"""What stands between the browser and the views: HTMX is hidden from them, and dead ends."""

import logging
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from studio import drafts
from studio.editing.written import Unreadable
from studio.http import Request, open_page

log = logging.getLogger(__name__)

_REDIRECTS = (301, 302, 303, 307, 308)
# What no page of ours asks a browser for. Known to every browser that knows the header: of a
# name that it doesn't know, it complains on each page.
_NEVER_ASKED = (
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer"),
    *("microphone", "midi", "payment", "usb", "xr-spatial-tracking"),
)
_OURS_ALONE = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{each}=()" for each in _NEVER_ASKED),
}


class OursAlone:
    """Keeps other sites' pages from using our files, and ours from a browser's devices.

    Django has settings for the other headers of this kind, and none for these two.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        for name, value in _OURS_ALONE.items():
            response.headers.setdefault(name, value)
        return response


class SignInRequired(LoginRequiredMiddleware):
    """Sends whoever isn't signed in to the sign-in, and then back to where they were.

    A verb's own address answers no GET: after a button, that is the page which it stood on, or
    the composer with what was written in it.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Return the redirect to the sign-in page."""
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        page = page_before(request)
        if "HX-Request" not in request.headers and (draft := drafts.keep(request)):
            messages.info(request, "What you wrote is kept. Sign in to go on with it.")
            page = draft
        return redirect_to_login(page, resolve_url(settings.LOGIN_URL))


class NamedDeadEnds:
    """Gives a page to who opens the address of a verb, where the browser would show its own.

    And to who asks for something of a sequence that can't be read any more.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            response.content = render_to_string("405.html", {"back": page_before(request)}, request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        """Say of a sequence that can't be read that it can't; leave other faults alone."""
        if not isinstance(exception, Unreadable):
            return None
        log.error("a sequence can't be read: %s", exception)
        context = {"back": page_before(request)}
        return HttpResponse(render_to_string("unreadable.html", context, request), status=422)


def page_before(request: HttpRequest, otherwise: str = "home") -> str:
    """Return the path of the page that the request came from, if it is ours.

    Else that of the page which `otherwise` names, or nothing.
    """
    came_from = request.headers.get("Referer", "")
    ours = {request.get_host()}
    if url_has_allowed_host_and_scheme(came_from, ours, request.is_secure()):
        parts = urlsplit(came_from)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if url_has_allowed_host_and_scheme(path, None):  # a path of ours may name another host
            return path
    return resolve_url(otherwise) if otherwise else ""


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
        page = open_page(request)._replace(scheme="", netloc="").geturl() or "/"
        target = f"{login}?{urlencode({'next': page})}"
    leaving = HttpResponseClientRedirect(target)
    leaving.cookies = response.cookies
    return leaving


def _carry_messages(request: Request, response: HttpResponse) -> None:
    waiting = list(get_messages(request))
    if waiting:
        response.write(
            render_to_string("_messages.html", {"messages": waiting, "oob": True}, request)
        )
