"""What people mark takes with: a star of their own, and the team's tags."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from generations.models import Generation
from generations.refusal import upper_first
from studio.access import generation_for
from studio.forms.tags import TagForm
from studio.http import Request
from studio.middleware import page_before
from studio.models import Favourite, Role, Tag
from studio.takes import Take


@require_POST
def favourite(request: Request, uuid: UUID) -> HttpResponse:
    """Star a take."""
    take = generation_for(request, uuid)
    Favourite.objects.star([take], request.user)
    return _starred(request, take, is_favourite=True)


@require_POST
def unfavourite(request: Request, uuid: UUID) -> HttpResponse:
    """Take the star off a take."""
    take = generation_for(request, uuid)
    Favourite.objects.unstar([take], request.user)
    return _starred(request, take, is_favourite=False)


@require_POST
def tag(request: Request, uuid: UUID) -> HttpResponse:
    """Tag a take with words of the team's or with new ones."""
    take = generation_for(request, uuid, Role.REVIEWER)
    form = TagForm(request.POST)
    return _tagged(request, uuid, None if form.put(take, request.user) else form)


@require_POST
def untag(request: Request, uuid: UUID) -> HttpResponse:
    """Take a tag off a take."""
    take = generation_for(request, uuid, Role.REVIEWER)
    Tag.objects.take_off(request.POST.get("word", ""), [take])
    return _tagged(request, uuid, None)


def _tagged(request: Request, uuid: UUID, refused: TagForm | None) -> HttpResponse:
    """Show the tags alone for htmx, the take's page otherwise; with what was refused."""
    if not request.htmx and refused is None:
        return redirect("generation", uuid)
    take = Take(generation_for(request, uuid))
    context = {"take": take, "project": take.generation.project, "tag_form": refused}
    name = "_take_tags.html" if request.htmx else "generation.html"
    return render(request, name, context)


def _starred(request: Request, take: Generation, *, is_favourite: bool) -> HttpResponse:
    """Show the star alone for htmx, so that the card goes on playing; else the page before."""
    if not request.htmx:
        return redirect(f"{page_before(request)}#take-{take.uuid}")
    what = "a favourite" if is_favourite else "no favourite any more"
    told = f"{upper_first(take.name)} is {what}."
    context = {"take": take, "is_favourite": is_favourite, "starred": told}
    return render(request, "_star.html", context)
