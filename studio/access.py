"""The one door: what a person may see and do. Strangers get a 404, too low a role a 403."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from generations.models import Asset, Generation, Still
from studio.http import Request
from studio.models import Project, Role, Team

_MAY = {
    Role.REVIEWER: "Reviewing takes",
    Role.ARTIST: "Making takes",
    Role.PRODUCER: "Managing projects and money",
    Role.OWNER: "Managing the team",
}


_AT_THE_DOOR = {
    "role": F("team__memberships__role"),
    "event_count": Coalesce("counter__events", 0),
    "take_count": Coalesce("counter__takes", 0),
}


def project_for(request: Request, slug: str, role: Role = Role.VIEWER) -> Project:
    """Return the project, with the person's `role` and the project's counters, in one query.

    `event_count` is the number of its newest event, `take_count` that of its newest take.
    Raises Http404 for a stranger and PermissionDenied for a member whose role is too low.
    """
    project: Project = get_object_or_404(
        Project.objects.visible_to(request.user).select_related("team").annotate(**_AT_THE_DOOR),
        slug=slug,
    )
    _require(role, Role(project.role), project.team)
    return project


def generation_for(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Generation:
    """Return the generation with all that its card shows, its team, and the person's role.

    The role is at `generation.project.role`. Raises Http404 and PermissionDenied.
    """
    generation = get_object_or_404(
        Generation.objects.for_cards()
        .visible_to(request.user)
        .select_related("project__team", "account")
        .annotate(**{"role": F("project__team__memberships__role")}),
        uuid=uuid,
    )
    project = generation.project
    project.role = Role(generation.role)  # type: ignore[attr-defined]
    _require(role, project.role, project.team)
    return generation


def asset_for(request: Request, uuid: UUID, kind: str) -> Asset:
    """Return the stored file of a generation. Raises Http404."""
    return get_object_or_404(
        Asset.objects.select_related("generation__project"),
        generation__in=Generation.objects.visible_to(request.user).filter(uuid=uuid),
        kind=kind,
        state=Asset.State.STORED,
    )


def still_for(request: Request, uuid: UUID) -> Still:
    """Return the still. Raises Http404."""
    return get_object_or_404(
        Still,
        uuid=uuid,
        project__in=Project.objects.visible_to(request.user),
    )


def _require(needed: Role, held: Role, team: Team) -> None:
    if held.includes(needed):
        return
    raise PermissionDenied(
        f"{_MAY[needed]} needs the role of {needed.label.lower()} or above, and yours in "
        f"{team} is {held.label.lower()}. Ask the team's owner for another role."
    )
