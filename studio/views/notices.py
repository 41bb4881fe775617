"""What a person was told of, and how they want to be told."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from studio.forms.notices import NoticesForm
from studio.http import Request
from studio.models import Notice

_SHOWN = 100


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


def _page(request: Request, form: NoticesForm) -> HttpResponse:
    told = Notice.objects.of(request.user).select_related(
        "generation", "bakeoff", "team", "project"
    )
    return render(request, "notices.html", {"form": form, "told": told[:_SHOWN]})
