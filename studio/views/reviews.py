"""The review room, and the verdicts that are said in it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, replace_url, reswap, retarget

from generations.models import Generation
from generations.refusal import Refused
from studio import noting, refusing, reviewing
from studio.access import asker_of, generation_for, project_for, team_for
from studio.cards import Card, announcement
from studio.forms import ComposerForm
from studio.forms.composers import Composer, sent_composer
from studio.forms.earlier import asked_of
from studio.http import Request
from studio.models import Role, Verdict
from studio.review_room import Room, Spoken
from studio.takes import Take
from studio.verbs import verb_again
from studio.views.board import composer_page, money_moved
from studio.views.generations import after

_NO_VERDICT = "Choose Approve, Ask for changes or Reject."


@require_safe
def review(request: Request) -> HttpResponse:
    """Show what waits for the person: a take of it, or the one that is named, and the others."""
    named = request.GET.get("take", "")
    take = generation_for(request, _uuid(named), Role.REVIEWER) if named else None
    return _at_its_address(request, room_page(request, take, last=_judged(request, None)))


@require_safe
def live(request: Request) -> HttpResponse:
    """Show what others said of the `take` meanwhile, and what waits; 204 when nothing changed."""
    room = _room(request, None)
    if request.GET.get("version") == room.version:
        return HttpResponse(status=204)
    named = request.GET.get("take", "")
    take = generation_for(request, _uuid(named), Role.REVIEWER) if named else None
    return render(request, "review.html#live", _context(request, room, take))


@require_POST
def send(request: Request, uuid: UUID) -> HttpResponse:
    """Send a take to review."""
    take = generation_for(request, uuid, Role.ARTIST)
    try:
        if reviewing.send([take], request.user):
            messages.success(request, f"Sent {take.name} to review.")
    except Refused as refused:
        refusing.tell(request, refused)
    return after(request, take)


@require_POST
def take_back(request: Request, uuid: UUID) -> HttpResponse:
    """Take a take out of review before it is judged: its artist may, and a producer."""
    take = asker_of(request, uuid)
    try:
        reviewing.take_back(take, request.user)
    except Refused as refused:
        refusing.tell(request, refused)
    return after(request, take)


@require_POST
def judge(request: Request, uuid: UUID) -> HttpResponse:
    """Say what is thought of a take, with the note that is typed, and go on to the next."""
    take = generation_for(request, uuid, Role.REVIEWER)
    room = _room(request, take)
    following = room.after(take)
    try:
        verdict = Verdict(request.POST.get("verdict", ""))
        if verdict is Verdict.WAITING:
            raise ValueError
    except ValueError:
        return _refuse(request, room, take, Refused({"": _NO_VERDICT}))
    try:
        _say(request, take, verdict)
    except Refused as refused:
        return _refuse(request, room, take, refused)
    if _may_retake(request, take):
        return _retaking(request, take, room.slug)
    return _go_to(request, following, room.slug, judged=take)


@require_http_methods(["GET", "HEAD", "POST"])
def retake(request: Request, uuid: UUID) -> HttpResponse:
    """Show the room at a take with what makes it once more; or order that, and go on."""
    take = generation_for(request, uuid, Role.ARTIST)
    if request.method == "POST":
        return _order(request, take)
    if again := verb_again(take):
        return HttpResponseClientRedirect(again) if request.htmx else redirect(again)
    return _at_its_address(request, _beside(request, take, _retake_of(request, take)))


@require_POST
def undo(request: Request, uuid: UUID) -> HttpResponse:
    """Undo the newest verdict on a take, and show it."""
    take = generation_for(request, uuid, Role.REVIEWER)
    try:
        reviewing.undo(take, request.user, Role(take.project.role))
        messages.success(request, f"Undid the verdict on {take.name}.")
    except Refused as refused:
        refusing.tell(request, refused)
    return _go_to(request, take, _room(request, take).slug)


def room_page(request: Request, take: Generation | None, **more: object) -> HttpResponse:
    """Render the room around a take, or around the first that waits; alone for htmx."""
    room = _room(request, take)
    if take is None and room.waiting:
        take = generation_for(request, room.waiting[0].generation.uuid, Role.REVIEWER)
    context = _context(request, room, take) | more
    if not request.htmx:
        return render(request, "review.html", context)
    answer = render(request, "review.html#brought", context)
    return reswap(retarget(answer, "#room"), "outerHTML")


def _at_its_address(request: Request, answer: HttpResponse) -> HttpResponse:
    """Have the browser show the address of what htmx brings, so that a reload brings it again."""
    return replace_url(answer, request.get_full_path()) if request.htmx else answer


def _say(request: Request, take: Generation, verdict: Verdict) -> None:
    """Keep the verdict, and the note that was typed with it. Raises Refused."""
    words = request.POST.get("words", "")
    remark = None
    if words.strip() or request.POST.get("drawing", "").strip("[] "):
        frame, drawing = (request.POST.get(name, "") for name in ("frame", "drawing"))
        remark = noting.Remark.of(words, frame, drawing, Take(take).frames_long)
    reviewing.judge(take, verdict, request.user, seen=request.POST.get("seen", ""), remark=remark)


def _may_retake(request: Request, take: Generation) -> bool:
    """Tell whether a take just judged is made once more in the room: not on a verb's own page."""
    return Spoken(Take(take), request.user).may_retake and not verb_again(take)


