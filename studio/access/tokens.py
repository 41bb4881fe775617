"""The door for scripts: a personal token stands for its person, in one team."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from generations.models import Generation
from studio.access.projects import generation_for, project_for
from studio.http import Request
from studio.limiting import Limit, address_of
from studio.models import ApiToken, Project, Role

_WRONG = Limit("api-token", 60, 300)
_SEEN_EVERY = timedelta(minutes=1)
_NONE = (
    "Invalid API key is provided: send a personal token of Dailies as "
    "'Authorization: Bearer dailies-…'."
)
_LUMAS = (
    "Invalid API key is provided: this is a key of Luma's, and Dailies wants a personal token of "
    "its own. Make one under Your account, Tokens."
)


class NoToken(Exception):
    """A request without a token that works; the message says what to send."""


class TooManyTries(Exception):
    """Too many tokens that don't work were tried from an address."""

    retry_after_s = 300

    def __str__(self) -> str:
        return "Too many API keys that don't work were tried from here. Wait five minutes."


def caller_of(request: HttpRequest) -> ApiToken:
    """Return the token that a request shows; from here on its person is the request's.

    Whatever cookies came with it mean nothing. Raises NoToken and TooManyTries.
    """
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    text = text.strip()
    token = ApiToken.objects.shown(text) if scheme.lower() == "bearer" and text else None
    if token is None:
        address = address_of(request)
        if text and _WRONG.count(address) > _WRONG.most:
            raise TooManyTries
        raise NoToken(_LUMAS if text.startswith("luma-") else _NONE)
    now = timezone.now()
    if token.used_at is None or now - token.used_at > _SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    request.user = token.user
    request.api_token = token  # type: ignore[attr-defined]
    return token


def project_of_token(request: Request, role: Role = Role.VIEWER) -> Project:
    """Return the project that a script works in: its token's, or the one that it names.

    It names one of the token's team by its slug, in the header `Dailies-Project`. Raises Http404
    and PermissionDenied.
    """
    token: ApiToken = request.api_token  # type: ignore[attr-defined]
    slug = request.headers.get("Dailies-Project", token.project.slug)
    project = project_for(request, slug, role)
    if project.team_id != token.team_id:
        raise Http404
    return project


def generation_of_token(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Generation:
    """Return a generation of the token's team that isn't in the trash.

    One that the person is still to judge blind isn't there, either: its model would be told.
    Raises Http404 and PermissionDenied.
    """
    token: ApiToken = request.api_token  # type: ignore[attr-defined]
    generation = generation_for(request, uuid, role)
    is_hidden = generation.is_in_trash or generation.blind_in is not None  # type: ignore[attr-defined]
    if generation.project.team_id != token.team_id or is_hidden:
        raise Http404
    return generation


def own_token(request: Request, uuid: UUID) -> ApiToken:
    """Return a token of the person's own. Raises Http404."""
    mine = ApiToken.objects.filter(user=request.user).select_related("team", "project")
    token: ApiToken = get_object_or_404(mine, uuid=uuid)
    return token
