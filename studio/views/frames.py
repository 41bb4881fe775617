"""A frame of a take, used as a picture: at the start or the end of the next take, or kept."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from django_htmx.http import reswap

from generations import grabbing, stills
from generations.kinds import Kind
from generations.models import Asset, Generation, Still
from generations.refusal import Refused
from studio.access import asset_for, generation_for
from studio.forms.frame import FrameForm
from studio.http import Request
from studio.models import Role
from studio.views.board import put_in_composer
from studio.views.pinning import pin_in_composer


@require_POST
def frame_as_start(request: Request, uuid: UUID) -> HttpResponse:
    """Put a frame of the take in the composer's start slot."""
    return _place(request, uuid, "start")


@require_POST
def frame_as_end(request: Request, uuid: UUID) -> HttpResponse:
    """Put a frame of the take in the composer's end slot."""
    return _place(request, uuid, "end")


@require_POST
def frame_as_pin(request: Request, uuid: UUID) -> HttpResponse:
    """Pin a frame of the take to one of what the composer holds."""
    take = generation_for(request, uuid, Role.ARTIST)
    still = _frame(request, take)
    if still is None:
        return _stay(request, take)
    if not request.htmx:
        return redirect("still_pin", still.uuid)
    return pin_in_composer(request, take.project, still)


@require_POST
def frame_as_still(request: Request, uuid: UUID) -> HttpResponse:
    """Keep a frame of the take among the project's stills."""
    take = generation_for(request, uuid, Role.ARTIST)
    still = _frame(request, take)
    if still is None:
        return _stay(request, take)
    messages.success(request, f"Frame {still.frame} of {take.name} is among the stills.")
    return _stay(request, take) if request.htmx else redirect("still", still.uuid)


@require_POST
def layer_as_still(request: Request, uuid: UUID, number: int) -> HttpResponse:
    """Keep a layer of a picture among the project's stills, seen through as it is."""
    take = generation_for(request, uuid, Role.ARTIST)
    layer = asset_for(request, uuid, f"{Asset.Kind.LAYER}-{number}")
    try:
        still = stills.of_layer(layer, request.user)
    except Refused as refused:
        messages.info(request, str(refused))
        return _stay(request, take)
    words = f"The layer {layer.label or number} of {take.name} is among the stills."
    messages.success(request, words)
    return _stay(request, take) if request.htmx else redirect("still", still.uuid)


def _place(request: Request, uuid: UUID, position: str) -> HttpResponse:
    take = generation_for(request, uuid, Role.ARTIST)
    still = _frame(request, take)
    if still is None:
        return _stay(request, take)
    if not request.htmx:
        return redirect(f"still_{position}", still.uuid)
    frame = {f"{position}_still": still.uuid, f"{position}_take": "", f"{position}_as_is": ""}
    return put_in_composer(request, take.project, kind=Kind.VIDEO, ratio=take.prompt.ratio, **frame)


def _frame(request: Request, take: Generation) -> Still | None:
    try:
        return FrameForm(take, request.POST).grab(request.user)
    except grabbing.NoFrame as error:
        messages.info(request, str(error))
        return None


def _stay(request: Request, take: Generation) -> HttpResponse:
    """Leave the take's page as it is, but for the message."""
    if request.htmx:
        return reswap(HttpResponse(), "none")
    return redirect("generation", take.uuid)
