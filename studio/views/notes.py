"""Notes on a take, replies to them, and its scores."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from generations.models import Generation
from generations.refusal import Refused
from studio import noting, refusing, scoring
from studio.access import generation_for, may_delete_note
from studio.http import Request
from studio.middleware import page_before
from studio.models import Role
from studio.review_room import Spoken
from studio.takes import Take

_Act = Callable[[Request, Generation], None]


def _of_take(part: str) -> Callable[[_Act], Callable[[Request, UUID], HttpResponse]]:
    """Wrap something that is said of a take: it answers with that part of the page, for htmx.

    What is refused is said in words, and what was typed is kept.
    """

    def wrap(act: _Act) -> Callable[[Request, UUID], HttpResponse]:
        @require_POST
        @wraps(act)
        def view(request: Request, uuid: UUID) -> HttpResponse:
            take = generation_for(request, uuid, Role.REVIEWER)
            errors: dict[str, str] = {}
            try:
                act(request, take)
            except Refused as refused:
                errors = refused.errors
                refusing.note(request, refused)
                if not request.htmx:
                    messages.info(request, str(refused))
            if not request.htmx:
                return redirect(page_before(request))
            shown, said = Take(take), {"said": request.POST} if errors else {}
            context = {"take": shown, "project": take.project, "errors": errors} | said
            context |= {"spoken": Spoken(shown, request.user)}
            context["list_error"] = "" if part == "noted" else " ".join(errors.values())
            return render(request, f"_notes.html#{part}", context)

        return view

    return wrap


@_of_take("noted")
def add_note(request: Request, take: Generation) -> None:
    """Leave a note at the frame that is on the screen, or on the whole take."""
    words, frame, drawing = (request.POST.get(it, "") for it in ("words", "frame", "drawing"))
    remark = noting.Remark.of(words, frame, drawing, Take(take).frames_long)
    noting.note(take, request.user, remark)


@_of_take("said_of_notes")
def reply(request: Request, take: Generation) -> None:
    """Answer a note."""
    noting.reply(take, request.user, _named(request), request.POST.get("words", ""))


@_of_take("said_of_notes")
def resolve(request: Request, take: Generation) -> None:
    """Mark a note as done."""
    noting.resolve(take, request.user, _named(request), is_resolved=True)


@_of_take("said_of_notes")
def reopen(request: Request, take: Generation) -> None:
    """Mark a note as open again."""
    noting.resolve(take, request.user, _named(request), is_resolved=False)


@_of_take("said_of_notes")
def delete_note(request: Request, take: Generation) -> None:
    """Delete a note: its author may, and a producer."""
    which = noting.find(take, _named(request))
    if not may_delete_note(request.user, which, Role(take.project.role)):
        raise Refused({"": "A note is deleted by who left it, or by a producer."})
    noting.delete(take, which.uuid)


@_of_take("scores")
def score(request: Request, take: Generation) -> None:
    """Give a take a score by a criterion, or take it back."""
    scoring.give(take, request.user, request.POST.get("criterion", ""), request.POST)


def _named(request: Request) -> UUID:
    """Return the note that a form names. Raises Refused."""
    try:
        return UUID(request.POST.get("note", ""))
    except ValueError:
        raise Refused({"": "That note isn't there any more."}) from None
