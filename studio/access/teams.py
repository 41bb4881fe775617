"""The door to a team and what belongs to it: its members, accounts, money, webhooks, links."""

from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404

from generations.models import Account, Reconciliation
from studio.access.roles import leads, may_change_recipe
from studio.http import Request
from studio.models import (
    Collection,
    Delivery,
    Invitation,
    Membership,
    Project,
    Recipe,
    Role,
    Share,
    Team,
    User,
    Webhook,
)

Owned = TypeVar("Owned", Invitation, Webhook)

_MAY = {
    Role.REVIEWER: "Reviewing takes",
    Role.ARTIST: "Making takes",
    Role.PRODUCER: "Managing projects and money",
    Role.OWNER: "Managing the team",
}


class Teamless(Http404):
    """A person who is in no team asked for a team's page."""


def require(needed: Role, held: Role, team: Team) -> None:
    """Raise PermissionDenied, in words, where a role in a team is too low."""
    if held.includes(needed):
        return
    raise PermissionDenied(
        f"{_MAY[needed]} needs the role of {needed.label.lower()} or above, and yours in "
        f"{team} is {held.label.lower()}. Ask the team's owner for another role."
    )


def events_of(team: str, user: User) -> Coalesce:
    """Return how many events the open projects that a person sees of a team have had.

    `team` is the name of the team's column.
    """
    theirs = Project.objects.visible_to(user).open().filter(team=OuterRef(team)).order_by()
    # PostgreSQL sums to a decimal number.
    summed = Cast(Sum("counter__events"), BigIntegerField())
    return Coalesce(Subquery(theirs.values("team").annotate(n=summed).values("n")), 0)


def team_for(request: Request, role: Role = Role.VIEWER, *, with_events: bool = False) -> Team:
    """Return the current team, with the person's `role` in it, and with its events where asked.

    It is the one that `?team=` names, which is then kept in the session; else the one that is
    kept; else the person's first. Raises Http404, of which Teamless is one, and PermissionDenied.
    """
    mine = Team.objects.filter(memberships__user=request.user)
    mine = mine.annotate(**{"role": F("memberships__role")}).order_by("pk")
    if with_events:
        mine = mine.annotate(**{"event_count": events_of("pk", request.user)})
    named, kept = request.GET.get("team", ""), request.session.get("team", "")
    found = {str(team.uuid): team for team in mine}
    team = found.get(named) if named else found.get(kept, next(iter(found.values()), None))
    if not found:
        raise Teamless
    if team is None:
        raise Http404("no such team of yours")
    if str(team.uuid) != kept:
        request.session["team"] = str(team.uuid)
    require(role, Role(team.role), team)
    return team


def deleted_team_for(request: Request, uuid: UUID) -> Team:
    """Return a deleted team for who may restore it, as long as that can be. Raises Http404."""
    return get_object_or_404(Team.objects.restorable_by(request.user), uuid=uuid)


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
    require(Role.OWNER, Role(team.role), team)
    return team, member


def invitation_of(request: Request, uuid: UUID) -> Invitation:
    """Return an invitation of a team that the person owns. Raises Http404 and PermissionDenied."""
    return _owned(request, Invitation.objects.all(), uuid)


def webhook_for(request: Request, uuid: UUID) -> Webhook:
    """Return a webhook of a team that the person owns. Raises Http404 and PermissionDenied."""
    return _owned(request, Webhook.objects.all(), uuid)


def _owned(request: Request, things: QuerySet[Owned], uuid: UUID) -> Owned:
    """Return one of the things of a team that the person owns."""
    found = get_object_or_404(
        things.select_related("team")
        .filter(team__memberships__user=request.user)
        .annotate(**{"role_here": F("team__memberships__role")}),
        uuid=uuid,
    )
    require(Role.OWNER, Role(found.role_here), found.team)  # type: ignore[attr-defined]
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
    require(role, Role(reading.role), reading.account.team)  # type: ignore[attr-defined]
    return reading


def approver(request: Request) -> None:
    """Let in whoever approves spending in some team. Raises PermissionDenied."""
    if not request.user.memberships.filter(role__in=(Role.OWNER, Role.PRODUCER)).exists():
        raise PermissionDenied(
            "Approving spending needs the role of producer or above. Ask a team's owner for it."
        )


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
    require(Role.PRODUCER, Role(account.role), account.team)  # type: ignore[attr-defined]
    return account


def recipe_in(project: Project, uuid: UUID) -> Recipe:
    """Return a recipe of the project's team. Raises Http404."""
    return get_object_or_404(Recipe, team=project.team, uuid=uuid)


def own_recipe(request: Request, project: Project, uuid: UUID) -> Recipe:
    """Return a recipe that the person may rename and delete.

    Raises Http404 and PermissionDenied.
    """
    recipe = recipe_in(project, uuid)
    if not may_change_recipe(request.user, recipe, project.role):
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
                "event_count": events_of("team", request.user),
            }
        ),
        uuid=uuid,
    )
    found.team.role = Role(found.role)
    require(role, found.team.role, found.team)
    return found


def may_revoke(user: User, share: Share, role: Role) -> bool:
    """Tell whether a person may revoke a guest link: who made it, or a producer."""
    return share.created_by_id == user.pk or leads(role)


def own_share(request: Request, uuid: UUID) -> Share:
    """Return a guest link for who made it, or a producer. Raises Http404 and PermissionDenied."""
    found: Share = get_object_or_404(Share.objects.visible_to(request.user).for_list(), uuid=uuid)
    role = Role(found.team.memberships.get(user=request.user).role)
    if not may_revoke(request.user, found, role):
        require(Role.PRODUCER, role, found.team)
    return found
