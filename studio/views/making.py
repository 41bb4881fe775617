"""What can be made from a take or a still: each verb has a page with its prices."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from generations import grabbing
from generations.models import Generation, Still
from generations.versions import best_version
from studio.access import asker_of, generation_for, project_for, still_for
from studio.forms.earlier import made_settings_of
from studio.forms.first_frame import back_to_video
from studio.forms.layering import LayersForm
from studio.forms.making import MakingForm, SoundForm, UpscaleForm
from studio.forms.pinning import KEYFRAMES
from studio.forms.placing import still_of
from studio.forms.reshaping import ModifyForm, ReframeForm
from studio.http import Request
from studio.marks import veiled_takes
from studio.models import Role
from studio.takes import Take
from studio.verbs import source_of
from studio.views.board import composer_content, fills_composer, put_in_composer

_asks_and_orders = require_http_methods(["GET", "HEAD", "POST"])


@_asks_and_orders
def upscale(request: Request, uuid: UUID) -> HttpResponse:
    """Make a larger version."""
    return _make(request, uuid, UpscaleForm)


@_asks_and_orders
def sound(request: Request, uuid: UUID) -> HttpResponse:
    """Make a version with sound."""
    return _make(request, uuid, SoundForm)


@_asks_and_orders
def reframe(request: Request, uuid: UUID) -> HttpResponse:
    """Make a version on a canvas of another ratio."""
    return _make(request, uuid, ReframeForm)


@_asks_and_orders
def reframe_still(request: Request, uuid: UUID) -> HttpResponse:
    """Make a picture on a canvas of another ratio of a still."""
    return _make_of_still(request, uuid, ReframeForm)


@_asks_and_orders
def layers(request: Request, uuid: UUID) -> HttpResponse:
    """Take a generated picture apart."""
    return _make(request, uuid, LayersForm)


@_asks_and_orders
def layers_still(request: Request, uuid: UUID) -> HttpResponse:
    """Take a still apart."""
    return _make_of_still(request, uuid, LayersForm)


@_asks_and_orders
def modify(request: Request, uuid: UUID) -> HttpResponse:
    """Make another take after this one."""
    return _make(request, uuid, ModifyForm)


@fills_composer
def animate(request: Request, uuid: UUID) -> HttpResponse:
    """Put a generated picture in the composer's start slot, with the video's settings of before."""
    return _place(request, uuid, "start")


@fills_composer
def end_frame(request: Request, uuid: UUID) -> HttpResponse:
    """Put a generated picture in the composer's end slot."""
    return _place(request, uuid, "end")


@require_POST
def reference(request: Request, uuid: UUID) -> HttpResponse:
    """Take a picture, or a video's last frame, as a reference of a new picture."""
    take = generation_for(request, uuid, Role.ARTIST)
    still = still_of(take)
    if still is None and grabbing.has_frames(take):
        try:
            still = grabbing.grab(take, grabbing.Which.LAST, request.user)
        except grabbing.NoFrame as error:
            messages.info(request, str(error))
    to = reverse("compose", args=[take.project.slug])
    return redirect(f"{to}?make=image&add={still.uuid}" if still else to)


def _make(request: Request, uuid: UUID, kind: type[MakingForm]) -> HttpResponse:
    take = generation_for(request, uuid, Role.ARTIST)
    edited = _edited(request, take)
    source = best_version(take) if kind.from_best and not edited else take
    source.project = take.project  # with the person's role
    return _ask(request, source, kind, edited, {"take": Take(take), "source": source})


def _make_of_still(request: Request, uuid: UUID, kind: type[MakingForm]) -> HttpResponse:
    still = still_for(request, uuid)
    still.project = project_for(request, still.project.slug, Role.ARTIST)
    return _ask(request, still, kind, _edited(request, still), {"still": still})


def _ask(
    request: Request,
    source: Generation | Still,
    kind: type[MakingForm],
    edited: Generation | None,
    context: dict[str, object],
) -> HttpResponse:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    like = edited or _made_from(source, request.GET.get("again"))
    said = {name: value for name, value in request.GET.items() if name != KEYFRAMES}
    initial = (made_settings_of(like) if like else {}) | said
    form = kind(source, request.user, data, files, initial=initial, edited=edited)
    if request.method == "POST" and (made := form.submit()):
        return redirect("generation", (made.version_of or made).uuid)
    take_id = source.source_id if isinstance(source, Still) else source.pk
    veiled = veiled_takes([take_id], request.user)
    context |= {"project": source.project, "form": form, "veiled": veiled}
    return render(request, "make.html", context)


def _edited(request: Request, source: Generation | Still) -> Generation | None:
    """Return what was made from the source and is to be changed. Raises as asker_of, and Http404.

    Whether it still waits is found when it is saved, so that what was typed isn't lost.
    """
    name = request.GET.get("editing")
    if not name:
        return None
    try:
        edited = asker_of(request, UUID(name))
    except ValueError:
        raise Http404 from None
    if source_of(edited) != source:
        raise Http404
    return edited


def _made_from(source: Generation | Still, name: str | None) -> Generation | None:
    """Return what was made from a source and is asked for again, or None."""
    try:
        made = Generation.objects.filter(project=source.project, uuid=UUID(name or "")).first()
    except ValueError:
        return None
    return made if made and source_of(made) == source else None


def _place(request: Request, uuid: UUID, position: str) -> HttpResponse:
    take = generation_for(request, uuid, Role.ARTIST)
    still = still_of(take)
    frame = {f"{position}_still": still.uuid if still else "", f"{position}_take": ""}
    same = {"kind": "video", "ratio": take.prompt.ratio}
    same |= back_to_video(composer_content(request), take)
    return put_in_composer(request, take.project, **same, **frame)
