"""A person's tokens for scripts: made, shown once, and revoked."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from studio.access import own_token
from studio.dream_machine import tokens as keeping
from studio.forms.tokens import TokenForm
from studio.http import Request
from studio.models import ApiToken


@require_safe
def tokens(request: Request) -> HttpResponse:
    """Show the person's tokens, and how scripts use one."""
    return _page(request, TokenForm(request.user))


@never_cache
@require_POST
def make(request: Request) -> HttpResponse:
    """Make one; it is on the page that answers, and never again."""
    form = TokenForm(request.user, request.POST)
    made = form.make()
    return _page(request, TokenForm(request.user) if made else form, *(made or ()))


@require_POST
def revoke(request: Request, uuid: UUID) -> HttpResponse:
    """Have one work no more."""
    token = own_token(request, uuid)
    if keeping.revoke(token):
        messages.success(request, f"{token.name} is revoked: scripts that use it are refused now.")
    return redirect("tokens")


def _page(
    request: Request, form: TokenForm, made: ApiToken | None = None, text: str = ""
) -> HttpResponse:
    mine = ApiToken.objects.filter(user=request.user, revoked_at=None)
    context = {
        "form": form,
        "tokens": mine.select_related("team", "project"),
        "made": made,
        "text": text,
        "base": request.build_absolute_uri("/api/dream-machine/v1"),
    }
    return render(request, "tokens.html", context, status=422 if form.errors else 200)
