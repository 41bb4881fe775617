"""Chosen takes go to another project of the team: copied, and then in the trash here if moved."""

import logging
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from generations import copying, disk
from generations.models import Generation
from generations.refusal import Refused, upper_first
from studio import trash
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
    """Ask to which project the takes go, and copy them there once `to` names it.

    With `move` those that the person may delete are in the trash then (docs/decisions/0014).
    """
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
    copied = _copy(request, takes, target)
    if "move" in request.POST and copied:
        _put_away(request, selection, copied)
    return redirect("board", target.slug)


def _copy(request: Request, takes: Sequence[Generation], target: Project) -> list[Generation]:
    """Copy takes, the first made first, say how many, and return them; what can't be ends it."""
    copied = []
    try:
        for take in sorted(takes, key=lambda each: each.pk):
            _refuse_blind(take)
            copying.copy(take, target, request.user)
            copied.append(take)
    except Refused as refused:
        messages.info(request, str(refused))
    except OSError as error:
        log.warning("a take couldn't be copied: %s", error)
        messages.info(request, disk.trouble(error) or "A file couldn't be copied.")
    if copied:
        what = "take" if len(copied) == 1 else "takes"
        messages.success(request, f"Copied {len(copied)} {what} to {target}. Nothing was charged.")
    return copied


def _put_away(request: Request, selection: Selection, copied: Sequence[Generation]) -> None:
    """Put what was copied in the trash where it was, with its undoing; say what has to stay."""
    may_go = {card.generation.pk for card in selection.act("discard_chosen").cards}
    going = [take for take in copied if take.pk in may_go]
    if going:
        trash.tell(request, selection.scope, trash.put_in(going, request.user))
    if stays := len(copied) - len(going):
        whose = "1 take stays" if stays == 1 else f"{stays} takes stay"
        messages.info(request, f"{whose} here, too: you may not delete what others made.")


def _refuse_blind(take: Generation) -> None:
    """Raise Refused for what somebody is still to judge blind: a copy would tell its model."""
    if Entrant.objects.filter(generation=take, bakeoff__closed_at=None).exists():
        raise Refused({"": _IN_BAKEOFF.format(name=upper_first(take.name))})
