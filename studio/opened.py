"""The take that is open over the board, which the board's own poll keeps up to date."""

from uuid import UUID

from django.http import Http404

from studio.access import generation_for
from studio.http import Request
from studio.takes import Take


def is_over_gallery(request: Request) -> bool:
    """Whether the take is open over the gallery, where there is no composer."""
    return (request.POST or request.GET).get("over") == "gallery"


def opened_take(request: Request) -> Take | None:
    """Return the take that `open` names, if it isn't as `version` says any more.

    None also for one that isn't there: what is on the page then stays.
    """
    name = request.GET.get("open")
    if not name:
        return None
    try:
        take = Take(generation_for(request, UUID(name)), request.GET.get("show", ""), request.user)
    except (ValueError, Http404):
        return None
    return None if request.GET.get("version") == take.version else take
