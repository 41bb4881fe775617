"""The trash: takes are put in it, come out again, and lose their files for good after a while.

What they cost stays booked, and their history stays: only files are ever removed.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from generations import answers, erasing, frames, keeping, stills, versions
from generations.logs import about
from generations.models import Asset, Generation, Keyframe, Reference, State, Still
from generations.models.states import IN_FLIGHT, UNFINISHED
from generations.refusal import Refused, upper_first

log = logging.getLogger(__name__)

_REQUESTED = "{name} waits for a producer's approval. Withdraw it first."
_WAITING = "{name} waits in line. Cancel it first."
_FLYING = "{name} is under way, and that can't be called back. Delete it once it has ended."
_UNDECIDED = "{name} was lost, and its price is still reserved. Release its price first."
_FETCHING = "The file of {name} is on its way here. Delete it once it has come."
_NEEDED = "{name} is needed: {other} is made from it and hasn't ended. Wait for it, or cancel it."
_NOT_THERE = "{name} isn't in the trash any more."


@dataclass
class Discarded:
    """What became of takes that were to be deleted; `at` tells them from others in the trash."""

    at: datetime
    takes: list[Generation] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def kept_for() -> timedelta:
    """Return how long the files of what is in the trash are kept."""
    return timedelta(days=settings.TRASH_DAYS)


def goes_at(take: Generation) -> datetime | None:
    """Return when the files of a take in the trash go for good; None where it isn't there."""
    return take.trashed_at + kept_for() if take.trashed_at else None


def discard(takes: Iterable[Generation], actor: Any, *, at_provider: bool = False) -> Discarded:
    """Put takes in the trash, and say in words of each that can't be why not.

    `at_provider`: its provider is to delete it as well, for good.
    """
    found = sorted(takes, key=lambda take: take.pk)
    outcome = Discarded(timezone.now())
    obstacles = _obstacles(found)
    with transaction.atomic():
        Generation.objects.families_of(found).lock()
        for take in found:
            if take.pk in obstacles:
                outcome.refused.append(obstacles[take.pk])
            elif take.discard(outcome.at, actor):
                versions.choose_without(take)
                outcome.takes.append(take)
        if at_provider:
            erasing.erase(outcome.takes, actor)
    return outcome


def restore(takes: Iterable[Generation], actor: Any) -> list[Generation]:
    """Take takes out of the trash, as they were. Returns those that came out."""
    restored = []
    found = sorted(takes, key=lambda take: take.pk)
    with transaction.atomic():
        Generation.objects.families_of(found).lock()
        for take in found:
            if take.restore(actor):
                erasing.withdraw(take, actor)
                if take.version_of:
                    versions.choose_best(cast("Generation", take.version_of), take)
                restored.append(take)
    return restored


def purge(take: Generation, actor: Any = None) -> None:
    """Remove the files of a take in the trash, and of its versions, for good. Raises Refused."""
    with transaction.atomic():
        Generation.objects.families_of([take]).lock()
        row = Generation.objects.get(pk=take.pk)
        if row.trashed_at is None or row.purged_at is not None:
            raise Refused({"": _NOT_THERE.format(name=upper_first(take.name))})
        if words := _obstacles([row]).get(row.pk):
            raise Refused({"": words})
        for each in (*row.versions.filter(purged_at=None), row):
            size_bytes = _remove_files(each)
            each.note_purged(actor, size_bytes=size_bytes)


def remove(take: Generation) -> int:
    """Remove the files of a take whose team is gone, wherever it is. Returns how many bytes.

    Call it once nothing is on its way there. Its money and its history stay.
    """
    with transaction.atomic():
        Generation.objects.families_of([take]).lock()
        row = Generation.objects.get(pk=take.pk)
        if row.purged_at is not None:
            return 0
        size_bytes = _remove_files(row)
        row.note_purged(None, size_bytes=size_bytes)
    return size_bytes


def purge_due(now: datetime | None = None) -> int:
    """Remove the files of what has been in the trash for long. Returns of how many takes.

    What is needed by then is looked at again next time.
    """
    due = Generation.objects.due_for_purge((now or timezone.now()) - kept_for())
    purged = 0
    for take in due.select_related("version_of", "prompt"):
        with about(take):
            try:
                purge(take)
                purged += 1
            except Refused as refused:
                log.info("its files stay: %s", refused)
            except OSError as error:
                log.warning("its files can't be removed: %s", error)
    return purged


def _remove_files(generation: Generation) -> int:
    """Remove a generation's files, and the still that it is. Returns how many bytes went.

    The files go before their rows do: after a crash between the two it is all done again.
    """
    size_bytes = 0
    for asset in generation.assets.all():
        if asset.path:
            if asset.kind == Asset.Kind.VIDEO:
                frames.forget(asset)
            keeping.remove_file(asset)
        size_bytes += asset.size_bytes or 0
        asset.delete()
    answers.let_go(generation)
    for still in Still.objects.filter(source=generation, origin=Still.Origin.GENERATED):
        if stills.drop(still):
            size_bytes += still.size_bytes
    return size_bytes


def _obstacles(takes: list[Generation]) -> dict[int, str]:
    """Return why takes can't be deleted now, in words, by their ids; without those that can."""
    ids = [take.pk for take in takes]
    whole = Q(pk__in=ids) | Q(version_of__in=ids)
    family = Generation.objects.filter(whole).values_list("pk", "version_of")
    owner = {pk: of or pk for pk, of in family} | {pk: pk for pk in ids}
    pending = Asset.objects.filter(generation__in=owner, state=Asset.State.PENDING)
    pending = pending.exclude(kind__in=Asset.SMALL)
    fetching = {owner[pk] for pk in pending.values_list("generation", flat=True)}
    needed = _needed(owner)
    found = {}
    for take in takes:
        other = needed.get(take.pk)
        words = (
            _unfinished(take)
            or (_UNDECIDED if take.is_unreleased else "")
            or (_NEEDED if other else "")
            or (_FETCHING if take.pk in fetching else "")
        )
        if words:
            name = upper_first(take.name) if words.startswith("{name}") else take.name
            found[take.pk] = words.format(name=name, other=other and other.name)
    return found


def _unfinished(take: Generation) -> str:
    if take.state in IN_FLIGHT:
        return _FLYING
    return {State.REQUESTED: _REQUESTED, State.WAITING: _WAITING}.get(State(take.state), "")


def _needed(owner: dict[int, int]) -> dict[int, Generation]:
    """Return for each take something on its way that is made from it or from its version."""
    needed: dict[int, Generation] = {}
    for parts in (Keyframe.objects, Reference.objects):
        placed = parts.filter(source__in=owner, generation__state__in=UNFINISHED)
        for part in placed.select_related("generation__version_of", "generation__prompt"):
            needed[owner[cast("int", part.source_id)]] = part.generation
    return needed
