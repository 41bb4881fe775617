"""Polling: one list call reads a hundred jobs; by id only what the list doesn't show."""

import logging
import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generations.logs import about
from generations.models import Account, Asset, Attempt, Generation
from generations.models.generation import LOST_AFTER
from generations.models.states import AT_PROVIDER, Reason
from generations.providers import provider_for
from generations.providers.base import (
    Blame,
    Busy,
    KeyRefused,
    Progress,
    Provider,
    ProviderError,
    Snapshot,
    Unreachable,
)
from generations.sealing import CannotUnseal
from generations.settling import note_echoes
from generations.waking import wake

log = logging.getLogger(__name__)

_PAGE = 100
# Below this many due jobs, asking for each is cheaper than a list.
_FEW = 2
_ASKING_S = 15.0
_REASONS = {
    Blame.CONTENT: Reason.CONTENT,
    Blame.FRAMES: Reason.FRAMES,
    Blame.PROVIDER: Reason.PROVIDER,
}
_WORDS = {
    Blame.CONTENT: "Luma's moderation refused this prompt: {failure}. Nothing was charged.",
    Blame.FRAMES: "Luma couldn't use a frame: {failure}. Nothing was charged.",
    Blame.PROVIDER: "Luma failed: {failure}. Nothing was charged; try again.",
}


def poll_due(account_id: int) -> int:
    """Ask after an account's jobs that are due. Returns how many changed their state."""
    account = Account.objects.get(pk=account_id)
    due = _claim(account)
    if not due:
        return 0
    try:
        provider = provider_for(account)
        changed, rest = _by_list(provider, account, due) if len(due) > _FEW else (0, due)
        return changed + _by_id(provider, rest)
    except (ProviderError, CannotUnseal) as error:
        log.warning("account=%s polling broke off: %s: %s", account.pk, type(error).__name__, error)
        pause_s = getattr(error, "retry_after_s", None) or 5.0
        return sum(_wait(attempt, pause_s) for attempt in due.values())


def _claim(account: Account) -> dict[str, Attempt]:
    """Take the account's due jobs, by provider's id, so that no other task asks the same."""
    with transaction.atomic():
        mine = Generation.objects.filter(
            account=account, state__in=AT_PROVIDER, next_at__lte=timezone.now()
        )
        taken = list(mine.select_for_update(skip_locked=True, no_key=True).order_by("pk"))
        ids = [generation.pk for generation in taken]
        asked = timezone.now() + timedelta(seconds=_ASKING_S)
        Generation.objects.filter(pk__in=ids).update(next_at=asked)
    attempts = Attempt.objects.filter(generation__in=ids, outcome=Attempt.Outcome.ACCEPTED)
    return {
        attempt.provider_id: attempt
        for attempt in attempts.select_related("generation__prompt", "generation__project")
    }


def _by_list(
    provider: Provider, account: Account, due: dict[str, Attempt]
) -> tuple[int, dict[str, Attempt]]:
    """Apply what the newest pages say; returns the changes and what they didn't show."""
    changed, rest = 0, dict(due)
    for number in range(1 + len(due) // _PAGE):
        page = provider.list(limit=_PAGE, offset=number * _PAGE)
        note_echoes(account, list(page.snapshots))
        for snapshot in page.snapshots:
            attempt = rest.pop(snapshot.provider_id, None)
            if attempt:
                changed += apply(attempt, snapshot)
        if not page.has_more or not rest:
            break
    return changed, rest


def _by_id(provider: Provider, rest: dict[str, Attempt]) -> int:
    changed = 0
    for provider_id, attempt in rest.items():
        with about(attempt.generation):
            try:
                snapshot = provider.get(provider_id)
            except (Busy, KeyRefused, Unreachable):
                raise
            except ProviderError as error:
                # Its own trouble, and no reason not to ask after the others.
                log.warning("it can't be asked after: %s: %s", type(error).__name__, error)
                changed += _wait(attempt)
                continue
        changed += apply(attempt, snapshot)
    return changed


def apply(attempt: Attempt, snapshot: Snapshot) -> bool:
    """Move a generation to where its provider says it is. True when that changed its state."""
    generation = attempt.generation
    with about(generation):
        if snapshot.progress is Progress.COMPLETED:
            url, kind = snapshot.video_url, Asset.Kind.VIDEO
            if not url:
                url, kind = snapshot.image_url, Asset.Kind.IMAGE
            if not url:
                log.warning("completed without a file; it is asked again")
                return _wait(attempt)
            changed = generation.complete(attempt, kind, url)
            if changed:
                wake("collect_due")
                wake("submit_due", generation.account_id)
            return changed
        if snapshot.progress is Progress.FAILED:
            failure = snapshot.failure.strip().rstrip(".") or "it gave no reason"
            words = _WORDS[snapshot.blame].format(failure=failure)
            changed = generation.fail(attempt, _REASONS[snapshot.blame], words)
            if changed:
                wake("submit_due", generation.account_id)
            return changed
        if snapshot.progress is Progress.DREAMING and generation.state == "queued":
            return generation.dream(next_at=_next_poll(generation))
        if snapshot.progress is Progress.UNKNOWN:
            log.warning("the provider uses a state that we don't know; it is asked again")
        return _wait(attempt)


def renewed_url(generation: Generation, kind: str) -> str:
    """Ask the provider for a fresh URL of a completed job's file. Raises ProviderError."""
    attempt = generation.attempt()
    snapshot = provider_for(attempt.account).get(attempt.provider_id)
    return snapshot.image_url if kind == Asset.Kind.IMAGE else snapshot.video_url


def hurry(attempt: Attempt) -> None:
    """Make an attempt's next poll due now: the provider hinted that something changed."""
    hurried = Generation.objects.filter(pk=attempt.generation_id, state__in=AT_PROVIDER)
    if hurried.update(next_at=timezone.now()):
        wake("poll_due", attempt.account_id)


def _wait(attempt: Attempt, pause_s: float | None = None) -> bool:
    """Ask again later; after a day give it up as lost."""
    generation = attempt.generation
    since = generation.accepted_at or generation.created_at
    if timezone.now() - since > LOST_AFTER:
        return generation.give_up(
            attempt,
            "Luma hasn't finished this in a day. Its price stays reserved until a person "
            "releases it; look at Luma's own page.",
        )
    Generation.objects.filter(pk=generation.pk, state__in=AT_PROVIDER).update(
        next_at=_next_poll(generation)
        if pause_s is None
        else timezone.now() + timedelta(seconds=pause_s)
    )
    return False


def _next_poll(generation: Generation) -> datetime:
    """Return when to ask again: every 2 s at first, then ever more slowly, with jitter."""
    now = timezone.now()
    age_s = (now - (generation.accepted_at or now)).total_seconds()
    pause_s = min(max(settings.POLL_AFTER_S, age_s / 15), 300.0)
    return now + timedelta(seconds=pause_s * random.uniform(0.8, 1.2))  # noqa: S311
