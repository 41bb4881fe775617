"""Luma's Dream Machine API v1, spoken by Dailies: for scripts with a personal token."""

import math
import time
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from generations.catalogue import catalogue
from generations.kinds import Kind
from generations.models import Asset, Generation
from generations.providers.luma.bodies import TYPES
from studio import trash
from studio.access import generation_of_token, may_discard, project_of_token
from studio.dream_machine import contract, files, slow
from studio.dream_machine.balance import balance_cents
from studio.dream_machine.contract import WrongShape
from studio.dream_machine.door import InTheWay, body_of, speaks
from studio.dream_machine.ordering import ordered
from studio.dream_machine.telling import state_of, told, with_facts
from studio.http import Request
from studio.marks import unveiled
from studio.models import Role
from studio.naming import file_name
from studio.views.media import send

_MOST_LISTED = 100
_FARTHEST = 1_000_000
_MOST_WAITED_S = 20.0
_LOOK_EVERY_S = 0.5
_SHAPES = {
    Kind.VIDEO: "VideoRequest",
    Kind.IMAGE: "ImageRequest",
    Kind.MODIFY_VIDEO: "ModifyVideoRequest",
    Kind.REFRAME_VIDEO: "ReframeVideoRequest",
    Kind.REFRAME_IMAGE: "ReframeImageRequest",
    Kind.UPSCALE: "UpscaleRequest",
    Kind.AUDIO: "AudioRequest",
}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _ping(request: Request) -> object:
    """Answer that the token works."""
    return {"message": "pong"}


def _credits(request: Request) -> object:
    """Tell what may still be spent."""
    return {"credit_balance": balance_cents(project_of_token(request))}


def _concepts(request: Request) -> object:
    """List the camera concepts."""
    return list(catalogue().concepts)


def _nowhere(request: Request, elsewhere: str) -> object:
    """Answer that there is nothing."""
    raise Http404


def _listing(request: Request) -> object:
    """List the takes and versions of the project, the newest first."""
    project = project_of_token(request)
    limit = _number(request, "limit", _MOST_LISTED, 1, _MOST_LISTED)
    offset = _number(request, "offset", 0, 0, _FARTHEST)
    mine = Generation.objects.filter(project=project).outside_the_trash()
    seen = unveiled(mine, request.user).order_by("-pk")
    found = list(with_facts(seen)[offset : offset + limit + 1])
    page = [told(request, each) for each in found[:limit]]
    paging = {"count": len(page), "limit": limit, "offset": offset}
    return {"has_more": len(found) > limit, **paging, "generations": page}


def _one(request: Request, uuid: UUID) -> object:
    """Tell of one."""
    return _told(request, generation_of_token(request, uuid))


def _delete(request: Request, uuid: UUID) -> object:
    """Cancel one that waits, and put it in the trash."""
    generation = generation_of_token(request, uuid, Role.ARTIST)
    role = Role(cast("Any", generation.project).role)
    if not may_discard(request.user, generation, role):
        raise InTheWay("It is somebody else's: its author or a producer can delete it.")
    generation.cancel(request.user) or generation.withdraw(request.user)
    generation.refresh_from_db()
    outcome = trash.put_in([generation], request.user)
    if outcome.refused:
        raise InTheWay(" ".join(outcome.refused))
    return HttpResponse(status=204)


def _creates(kind: Kind, status: int = 201) -> Callable[..., object]:
    """Return the view that orders something of a kind."""

    def create(request: Request, uuid: UUID | None = None) -> object:
        about = generation_of_token(request, uuid, Role.ARTIST) if uuid else None
        project = about.project if about else project_of_token(request, Role.ARTIST)
        body = contract.check(_SHAPES[kind], body_of(request))
        waited_s = _wait_of(body)
        generation = ordered(request, project, kind, body, about)
        if waited_s:
            generation = _finished(generation, waited_s)
        return JsonResponse(_told(request, generation), status=status)

    create.__doc__ = f"Order {TYPES[kind]}."
    return create


def _wait_of(body: dict[str, Any]) -> float:
    """Take from a body how many seconds to wait for the result."""
    waited_s = float(body.pop("sync_timeout", _MOST_WAITED_S))
    return min(waited_s, _MOST_WAITED_S) if body.pop("sync", False) else 0.0


def _finished(generation: Generation, waited_s: float) -> Generation:
    """Return a generation once it is finished, or as it is after so many seconds.

    As it is at once, too, where as many wait already as may: the others' pages need threads.
    """
    with slow.place() as mine:
        return _waited_for(generation, waited_s) if mine else generation


def _waited_for(generation: Generation, waited_s: float) -> Generation:
    ends = time.monotonic() + waited_s
    while time.monotonic() < ends:
        generation = with_facts(Generation.objects.all()).get(pk=generation.pk)
        if state_of(generation) in ("completed", "failed"):
            break
        time.sleep(_LOOK_EVERY_S)  # the database is all that web and worker share
    return generation


def _told(request: Request, generation: Generation) -> dict[str, Any]:
    return told(request, with_facts(Generation.objects.all()).get(pk=generation.pk))


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    text = request.GET.get(name, str(usual))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else math.inf
    if not least <= number <= most:
        raise WrongShape(f"{name}: a whole number from {least} to {most} is wanted")
    return int(number)


ping = speaks(GET=_ping)
credits_left = speaks(GET=_credits)
concepts = speaks(GET=_concepts)
generations = speaks(GET=_listing, POST=_creates(Kind.VIDEO))
generation = speaks(GET=_one, DELETE=_delete)
create_video = speaks(POST=_creates(Kind.VIDEO))
create_image = speaks(POST=_creates(Kind.IMAGE))
modify_video = speaks(POST=_creates(Kind.MODIFY_VIDEO))
reframe_video = speaks(POST=_creates(Kind.REFRAME_VIDEO))
reframe_image = speaks(POST=_creates(Kind.REFRAME_IMAGE))
nowhere = speaks(**dict.fromkeys(_METHODS, _nowhere))
upscale = speaks(POST=_creates(Kind.UPSCALE, 200))
audio = speaks(POST=_creates(Kind.AUDIO, 200))


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Send the contract as an OpenAPI file, with this server's own address."""
    base = (settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}").rstrip("/")
    document = contract.document()
    servers = [{"url": base + document["servers"][0]["url"]}]
    return JsonResponse({**document, "servers": servers})


@login_not_required
@require_safe
def file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """Send the file that a signed address names, or the asked part of it."""
    try:
        asset = files.named(token)
    except Asset.DoesNotExist:
        raise Http404 from None
    return send(request, asset.file, asset.content_type, file_name(asset.generation))
