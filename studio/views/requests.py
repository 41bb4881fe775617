"""Requests: takes above what artists spend by themselves, and a producer's word about each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from generations.models import Generation
from studio.access import approver, asker_of, generation_for
from studio.forms import ApproveForm, DeclineForm
from studio.http import Request
from studio.models import Role
from studio.requests import shown, waiting_for
from studio.views.board import money_moved
from studio.views.generations import after

_SHOWN = 20


@require_safe
def requests(request: Request) -> HttpResponse:
    """Show what waits for the person's approval, the longest waiting first."""
    approver(request)
    return _page(request)


@require_POST
def approve(request: Request, uuid: UUID) -> HttpResponse:
    """Have it generated, at a price no dearer than the one that was shown."""
    take = generation_for(request, uuid, Role.PRODUCER)
    errors = ApproveForm(request.POST).approve(take, request.user)
    if not errors:
        messages.success(request, f"Approved: {take.name} of {take.project} waits in line.")
    return _decided(request, take, errors)


@require_POST
def decline(request: Request, uuid: UUID) -> HttpResponse:
    """Decline it, with the reason in words."""
    take = generation_for(request, uuid, Role.PRODUCER)
    form = DeclineForm(request.POST)
    errors = form.decline(take, request.user)
    if not errors:
        messages.success(request, f"Declined: {take.name} of {take.project}. Nothing was charged.")
    return _decided(request, take, errors, why=form.data.get("why", ""))


@require_POST
def withdraw(request: Request, uuid: UUID) -> HttpResponse:
    """Take a request back before it is decided."""
    take = asker_of(request, uuid)
    if not take.withdraw(request.user):
        messages.info(request, f"The request for {take.name} was decided meanwhile.")
    return after(request, take)


def _decided(
    request: Request, take: Generation, errors: dict[str, str], why: str = ""
) -> HttpResponse:
    if errors and not waiting_for(request.user).filter(pk=take.pk).exists():
        messages.info(request, " ".join(errors.values()))
        errors = {}
    if not errors and not request.htmx:
        return redirect("requests")
    return money_moved(_page(request, take, errors=errors, why=why))


def _page(request: Request, refused: Generation | None = None, **said: object) -> HttpResponse:
    waiting = waiting_for(request.user).select_related("project__team", "version_of")
    found = list(waiting[: _SHOWN + 1])
    asked = shown(found[:_SHOWN], request.user, refused=refused, **said)
    context = {"asked": asked, "more": len(found) > _SHOWN}
    part = "requests.html#list" if request.htmx else "requests.html"
    return render(request, part, context)
