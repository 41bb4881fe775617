"""Putting a picture at a shot's start or end, and taking it out again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from generations import grabbing, stills
from generations.models import Generation, Still
from generations.preflight import Fit, Place
from generations.refusal import Refused
from studio.access import editable, shot_for
from studio.forms.placing import Picks
from studio.forms.shot import SeenField
from studio.forms.slots import POSITIONS, Finder
from studio.http import Request
from studio.models import Overwriting, Role, Shot
from studio.views.shots import MEANWHILE

_GONE = "That isn't in this project any more. Choose another."
_NONE = "Choose a picture, a still or a take."
_CUT = "{words} Its middle is used; to choose another part, crop it on the Stills page first."


@require_http_methods(["GET", "HEAD", "POST"])
def shot_frame(request: Request, uuid: UUID, position: str) -> HttpResponse:
    """Show what can stand at a shot's start or end; what was chosen or uploaded is put there."""
    shot = shot_for(request, uuid, Role.ARTIST)
    project = editable(shot.storyboard.project)
    if position not in POSITIONS:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            return _put(request, shot, position, _fitting(request, shot, _sent(request, shot)))
        except Refused as refused:
            error = str(refused)
    picks = Picks(Finder(project, request.user), position)
    context = {"shot": shot, "project": project, "position": position, "picks": picks}
    return render(request, "shot_frame.html", {**context, "error": error})


@require_POST
def no_shot_frame(request: Request, uuid: UUID, position: str) -> HttpResponse:
    """Take the picture out of a shot's start or end."""
    shot = shot_for(request, uuid, Role.ARTIST)
    editable(shot.storyboard.project)
    if position not in POSITIONS:
        raise Http404
    return _put(request, shot, position, None)


def _sent(request: Request, shot: Shot) -> Still:
    """Return the still that was uploaded or picked; of a take, its frame. Raises Refused."""
    upload = request.FILES.get("picture")
    project = shot.storyboard.project
    if upload:
        return stills.keep_upload(project, request.user, upload)
    _, _, picked = request.POST.get("put", "").partition(".")
    what, _, name = picked.partition(".")
    if what not in ("take", "still"):
        raise Refused({"": _NONE})
    things = Still.objects.kept() if what == "still" else Generation.objects.kept()
    found = Finder(project, request.user).mine(things, name)
    if found is None:
        raise Refused({"": _GONE})
    if isinstance(found, Still):
        return found
    try:
        return grabbing.grab(found, grabbing.Which.LAST, request.user)
    except grabbing.NoFrame as error:
        raise Refused({"": str(error)}) from error


def _fitting(request: Request, shot: Shot, still: Still) -> Still:
    """Return the still, cut to the storyboard's ratio where it has another. Raises Refused."""
    ratio = shot.storyboard.ratio
    words = Fit(still, ratio).words
    if not words:
        return still
    messages.info(request, _CUT.format(words=words))
    return stills.cut(still, ratio, Place.MIDDLE, request.user)


def _put(request: Request, shot: Shot, position: str, still: Still | None) -> HttpResponse:
    seen = SeenField().clean(request.POST.get("version"))
    try:
        shot.write(seen, request.user, **{position: still and still.pk})
    except Overwriting as error:
        messages.info(request, MEANWHILE.format(by=error.by))
    slug = shot.storyboard.project.slug
    return redirect(f"{reverse('storyboard', args=[slug])}#shot-{shot.uuid}")
