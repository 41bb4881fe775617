"""One take: its own page, and what can be done with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from generations import ordering
from generations.models import Asset, Generation
from generations.refusal import Refused
from studio.access import generation_for
from studio.cards import Card
from studio.forms import ComposerForm
from studio.forms.composer import settings_of
from studio.http import Request
from studio.models import Role
from studio.takes import Take
from studio.views.board import composer_content, composer_page, fills_composer, money_moved


@require_safe
def generation(request: Request, uuid: UUID) -> HttpResponse:
    """Show the take: player, prompt, facts, history, lineage."""
    take = generation_for(request, uuid)
    return render(request, "generation.html", {"take": Take(take), "project": take.project})


@require_safe
def live(request: Request, uuid: UUID) -> HttpResponse:
    """Show the take's page anew when its `version` isn't what the page holds; 204 otherwise."""
    take = Take(generation_for(request, uuid))
    if request.GET.get("version") == take.version:
        return HttpResponse(status=204)
    return render(
        request, "generation.html#live", {"take": take, "project": take.generation.project}
    )


@require_POST
def retry(request: Request, uuid: UUID) -> HttpResponse:
    """Queue a failed or cancelled take again."""
    take = generation_for(request, uuid, Role.ARTIST)
    try:
        ordering.retry(take, request.user)
    except Refused as refused:
        messages.info(request, str(refused))
    return after(request, take)


@require_POST
def cancel(request: Request, uuid: UUID) -> HttpResponse:
    """Take it out of the line before it is sent."""
    take = generation_for(request, uuid, Role.ARTIST)
    if not take.cancel(request.user):
        messages.info(request, f"Take {take.take_number} was already sent and can't be cancelled.")
    return after(request, take)


@require_POST
def fetch(request: Request, uuid: UUID) -> HttpResponse:
    """Fetch its file again, after that was given up."""
    take = generation_for(request, uuid, Role.ARTIST)
    video = take.assets.filter(kind=Asset.Kind.VIDEO).first()
    if video is None or not video.fetch_again():
        messages.info(request, f"There is nothing to fetch for take {take.take_number}.")
    return after(request, take)


@fills_composer
def extend(request: Request, uuid: UUID) -> HttpResponse:
    """Put the take in the composer's start slot, at its own size."""
    take = generation_for(request, uuid, Role.ARTIST)
    same = {name: getattr(take.prompt, name) for name in ("model", "ratio", "resolution")}
    frame = {"start_take": take.uuid, "start_still": ""}
    composer = ComposerForm.filled(
        take.project, request.user, composer_content(request), **same, **frame
    )
    return composer_page(request, take.project, composer)


@require_safe
def remix(request: Request, uuid: UUID) -> HttpResponse:
    """Put the take's words, settings and frames in the composer, to be changed."""
    take = generation_for(request, uuid, Role.ARTIST)
    frames: dict[str, object] = {}
    for keyframe in take.keyframes.select_related("still", "source"):
        kind, placed = ("still", keyframe.still) if keyframe.still else ("take", keyframe.source)
        frames[f"{keyframe.position}_{kind}"] = placed.uuid if placed else ""
    asked = {"words": take.prompt.words, "parent": take.prompt.uuid} | settings_of(take.prompt)
    composer = ComposerForm(take.project, request.user, initial=asked | frames)
    return composer_page(request, take.project, composer)


def after(request: Request, take: Generation) -> HttpResponse:
    """Show a take that something was done with: its card for htmx, its page otherwise."""
    if not request.htmx:
        return redirect("generation", take.uuid)
    card = Card(generation_for(request, take.uuid))
    context = {"card": card, "project": card.generation.project}
    return money_moved(render(request, "_card.html", context))
