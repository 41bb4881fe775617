"""A producer's decisions about a take whose answer was lost."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from generations import deciding
from generations.models import Generation
from generations.refusal import Refused, upper_first
from studio import auditing
from studio.access import generation_for
from studio.cards import Card
from studio.forms import MadeForm
from studio.http import Request
from studio.models import AuditEntry, Role, User
from studio.takes import Take
from studio.views.generations import after, film


@require_POST
def made(request: Request, uuid: UUID) -> HttpResponse:
    """Learn that it was made, under an id that the person has seen at the provider."""
    take = generation_for(request, uuid, Role.PRODUCER)
    form = MadeForm(request.POST)
    if form.settle(take, request.user):
        _note(take, "Said that {takes} of {project} was made after all")
        return after(request, take)
    return _still_to_decide(request, take, made=form)


@require_POST
def again(request: Request, uuid: UUID) -> HttpResponse:
    """Learn that it was not made, and send it again."""
    words = "Said that {takes} of {project} wasn't made, and had it sent again"
    return _decide(request, uuid, deciding.send_again, words)


@require_POST
def give_up(request: Request, uuid: UUID) -> HttpResponse:
    """Stop asking what became of it: its price is booked as spent."""
    return _decide(request, uuid, deciding.give_up, "Gave up {takes} of {project}, booked as spent")


@require_POST
def release(request: Request, uuid: UUID) -> HttpResponse:
    """Release the price of a take that was never seen again, once Luma was asked for it again."""
    take = generation_for(request, uuid, Role.PRODUCER)
    try:
        _tell(request, take, released=deciding.release(take, request.user))
    except deciding.NotKnown as unknown:
        return _still_to_decide(request, take, unknown=str(unknown))
    except Refused as refused:
        messages.info(request, str(refused))
    return after(request, take)


@require_POST
def release_anyway(request: Request, uuid: UUID) -> HttpResponse:
    """Release the price also where Luma can't say what became of the take."""
    take = generation_for(request, uuid, Role.PRODUCER)
    try:
        _tell(request, take, released=deciding.release(take, request.user, anyway=True))
    except Refused as refused:
        messages.info(request, str(refused))
    return after(request, take)


def _tell(request: Request, take: Generation, *, released: bool) -> None:
    if released:
        _note(take, "Released the price of {takes} of {project}, which was lost")
    else:
        _note(take, "Found that {takes} of {project} was finished after all, and is charged")
        name = upper_first(take.name)
        messages.info(request, f"{name} was finished after all. It is charged and fetched now.")


def _still_to_decide(request: Request, take: Generation, **told: object) -> HttpResponse:
    """Show a take's card or page as it stands, with what a person is told beside its decision."""
    if request.htmx.target == "film":
        return film(request, take, **told)
    if request.htmx:
        context = {"project": take.project, "card": Card(take), **told}
        return render(request, "_card.html", context)
    context = {"project": take.project, "take": Take(take), **told}
    return render(request, "generation.html", context)


def _note(take: Generation, words: str) -> None:
    auditing.note_takes(AuditEntry.Kind.APPROVAL, [take], words)


def _decide(
    request: Request, uuid: UUID, decide: Callable[[Generation, User], None], words: str
) -> HttpResponse:
    take = generation_for(request, uuid, Role.PRODUCER)
    try:
        with transaction.atomic():
            decide(take, request.user)
            _note(take, words)
    except Refused as refused:
        messages.info(request, str(refused))
    return after(request, take)
