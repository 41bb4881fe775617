"""The one door: what a person may see and do. Strangers get a 404, too low a role a 403."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, Count, F, OuterRef, Subquery, Sum
from django.db.models.functions import Cast, Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404

from generations.models import (
    Account,
    Asset,
    Generation,
    Import,
    Reconciliation,
    State,
    Still,
)
from generations.refusal import Refused
from studio.http import Request
from studio.marks import with_marks
from studio.models import (
    BakeOff,
    Bundle,
    Collection,
    Delivery,
    Export,
    Invitation,
    Membership,
    NamedCut,
    Note,
    Project,
    Recipe,
    Role,
    Run,
    Sequence,
    Share,
    Shot,
    Sound,
    Team,
    User,
    Webhook,
)
from studio.own_prices import own_prices_of

_MAY = {
    Role.REVIEWER: "Reviewing takes",
    Role.ARTIST: "Making takes",
    Role.PRODUCER: "Managing projects and money",
    Role.OWNER: "Managing the team",
}


_ARCHIVED = "This project is archived. Take it out of the archive first."


class Teamless(Http404):
    """A person who is in no team asked for a team's page."""


_DREAMING = Generation.objects.takes().filter(project=OuterRef("pk"), state=State.DREAMING)

_AT_THE_DOOR = {
    "dreaming_count": Coalesce(
        Subquery(_DREAMING.order_by().values("project").annotate(n=Count("*")).values("n")), 0
    ),
    "role": F("team__memberships__role"),
    "event_count": Coalesce("counter__events", 0),
    "take_count": Coalesce(F("counter__takes") - F("counter__trashed"), 0),
    "trashed_count": Coalesce("counter__trashed", 0),
    "approval_above_usd": F("team__spending_rules__approval_above_usd"),
    "own_prices": own_prices_of("team"),
}


def _events_of(team: str, user: User) -> Coalesce:
    """Return how many events the open projects that a person sees of a team have had.

    `team` is the name of the team's column.
    """
    theirs = Project.objects.visible_to(user).open().filter(team=OuterRef(team)).order_by()
    # PostgreSQL sums to a decimal number.
    summed = Cast(Sum("counter__events"), BigIntegerField())
    return Coalesce(Subquery(theirs.values("team").annotate(n=summed).values("n")), 0)


def project_for(request: Request, slug: str, role: Role = Role.VIEWER) -> Project:
    """Return the project, with the person's `role` and the project's counters, in one query.

    `event_count` is the number of its newest event, `take_count` how many takes it has beside
    the `trashed_count` that are in its trash, `dreaming_count` how many are being rendered,
    `approval_above_usd` the price above which an artist has to ask; `own_prices` what
    the accounts that get its orders have beside the catalogue's.
    Raises Http404 for a stranger and PermissionDenied for a member whose role is too low.
    """
    project: Project = get_object_or_404(
        Project.objects.visible_to(request.user).select_related("team").annotate(**_AT_THE_DOOR),
        slug=slug,
    )
    _require(role, Role(project.role), project.team)
    return project


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

    The role is at `generation.project.role`. Raises Http404 and PermissionDenied.
    """
    generation = get_object_or_404(
        with_marks(Generation.objects.for_cards(), request.user)
        .visible_to(request.user)
        .select_related("project__team", "account")
        .annotate(
            **{
                "role": F("project__team__memberships__role"),
                "approval_above_usd": F("project__team__spending_rules__approval_above_usd"),
            }
        ),
        uuid=uuid,
    )
    project = generation.project
    project.role = Role(generation.role)  # type: ignore[attr-defined]
    project.approval_above_usd = generation.approval_above_usd  # type: ignore[attr-defined]
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
        _require(Role.PRODUCER, Role(project.role), project.team)
    return still


def team_for(request: Request, role: Role = Role.VIEWER, *, with_events: bool = False) -> Team:
    """Return the current team, with the person's `role` in it, and with its events where asked.

    It is the one that `?team=` names, which is then kept in the session; else the one that is
    kept; else the person's first. Raises Http404, of which Teamless is one, and PermissionDenied.
    """
    mine = Team.objects.filter(memberships__user=request.user)
    mine = mine.annotate(**{"role": F("memberships__role")}).order_by("pk")
    if with_events:
        mine = mine.annotate(**{"event_count": _events_of("pk", request.user)})
    named, kept = request.GET.get("team", ""), request.session.get("team", "")
    found = {str(team.uuid): team for team in mine}
    team = found.get(named) if named else found.get(kept, next(iter(found.values()), None))
    if not found:
        raise Teamless
    if team is None:
        raise Http404("no such team of yours")
    if str(team.uuid) != kept:
        request.session["team"] = str(team.uuid)
    _require(role, Role(team.role), team)
    return team


def member_of(request: Request, pk: int) -> tuple[Team, Membership]:
    """Return a member of a team that the person owns, and the team.

    Raises Http404 and PermissionDenied.
    """
    mine = Team.objects.filter(memberships__user=request.user)
    mine = mine.annotate(**{"role": F("memberships__role")})
    member: Membership = get_object_or_404(
        Membership.objects.select_related("user"), pk=pk, team__in=mine.values("pk")
    )
    team = mine.get(pk=member.team_id)
    _require(Role.OWNER, Role(team.role), team)
    return team, member


def invitation_of(request: Request, uuid: UUID) -> Invitation:
    """Return an invitation of a team that the person owns. Raises Http404 and PermissionDenied."""
    found: Invitation = get_object_or_404(
        Invitation.objects.select_related("team")
        .filter(team__memberships__user=request.user)
        .annotate(**{"role_here": F("team__memberships__role")}),
        uuid=uuid,
    )
    _require(Role.OWNER, Role(found.role_here), found.team)  # type: ignore[attr-defined]
    return found


def webhook_for(request: Request, uuid: UUID) -> Webhook:
    """Return a webhook of a team that the person owns. Raises Http404 and PermissionDenied."""
    found: Webhook = get_object_or_404(
        Webhook.objects.select_related("team")
        .filter(team__memberships__user=request.user)
        .annotate(**{"role_here": F("team__memberships__role")}),
        uuid=uuid,
    )
    _require(Role.OWNER, Role(found.role_here), found.team)  # type: ignore[attr-defined]
    return found


def delivery_for(request: Request, uuid: UUID) -> Delivery:
    """Return a message to a webhook of the person's team. Raises Http404 and PermissionDenied."""
    found: Delivery = get_object_or_404(Delivery.objects.select_related("webhook"), uuid=uuid)
    found.webhook = webhook_for(request, found.webhook.uuid)
    return found


