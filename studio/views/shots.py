"""What is done to one shot."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from generations import fetching
from generations.models import Asset
from studio.access import editable, shot_for
from studio.forms.shot import SeenField, ShotForm
from studio.http import Request
from studio.models import Overwriting, Project, Role, Shot
from studio.storyboarding.showing import Page
from studio.views.storyboard import answer, page, put_in

MEANWHILE = "{by} changed this shot meanwhile. Look at it, then do it again."


@require_POST
def write(request: Request, uuid: UUID) -> HttpResponse:
    """Keep what is written of a shot; over somebody else's change only when that was seen."""
    shot, project = _door(request, uuid)
    form = ShotForm(shot.storyboard, request.POST)
    if not form.is_valid():
        return _kept_back(request, shot, form, errors=form.problems)
    try:
        shot.write(form.cleaned_data["version"], request.user, **form.changes)
    except Overwriting as error:
        return _kept_back(request, shot, form, conflict=error.by)
    return answer(request, project, None if request.htmx else shot)


@require_POST
def go_on(request: Request, uuid: UUID) -> HttpResponse:
    """Have a shot begin on the last frame of the one before."""
    return _change(request, uuid, continues=True)


@require_POST
def cut(request: Request, uuid: UUID) -> HttpResponse:
    """Have a shot begin by itself."""
    return _change(request, uuid, continues=False)


@require_POST
def add_before(request: Request, uuid: UUID) -> HttpResponse:
    """Add a shot without words before another."""
    shot, project = _door(request, uuid)
    order = list(shot.storyboard.shots.kept())
    place = next(place for place, each in enumerate(order) if each.pk == shot.pk)
    fresh = Shot(duration_s=shot.duration_s)
    if place:
        return put_in(request, project, fresh, after=order[place - 1])
    answered = put_in(request, project, fresh)
    if fresh.pk:
        shot.storyboard.move(fresh, request.user, 0)
        return answer(request, project, fresh)
    return answered


@require_POST
def duplicate(request: Request, uuid: UUID) -> HttpResponse:
    """Put the same shot behind it, without its takes."""
    shot, project = _door(request, uuid)
    same = ("words", "duration_s", "concepts", "continues", "start", "end", "count")
    copy = Shot(**{name: getattr(shot, name) for name in same})
    return put_in(request, project, copy, after=shot)


@require_POST
def delete(request: Request, uuid: UUID) -> HttpResponse:
    """Take a shot out; the notice brings it back."""
    shot, project = _door(request, uuid)
    at = shot.storyboard.remove(shot, request.user)
    undo = f"{reverse('undo_shots', args=[project.slug])}?{urlencode({'at': at.isoformat()})}"
    messages.success(request, "The shot is taken out; its takes stay on the board.", undo)
    return answer(request, project)


@require_POST
def up(request: Request, uuid: UUID) -> HttpResponse:
    """Put a shot before the one before it."""
    return _move(request, uuid, by=-1)


@require_POST
def down(request: Request, uuid: UUID) -> HttpResponse:
    """Put a shot behind the one behind it."""
    return _move(request, uuid, by=1)


@require_POST
def move(request: Request, uuid: UUID) -> HttpResponse:
    """Put a shot at the place `to`, counted from 1; the notice puts it `back` where it was."""
    shot, project = _door(request, uuid)
    to = request.POST.get("to") or request.GET.get("back", "")
    was = shot.position + 1
    if to.isascii() and to.isdigit() and len(to) < 5:
        shot.storyboard.move(shot, request.user, int(to) - 1)
    now = shot.position + 1
    if "back" in request.GET:
        return answer(request, project, None if request.htmx else shot, oob=True)
    if now != was:
        back = f"{reverse('move_shot', args=[shot.uuid])}?{urlencode({'back': was})}"
        messages.success(request, f"Shot {was} is shot {now} now.", back)
    return answer(request, project, shot)


@require_POST
def choose(request: Request, uuid: UUID) -> HttpResponse:
    """Have one of its takes be in the film; what follows may be stale then, and says so.

    The finals' notice that has a draft `back` names it in its address; that page asks by itself.
    """
    shot, project = _door(request, uuid)
    name = _uuid(request.POST.get("take") or request.GET.get("back", ""))
    take = shot.takes.filter(generation__uuid=name).first() if name else None
    if take is None:
        messages.info(request, "That take isn't one of this shot's. Choose another.")
        return answer(request, project, shot)
    shot.choose(take, request.user)
    if "back" in request.GET:
        return HttpResponse() if request.htmx else redirect("finals", project.slug)
    return answer(request, project, shot)


@require_POST
def fetch(request: Request, uuid: UUID) -> HttpResponse:
    """Fetch the file of one of its takes again, after that was given up."""
    shot, project = _door(request, uuid)
    name = _uuid(request.POST.get("take", ""))
    take = shot.takes.filter(generation__uuid=name).first() if name else None
    files = take.generation.assets.filter(kind=Asset.Kind.VIDEO) if take else Asset.objects.none()
    file = files.first()
    if file is None or not fetching.fetch_again(file):
        messages.info(request, "There is nothing to fetch for this shot.")
    return answer(request, project, shot)


def _door(request: Request, uuid: UUID) -> tuple[Shot, Project]:
    shot = shot_for(request, uuid, Role.ARTIST)
    return shot, editable(shot.storyboard.project)


def _change(request: Request, uuid: UUID, **changes: Any) -> HttpResponse:
    shot, project = _door(request, uuid)
    try:
        shot.write(SeenField().clean(request.POST.get("version")), request.user, **changes)
    except Overwriting as error:
        messages.info(request, MEANWHILE.format(by=error.by))
    return answer(request, project, shot)


def _move(request: Request, uuid: UUID, *, by: int) -> HttpResponse:
    shot, project = _door(request, uuid)
    shot.storyboard.move(shot, request.user, shot.position + by)
    return answer(request, project, shot)


def _kept_back(
    request: Request, shot: Shot, form: ShotForm, conflict: str = "", **said: Any
) -> HttpResponse:
    """Show what was typed and not kept, and why."""
    shown = Page(shot.storyboard.project, request.user)
    mine = shown.shot(shot.uuid)
    if mine:
        mine.conflict, mine.typed = conflict, form
        mine.errors = said.get("errors")
    return page(request, shot.storyboard.project, shown)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
