"""Cutting a sequence: each verb saves one small change, or says why not."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from generations.refusal import Refused, upper_first
from studio.access import sequence_for, sequence_to_edit
from studio.cards import lower_first
from studio.cutting import Cutting, Done, number_in
from studio.editing.footage import lengths_of
from studio.editing.operations import cramped
from studio.http import Request
from studio.middleware import page_before
from studio.models import Edit, Overtaken, Sequence
from studio.typed import Typed
from studio.views.timeline import answer, page, told

LANES = "lanes"

_LATE = "Your change wasn't saved, for the sequence had changed meanwhile. {told} This is it now."
_CRAMPED = (
    "A transition of this state is longer than its clips have frames for by now, so it is seen for "
    "fewer. Choose the clip before it to see for how many."
)
_NOTHING_LEFT = "There is nothing to {verb}."


def verb(act: Callable[[Cutting], Done]) -> Callable[[Request, UUID], HttpResponse]:
    """Wrap a change: the artist's door, what is refused in words, and the second of two told."""

    @require_POST
    @wraps(act)
    def view(request: Request, uuid: UUID) -> HttpResponse:
        sequence = sequence_to_edit(request, uuid)
        cutting = Cutting(sequence, request.user, request.POST)
        try:
            done = act(cutting)
        except Overtaken as late:
            return overtaken(request, uuid, late)
        except Refused as refused:
            return not_saved(request, uuid, refused)
        if done.besides:
            messages.info(request, f"{upper_first(done.besides)}. Undo brings it back.")
        return after(request, uuid, done.keys, f"{done.edit.said}.")

    return view


add = verb(Cutting.add)
move = verb(Cutting.move)
trim = verb(Cutting.trim)
split = verb(Cutting.split)
duplicate = verb(Cutting.duplicate)
remove = verb(Cutting.remove)
swap = verb(Cutting.swap)
join = verb(Cutting.join)
sound = verb(Cutting.sound)


@require_POST
def undo(request: Request, uuid: UUID) -> HttpResponse:
    """Take back what was done last. A notice's Undo says the version in its address."""
    return _step(request, uuid, "undo", Sequence.undo)


@require_POST
def redo(request: Request, uuid: UUID) -> HttpResponse:
    """Do again what was undone last."""
    return _step(request, uuid, "redo", Sequence.redo)


def after(
    request: Request, uuid: UUID, chosen: list[str] | None = None, said: str = ""
) -> HttpResponse:
    """Show what became of a sequence: its lanes for htmx there, notices elsewhere, or its page."""
    if request.htmx and request.htmx.target != LANES:
        return HttpResponse()
    if request.htmx:
        return answer(request, sequence_for(request, uuid), chosen or [], said)
    query = urlencode([("clip", key) for key in chosen or []])
    page = reverse("sequence", args=[uuid])
    return redirect(f"{page}?{query}" if query else page)


def not_saved(request: Request, uuid: UUID, refused: Refused) -> HttpResponse:
    """Say why at the field, or else in a notice, and leave what was typed where it was."""
    typed = _typed(request, refused.errors)
    for words in typed.elsewhere:
        messages.info(request, words)
    if not typed.is_typed or (request.htmx and request.htmx.target != LANES):
        return after(request, uuid, typed.chosen)
    sequence = sequence_for(request, uuid)
    if request.htmx:
        return answer(request, sequence, typed.chosen, typed=typed)
    return page(request, sequence, 422, typed=typed)


def overtaken(request: Request, uuid: UUID, late: Overtaken) -> HttpResponse:
    """Tell the second of two that nothing of theirs was saved, and show what is there now: 409.

    What they typed stays in its fields, to be saved once they have seen that.
    """
    words = _LATE.format(told=told(late.edit))
    sequence, typed = sequence_for(request, uuid), _typed(request, {})
    if request.htmx and request.htmx.target == LANES:
        return answer(request, sequence, typed.chosen, words, 409, typed=typed)
    if request.htmx:
        messages.info(request, words)
        return HttpResponse()
    return page(request, sequence, 409, words, typed)


def _typed(request: Request, errors: dict[str, str]) -> Typed:
    verb = request.resolver_match.url_name if request.resolver_match else None
    return Typed(verb or "", request.POST, errors)


def _step(
    request: Request, uuid: UUID, verb: str, step: Callable[[Sequence, int], Edit | None]
) -> HttpResponse:
    sequence = sequence_to_edit(request, uuid)
    is_notice = "version" in request.GET
    version = number_in(request.GET if is_notice else request.POST, "version", 0)
    try:
        edit = step(sequence, version)
    except Overtaken as late:
        return overtaken(request, uuid, late)
    if edit is None:
        messages.info(request, _NOTHING_LEFT.format(verb=verb))
        return after(request, uuid, request.POST.getlist("clip"))
    words = f"{upper_first(verb)}: {lower_first(edit.said)}."
    if cramped(sequence.cut, lengths_of(sequence.project, sequence.cut)):
        messages.info(request, _CRAMPED)
    if is_notice:
        messages.success(request, words)
        return HttpResponse() if request.htmx else redirect(page_before(request))
    return after(request, uuid, request.POST.getlist("clip"), words)