def _retake_of(request: Request, take: Generation) -> ComposerForm:
    asked = asked_of(take) | {"parent": take.prompt.uuid, "retaking": take.uuid}
    return ComposerForm.holding(take.project, request.user, asked)


def _retaking(request: Request, take: Generation, slug: str) -> HttpResponse:
    """Open the retake over the room, whose player stays as it is."""
    address = reverse("retake", args=[take.uuid])
    address += f"?{urlencode({'project': slug})}" if slug else ""
    if not request.htmx:
        return redirect(address)
    room = Room(request.user, take.project.team, slug)
    more = {"composer": _retake_of(request, take), "last": _judged(request, take)}
    context = _context(request, room, take) | more
    return replace_url(render(request, "review.html#retaking", context), address)


def _order(request: Request, take: Generation) -> HttpResponse:
    form = sent_composer(take.project, request.user, request.POST, request.FILES)
    made = form.submit()
    if not made and request.htmx:
        return composer_page(request, take.project, form)
    if not made:
        return _beside(request, take, form)
    found = Generation.objects.for_cards().filter(pk__in=[each.pk for each in made])
    messages.success(request, announcement([Card(each) for each in found.order_by("take_number")]))
    room = _room(request, take)
    return money_moved(_go_to(request, room.after(take), room.slug, judged=take))


def _beside(request: Request, take: Generation, composer: Composer) -> HttpResponse:
    return room_page(request, take, composer=composer, last=_judged(request, take))


def _refuse(request: Request, room: Room, take: Generation, refused: Refused) -> HttpResponse:
    """Say why a verdict was refused, beside what others said meanwhile; what was typed stays.

    The page keeps its player and its note: what is wrong with the note is said at it.
    """
    errors = {field: words for field, words in refused.errors.items() if field}
    (refusing.note if errors else refusing.tell)(request, refused)
    kept = {"said": request.POST, "errors": errors}
    if not request.htmx:
        return room_page(request, take, **kept)
    fresh = Room(room.user, room.team, room.slug)
    return render(request, "review.html#refused", _context(request, fresh, take) | kept)


def _go_to(
    request: Request, take: Generation | None, slug: str, judged: Generation | None = None
) -> HttpResponse:
    """Show the room at a take, at its own address, with what was just judged."""
    named = {"project": slug, "take": take and take.uuid, "judged": judged and judged.uuid}
    query = urlencode({name: value for name, value in named.items() if value})
    address = reverse("review") + (f"?{query}" if query else "")
    if not request.htmx:
        return redirect(address)
    shown = generation_for(request, take.uuid, Role.REVIEWER) if take else None
    return replace_url(room_page(request, shown, last=_judged(request, judged)), address)


def _judged(request: Request, take: Generation | None) -> Spoken | None:
    """Return what was said of the take that was just judged, as long as it can be undone."""
    if take is None and (named := request.GET.get("judged", "")):
        take = generation_for(request, _uuid(named), Role.REVIEWER)
    said = Spoken(Take(take), request.user) if take else None
    return said if said and said.may_undo else None


def _room(request: Request, take: Generation | None) -> Room:
    """Return the room of the take's team, else of the project's that is named, else the current."""
    named = request.POST.get("project", "") or request.GET.get("project", "")
    alone = project_for(request, named, Role.REVIEWER) if named else None
    within = take.project if take else alone
    team = within.team if within else team_for(request, Role.REVIEWER)
    return Room(request.user, team, alone.slug if alone else "")


def _context(request: Request, room: Room, take: Generation | None) -> dict[str, Any]:
    shown = Take(take) if take else None
    return {
        "room": room,
        "take": shown,
        "project": take.project if take else None,
        "spoken": Spoken(shown, request.user) if shown else None,
        "place": room.place(take),
        "following": room.after(take) if take else None,
    }


def _uuid(value: str) -> UUID:
    """Return a take's id from an address. Raises Http404."""
    try:
        return UUID(value)
    except ValueError:
        raise Http404("no such take") from None
