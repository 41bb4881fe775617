"""Deleting at the provider what a person wants gone there too: asked once, tried until it is."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from generations.kinds import BY_ID
from generations.logs import about
from generations.models import Attempt, Erasure, Generation
from generations.providers import provider_for, those_that
from generations.providers.base import NotFound, ProviderError
from generations.sealing import CannotUnseal

log = logging.getLogger(__name__)

UNDO_S = 60.0
"""For so long nothing is sent: whoever takes the deletion back finds all as it was."""
_LEASE_S = 60.0
_NEEDED_PAUSE_S = 300.0
_LONGEST_PAUSE_S = 3600.0
# Each try is an hour after the last by then: an API or a key that is away for days comes back.
_GIVE_UP_AFTER_TRIES = 80
_AT_ONCE = 50


def erasable(takes: Iterable[Generation]) -> set[int]:
    """Return the ids of those takes of which, or of whose versions, a provider has anything."""
    ids = {take.pk for take in takes}
    jobs = _at_provider(ids).values_list("generation", "generation__version_of")
    return ids & {pk for pair in jobs for pk in pair}


def can_erase(take: Generation) -> bool:
    """Tell whether anything of a take, or of its versions, is at a provider to be deleted."""
    return bool(erasable([take]))


def erase(takes: Iterable[Generation], actor: Any) -> None:
    """Have the providers delete takes and their versions. Call in a transaction.

    What shares its parent's id there goes with its parent alone.
    """
    now = timezone.now()
    asked = list(takes)
    Generation.objects.families_of(asked).lock()
    found = list(_at_provider({take.pk for take in asked}).select_related("generation"))
    for attempt in found:
        Erasure.objects.update_or_create(
            attempt=attempt,
            defaults={
                "asked_by": actor,
                "asked_at": now,
                "next_at": now + timedelta(seconds=UNDO_S),
                "tries": 0,
                "error": "",
            },
        )
    for generation in sorted({attempt.generation for attempt in found}, key=lambda it: it.pk):
        generation.note_erasure(now, actor)


def withdraw(take: Generation, actor: Any) -> None:
    """Leave at its provider what wasn't asked to be deleted yet. Call in a transaction."""
    Generation.objects.families_of([take]).lock()
    whole = Q(attempt__generation=take) | Q(attempt__generation__version_of=take)
    waiting = Erasure.objects.under_way().filter(whole, tries=0)
    saved = list(Generation.objects.filter(attempts__erasure__in=waiting).distinct())
    waiting.delete()
    for generation in saved:
        if not Erasure.objects.filter(attempt__generation=generation).exists():
            generation.note_erasure(None, actor)


def erase_due() -> int:
    """Delete at the providers what is due. Returns how many jobs are gone there."""
    erased = 0
    for _ in range(_AT_ONCE):
        erasure = _claim()
        if erasure is None:
            break
        with about(erasure.attempt.generation):
            erased += _erase(erasure)
    return erased


def _at_provider(ids: set[int]) -> Any:
    """Return the attempts whose jobs are at a provider under an id of their own."""
    whole = Q(generation__in=ids) | Q(generation__version_of__in=ids)
    jobs = Attempt.objects.filter(whole, owns_id=True).exclude(provider_id="")
    kept = Q(erasure=None) | Q(erasure__next_at=None, erasure__done_at=None)
    able = jobs.filter(kept, account__provider__in=those_that("can_delete"))
    return able.exclude(account__sealed_key="")


def _claim() -> Erasure | None:
    """Lease the next job to delete, or None. `next_at` tells whose it is."""
    while True:
        now = timezone.now()
        related = ("attempt__account", "attempt__generation__project")
        erasure = Erasure.objects.due(now).select_related(*related).first()
        if erasure is None:
            return None
        lease = now + timedelta(seconds=_LEASE_S)
        mine = Erasure.objects.filter(pk=erasure.pk, next_at=erasure.next_at)
        if mine.update(next_at=lease, tries=erasure.tries + 1):
            erasure.next_at, erasure.tries = lease, erasure.tries + 1
            return erasure


def _erase(erasure: Erasure) -> bool:
    """Delete one job at its provider; a DELETE may be sent again, and 404 says that it is done."""
    attempt = erasure.attempt
    if _is_needed(attempt):
        erasure.tries -= 1  # nothing was sent
        _put_off(erasure, "what is made from it hasn't ended", _NEEDED_PAUSE_S)
        return False
    was_gone = {}
    try:
        provider_for(attempt.account).delete(attempt.provider_id)
    except NotFound:
        was_gone = {"was_gone": True}
    except (ProviderError, CannotUnseal) as error:
        retryable = isinstance(error, CannotUnseal) or error.retryable
        if retryable and erasure.tries < _GIVE_UP_AFTER_TRIES:
            asked_s = getattr(error, "retry_after_s", None) or 0.0
            pause_s = max(min(2.0**erasure.tries, _LONGEST_PAUSE_S), asked_s)
            _put_off(erasure, str(error), pause_s)
        else:
            _end(erasure, "erase_failed", error=str(error)[:300])
        return False
    return _end(erasure, "erased", done_at=timezone.now(), **was_gone)


def _is_needed(attempt: Attempt) -> bool:
    """Tell whether something on its way names the job to its provider."""
    needing = Generation.objects.needing([attempt.generation_id])
    by_id = Q(keyframes__source=attempt.generation_id) | Q(prompt__kind__in=BY_ID)
    return needing.filter(by_id, account=attempt.account_id).exists()


def _put_off(erasure: Erasure, why: str, pause_s: float) -> None:
    log.info("it isn't deleted at its provider yet (try %s): %s", erasure.tries, why)
    later = timezone.now() + timedelta(seconds=pause_s)
    _mine(erasure).update(next_at=later, error=why[:300], tries=erasure.tries)


def _end(erasure: Erasure, kind: str, *, done_at: datetime | None = None, **said: Any) -> bool:
    """Write down what became of it; False for who lost the lease meanwhile."""
    attempt = erasure.attempt
    with transaction.atomic():
        Generation.objects.filter(pk=attempt.generation_id).lock()
        if not _mine(erasure).update(next_at=None, error=said.get("error", ""), done_at=done_at):
            return False
        said["provider_id"] = attempt.provider_id
        attempt.generation.announce(kind, actor=erasure.asked_by, **said)
    return True


def _mine(erasure: Erasure) -> Any:
    return Erasure.objects.filter(pk=erasure.pk, next_at=erasure.next_at)
