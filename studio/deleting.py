"""Deleting a team: nobody sees it from then on, it can be taken back for a while, then it is gone.

Its members are taken out and kept aside, so that nothing of it is anybody's, whichever door is
asked; what opens without a member (links, invitations, tokens, webhooks) asks whether its team is
deleted. The engine goes on with what is paid for. See docs/decisions/0033.
"""

import logging
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from generations import queueing
from generations.models import (
    Account,
    Asset,
    Attempt,
    Generation,
    PausedLine,
    State,
    Still,
)
from generations.models.generation_queries import GenerationQuerySet
from generations.models.states import IN_FLIGHT, Reason
from studio import auditing, provider_accounts
from studio.access import leads, owns
from studio.models import (
    ApiToken,
    AuditEntry,
    Bundle,
    Export,
    FormerMembership,
    Invitation,
    Membership,
    Project,
    Role,
    Share,
    Sound,
    Team,
    User,
    Webhook,
)

log = logging.getLogger(__name__)

UNSENT = (State.REQUESTED, State.WAITING)
LOST = Q(state=State.FAILED, reason=Reason.LOST)
_NOBODY = (
    "{team} stays deleted: neither its owner nor a producer of it can sign in, so nobody would own "
    "it. Let one of them sign in again first."
)


class Going:
    """What goes with a team, in figures."""

    def __init__(self, team: Team) -> None:
        self.team = team

    @cached_property
    def figures(self) -> list[tuple[str, int]]:
        """How many there are of what goes."""
        now, team = timezone.now(), self.team
        return [
            ("Projects", team.projects.count()),
            ("Takes", takes_of(team).takes().count()),
            ("People", team.memberships.count()),
            ("Accounts with a key", Account.objects.filter(team=team).with_key().count()),
            ("Guest links", Share.objects.filter(team=team).open(now).count()),
            ("Invitations", Invitation.objects.filter(team=team).open(now).count()),
            ("Tokens of scripts", ApiToken.objects.on().filter(team=team).count()),
            ("Webhooks", Webhook.objects.filter(team=team).count()),
        ]

    @cached_property
    def size_bytes(self) -> int:
        """How much its files are on disk."""
        team = self.team
        kept = (
            Asset.objects.filter(generation__project__team=team, state=Asset.State.STORED),
            Still.objects.filter(project__team=team),
            Sound.objects.filter(project__team=team),
            Export.objects.filter(sequence__project__team=team),
            Bundle.objects.filter(project__team=team),
        )
        return sum(each.aggregate(n=Sum("size_bytes"))["n"] or 0 for each in kept)

    @cached_property
    def waiting(self) -> int:
        """How many takes wait, to be cancelled."""
        return takes_of(self.team).filter(state__in=UNSENT).count()

    @cached_property
    def waiting_usd(self) -> Decimal:
        """Dollars that are reserved for these."""
        return self._reserved(Q(state__in=UNSENT))

    @cached_property
    def under_way(self) -> int:
        """How many takes are at a provider, or on their way there."""
        return takes_of(self.team).filter(state__in=IN_FLIGHT).count()

    @cached_property
    def under_way_usd(self) -> Decimal:
        """Dollars that are reserved for these."""
        return self._reserved(Q(state__in=IN_FLIGHT))

    @cached_property
    def lost(self) -> int:
        """How many takes were never seen again, and have their price reserved still."""
        return takes_of(self.team).filter(LOST).count()

    @cached_property
    def lost_usd(self) -> Decimal:
        """Dollars that are reserved for these."""
        return self._reserved(LOST)

    @property
    def words(self) -> str:
        """The same in a sentence, for the audit log."""
        figures = [*self.figures, ("Bytes", self.size_bytes), ("Takes cancelled", self.waiting)]
        return ", ".join(f"{what.lower()} {count}" for what, count in figures)

    def _reserved(self, which: Q) -> Decimal:
        takes = takes_of(self.team).filter(which).order_by()
        held = Attempt.objects.filter(generation__in=takes, is_reserved=True)
        return held.aggregate(usd=Sum("price_usd"))["usd"] or Decimal(0)


