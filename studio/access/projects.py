"""The door to a project and everything in it."""

import re
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404

from generations.models import (
    Asset,
    Generation,
    Import,
    State,
    Still,
)
from generations.models.generation_queries import GenerationQuerySet
from generations.queries import WrittenOnce, built_once
from generations.refusal import Refused
from studio.access.teams import require
from studio.http import Request
from studio.marks import marked_cards
from studio.models import (
    BakeOff,
    Bundle,
    Export,
    Final,
    NamedCut,
    Note,
    Project,
    Role,
    Run,
    Sequence,
    Shot,
    Sound,
    User,
)
from studio.own_prices import own_prices_of, price_factors_of, providers_of

_ARCHIVED = "This project is archived. Take it out of the archive first."


_NUMBER = re.compile(r"[0-9]{1,4}")

_DREAMING = Generation.objects.takes().filter(project=OuterRef("pk"), state=State.DREAMING)

_AT_THE_DOOR = {
    "dreaming_count": Coalesce(
        WrittenOnce(_DREAMING.order_by().values("project").annotate(n=Count("*")).values("n")), 0
    ),
    "role": F("team__memberships__role"),
    "event_count": Coalesce("counter__events", 0),
    "take_count": Coalesce(F("counter__takes") - F("counter__trashed"), 0),
    "trashed_count": Coalesce("counter__trashed", 0),
    "approval_above_usd": F("team__spending_rules__approval_above_usd"),
    "own_prices": own_prices_of("team"),
    "price_factors": price_factors_of("team"),
    "providers": providers_of("team"),
}
_AT_A_TAKES_DOOR = {
    "role": F("project__team__memberships__role"),
    "approval_above_usd": F("project__team__spending_rules__approval_above_usd"),
    "own_prices": own_prices_of("project__team"),
    "price_factors": price_factors_of("project__team"),
    "providers": providers_of("project__team"),
}


def project_for(request: Request, slug: str, role: Role = Role.VIEWER) -> Project:
    """Return the project, with the person's `role` and the project's counters, in one query.

    `event_count` is the number of its newest event, `take_count` how many takes it has beside
    the `trashed_count` that are in its trash, `dreaming_count` how many are being rendered,
    `approval_above_usd` the price above which an artist has to ask; `own_prices` what
    the accounts that get its orders have beside the catalogue's, `price_factors` what the
    catalogue's are times there, `providers` where these are.
    Raises Http404 for a stranger and PermissionDenied for a member whose role is too low.
    """
    if "\0" in slug:  # it may come from a query, and PostgreSQL takes none
        raise Http404
    project: Project = get_object_or_404(_at_the_door(request.user.pk), slug=slug)
    require(role, Role(project.role), project.team)
    return project


@built_once
def _at_the_door(user_pk: int) -> QuerySet[Project]:
    visible = Project.objects.visible_to(User(pk=user_pk))
    return visible.select_related("team").annotate(**_AT_THE_DOOR)


def editable(project: Project) -> Project:
    """Return the project, unless it is archived: it stays as it is. Raises PermissionDenied."""
    if project.archived_at:
        raise PermissionDenied(_ARCHIVED)
    return project


def may_edit(project: Project) -> bool:
    """Tell whether the person may change the plan and the cut of the project at its door."""
    return Role(project.role).includes(Role.ARTIST) and not project.archived_at


