"""Many takes at once, on a board or in the gallery: what the bar says of them, and the doing."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from generations.refusal import Refused
from studio import auditing, comparing, reviewing, trash
from studio.access import editable, project_for, team_for
from studio.cards import Card
from studio.finding import Finding
from studio.http import Request, open_page
from studio.middleware import page_before
from studio.models import AuditEntry, Favourite, Project, Role, Tag, Team
from studio.selecting import VERBS, Selection
from studio.views import adding
from studio.views.comparing import address_of
from studio.zipping import zip_of

_Act = Callable[[Request, Selection], HttpResponseBase]
_ROLES = {verb.name: verb.role for verb in VERBS}


def scope_for(request: Request, slug: str, role: Role = Role.VIEWER) -> Project | Team:
    """Return the project, or in the gallery, which names none, the current team."""
    return project_for(request, slug, role) if slug else team_for(request, role)


@require_POST
def chosen(request: Request, slug: str = "") -> HttpResponse:
    """Show what can be done with the takes that are chosen, and with how many of them."""
    scope = scope_for(request, slug)
    context: dict[str, object] = {}
    try:
        context["selection"] = _selection(request, scope)
    except Refused as refused:
        context["too_many"] = str(refused)
    return render(request, "_chosen.html#verbs", context)


def with_chosen(act: _Act) -> Callable[..., HttpResponseBase]:
    """Wrap a verb for many takes: its role at the door, and what it refuses said in words."""

    @require_POST
    @wraps(act)
    def view(request: Request, slug: str = "") -> HttpResponseBase:
        scope = scope_for(request, slug, _ROLES[act.__name__])
        try:
            return act(request, _selection(request, scope))
        except Refused as refused:
            messages.info(request, str(refused))
            return _back(request)

    return view


@with_chosen
def favourite_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Star the takes."""
    Favourite.objects.star(selection.takes_for("favourite_chosen"), request.user)
    return _starred(request, selection, is_favourite=True)


@with_chosen
def unfavourite_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Take the stars off the takes."""
    Favourite.objects.unstar(selection.takes_for("unfavourite_chosen"), request.user)
    return _starred(request, selection, is_favourite=False)


@with_chosen
def download_chosen(request: Request, selection: Selection) -> HttpResponseBase:
    """Send the takes' files as one ZIP, written while it is sent."""
    takes = selection.takes_for("download_chosen")
    found = zip_of(takes)
    auditing.note_takes(AuditEntry.Kind.EXPORT, takes, "Downloaded {takes} of {project}")
    answer = StreamingHttpResponse(found, content_type="application/zip")
    name = f"{selection.stem}-{len(takes)}-take{'s' if len(takes) > 1 else ''}.zip"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Content-Length"] = len(found)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Accel-Buffering"] = "no"  # nginx would write it to its disk first
    return answer


@with_chosen
def tag_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Tag the takes with words of the team's or with new ones."""
    takes = selection.takes_for("tag_chosen")
    tags = Tag.objects.put(request.POST.get("words", ""), takes, request.user)
    what = takes[0].name if len(takes) == 1 else f"{len(takes)} takes"
    messages.success(request, f"Tagged {what}: {', '.join(tags)}.")
    shown = QueryDict(open_page(request).query)
    finding = Finding(selection.team, request.user, shown)
    fresh = _here(request, selection.scope)
    return _finished(request, selection.scope, fresh=fresh, finding=finding)


@with_chosen
def add_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Put the takes at the end of the newest sequence, in the order of their numbers."""
    project = editable(cast("Project", selection.project))  # it has no address in the gallery
    takes = sorted(selection.takes_for("add_chosen"), key=lambda take: take.take_number or 0)
    adding.append_and_tell(request, project, takes)
    return _finished(request, project)


@with_chosen
def compare_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Show two to four of the takes side by side, the first made first."""
    takes = sorted(selection.takes_for("compare_chosen"), key=lambda take: take.pk)
    if not comparing.LEAST <= len(takes) <= comparing.MOST:
        few, many = comparing.LEAST, comparing.MOST
        words = f"From {few} to {many} takes are compared at once. Choose {{}}."
        raise Refused({"": words.format("more" if len(takes) < few else "fewer")})
    return redirect(address_of([str(take.uuid) for take in takes]))


@with_chosen
def review_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Send the takes to review."""
    sent = reviewing.send(selection.takes_for("review_chosen"), request.user)
    what = f"{len(sent)} take{'' if len(sent) == 1 else 's'}"
    messages.success(request, f"Sent {what} to review.")
    return _finished(request, selection.scope, fresh=_here(request, selection.scope))


@with_chosen
def discard_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Put the takes in the trash, as far as the person may."""
    outcome = trash.put_in(selection.takes_for("discard_chosen"), request.user)
    trash.tell(request, selection.scope, outcome)
    if not outcome.takes:
        return _back(request)
    here = set(request.POST.getlist("take"))
    gone = [take for take in outcome.takes if str(take.uuid) in here]
    if selection.project is None:
        return _finished(request, selection.scope, gone=gone)
    project = project_for(request, selection.project.slug)  # with what it has now
    if not project.take_count:
        return redirect("board", project.slug)
    return _finished(request, project, gone=gone)


def _finished(request: Request, scope: Project | Team, **cards: object) -> HttpResponse:
    """Show what became of the cards in the page for htmx, and have none chosen any more."""
    if not request.htmx:
        return _back(request)
    if isinstance(scope, Team):
        of = {"team": scope, "over_projects": True, "finder_url": reverse("gallery")}
    else:
        of = {"project": scope}
    answer = render(request, "_chosen.html#finished", {**of, **cards})
    # Not at once: the bar may have been asked for anew, and the button that sent this is gone then.
    return trigger_client_event(answer, "chosen-done", after="settle")


def _here(request: Request, scope: Project | Team) -> list[Card]:
    """Return the chosen cards in the page as they are now."""
    return Selection(scope, request.user, request.POST.getlist("take")).cards


def _starred(request: Request, selection: Selection, *, is_favourite: bool) -> HttpResponse:
    """Show the stars of what is in the page for htmx, so that the cards go on playing."""
    if not request.htmx:
        return _back(request)
    here = set(request.POST.getlist("take"))
    takes = [card.generation for card in selection.cards if str(card.generation.uuid) in here]
    context = {"takes": takes, "is_favourite": is_favourite, "oob": True}
    return render(request, "_chosen.html#stars", context)


def _back(request: Request) -> HttpResponse:
    """Return to the page; htmx stays on it, and gets what is to be said."""
    return HttpResponse() if request.htmx else redirect(page_before(request))


def _selection(request: Request, scope: Project | Team) -> Selection:
    """Return what was chosen: in the page, and what was taken out of it since (`away`)."""
    named = [value for name in ("take", "away") for value in request.POST.getlist(name)]
    return Selection(scope, request.user, named)
