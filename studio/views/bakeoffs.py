"""Bake-offs: chosen beside the composer, judged blind, and told at last."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from generations.models import Asset
from generations.refusal import Refused
from studio.access import bakeoff_for, editable, project_for, team_for
from studio.bakeoffs import judging
from studio.bakeoffs.blind import Blind
from studio.bakeoffs.offering import Offered
from studio.bakeoffs.results import Results
from studio.bakeoffs.shelf import Shelf
from studio.desk import Desk
from studio.forms import ComposerForm
from studio.forms.bakeoff import BakeOffForm
from studio.http import Request
from studio.models import Role
from studio.views.board import composer_content, fills_composer
from studio.views.desk import desk_with_pictures, not_opened, tool
from studio.views.media import send_nameless


@require_safe
def bakeoffs(request: Request) -> HttpResponse:
    """Show the current team's bake-offs, and where another can begin."""
    team = team_for(request)
    return render(request, "bakeoffs.html", {"team": team, "shelf": Shelf(team, request.user)})


@fills_composer
def new_bakeoff(request: Request, slug: str) -> HttpResponse:
    """Show what the composer's prompt can be made with, each with its price."""
    project = project_for(request, slug, Role.ARTIST)
    try:
        desk = desk_with_pictures(request, project)
    except Refused as refused:
        return not_opened(request, project, refused)
    form = BakeOffForm(composer_content(request))
    return _choices(request, desk, form, _offered(request, desk, form))


@require_POST
def begin_bakeoff(request: Request, slug: str) -> HttpResponse:
    """Order all that is chosen, or none of it."""
    desk = Desk.of(request, editable(project_for(request, slug, Role.ARTIST)))
    form = BakeOffForm(request.POST)
    offered = _offered(request, desk, form)
    made = offered.submit(request.user, form.key, form.seen_usd)
    if made is None:
        return _choices(request, desk, form, offered)
    return redirect("bakeoff", made.uuid)


@require_safe
def bakeoff(request: Request, uuid: UUID) -> HttpResponse:
    """Show how far it is, then its pictures without names, and at last who is who."""
    blind = _blind(request, uuid)
    return render(request, "bakeoff.html", _context(blind))


@require_safe
def live(request: Request, uuid: UUID) -> HttpResponse:
    """Show how far it is, out of band; 204 when nothing changed."""
    blind = _blind(request, uuid)
    if request.GET.get("version") == blind.version:
        return HttpResponse(status=204)
    return render(request, "bakeoff.html#live", _context(blind))


@require_safe
def pairs(request: Request, uuid: UUID) -> HttpResponse:
    """Show two of them side by side: those of the asked number, else the first undecided ones."""
    blind = _blind(request, uuid)
    if not (blind.may_judge and blind.can_be_judged and not blind.is_making):
        return redirect("bakeoff", uuid)
    undecided = (at for at, pair in enumerate(blind.pairs) if not pair.said)
    asked = request.GET.get("pair", "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= 4
    known = is_number and 1 <= int(asked) <= len(blind.pairs)
    at = int(asked) - 1 if known else next(undecided, None)
    if at is None:
        return redirect("bakeoff", uuid)
    context = _context(blind) | {"pair": blind.pairs[at], "number": at + 1}
    return render(request, "bakeoff_pair.html", context)


@require_POST
def score(request: Request, uuid: UUID) -> HttpResponse:
    """Give one of them a score by a criterion, or take it back."""
    blind = _judge(request, uuid)
    lot = request.POST.get("lot", "")
    said = [request.POST.get(name, "") for name in ("criterion", "value")]
    try:
        judging.score(blind, lot, *said)
    except Refused as refused:
        messages.info(request, str(refused))
    if not request.htmx:
        return redirect("bakeoff", uuid)
    blind = _judge(request, uuid)
    context = _context(blind) | {"seen": blind.named(lot)}
    return render(request, "bakeoff.html#said", context)


@require_POST
def pick(request: Request, uuid: UUID) -> HttpResponse:
    """Say which of two is better, and go on to the next two."""
    blind = _judge(request, uuid)
    said = [request.POST.get(name, "") for name in ("left", "right", "better")]
    try:
        judging.pick(blind, *said)
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect("bakeoff_pairs", uuid)


@require_POST
def reveal(request: Request, uuid: UUID) -> HttpResponse:
    """Tell who has judged all of it who is who."""
    try:
        judging.finish(_judge(request, uuid))
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect("bakeoff", uuid)


@require_POST
def close(request: Request, uuid: UUID) -> HttpResponse:
    """End it: everybody is told who is who."""
    found = bakeoff_for(request, uuid, Role.PRODUCER)
    if not judging.close(found, request.user):
        messages.info(request, "Somebody closed it before.")
    return redirect("bakeoff", uuid)


@require_safe
def media(request: Request, uuid: UUID, lot: str, kind: str) -> HttpResponseBase:
    """Send a file of the entrant that a person's lot names; nothing in the answer names it."""
    seen = _blind(request, uuid).named(lot)
    kinds = {"film": Asset.Kind.VIDEO, "picture": Asset.Kind.IMAGE, "poster": Asset.Kind.POSTER}
    file = seen.stored(kinds[kind]) if seen and seen.is_ready and kind in kinds else None
    if file is None:
        raise Http404("no such file")
    return send_nameless(request, file.file, file.content_type)


def _offered(request: Request, desk: Desk, form: BakeOffForm) -> Offered:
    composer = ComposerForm(desk.project, request.user, desk.typed)
    return Offered(composer, desk.words, form.chosen)


def _choices(request: Request, desk: Desk, form: BakeOffForm, offered: Offered) -> HttpResponse:
    context = {"project": desk.project, "desk": desk, "form": form, "offered": offered}
    return tool(request, "new_bakeoff.html", context, bakeoff_choices="choices")


def _blind(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Blind:
    found = bakeoff_for(request, uuid, role)
    return Blind(found, request.user, Role(found.project.role))


def _judge(request: Request, uuid: UUID) -> Blind:
    return _blind(request, uuid, Role.REVIEWER)


def _context(blind: Blind) -> dict[str, object]:
    """Return what the pages show. While it is judged, no cover of a project is in the rail."""
    return {
        "blind": blind,
        "bakeoff": blind.bakeoff,
        "project": blind.bakeoff.project,
        "results": Results(blind) if blind.is_told else None,
        "is_blind": not blind.is_told,
    }
