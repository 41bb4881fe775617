"""What is done of itself about deleted teams: again and again while they can be restored, and then.

One that can't be restored any more is claimed first, so that no restore comes between. All that
follows may be interrupted at any moment, and is then done again. See docs/decisions/0033.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from generations import deciding, discarding, reconciling, stills
from generations.models import Account, Asset, Erasure, Generation, State, Still
from generations.models.states import IN_FLIGHT
from generations.refusal import Refused
from studio import auditing
from studio.deleting import LOST, UNSENT, cancel, takes_of
from studio.models import (
    ApiToken,
    AuditEntry,
    Bundle,
    Collection,
    Export,
    FormerMembership,
    Invitation,
    Note,
    Notice,
    Project,
    Recipe,
    Share,
    Sound,
    Team,
    Webhook,
)

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=7)
"""From its first try on: how long a provider that can't be asked, or fetched from, holds it up."""
# What is a team's, and neither the books nor its history need.
_GOING = (ApiToken, Webhook, Invitation, Share, Collection, Recipe, Notice, FormerMembership)


def cancel_all() -> None:
    """Cancel what came back to the line of a deleted team, once a sending failed."""
    for team in Team.objects.deleted():
        _guarded(team, _cancel)


def empty_due(now: datetime | None = None) -> int:
    """Empty the teams that can't be restored any more; return how many are gone for good by it."""
    now = now or timezone.now()
    return sum(_guarded(team, partial(_empty, now=now)) for team in Team.objects.due(now))


def _guarded(team: Team, verb: Callable[[Team], bool]) -> bool:
    """Do something about a team; what fails is logged, and keeps nothing from the others."""
    try:
        return verb(team)
    except Exception:  # of this one: it is tried again
        log.exception("team=%s deleted: it couldn't be done with", team.uuid)
        return False


def _cancel(team: Team) -> bool:
    for take in takes_of(team).filter(state__in=UNSENT):
        with transaction.atomic():
            if Team.objects.deleted().held(team) is None:
                return False  # it was restored in this moment
            cancel(take, None)
    return True


def _empty(team: Team, now: datetime) -> bool:
    """Decide what nobody did, and remove its files for good, with what its books don't need."""
    claimed = Coalesce("emptying_at", now)
    if not Team.objects.due(now).filter(pk=team.pk).update(emptying_at=claimed):
        return False  # it was restored in this moment
    _cancel(team)
    team.refresh_from_db(fields=["emptying_at"])  # the first try, which may come late
    is_patient = team.emptying_at is not None and now < team.emptying_at + PATIENCE
    if not _is_decided(team, is_patient) or _is_under_way(team, is_patient):
        return False
    _erase_keys(team)
    size_bytes = _remove_files(team)
    if size_bytes is None:
        return False
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


# --- its money -----------------------------------------------------------------------------------


def _is_decided(team: Team, is_patient: bool) -> bool:
    """Decide what no person did; False while a provider may yet tell what became of a take."""
    open_ones = takes_of(team).filter(LOST | Q(state=State.UNCONFIRMED))
    decided = [_decide(take, is_patient) for take in open_ones]
    return all(decided)


def _decide(take: Generation, is_patient: bool) -> bool:
    """Book as spent what may be: of what was lost its provider is asked once more before."""
    try:
        if take.needs_decision:
            deciding.give_up(take, None)
        elif take.is_unreleased:
            deciding.release(take, None)
    except deciding.NotKnown as unknown:
        log.info("generation %s: what became of it isn't known: %s", take.uuid, unknown)
        if unknown.may_be_known_later and is_patient:
            return False
        take.write_off(take.attempt(), None)
    except Refused as refused:
        log.info("generation %s: it isn't decided: %s", take.uuid, refused)
    return True


def _is_under_way(team: Team, is_patient: bool) -> bool:
    """Tell whether its keys are needed: to ask for takes, fetch their files, or delete them."""
    mine = Asset.objects.filter(generation__project__team=team, state=Asset.State.PENDING)
    fetched = mine.filter(next_at__isnull=False).exclude(kind__in=Asset.SMALL)
    erasing = Erasure.objects.under_way().filter(attempt__account__team=team)
    return (
        takes_of(team).filter(state__in=(*UNSENT, *IN_FLIGHT)).exists()
        or erasing.exists()
        or (is_patient and fetched.exists())
    )


def _erase_keys(team: Team) -> None:
    """Erase its keys, once their balances are held against what was booked last."""
    keyed = Account.objects.filter(team=team).with_key()
    reconciling.reconcile(keyed)
    for account in keyed:
        with transaction.atomic():
            account.forget_key()
            words = f"Erased the key of the account {account.name} of the deleted team"
            auditing.note(AuditEntry.Kind.KEYS, team, words)
        log.info("team=%s account=%s its key is erased", team.uuid, account.pk)


# --- its files -----------------------------------------------------------------------------------


def _remove_files(team: Team) -> int | None:
    """Remove all files of a team; return how many bytes went, None where some couldn't be.

    Those are left for the next time, and keep nothing from the others.
    """
    size_bytes, is_whole = 0, True
    for remove in _removals(team):
        try:
            size_bytes += remove()
        except OSError as error:
            log.warning("team=%s a file of it can't be removed: %s", team.uuid, error)
            is_whole = False
    return size_bytes if is_whole else None


def _removals(team: Team) -> Iterator[Callable[[], int]]:
    # A version's files are apart from its take's.
    for take in takes_of(team).filter(purged_at=None).order_by("-pk").iterator():
        yield partial(discarding.remove, take)
    for still in Still.objects.filter(project__team=team):
        yield partial(stills.remove, still)
    works: Iterable[Export | Bundle] = (
        *Export.objects.filter(sequence__project__team=team),
        *Bundle.objects.filter(project__team=team),
    )
    for work in works:
        yield partial(_remove_work, work)
    for sound in Sound.objects.filter(project__team=team):
        yield partial(_remove_sound, sound)


def _remove_work(work: Export | Bundle) -> int:
    work.cancel()
    if work.path:  # before its row: what can't be removed is found again
        work.file.unlink(missing_ok=True)
    return (work.size_bytes or 0) if work.discard() else 0


def _remove_sound(sound: Sound) -> int:
    sound.file.unlink(missing_ok=True)
    sound.delete()
    return sound.size_bytes


def _drop(thing: Project | Team) -> None:
    """Delete the row of what nothing was made in; the books need the others."""
    try:
        with transaction.atomic():
            thing.delete()
    except Refused as refused:
        log.info("%s %s stays: %s", thing._meta.model_name, thing.pk, refused)
