"""Putting takes at the end of the timeline from elsewhere: a card, a take's page, many at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from generations.models import Generation
from generations.refusal import Refused, upper_first
from studio.access import editable, project_for
from studio.cutting import addable, append
from studio.http import Request
from studio.middleware import page_before
from studio.models import Project, Role


@require_POST
def add_to_timeline(request: Request, slug: str) -> HttpResponse:
    """Put takes at the end of the newest sequence, which is begun where there is none."""
    project = editable(project_for(request, slug, Role.ARTIST))
    try:
        append_and_tell(request, project, addable(project, request.POST.getlist("take")))
    except Refused as refused:
        messages.info(request, str(refused))
    return HttpResponse() if request.htmx else redirect(page_before(request))


def append_and_tell(request: Request, project: Project, takes: list[Generation]) -> None:
    """Put takes at the end of the newest sequence, and say so with a link and its undoing."""
    sequence, _ = append(project, request.user, takes)
    one = len(takes) == 1
    page = reverse("sequence", args=[sequence.uuid])
    words = format_html(
        '{} at the end of <a class="notice__link" href="{}">{}</a>.',
        f"{upper_first(takes[0].name)} is" if one else f"{len(takes)} takes are",
        page,
        sequence.name,
    )
    undo = f"{reverse('undo', args=[sequence.uuid])}?version={sequence.version}"
    messages.success(request, words, extra_tags=undo)
