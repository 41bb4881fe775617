"""The trash: takes go into it and come out again, and lose their files for good."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh, reswap, trigger_client_event

from generations import discarding, erasing
from generations.models import Generation
from generations.refusal import Refused, upper_first
from studio import trash
from studio.access import asker_of, generation_for, project_for, team_for
from studio.cards import Card
from studio.http import Request
from studio.marks import with_marks, with_veil
from studio.middleware import page_before
from studio.models import Project, Role
from studio.opened import is_over_gallery
from studio.views.board import PAGE
from studio.views.generations import after


@require_safe
def trash_page(request: Request, slug: str) -> HttpResponse:
    """Show what is in a project's trash, the last first, with when it goes for good."""
    project = project_for(request, slug)
    cards = with_veil(Generation.objects.for_cards(), request.user)
    found = cards.filter(project=project).in_trash()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"project": project, "page": page, "days": discarding.kept_for().days}
    return render(request, "trash.html", {**context, "trashed": trash.shown(page.object_list)})


@require_POST
def discard(request: Request, uuid: UUID) -> HttpResponse:
    """Put a take in the trash: its author may, and a producer; at its provider only if asked."""
    take = asker_of(request, uuid)
    at_provider = "at_provider" in request.POST
    outcome = trash.put_in([take], request.user, at_provider=at_provider)
    trash.tell(request, take.project, outcome)
    if not outcome.takes:
        return after(request, take)
    if take.version_of:
        return redirect("generation", take.version_of.uuid)
    project = project_for(request, take.project.slug)
    is_last = not project.take_count and not is_over_gallery(request)
    if not request.htmx or is_last:
        return redirect("board", project.slug)
    if "open" in request.POST:  # it is over the board, which is behind it
        gone = render(request, "_chosen.html#finished", {"project": project, "gone": [take]})
        return trigger_client_event(gone, "take-gone")
    return reswap(render(request, "board.html#counted", {"project": project}), "delete")


@require_POST
def restore(request: Request, uuid: UUID) -> HttpResponse:
    """Take a take out of the trash: its author may, and a producer."""
    take = asker_of(request, uuid)
    trash.tell_restored(request, trash.take_out([take], request.user))
    return redirect(page_before(request))


@require_POST
def undo_discard(request: Request, slug: str = "") -> HttpResponse:
    """Take out of the trash what was put there `at` a moment, as far as the person may.

    Of a project, or of all open ones of the team where it was done in its gallery.
    """
    scope = project_for(request, slug, Role.ARTIST) if slug else team_for(request, Role.ARTIST)
    at = _moment(request.GET.get("at", ""))
    open_ = Project.objects.visible_to(request.user).open()
    of = {"project": scope} if slug else {"project__in": open_.filter(team=scope.pk)}
    there = Generation.objects.filter(**of).in_trash().filter(trashed_at=at)
    mine = [each for each in there if trash.may_restore(scope, request.user, each)]
    restored = trash.take_out(mine, request.user)
    trash.tell_restored(request, restored)
    if not request.htmx:
        return redirect(page_before(request))
    if not slug or len(restored) > PAGE:
        return HttpResponseClientRefresh()
    fresh = Generation.objects.for_cards().takes().filter(pk__in=[each.pk for each in restored])
    takes = with_marks(fresh, request.user).order_by("take_number")
    context = {"project": project_for(request, slug), "cards": [Card(take) for take in takes]}
    return render(request, "board.html#restored", context)


@require_POST
def purge(request: Request, uuid: UUID) -> HttpResponse:
    """Remove the files of a take in the trash for good, now."""
    take = generation_for(request, uuid, Role.PRODUCER)
    try:
        trash.purge(take, request.user)
        messages.success(request, f"The files of {take.name} are gone for good.")
    except Refused as refused:
        messages.info(request, str(refused))
    return redirect("trash", take.project.slug)


@require_POST
def erase(request: Request, uuid: UUID) -> HttpResponse:
    """Have its provider delete a take in the trash, for good."""
    take = asker_of(request, uuid)
    name = upper_first(take.name)
    if not take.is_in_trash or not erasing.can_erase(take):
        messages.info(request, f"There is nothing of {take.name} to delete at Luma.")
        return redirect(page_before(request))
    trash.erase(take, request.user)
    messages.success(request, f"{name} is deleted at Luma in a minute. Its history will say so.")
    return redirect(page_before(request))


def _moment(value: str) -> datetime | None:
    try:
        at = parse_datetime(value)
        return at and at.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and last days of the calendar overflow
        return None
