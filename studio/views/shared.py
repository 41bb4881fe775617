"""Guest links as guests see them: nobody is signed in here, and nothing leads further in."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from generations.models import Asset
from generations.refusal import Refused
from studio import guests, refusing
from studio.forms.sharing import EnterForm, SayForm
from studio.guests import NotThere, TooManyTries
from studio.marking import Copy
from studio.models import Export, Share
from studio.shared import NotShared, Piece, Shared
from studio.views.media import send

_View = Callable[..., HttpResponseBase]
_ASKED_EACH_TIME = "private, no-cache"
"""A link that is revoked shows nothing any more, also where the browser keeps its files."""
_WRONG = "That isn't the password. Ask who sent you the link."


def for_guests(view: _View) -> _View:
    """Wrap a view of a link, which it gets in place of the token.

    What isn't there is one page, whatever the reason: the same words, the same status.
    """

    @login_not_required
    @wraps(view)
    def at_the_door(request: HttpRequest, token: str, **named: object) -> HttpResponseBase:
        try:
            answer = view(request, guests.share_at(request, token), token, **named)
        except (NotThere, NotShared, Http404):
            answer = render(request, "shared_gone.html", status=404)
        except TooManyTries:
            answer = render(request, "shared_limit.html", status=429)
            answer["Retry-After"] = str(guests.GUESSES.within_s)
        answer["X-Robots-Tag"] = "noindex, nofollow"
        if "Cache-Control" not in answer:
            patch_cache_control(answer, private=True, no_store=True)
        return answer

    return at_the_door


@require_safe
@for_guests
def shared(request: HttpRequest, share: Share, token: str) -> HttpResponse:
    """Show what a link shares, behind its password where it has one."""
    if not guests.may_see(request, share):
        return _ask(request, share, token, EnterForm())
    guests.count_view(request, share)
    found = Shared(share)
    if found.is_reel or not found.pieces:
        return render(request, "shared.html", {"share": share, "shared": found, "token": token})
    return _take(request, found, found.pieces[0], token)


@require_safe
@for_guests
def take(request: HttpRequest, share: Share, token: str, *, uuid: UUID) -> HttpResponse:
    """Show one take of several that a link shares."""
    if not guests.may_see(request, share):
        return _ask(request, share, token, EnterForm())
    found = Shared(share)
    return _take(request, found, found.piece(uuid), token)


@require_POST
@for_guests
def say(request: HttpRequest, share: Share, token: str, *, uuid: UUID) -> HttpResponse:
    """Keep what a guest says of a take, for the team to see."""
    if not guests.may_see(request, share):
        raise NotShared
    found = Shared(share)
    piece = found.piece(uuid)
    form = SayForm(share, piece.card.is_picture, request.POST)
    if form.is_valid():
        try:
            guests.say(request, share, piece.take, form.said, piece.fps, piece.frames_long)
        except Refused as refused:
            refusing.note(request, refused)
            form.refuse(refused)
    if not form.is_valid():
        return _take(request, found, piece, token, form)
    messages.success(request, "The team sees what you said.")
    return redirect("shared_take", token, uuid) if found.is_reel else redirect("shared", token)


@require_POST
@for_guests
def enter(request: HttpRequest, share: Share, token: str) -> HttpResponse:
    """Let a guest in who knows the password."""
    form = EnterForm(request.POST)
    if share.password and not form.is_valid():
        return _ask(request, share, token, form, status=422)
    if share.password and not guests.enter(request, share, form.cleaned_data["password"]):
        form.add_error("password", _WRONG)
        return _ask(request, share, token, form, status=422)
    return redirect("shared", token)


@require_safe
@for_guests
def media(
    request: HttpRequest, share: Share, token: str, *, uuid: UUID, kind: str
) -> HttpResponseBase:
    """Send a file of what a link shares; `?download=1` only where it offers that."""
    found = Shared(share)
    if not guests.may_see(request, share) or ("download" in request.GET and not share.may_download):
        raise NotShared
    if kind == "export":
        export = found.export(uuid)
        return _send(request, share, export, found.file_name(export))
    asset, take = found.asset(uuid, kind)
    return _send(request, share, asset, found.file_name(take))


def _send(
    request: HttpRequest, share: Share, original: Asset | Export, name: str
) -> HttpResponseBase:
    """Send a file, or the copy of it that bears the link's watermark. Raises Http404."""
    file: Asset | Export | Copy = Copy(share, original) if share.watermark else original
    return send(request, file.file, file.content_type, name, _ASKED_EACH_TIME)


def _take(
    request: HttpRequest, found: Shared, piece: Piece, token: str, form: SayForm | None = None
) -> HttpResponse:
    name = guests.name_of(request)
    context = {
        **{"share": found.share, "shared": found, "piece": piece, "token": token},
        "form": form or SayForm(found.share, piece.card.is_picture, name=name),
    }
    return render(request, "shared_take.html", context, status=422 if form else 200)


def _ask(
    request: HttpRequest, share: Share, token: str, form: EnterForm, status: int = 200
) -> HttpResponse:
    context = {"share": share, "token": token, "form": form}
    return render(request, "shared_door.html", context, status=status)
