"""One take: its own page, and what can be done with it."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from generations import fetching, ordering, versions
from generations.models import Generation
from generations.refusal import Refused, upper_first
from studio.access import asker_of, generation_for
from studio.cards import Card
from studio.forms import ComposerForm
from studio.forms.earlier import asked_of
from studio.forms.placing import size_of
from studio.forms.shown import shown_usd
from studio.http import Request
from studio.models import Role, Team
from studio.opened import is_over_gallery
from studio.queue import Queue
from studio.spending import must_ask
from studio.takes import Take
from studio.verbs import verb_again
from studio.views.board import (
    composer_content,
    composer_page,
    fills_composer,
    money_moved,
    put_in_composer,
)


@require_safe
def generation(request: Request, uuid: UUID) -> HttpResponse:
    """Show the take: player, prompt, facts, history, lineage. `show` names a version to play.

    htmx asks for what the drawer over the board shows.
    """
    take = Take(generation_for(request, uuid), request.GET.get("show", ""), request.user)
    context = {"take": take, "project": take.generation.project}
    if request.htmx.target == "drawer":
        context |= {"in_drawer": True, "over_gallery": is_over_gallery(request)}
        return render(request, "_drawer.html#opened", context)
    return render(request, "generation.html", context)


@require_safe
def live(request: Request, uuid: UUID) -> HttpResponse:
    """Show the take's page anew when its `version` isn't what the page holds; 204 otherwise."""
    take = Take(generation_for(request, uuid), request.GET.get("show", ""), request.user)
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
        seen_usd = shown_usd(request.POST.get("shown_usd"))
        ordering.retry(take, request.user, asks=must_ask(take.project), seen_usd=seen_usd)
    except Refused as refused:
        messages.info(request, str(refused))
    return after(request, take)


@require_POST
def cancel(request: Request, uuid: UUID) -> HttpResponse:
    """Take it out of the line before it is sent: its author may, and a producer."""
    take = asker_of(request, uuid)
    if not take.cancel(request.user):
        name = upper_first(take.name)
        messages.info(request, f"{name} was already sent and can't be cancelled.")
    return after(request, take)


@require_POST
def fetch(request: Request, uuid: UUID) -> HttpResponse:
    """Fetch its files again, after that was given up; or make its preview, where that failed."""
    take = generation_for(request, uuid, Role.ARTIST)
    if not fetching.fetch_all_again(take, request.user):
        messages.info(request, f"There is nothing to fetch for {take.name}.")
    return after(request, take)


@require_POST
def play(request: Request, uuid: UUID) -> HttpResponse:
    """Have a take, or a version of it, play in the take's place."""
    made = generation_for(request, uuid, Role.ARTIST)
    try:
        versions.choose(made, request.user)
    except Refused as refused:
        messages.info(request, str(refused))
    take = cast("Generation", made.version_of or made)
    if request.htmx.target == "film":
        return film(request, take)
    return redirect("generation", take.uuid)


@fills_composer
def extend(request: Request, uuid: UUID) -> HttpResponse:
    """Put the take in the composer's start slot, at its own size."""
    take = generation_for(request, uuid, Role.ARTIST)
    frame = {"start_take": take.uuid, "start_still": ""}
    return put_in_composer(request, take.project, kind="video", **size_of(take), **frame)


@fills_composer
def lead_up(request: Request, uuid: UUID) -> HttpResponse:
    """Put the take in the composer's end slot: what is made then leads up to it.

    A take that stands at the start keeps its own size, otherwise this one's is taken.
    """
    take = generation_for(request, uuid, Role.ARTIST)
    same = {} if composer_content(request).get("start_take") else size_of(take)
    frame = {"end_take": take.uuid, "end_still": ""}
    return put_in_composer(request, take.project, kind="video", **same, **frame)


@require_safe
def remix(request: Request, uuid: UUID) -> HttpResponse:
    """Put the take's words, settings and frames in the composer, to be changed."""
    take = generation_for(request, uuid, Role.ARTIST)
    if again := verb_again(take):
        return HttpResponseClientRedirect(again) if request.htmx else redirect(again)
    asked = asked_of(take) | {"parent": take.prompt.uuid}
    composer = ComposerForm.holding(take.project, request.user, asked)
    return composer_page(request, take.project, composer)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, uuid: UUID) -> HttpResponse:
    """Show what a waiting take asks for, to be changed; or keep what it was changed to.

    What is made from another take is changed on that verb's page, all else in the composer.
    """
    take = asker_of(request, uuid)
    if request.method == "POST":
        return _keep_edit(request, take)
    waits = Card(take).is_editable
    if not waits:
        messages.info(request, f"{upper_first(take.name)} can't be changed any more. Remix it.")
    if again := verb_again(take, editing=waits):
        return HttpResponseClientRedirect(again) if request.htmx else redirect(again)
    editing = {"editing": take.uuid} if waits else {"parent": take.prompt.uuid}
    asked = asked_of(take) | editing | {"back": request.GET.get("back", "")}
    composer = ComposerForm.holding(take.project, request.user, asked)
    return composer_page(request, take.project, composer)


def _keep_edit(request: Request, take: Generation) -> HttpResponse:
    form = ComposerForm(take.project, request.user, request.POST, request.FILES)
    back = form.back_url
    if not form.save(take):
        return composer_page(request, take.project, form)
    if not request.htmx or back != reverse("board", args=[take.project.slug]):
        return redirect(back)
    composer = ComposerForm.blank(take.project, request.user)
    card = Card(generation_for(request, take.uuid))
    context = {"project": take.project, "composer": composer, "card": card}
    return money_moved(render(request, "board.html#edited", context))


def after(request: Request, take: Generation) -> HttpResponse:
    """Show a take that something was done with: its card for htmx, its page otherwise.

    Where it was done in the queue or on the take's page, that is shown.
    """
    if request.htmx.target == "film":
        return film(request, take)
    if request.htmx.target == "queue":
        found = Queue(_team_of(take), request.user)
        return money_moved(render(request, "queue.html#live", {"queue": found}))
    if not request.htmx:
        return _page_of(request, take)
    card = Card(generation_for(request, take.uuid))
    said = "" if card.is_playable else card.announcement
    context = {"card": card, "project": card.generation.project, "said": said}
    return money_moved(render(request, "board.html#done", context))


def _page_of(request: Request, take: Generation) -> HttpResponse:
    """Lead back to the page on which something was done: the take's, where it doesn't say."""
    back = request.POST.get("back")
    if back == "queue":
        return redirect("queue")
    if back == "finals":
        return redirect("finals", take.project.slug)
    return redirect("generation", take.uuid)


def film(request: Request, take: Generation, **told: object) -> HttpResponse:
    """Render a take's page anew in place, also where it is `open` over the board."""
    shown = Take(generation_for(request, take.uuid), user=request.user)
    context = {"take": shown, "project": shown.generation.project, **told}
    context |= {"in_drawer": "open" in request.POST, "over_gallery": is_over_gallery(request)}
    return money_moved(render(request, "generation.html#live", context))


def _team_of(take: Generation) -> Team:
    team: Team = take.project.team
    team.role = take.project.role
    return team
