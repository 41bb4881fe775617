"""One still: the picture, where it came from, and who holds its rights."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from generations.kinds import Kind
from generations.models import Generation
from generations.possible import obstacle
from studio.access import project_for, still_for
from studio.forms.rights import RightsForm
from studio.http import Request
from studio.models import Role


@require_safe
def still(request: Request, uuid: UUID) -> HttpResponse:
    """Show the still."""
    return _page(request, uuid, None)


@require_POST
def rights(request: Request, uuid: UUID) -> HttpResponse:
    """Note who holds its rights."""
    kept = still_for(request, uuid)
    project_for(request, kept.project.slug, Role.ARTIST)
    form = RightsForm(request.POST)
    if not form.is_valid():
        return _page(request, uuid, form)
    form.keep(kept)
    return redirect("still", uuid)


def _page(request: Request, uuid: UUID, form: RightsForm | None) -> HttpResponse:
    kept = still_for(request, uuid)
    placed = Q(keyframes__still=kept) | Q(references__still=kept)
    used = Generation.objects.takes().filter(placed).order_by("take_number")
    context = {
        "still": kept,
        "project": project_for(request, kept.project.slug),
        "form": form or RightsForm(initial={"rights": kept.rights}),
        "no_reframe": obstacle(kept, Kind.REFRAME_IMAGE),
        "used_by": used.distinct()[:50],
    }
    return render(request, "still.html", context)
