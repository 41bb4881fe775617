"""Copying chosen takes to another project of the team."""

import logging
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from generations import copying, disk
from generations.models import Generation
from generations.refusal import Refused, upper_first
from studio.access import project_for
from studio.http import Request
from studio.models import Entrant, Project, Role
from studio.selecting import Selection
from studio.views.selecting import with_chosen

log = logging.getLogger(__name__)

_IN_BAKEOFF = (
    "{name} is in a bake-off, and a copy would stand beside its model. Copy it once that is closed."
)


@with_chosen
def copy_chosen(request: Request, selection: Selection) -> HttpResponse:
    """Ask to which project the takes are copied, and copy them there once `to` names it."""
    takes = selection.takes_for("copy_chosen")
    team = takes[0].project.team
    here = {take.project_id for take in takes}
    others = Project.objects.visible_to(request.user).open().filter(team=team)
    if len(here) == 1:
        others = others.exclude(pk__in=here)
    context = {"takes": takes, "projects": others.order_by("name"), "selection": selection}
    if "to" not in request.POST:
        return render(request, "copy.html", context)
    if not request.POST["to"]:
        return render(request, "copy.html", context | {"error": "Choose a project."})
    target = project_for(request, request.POST["to"], Role.ARTIST)
    _copy(request, takes, target)
    return redirect("board", target.slug)


def _copy(request: Request, takes: Sequence[Generation], target: Project) -> None:
    """Copy takes, the first made first, and say how many; one that can't be ends it."""
    made = 0
    try:
        for take in sorted(takes, key=lambda each: each.pk):
            _refuse_blind(take)
            copying.copy(take, target, request.user)
            made += 1
    except Refused as refused:
        messages.info(request, str(refused))
    except OSError as error:
        log.warning("a take couldn't be copied: %s", error)
        messages.info(request, disk.trouble(error) or "A file couldn't be copied.")
    if made:
        what = "take" if made == 1 else "takes"
        messages.success(request, f"Copied {made} {what} to {target}. Nothing was charged.")


def _refuse_blind(take: Generation) -> None:
    """Raise Refused for what somebody is still to judge blind: a copy would tell its model."""
    if Entrant.objects.filter(generation=take, bakeoff__closed_at=None).exists():
        raise Refused({"": _IN_BAKEOFF.format(name=upper_first(take.name))})
