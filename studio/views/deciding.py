"""A producer's decisions about a take whose answer was lost."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from generations import deciding
from generations.models import Generation
from generations.refusal import Refused
from studio.access import generation_for
from studio.cards import Card
from studio.forms import MadeForm
from studio.http import Request
from studio.models import Role, User
from studio.takes import Take
from studio.views.generations import after


@require_POST
def made(request: Request, uuid: UUID) -> HttpResponse:
    """Learn that it was made, under an id that the person has seen at the provider."""
    take = generation_for(request, uuid, Role.PRODUCER)
    form = MadeForm(request.POST)
    if form.settle(take, request.user):
        return after(request, take)
    context = {"project": take.project, "made": form}
    if request.htmx:
        return render(request, "_card.html", {**context, "card": Card(take)})
    return render(request, "generation.html", {**context, "take": Take(take)})


@require_POST
def again(request: Request, uuid: UUID) -> HttpResponse:
    """Learn that it was not made, and send it again."""
    return _decide(request, uuid, deciding.send_again)


@require_POST
def give_up(request: Request, uuid: UUID) -> HttpResponse:
    """Stop asking what became of it: its price is booked as spent."""
    return _decide(request, uuid, deciding.give_up)


@require_POST
def release(request: Request, uuid: UUID) -> HttpResponse:
    """Release the price of a take that was never seen again."""
    return _decide(request, uuid, deciding.release)


def _decide(
    request: Request, uuid: UUID, decide: Callable[[Generation, User], None]
) -> HttpResponse:
    take = generation_for(request, uuid, Role.PRODUCER)
    try:
        decide(take, request.user)
    except Refused as refused:
        messages.info(request, str(refused))
    return after(request, take)
