"""Finals of drafts: quoted, made, accepted one by one, and swapped into the cut."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from generations.refusal import Refused, upper_first
from studio.access import editable, final_for, project_for, sequence_for
from studio.finals import following, making, shots, swapping
from studio.finals.planning import MOST, FinalsPlan
from studio.finals.showing import FinalsPage
from studio.forms.finals import FinalsForm
from studio.http import Request
from studio.models import Final, FinalPlace, Project, Role, Sequence, Shot
from studio.selecting import Selection
from studio.views.board import fills_composer, money_moved
from studio.views.selecting import with_chosen

_ONE_PROJECT = "Finals are made in one project at a time: choose takes of one."
_TOO_MANY = f"Finals of at most {MOST} takes are made at once. Choose fewer."
_MEANWHILE = "Somebody did something with this final meanwhile. Look at it again."
_NO_SEQUENCE = "That sequence isn't there any more."


@require_safe
def finals(request: Request, slug: str) -> HttpResponse:
    """Show how far the finals of a project are."""
    project = project_for(request, slug)
    return render(request, "finals.html", _context(request, project))


@require_safe
def live(request: Request, slug: str) -> HttpResponse:
    """Show them anew when something changed; 204 otherwise."""
    context = _context(request, project_for(request, slug))
    if request.GET.get("version") == context["page"].version:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return render(request, "finals.html#live", context)


@fills_composer
def new_finals(request: Request, slug: str) -> HttpResponse:
    """Show what finals of a sequence's takes, or of some drafts, would be and cost."""
    project = project_for(request, slug, Role.ARTIST)
    return _quoted(request, project, FinalsForm(request.POST or request.GET))


@require_POST
def make_finals(request: Request, slug: str) -> HttpResponse:
    """Order all that is chosen, or none of it."""
    project = editable(project_for(request, slug, Role.ARTIST))
    form = FinalsForm(request.POST)
    plan = _plan(request, project, form)
    into = [it for it, _ in plan.sequences if str(it.uuid) in form.into]
    try:
        making.make(plan, form.press, form.seen_usd, into)
    except Refused as refused:
        return _quoted(request, project, form, str(refused))
    return money_moved(redirect("finals", slug))


@with_chosen
def finals_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Show what finals of the takes that are chosen would be and cost."""
    takes = selection.takes_for("finals_chosen")
    if len(takes) > MOST:
        raise Refused({"": _TOO_MANY})
    if len({take.project_id for take in takes}) > 1:
        raise Refused({"": _ONE_PROJECT})
    project = project_for(request, takes[0].project.slug, Role.ARTIST)
    sent = request.POST.copy()
    sent.setlist("draft", [str(take.uuid) for take in takes])
    return _quoted(request, project, FinalsForm(sent))


def _verb(act: Callable[[Request, Final], None]) -> Callable[[Request, UUID], HttpResponse]:
    """Wrap what is done with one final: the artist's door, and what comes of it in words."""

    @require_POST
    @wraps(act)
    def view(request: Request, uuid: UUID) -> HttpResponse:
        final = final_for(request, uuid, Role.ARTIST)
        project = editable(final.finals.project)
        try:
            act(request, final)
        except Refused as refused:
            messages.info(request, str(refused))
        if not request.htmx:
            return redirect("finals", project.slug)
        context = _context(request, project_for(request, project.slug)) | {"acted": final.pk}
        return money_moved(render(request, "finals.html#live", context))

    return view


@_verb
def use_final(request: Request, final: Final) -> None:
    """Accept a final, so that it takes its draft's places where that was asked for."""
    swapping.accept(final, request.user)
    taken = swapping.take_places(final, request.user)
    for place in taken.places:
        _tell(request, final, place)
    if taken.shot:
        _tell_of_shot(request, final, taken.shot)
    if not taken.places and not taken.shot:
        messages.success(request, f"{upper_first(str(final.take))} is accepted.")
    following.follow_project(final.finals.project)


@_verb
def swap_final(request: Request, final: Final) -> None:
    """Have an accepted final take its draft's places in a sequence that is named."""
    named = request.POST.get("sequence", "")
    found = Sequence.objects.filter(project=final.finals.project)
    sequence = next((it for it in found if str(it.uuid) == named), None)
    if sequence is None:
        raise Refused({"": _NO_SEQUENCE})
    if final.take is None or final.accepted_at is None:
        raise Refused({"": _MEANWHILE})
    _tell(request, final, swapping.swap_again(final, sequence, request.user))


@_verb
def swap_final_shot(request: Request, final: Final) -> None:
    """Have a shot that shows the draft of an accepted final show that."""
    if final.take is None or final.accepted_at is None:
        raise Refused({"": _MEANWHILE})
    _tell_of_shot(request, final, shots.take_shot_again(final, request.user))


@_verb
def order_final(request: Request, final: Final) -> None:
    """Order a final that waits for another, without that."""
    if final.stage != Final.Stage.WAITING or not following.order_now(final):
        raise Refused({"": _MEANWHILE})
    messages.success(request, f"The final of {final.draft.name} is ordered.")


@_verb
def drop_final(request: Request, final: Final) -> None:
    """Take a final out that isn't ordered yet."""
    words = f"{request.user} took it out before it was ordered."
    if not final.go(Final.Stage.CANCELLED, Final.Stage.WAITING, words=words):
        raise Refused({"": _MEANWHILE})


def _tell(request: Request, final: Final, place: FinalPlace) -> None:
    """Say where a final stands now, with its undoing, or why it doesn't."""
    if not place.clips or final.take is None:
        messages.info(request, f"“{place.sequence}”: {place.words}")
        return
    sequence = Sequence.objects.get(pk=place.sequence_id)
    clips = f"{place.clips} clip{'' if place.clips == 1 else 's'}"
    words = f"{upper_first(final.take.name)} stands in {clips} of “{sequence}” now. {place.words}"
    undo = f"{reverse('undo', args=[sequence.uuid])}?version={sequence.version}"
    messages.success(request, words.strip(), extra_tags=undo)


def _tell_of_shot(request: Request, final: Final, shot: Shot) -> None:
    """Say which shot shows a final now, with its undoing."""
    lost = swapping.lost_words(final.draft, final.take) if final.take else ""
    words = f"{upper_first(str(final.take))} stands in {shot.place_words} now. {lost}".strip()
    undo = f"{reverse('choose_take', args=[shot.uuid])}?back={final.draft.uuid}"
    messages.success(request, words, extra_tags=undo)


def _context(request: Request, project: Project) -> dict[str, object]:
    return {"project": project, "page": FinalsPage(project, request.user)}


def _plan(request: Request, project: Project, form: FinalsForm) -> FinalsPlan:
    sequence, drafts = None, form.drafts
    if form.begun_at:
        sequence = sequence_for(request, form.begun_at, Role.ARTIST)
        if sequence.project != project or not sequence.is_readable:
            raise Http404
        drafts = [str(take) for take in sequence.cut.takes]
    return FinalsPlan(
        project,
        request.user,
        drafts,
        form.choice,
        takes_unapproved=form.takes_unapproved,
        left_out=form.left_out,
        begun_at=sequence,
    )


def _quoted(request: Request, project: Project, form: FinalsForm, error: str = "") -> HttpResponse:
    plan = _plan(request, editable(project), form)
    context = {"project": project, "plan": plan, "form": form, "error": error}
    context["into"] = form.into if form.is_sent else [str(form.begun_at)]
    whole = "new_finals.html#quote" if request.htmx else "new_finals.html"
    return render(request, whole, context)
