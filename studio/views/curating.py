"""Collections: what a team picks out of its takes, puts in order and plays in one go."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from generations.models import Generation
from generations.refusal import Refused, upper_first
from studio import auditing
from studio.access import collection_for, generation_for, makes, team_for
from studio.curating import Curated, collection_named, collections_of
from studio.http import Request
from studio.models import AuditEntry, Collection, Role, Team
from studio.selecting import Selection
from studio.views.board import number
from studio.views.selecting import with_chosen

_Act = Callable[[Request, Curated, Generation], None]
_DELETION = AuditEntry.Kind.DELETION
_FARTHEST = 10_000


@require_safe
def collections(request: Request) -> HttpResponse:
    """Show the current team's collections, by their names."""
    return _shelf(request, team_for(request))


@require_POST
def begin(request: Request) -> HttpResponse:
    """Make an empty collection."""
    team = team_for(request, Role.ARTIST)
    name, words = (request.POST.get(field, "") for field in ("name", "words"))
    try:
        made = Collection.begin(team, request.user, name, words)
    except Refused as refused:
        return _shelf(request, team, errors=refused.errors, name=name, words=words)
    return redirect("collection", made.uuid)


@require_safe
def collection(request: Request, uuid: UUID) -> HttpResponse:
    """Show a collection, and play it as one reel."""
    return _page(request, collection_for(request, uuid))


@require_safe
def live(request: Request, uuid: UUID) -> HttpResponse:
    """Give what others made of it since the page's `version`; 204 where that is nothing.

    The page is loaded anew where its name or description is another, or where it shows no takes,
    which its poll says (`empty`), or is to show none any more.
    """
    found = collection_for(request, uuid)
    curated = Curated(found, request.user)
    seen = request.GET.get("version", "")
    if seen == curated.version:
        return HttpResponse(status=204)
    is_renamed = seen.rpartition(".")[2] != curated.version.rpartition(".")[2]
    was_empty = "empty" in request.GET
    if is_renamed or bool(curated.cards) == was_empty:
        return HttpResponseClientRefresh()
    context = {"collection": found, "curated": curated, "oob": True}
    return render(request, "collection.html#changed", context)


@require_POST
def write(request: Request, uuid: UUID) -> HttpResponse:
    """Give a collection another name and description."""
    found = collection_for(request, uuid, Role.ARTIST)
    name, words = (request.POST.get(field, "") for field in ("name", "words"))
    try:
        found.write(name, words)
    except Refused as refused:
        return _page(request, found, errors=refused.errors, name=name, words=words)
    messages.success(request, f"The collection is called “{found}”.")
    return redirect("collection", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, uuid: UUID) -> HttpResponse:
    """Ask whether to delete a collection, and do so."""
    found = collection_for(request, uuid, Role.ARTIST)
    if request.method != "POST":
        return render(request, "delete_collection.html", {"collection": found})
    with transaction.atomic():
        found.delete()
        auditing.note(_DELETION, found.team, f"Deleted the collection “{found}”")
    messages.success(request, f"The collection “{found}” is deleted. Its takes stay.")
    return redirect(f"{reverse('collections')}?team={found.team.uuid}")


def with_collected(act: _Act) -> Callable[..., HttpResponse]:
    """Wrap what is done to one take of a collection, which `take` names."""

    @require_POST
    @wraps(act)
    def view(request: Request, uuid: UUID) -> HttpResponse:
        curated = Curated(collection_for(request, uuid, Role.ARTIST), request.user)
        try:
            act(request, curated, curated.take(request.POST.get("take", "")))
        except Refused as refused:
            messages.info(request, str(refused))
        return _after(request, curated.collection)

    return view


@with_collected
def up(request: Request, curated: Curated, take: Generation) -> None:
    """Put a take one place to the front."""
    curated.step(take, -1)


@with_collected
def down(request: Request, curated: Curated, take: Generation) -> None:
    """Put a take one place further on."""
    curated.step(take, 1)


@with_collected
def move(request: Request, curated: Curated, take: Generation) -> None:
    """Put a take at a place, `to`, counted from 1."""
    curated.move(take, min(number(request.POST, "to"), _FARTHEST) - 1)


@with_collected
def take_out(request: Request, curated: Curated, take: Generation) -> None:
    """Take a take out, with its undoing."""
    place = curated.collection.take_out(take)
    if place is None:
        return
    path = reverse("put_back_collected", args=[curated.collection.uuid])
    undo = f"{path}?{urlencode({'take': take.uuid, 'place': place})}"
    words = f"{upper_first(take.name)} of {take.project} isn't in “{curated.collection}” any more."
    messages.success(request, words, extra_tags=undo)


@require_POST
def put_back(request: Request, uuid: UUID) -> HttpResponse:
    """Put a take back where it was before it was taken out."""
    found = collection_for(request, uuid, Role.ARTIST)
    try:
        named = UUID(request.GET.get("take", ""))
    except ValueError:
        return _after(request, found, out_of_band=True)
    take = generation_for(request, named)
    try:
        if take.project.team != found.team or take.trashed_at or take.version_of_id:
            raise Refused({"": f"{upper_first(take.name)} can't be put back: it isn't there."})
        found.put_back(take, min(number(request.GET, "place"), _FARTHEST), request.user)
    except Refused as refused:
        messages.info(request, str(refused))
    return _after(request, found, out_of_band=True)


@with_chosen
def collect_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Ask for a collection, or the name of a new one, and put the takes at its end."""
    takes = sorted(selection.takes_for("collect_chosen"), key=lambda each: each.pk)
    context: dict[str, object] = {"takes": takes, "selection": selection}
    if "to" in request.POST:
        try:
            return _collect(request, selection.team, takes)
        except Refused as refused:
            context |= {"error": str(refused), "name": request.POST.get("name", "")}
    context["collections"] = collections_of(selection.team, request.user)
    return render(request, "collect.html", context)


def _collect(request: Request, team: Team, takes: list[Generation]) -> HttpResponse:
    name, to = request.POST.get("name", ""), request.POST["to"]
    with transaction.atomic():
        new = Collection.begin(team, request.user, name) if name.strip() else None
        found = new or collection_named(team, to)
        added = found.add(takes, request.user)
    what = "take" if added == 1 else "takes"
    if not added:
        messages.info(request, "That was in it already.")
    else:
        messages.success(request, f"Put {added} {what} in “{found}”.")
    return redirect("collection", found.uuid)


def _shelf(request: Request, team: Team, **tried: object) -> HttpResponse:
    context = {"team": team, "may_edit": makes(team.role)}
    context["collections"] = collections_of(team, request.user)
    return render(request, "collections.html", {**context, **tried})


def _page(request: Request, found: Collection, **tried: object) -> HttpResponse:
    context = {"collection": found, "curated": Curated(found, request.user)}
    return render(request, "collection.html", {**context, **tried})


def _after(request: Request, found: Collection, *, out_of_band: bool = False) -> HttpResponse:
    """Show its takes anew for htmx; the whole page where the first came or the last went."""
    curated = Curated(found, request.user)
    is_first = out_of_band and len(curated.cards) == 1
    if not request.htmx or not curated.cards or is_first:
        return redirect("collection", found.uuid)
    context = {"collection": found, "curated": curated, "oob": out_of_band}
    return render(request, "collection.html#changed", context)
