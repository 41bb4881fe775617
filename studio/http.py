"""The request as views see it, behind the sign-in and with htmx's details."""

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from studio.models import User


class Request(HttpRequest):
    """A request of a person who is signed in; for annotations only."""

    user: "User"
    htmx: HtmxDetails


def open_page(request: Request) -> SplitResult:
    """Return the address of the page of this site that htmx asks from; empty if that is none.

    It is what a header says, and so may be anything.
    """
    try:
        parts = urlsplit(request.htmx.current_url or "")
    except ValueError:
        return urlsplit("")
    is_ours = (parts.scheme, parts.netloc) == (request.scheme, request.get_host())
    return parts if is_ours else urlsplit("")
