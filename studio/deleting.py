"""Deleting a team: nobody sees it from then on, it can be taken back for a while, then it is gone.

Its members are taken out and kept aside, so that nothing of it is anybody's, whichever door is
asked; what opens without a member (links, invitations, tokens, webhooks) asks whether its team is
deleted. The engine goes on with what is paid for. See docs/decisions/0033.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from generations import deciding, discarding, queueing, stills
from generations.models import (
    Account,
    Asset,
    Attempt,
    Erasure,
    Generation,
    PausedLine,
    State,
    Still,
)
from generations.models.generation_queries import GenerationQuerySet
from generations.models.states import IN_FLIGHT, Reason
from generations.refusal import Refused
from studio import auditing, provider_accounts
from studio.models import (
    ApiToken,
    AuditEntry,
    Bundle,
    Collection,
    Export,
    FormerMembership,
    Invitation,
    Membership,
    Note,
    Notice,
    Project,
    Recipe,
    Share,
    Sound,
    Team,
    User,
    Webhook,
)

log = logging.getLogger(__name__)

_LOST = Q(state=State.FAILED, reason=Reason.LOST)
_UNSENT = (State.REQUESTED, State.WAITING)
# What is a team's, and neither the books nor its history need.
_GOING = (ApiToken, Webhook, Invitation, Share, Collection, Recipe, Notice, FormerMembership)


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
            ("Takes", _takes_of(team).takes().count()),
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
        return _takes_of(self.team).filter(state__in=_UNSENT).count()

    @cached_property
    def waiting_usd(self) -> Decimal:
        """Dollars that are reserved for these."""
        return self._reserved(generation__state__in=_UNSENT)

    @cached_property
    def under_way(self) -> int:
        """How many takes are at a provider, or on their way there."""
        return _takes_of(self.team).filter(state__in=IN_FLIGHT).count()

    @cached_property
    def under_way_usd(self) -> Decimal:
        """Dollars that are reserved for these."""
        return self._reserved(generation__state__in=IN_FLIGHT)

    @property
    def words(self) -> str:
        """The same in a sentence, for the audit log."""
        figures = [*self.figures, ("Bytes", self.size_bytes), ("Takes cancelled", self.waiting)]
        return ", ".join(f"{what.lower()} {count}" for what, count in figures)

    def _reserved(self, **state: object) -> Decimal:
        held = Attempt.objects.filter(
            generation__project__team=self.team, is_reserved=True, **state
        )
        return held.aggregate(usd=Sum("price_usd"))["usd"] or Decimal(0)


def delete(team: Team, by: User) -> bool:
    """Delete a team; False where it was. What wasn't sent is cancelled, its price released."""
    with transaction.atomic():
        row = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        if row.deleted_at:
            return False
        at, words = timezone.now(), Going(row).words
        queueing.pause_line(row, by)
        _cancel(row, by)
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


def restore(team: Team, by: User) -> bool:
    """Take a deleted team back, with who was in it; False where it can't be any more."""
    with transaction.atomic():
        row = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        at = row.deleted_at
        if at is None or not Team.objects.restorable_by(by).filter(pk=row.pk).exists():
            return False
        Team.objects.filter(pk=row.pk).update(deleted_at=None, deleted_by=None)
        for each in row.former.all():
            made = Membership.objects.create(team=row, user_id=each.user_id, role=each.role)
            Membership.objects.filter(pk=made.pk).update(created_at=each.created_at)
        row.former.all().delete()
        Project.objects.filter(team=row, archived_at=at).update(archived_at=None)
        if PausedLine.objects.filter(team=row, since__gte=at).exists():  # not a producer's pause
            queueing.resume_line(row, by)
        auditing.note(AuditEntry.Kind.DELETION, row, f"Restored the deleted team {row}", by=by)
    log.info("team=%s restored by=%s", team.uuid, by.pk)
    provider_accounts.sync(row)
    return True


def has_lost_keys(team: Team) -> bool:
    """Tell whether keys were erased that people had put in, and have to put in anew."""
    mine = Account.objects.filter(team=team, managed=Account.Managed.NO, sealed_key="")
    return mine.exclude(key_suffix="").exists()


def settle_all(now: datetime | None = None) -> int:
    """Do what is due of the deleted teams; return how many are gone for good by it."""
    now = now or timezone.now()
    return sum(_settle(team, now) for team in Team.objects.deleted())


