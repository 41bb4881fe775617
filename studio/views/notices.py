"""What a person was told of, and how they want to be told."""

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from studio.forms.notices import NoticesForm
from studio.http import Request
from studio.models import Notice

_SHOWN = 100
_ID = re.compile(r"[0-9]{1,18}")


@require_safe
def notices(request: Request) -> HttpResponse:
    """Show what the person was told of, the newest first."""
    return _page(request, NoticesForm.of(request.user))


@require_POST
def set_notices(request: Request) -> HttpResponse:
    """Tell the person so from now on."""
    form = NoticesForm(request.POST)
    if not form.keep(request.user):
        return _page(request, form)
    messages.success(request, "That is how you are told from now on.")
    return redirect("notices")


@require_POST
def notices_seen(request: Request) -> HttpResponse:
    """Note that the person has seen their notices up to the newest that the page showed."""
    until = request.POST.get("until", "")
    mine = Notice.objects.of(request.user)
    if _ID.fullmatch(until) and mine.filter(pk=until).exists():
        request.user.see_notices(int(until))
    return redirect("notices")


def _page(request: Request, form: NoticesForm) -> HttpResponse:
    told = Notice.objects.of(request.user).select_related(
        "generation", "bakeoff", "team", "project"
    )
    unseen = Notice.objects.unseen_by(request.user).count()
    # Seen is all up to the newest: none that isn't seen is left out.
    context = {"form": form, "told": told[: max(_SHOWN, unseen)], "unseen": unseen}
    return render(request, "notices.html", context)
