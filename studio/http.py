"""The request as views see it, behind the sign-in and with htmx's details."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from studio.models import User


class Request(HttpRequest):
    """A request of a person who is signed in; for annotations only."""

    user: "User"
    htmx: HtmxDetails
