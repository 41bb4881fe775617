"""An example of an empty project becomes its first take."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import UUIDField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import reswap

from generations.refusal import Refused
from studio.access import generation_for, project_for
from studio.cards import Card
from studio.forms import ComposerForm
from studio.forms.shown import shown_usd
from studio.http import Request
from studio.models import Role
from studio.starters import Starters
from studio.views.board import composer_page, money_moved


@require_POST
def run_starter(request: Request, slug: str) -> HttpResponse:
    """Have one of the examples generated; one that is refused stands in the composer instead."""
    project = project_for(request, slug, Role.ARTIST)
    starters, asked = Starters(project), request.POST.get("starter", "")
    key = _uuid(request.POST.get("key", ""))
    seen_usd = shown_usd(request.POST.get("shown_usd"))
    try:
        made = starters.run(request.user, asked, key=key, seen_usd=seen_usd)
    except Refused as refused:
        messages.info(request, str(refused))
        words = {"words": starters.named(asked)}
        composer = ComposerForm.filled(project, request.user, request.GET, **words)
        return composer_page(request, project, composer)
    if not request.htmx:
        return redirect("board", slug)
    card = Card(generation_for(request, made.uuid))
    count = (made.take_number or 0) - project.trashed_count
    context = {"project": project, "card": card, "count": count}
    answer = money_moved(render(request, "board.html#started", context))
    return reswap(answer, "none")  # the composer stays as it is


def _uuid(value: str) -> object:
    try:
        return UUIDField(required=False).clean(value)
    except ValidationError:
        return None