def reading_for(request: Request, pk: int, role: Role) -> Reconciliation:
    """Return a reading of a balance of the person's team. Raises Http404 and PermissionDenied."""
    reading = get_object_or_404(
        Reconciliation.objects.select_related("account__team")
        .filter(account__team__memberships__user=request.user)
        .annotate(**{"role": F("account__team__memberships__role")}),
        pk=pk,
    )
    _require(role, Role(reading.role), reading.account.team)  # type: ignore[attr-defined]
    return reading


def approver(request: Request) -> None:
    """Let in whoever approves spending in some team. Raises PermissionDenied."""
    if not request.user.memberships.filter(role__in=(Role.OWNER, Role.PRODUCER)).exists():
        raise PermissionDenied(
            "Approving spending needs the role of producer or above. Ask a team's owner for it."
        )


def spends_freely(user: User, project: Project) -> bool:
    """Tell whether a person spends a team's money without asking: a producer of it, or above."""
    mine = project.team.memberships.filter(user=user).first()
    return mine is not None and Role(mine.role).includes(Role.PRODUCER)


def account_at(request: Request, uuid: UUID) -> Account:
    """Return an account with a key, of a team in which the person manages money.

    Raises Http404 and PermissionDenied.
    """
    account: Account = get_object_or_404(
        Account.objects.with_key()
        .filter(team__memberships__user=request.user)
        .select_related("team")
        .annotate(**{"role": F("team__memberships__role")}),
        uuid=uuid,
    )
    _require(Role.PRODUCER, Role(account.role), account.team)  # type: ignore[attr-defined]
    return account


def asker_of(request: Request, uuid: UUID) -> Generation:
    """Return a take for the artist who asked for it, or a producer. Raises as generation_for."""
    take = generation_for(request, uuid, Role.ARTIST)
    if not may_discard(request.user, take, Role(take.project.role)):
        _require(Role.PRODUCER, Role(take.project.role), take.project.team)
    return take


def recipe_in(project: Project, uuid: UUID) -> Recipe:
    """Return a recipe of the project's team. Raises Http404."""
    return get_object_or_404(Recipe, team=project.team, uuid=uuid)


def own_recipe(request: Request, project: Project, uuid: UUID) -> Recipe:
    """Return a recipe that the person may rename and delete.

    Raises Http404 and PermissionDenied.
    """
    recipe = recipe_in(project, uuid)
    if not recipe.may_change(request.user, Role(project.role)):
        raise PermissionDenied(
            "A recipe is renamed and deleted by who saved it, or by a producer. Ask one of them."
        )
    return recipe


def collection_for(request: Request, uuid: UUID, role: Role = Role.VIEWER) -> Collection:
    """Return the collection, with its team, its events and the person's `role` in it.

    Raises Http404 and PermissionDenied.
    """
    found: Collection = get_object_or_404(
        Collection.objects.filter(team__memberships__user=request.user)
        .select_related("team")
        .annotate(
            **{
                "role": F("team__memberships__role"),
                "event_count": _events_of("team", request.user),
            }
        ),
        uuid=uuid,
    )
    found.team.role = Role(found.role)
    _require(role, found.team.role, found.team)
    return found


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


def may_revoke(user: User, share: Share, role: Role) -> bool:
    """Tell whether a person may revoke a guest link: who made it, or a producer."""
    return share.created_by_id == user.pk or role.includes(Role.PRODUCER)


def own_share(request: Request, uuid: UUID) -> Share:
    """Return a guest link for who made it, or a producer. Raises Http404 and PermissionDenied."""
    found: Share = get_object_or_404(Share.objects.visible_to(request.user).for_list(), uuid=uuid)
    role = Role(found.team.memberships.get(user=request.user).role)
    if not may_revoke(request.user, found, role):
        _require(Role.PRODUCER, role, found.team)
    return found


def _require(needed: Role, held: Role, team: Team) -> None:
    if held.includes(needed):
        return
    raise PermissionDenied(
        f"{_MAY[needed]} needs the role of {needed.label.lower()} or above, and yours in "
        f"{team} is {held.label.lower()}. Ask the team's owner for another role."
    )