def _settle(team: Team, now: datetime) -> bool:
    """Cancel what came back to its line, erase its keys once they aren't needed, and empty it."""
    _cancel(team, None)
    is_due = team.goes_at is not None and team.goes_at <= now
    if is_due:
        _decide(team)
    if _is_under_way(team) or (not is_due and _takes_of(team).filter(_LOST).exists()):
        return False
    _erase_keys(team)
    return is_due and _empty(team)


def _cancel(team: Team, by: User | None) -> None:
    """Take out of line what isn't sent; it may come back there once a sending failed."""
    for take in _takes_of(team).filter(state__in=_UNSENT):
        if not (take.cancel(by) or take.withdraw(by)):
            log.info("generation %s: it isn't cancelled, since it moved", take.uuid)


def _decide(team: Team) -> None:
    """Decide what no person did: what may be spent is booked as spent.

    Of what was lost its provider is asked once more; where it doesn't know, the price stays
    reserved in the books.
    """
    for take in _takes_of(team).filter(_LOST | Q(state=State.UNCONFIRMED)):
        try:
            if take.needs_decision:
                deciding.give_up(take, None)
            elif take.is_unreleased:
                deciding.release(take, None)
        except Refused as refused:
            log.info("generation %s: it stays undecided: %s", take.uuid, refused)


def _is_under_way(team: Team) -> bool:
    """Tell whether its keys are needed: to ask for takes, fetch their files, or delete them."""
    coming = Asset.objects.filter(generation__project__team=team, state=Asset.State.PENDING)
    erasing = Erasure.objects.under_way().filter(attempt__account__team=team)
    return (
        _takes_of(team).filter(state__in=(*_UNSENT, *IN_FLIGHT)).exists()
        or coming.exclude(kind__in=Asset.SMALL).exists()
        or erasing.exists()
    )


def _erase_keys(team: Team) -> None:
    for account in Account.objects.filter(team=team).with_key():
        name = account.name
        with transaction.atomic():
            still = Team.objects.select_for_update(no_key=True).filter(pk=team.pk)
            if not still.deleted().exists():
                return  # it was restored in this moment
            if account.managed == Account.Managed.NO:
                account.retire()  # who puts the key in anew may call it the same
            account.forget_key()
            words = f"Erased the key of the account {name} of the deleted team"
            auditing.note(AuditEntry.Kind.KEYS, team, words)
        log.info("team=%s account=%s its key is erased", team.uuid, account.pk)


def _empty(team: Team) -> bool:
    """Remove its files for good, and what neither the books nor its history need.

    It is due: nobody can restore it. After a crash it is all done again.
    """
    size_bytes = _remove_files(team)
    with transaction.atomic():
        Note.objects.filter(generation__project__team=team).delete()
        for model in _GOING:
            model._default_manager.filter(team=team).delete()
        words = f"Removed the files of the deleted team {team} for good: {size_bytes} bytes"
        auditing.note(AuditEntry.Kind.DELETION, team, words)
        uuid = team.uuid
        Team.objects.filter(pk=team.pk).update(emptied_at=timezone.now())
        for project in team.projects.all():
            _drop(project)
        _drop(team)
    log.info("team=%s emptied bytes=%s", uuid, size_bytes)
    return True


def _remove_files(team: Team) -> int:
    """Remove all files of a team. Returns how many bytes went."""
    takes = _takes_of(team).filter(purged_at=None)
    # A version's files are apart from its take's.
    size_bytes = sum(discarding.remove(take) for take in takes.order_by("-pk").iterator())
    size_bytes += sum(map(stills.remove, Still.objects.filter(project__team=team)))
    works: Iterable[Export | Bundle] = (
        *Export.objects.filter(sequence__project__team=team),
        *Bundle.objects.filter(project__team=team),
    )
    for work in works:
        size_bytes += (work.size_bytes or 0) if work.discard() else 0
    for sound in Sound.objects.filter(project__team=team):
        size_bytes += sound.size_bytes
        sound.delete()
    return size_bytes


def _drop(thing: Project | Team) -> None:
    """Delete the row of what nothing was made in; the books need the others."""
    try:
        with transaction.atomic():
            thing.delete()
    except Refused as refused:
        log.info("%s %s stays: %s", thing._meta.model_name, thing.pk, refused)


def _takes_of(team: Team) -> GenerationQuerySet:
    return Generation.objects.filter(project__team=team).order_by("pk")