def delete(team: Team, by: User) -> bool:
    """Delete a team; False where it was. What wasn't sent is cancelled, its price released."""
    with transaction.atomic():
        row = Team.objects.there().held(team)
        if row is None:
            return False
        at, words = timezone.now(), Going(row).words
        # Before any counter is raised, as whoever sends one of these locks it.
        unsent = takes_of(row).filter(state__in=UNSENT)
        held = list(unsent.select_for_update(no_key=True, of=("self",)))
        queueing.pause_line(row, by)
        for take in held:
            cancel(take, by)
        Project.objects.filter(team=row, archived_at=None).update(archived_at=at)
        places = list(row.memberships.all())
        FormerMembership.objects.bulk_create(
            FormerMembership(
                team=row, user_id=each.user_id, role=each.role, created_at=each.created_at
            )
            for each in places
        )
        row.memberships.all().delete()
        Team.objects.filter(pk=row.pk).update(deleted_at=at, deleted_by=by)
        auditing.note(AuditEntry.Kind.DELETION, row, f"Deleted the team {row}: {words}", by=by)
    log.info("team=%s deleted by=%s", team.uuid, by.pk)
    return True


def cancel(take: Generation, by: User | None) -> None:
    """Take a take of a deleted team out of line, unless it was sent meanwhile."""
    if not (take.cancel(by) or take.withdraw(by)):
        log.info("generation %s: it isn't cancelled, since it moved", take.uuid)


def restore(team: Team, by: User) -> bool:
    """Take a deleted team back, with who was in it; False where it can't be any more.

    Where its owner has left or can't sign in, a producer owns it then: who restores it, else who
    was one longest. Where there is none either, it stays deleted.
    """
    with transaction.atomic():
        row = Team.objects.restorable().held(team)
        places = _held_places(row) if row else []
        heir = _heir(places, by)
        if row is None or heir is None:
            return False
        at = row.deleted_at
        Team.objects.filter(pk=row.pk).update(deleted_at=None, deleted_by=None)
        for each in places:
            made = Membership.objects.create(team=row, user_id=each.user_id, role=_role(each, heir))
            Membership.objects.filter(pk=made.pk).update(created_at=each.created_at)
        row.former.all().delete()
        Project.objects.filter(team=row, archived_at=at).update(archived_at=None)
        if PausedLine.objects.filter(team=row, since__gte=at).exists():  # not a producer's pause
            queueing.resume_line(row, by)
        owned = "" if owns(heir.role) else f", which {heir.user} owns now"
        words = f"Restored the deleted team {row}{owned}"
        auditing.note(AuditEntry.Kind.DELETION, row, words, by=by)
    log.info("team=%s restored by=%s", team.uuid, by.pk)
    provider_accounts.sync(row)
    return True


def what_became_of(team: Team) -> str:
    """Say who owns a team that was to be restored, or why it stays deleted; nothing of others."""
    owner = Membership.objects.filter(team=team, role=Role.OWNER).select_related("user").first()
    if owner:
        return f"{owner.user} owns {team}."
    return _NOBODY.format(team=team) if Team.objects.restorable().contains(team) else ""


def _held_places(team: Team) -> list[FormerMembership]:
    """Return who was in a team, and hold them: who leaves or is disabled does so before or after.

    It is the people that are locked, as `departing.depart` locks them before their places.
    """
    people = User.objects.filter(former_memberships__team=team).order_by("pk")
    list(people.select_for_update(no_key=True, of=("self",)))
    return list(team.former.select_related("user").order_by("created_at", "pk"))


def _heir(places: list[FormerMembership], by: User) -> FormerMembership | None:
    """Return whose place is the owner's after a restore, None where nobody can have it."""

    def rank(place: FormerMembership) -> tuple[int, bool, datetime]:
        return -Role(place.role).rank, place.user_id != by.pk, place.created_at

    able = [each for each in places if each.user.is_active and leads(each.role)]
    return min(able, key=rank, default=None)


def _role(place: FormerMembership, heir: FormerMembership) -> str:
    if place == heir:
        return Role.OWNER
    return Role.PRODUCER if owns(place.role) else place.role  # as once it is handed over


def takes_of(team: Team) -> GenerationQuerySet:
    """Return all takes and versions of a team, in the order in which they are locked."""
    return Generation.objects.filter(project__team=team).order_by("pk")
