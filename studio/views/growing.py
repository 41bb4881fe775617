"""Growing the cut: a clip's joins, and what is ordered before it, after it and up to the next."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from generations.refusal import Refused, upper_first
from studio.access import sequence_for
from studio.editing.growing import GONE, Where
from studio.editing.grown import again
from studio.forms.shown import shown_usd
from studio.growing import Panel, joins_of
from studio.http import Request
from studio.models import Role
from studio.spending import must_ask
from studio.timeline import Timeline
from studio.views.board import fills_composer, money_moved
from studio.views.cutting import after

# A request looks into so few videos, each join into two, and says which are left.
MOST_SEAMS, MOST_NEW = 60, 4


@fills_composer
def growing(request: Request, uuid: UUID) -> HttpResponse:
    """Show a clip's joins and how it can grow, with what was typed: `clip` names it."""
    sequence = sequence_for(request, uuid)
    return _show(request, Panel(sequence, request.user, request.POST or request.GET))


@require_POST
def extend_after(request: Request, uuid: UUID) -> HttpResponse:
    """Order a take that goes on from a clip, and put it behind it."""
    return _grow(request, uuid, Where.AFTER)


@require_POST
def extend_before(request: Request, uuid: UUID) -> HttpResponse:
    """Order a take that leads up to a clip, and put it before it."""
    return _grow(request, uuid, Where.BEFORE)


@require_POST
def bridge(request: Request, uuid: UUID) -> HttpResponse:
    """Order a take that goes from a clip to the next, and put it between them."""
    return _grow(request, uuid, Where.BRIDGE)


@require_POST
def retry_clip(request: Request, uuid: UUID) -> HttpResponse:
    """Retry the take of a clip that wasn't made; the clip stays in its place."""
    sequence = sequence_for(request, uuid, Role.ARTIST)
    key = request.POST.get("clip", "")
    asks, seen_usd = must_ask(sequence.project), shown_usd(request.POST.get("shown_usd"))
    try:
        take = again(sequence, key, request.user, asks=asks, seen_usd=seen_usd)
    except Refused as refused:
        messages.info(request, str(refused))
        return after(request, uuid, [key])
    return money_moved(after(request, uuid, [key], f"{upper_first(take.name)} is in line again."))


@require_safe
def seams(request: Request, uuid: UUID) -> JsonResponse:
    """Say how the clips that are named go over into the next; `later` are to be asked for again."""
    timeline = Timeline(sequence_for(request, uuid), request.user)
    wanted = set(request.GET.getlist("clip")[:MOST_SEAMS])
    joins = joins_of(timeline, [it.number for it in timeline.clips if it.clip.key in wanted])
    new = [join for join in joins if not join.seam.is_known]
    late = {join.first.clip.key for join in new[MOST_NEW:]}
    told = {
        join.first.clip.key: {"name": join.name, "words": join.words, "score": join.mismatch}
        for join in joins
        if join.first.clip.key not in late
    }
    return JsonResponse({"seams": told, "later": sorted(late)})


def _grow(request: Request, uuid: UUID, where: Where) -> HttpResponse:
    sequence = sequence_for(request, uuid, Role.ARTIST)
    panel = Panel(sequence, request.user, request.POST)
    try:
        if panel.form is None:
            raise Refused({"": panel.shown.slate if panel.shown else GONE})
        grown = panel.form.press(where)
    except Refused as refused:
        messages.info(request, str(refused))
        if request.htmx:
            return after(request, uuid, request.POST.getlist("clip"))
        return _show(request, panel)
    messages.success(request, grown.words)
    clip = panel.shown.clip.key if panel.shown else ""
    return money_moved(after(request, uuid, [grown.key or clip], grown.words))


def _show(request: Request, panel: Panel) -> HttpResponse:
    context = {"panel": panel, "sequence": panel.sequence, "project": panel.sequence.project}
    return render(request, "_growing.html" if request.htmx else "growing.html", context)
