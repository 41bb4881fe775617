"""What people mark takes with: a star of their own."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from generations.models import Generation
from studio.access import generation_for
from studio.http import Request
from studio.middleware import page_before
from studio.models import Favourite


@require_POST
def favourite(request: Request, uuid: UUID) -> HttpResponse:
    """Star a take."""
    take = generation_for(request, uuid)
    Favourite.objects.star([take], request.user)
    return _starred(request, take, is_favourite=True)


@require_POST
def unfavourite(request: Request, uuid: UUID) -> HttpResponse:
    """Take the star off a take."""
    take = generation_for(request, uuid)
    Favourite.objects.unstar([take], request.user)
    return _starred(request, take, is_favourite=False)


def _starred(request: Request, take: Generation, *, is_favourite: bool) -> HttpResponse:
    """Show the star alone for htmx, so that the card goes on playing; else the page before."""
    if not request.htmx:
        return redirect(f"{page_before(request)}#take-{take.uuid}")
    return render(request, "_star.html", {"take": take, "is_favourite": is_favourite})