def generation_for(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Generation:
    """Return the generation with all that its card shows, its team, and the person's role.

    The role is at `generation.project`, with what of `project_for` says what can be ordered, and
    for how much. Raises Http404 and PermissionDenied.
    """
    generation = get_object_or_404(_at_a_takes_door(request.user.pk), uuid=uuid)
    project = generation.project
    project.role = Role(generation.role)  # type: ignore[attr-defined]
    for name in ("approval_above_usd", "own_prices", "price_factors", "providers"):
        setattr(project, name, getattr(generation, name))
    require(role, project.role, project.team)
    return generation


@built_once
def _at_a_takes_door(user_pk: int) -> GenerationQuerySet:
    user = User(pk=user_pk)
    visible = marked_cards(user).visible_to(user).select_related("project__team", "account")
    return visible.annotate(**_AT_A_TAKES_DOOR)


def asset_for(request: Request, uuid: UUID, kind: str) -> Asset:
    """Return the stored file of a generation. Raises Http404.

    `kind` is the file's; of one of several that came beside it with its number, such as layer-2.
    """
    kind, _, number = kind.partition("-")
    return get_object_or_404(
        Asset.objects.select_related("generation__project"),
        generation__in=Generation.objects.visible_to(request.user).filter(uuid=uuid),
        kind=kind,
        number=int(number) if _NUMBER.fullmatch(number) else 0,
        state=Asset.State.STORED,
    )


def still_for(request: Request, uuid: UUID) -> Still:
    """Return the still. Raises Http404."""
    return get_object_or_404(
        Still.objects.select_related(
            "project", "author", "source__prompt", "source__version_of", "cut_from"
        ),
        uuid=uuid,
        project__in=Project.objects.visible_to(request.user),
    )


def may_discard(user: User, thing: Generation | Still, role: Role) -> bool:
    """Tell whether a person may delete a take or a still: its artist, or a producer."""
    mine = thing.author_id == user.pk and role.includes(Role.ARTIST)
    return mine or role.includes(Role.PRODUCER)


def may_delete_note(user: User, note: Note, role: Role) -> bool:
    """Tell whether a person may delete a note: who left it, or a producer."""
    return note.author_id == user.pk or role.includes(Role.PRODUCER)


def own_still(request: Request, uuid: UUID) -> Still:
    """Return a still for the artist who made it, or a producer. Raises as project_for."""
    still = still_for(request, uuid)
    project = project_for(request, still.project.slug, Role.ARTIST)
    if not may_discard(request.user, still, Role(project.role)):
        require(Role.PRODUCER, Role(project.role), project.team)
    return still


def spends_freely(user: User, project: Project) -> bool:
    """Tell whether a person spends a team's money without asking: a producer of it, or above."""
    mine = project.team.memberships.filter(user=user).first()
    return mine is not None and Role(mine.role).includes(Role.PRODUCER)


def asker_of(request: Request, uuid: UUID) -> Generation:
    """Return a take for the artist who asked for it, or a producer. Raises as generation_for."""
    take = generation_for(request, uuid, Role.ARTIST)
    if not may_discard(request.user, take, Role(take.project.role)):
        require(Role.PRODUCER, Role(take.project.role), take.project.team)
    return take


def sequence_for(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Sequence:
    """Return the sequence with what its page says of it; its project as `project_for` gives it.

    Raises Http404 and PermissionDenied.
    """
    visible = Project.objects.visible_to(request.user)
    sequence = get_object_or_404(Sequence.objects.for_page().filter(project__in=visible), uuid=uuid)
    sequence.project = project_for(request, sequence.project.slug, role)
    return sequence


def sequence_to_edit(request: Request, uuid: UUID) -> Sequence:
    """Return a sequence for an artist who changes it. Raises as sequence_for, and editable."""
    sequence = sequence_for(request, uuid, Role.ARTIST)
    editable(sequence.project)
    return sequence


def export_for(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Export:
    """Return the export, with its sequence and project. Raises Http404 and PermissionDenied."""
    visible = Project.objects.visible_to(request.user)
    found: Export = get_object_or_404(
        Export.objects.select_related("sequence__project", "author").filter(
            sequence__project__in=visible
        ),
        uuid=uuid,
    )
    project_for(request, found.sequence.project.slug, role)
    return found


def bundle_for(request: Request, uuid: UUID) -> Bundle:
    """Return a bundle of a project, for who manages it. Raises Http404 and PermissionDenied."""
    visible = Project.objects.visible_to(request.user)
    found: Bundle = get_object_or_404(
        Bundle.objects.select_related("project").filter(project__in=visible), uuid=uuid
    )
    project_for(request, found.project.slug, Role.PRODUCER)
    return found


def sound_for(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Sound:
    """Return the sound, with its project. Raises Http404 and PermissionDenied."""
    visible = Project.objects.visible_to(request.user)
    found: Sound = get_object_or_404(
        Sound.objects.select_related("project").filter(project__in=visible), uuid=uuid
    )
    found.project = project_for(request, found.project.slug, role)
    return found


def named_cut_of(sequence: Sequence, pk: int) -> NamedCut:
    """Return a named cut of a sequence. Raises Refused: a form names it, not an address."""
    named = sequence.names.select_related("edit").filter(pk=pk).first()
    if named is None:
        raise Refused({"cut": "That cut isn't there any more. Choose another."})
    return named


def import_for(request: Request, uuid: UUID, role: Role) -> Import:
    """Return the import, with its project. Raises Http404 and PermissionDenied."""
    visible = Project.objects.visible_to(request.user)
    found: Import = get_object_or_404(
        Import.objects.select_related("project", "account"), uuid=uuid, project__in=visible
    )
    project_for(request, found.project.slug, role)
    return found


def shot_for(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Shot:
    """Return a shot that wasn't taken out, with its storyboard and project as at the door.

    Raises Http404 and PermissionDenied.
    """
    found: Shot = get_object_or_404(
        Shot.objects.kept().select_related("storyboard__project"),
        uuid=uuid,
        storyboard__project__in=Project.objects.visible_to(request.user),
    )
    found.storyboard.project = project_for(request, found.storyboard.project.slug, role)
    return found


def run_for(request: Request, uuid: UUID, role: Role) -> Run:
    """Return a run of a storyboard, as `shot_for` does. Raises Http404 and PermissionDenied."""
    found: Run = get_object_or_404(
        Run.objects.select_related("storyboard__project"),
        uuid=uuid,
        storyboard__project__in=Project.objects.visible_to(request.user),
    )
    found.storyboard.project = project_for(request, found.storyboard.project.slug, role)
    return found


def bakeoff_for(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> BakeOff:
    """Return the bake-off, its project as at the door. Raises Http404 and PermissionDenied."""
    found: BakeOff = get_object_or_404(
        BakeOff.objects.visible_to(request.user).select_related("project"), uuid=uuid
    )
    found.project = project_for(request, found.project.slug, role)
    return found


def final_for(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Final:
    """Return the final, its project as at the door. Raises Http404 and PermissionDenied."""
    found: Final = get_object_or_404(
        Final.objects.select_related("finals__project", "finals__author", "draft__prompt", "take"),
        uuid=uuid,
        finals__project__in=Project.objects.visible_to(request.user),
    )
    found.finals.project = project_for(request, found.finals.project.slug, role)
    return found
