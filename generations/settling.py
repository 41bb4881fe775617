"""Settling lost answers by listing: adopt what is there, send again only what certainly isn't."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from generations.catalogue import catalogue
from generations.claiming import Claimed, claim_job, with_the_same_list
from generations.clocks import SKEW, shared_now, was_set_within
from generations.echoing import alike, nonce_in
from generations.logs import about
from generations.models import Account, Attempt, Generation, State
from generations.models.states import Reason
from generations.providers import abilities_of, answers_within_s, called, named, provider_for
from generations.providers.base import (
    ProviderError,
    Snapshot,
    all_pages,
)
from generations.requesting import request_of, source_id_of
from generations.sealing import CannotUnseal
from generations.taking_in import recall

log = logging.getLogger(__name__)

_LISTING_S = 60.0
# A list that can't be read for so long leaves it to a person.
_UNREADABLE_AFTER = timedelta(minutes=15)
_LOOKS_EVERY = timedelta(minutes=10)
_DECIDE = (
    "Look at {provider}'s own page: was it made, or may it be sent again? Its price stays reserved "
    "until you say."
)
_NO_LIST = (
    "{provider} keeps no list of its jobs, so Dailies can't look for it. It was sent at {at} UTC "
    "with model {model}{words}."
)
_INCOMPARABLE = (
    "Dailies can't compare it with {server}'s list: its model has left the catalogue, or what it "
    "was made from is gone."
)


def expire_leases() -> int:
    """Doubt every POST whose lease has ended: its worker died. Returns how many."""
    ended = shared_now()
    expired = Generation.objects.filter(state=State.SUBMITTING, next_at__lte=ended)
    return sum(
        generation.lose_answer(
            generation.attempt(),
            next_at=timezone.now(),
            words="The sender died while it was sent; Dailies looks for it.",
        )
        for generation in expired.select_related("prompt", "project")
    )


@dataclass(frozen=True)
class Listing:
    """An account's jobs, read from a moment on: to the last page, or until all were found.

    `echoes`: some job repeats a nonce of ours. `unreadable`: jobs that made no sense.
    """

    started: datetime
    snapshots: tuple[Snapshot, ...]
    echoes: bool
    unreadable: int

    @cached_property
    def by_nonce(self) -> dict[UUID, Snapshot]:
        """The jobs that name a callback as ours do, by what stands for the nonce."""
        named = ((nonce_in(job.callback_url), job) for job in reversed(self.snapshots))
        return {nonce: job for nonce, job in named if nonce}


def settle_due(account_id: int) -> int:
    """List an account's jobs and settle its unconfirmed attempts. Returns how many were settled.

    The list is read to its end, so that absence can be told from not having looked, unless all
    that is looked for is found before.
    """
    account = Account.objects.get(pk=account_id)
    doubtful = [generation.attempt() for generation in _claim(account)]
    if not doubtful:
        return 0
    if not abilities_of(account).can_list:
        return sum(_settle_unlisted(attempt) for attempt in doubtful)
    try:
        listing = _list(account, doubtful)
    except (ProviderError, CannotUnseal) as error:
        log.warning("account=%s the list can't be read: %s", account.pk, error)
        for attempt in doubtful:
            _note_unreadable(attempt)
        return 0
    settled = 0
    for attempt in doubtful:
        with about(attempt.generation):
            try:
                settled += _settle(attempt, listing)
            except (KeyError, ObjectDoesNotExist):
                # Its own trouble, and no reason not to settle the others.
                log.exception("generation=%s can't be compared", attempt.generation.uuid)
                if _may_still_arrive(attempt, listing.started):
                    _look_again(attempt, listing.started)
                else:
                    _ask_a_person(attempt, _INCOMPARABLE.format(server=named(attempt.account)))
    return settled


def _settle_unlisted(attempt: Attempt) -> bool:
    """Settle by what is here: an answer that was kept, else a person's word once it can't come."""
    with about(attempt.generation):
        if recall(attempt):
            return True
        if _may_still_arrive(attempt, now := shared_now()):
            _look_again(attempt, now)  # who sent it again now might pay twice
        else:
            _ask_a_person(attempt, _known_of(attempt))
        return False


def _claim(account: Account) -> list[Generation]:
    """Take the account's due doubts, so that no other task lists for them."""
    with transaction.atomic():
        due = Generation.objects.filter(
            account=account, state=State.UNCONFIRMED, next_at__lte=timezone.now()
        )
        taken = list(due.select_for_update(skip_locked=True, no_key=True).order_by("pk"))
        again = timezone.now() + timedelta(seconds=_LISTING_S)
        Generation.objects.filter(pk__in=[each.pk for each in taken]).update(next_at=again)
    return taken


def _list(account: Account, doubtful: Sequence[Attempt] = ()) -> Listing:
    started = shared_now()
    snapshots: list[Snapshot] = []
    unreadable = 0
    missing = {attempt.nonce if attempt.callback_url else None for attempt in doubtful}
    for page in all_pages(provider_for(account)):
        snapshots += page.snapshots
        unreadable += page.unreadable
        missing -= {nonce_in(snapshot.callback_url) for snapshot in page.snapshots} - {None}
        if doubtful and not missing:
            break
    return Listing(started, tuple(snapshots), note_echoes(account, snapshots), unreadable)


def note_echoes(account: Account, listed: Sequence[Snapshot]) -> bool:
    """Tell whether these jobs repeat one of our callback URLs, and remember the first time."""
    nonces = {nonce for snapshot in listed if (nonce := nonce_in(snapshot.callback_url))}
    echoed = Attempt.objects.filter(account=account, nonce__in=list(nonces)[:500]).exists()
    if echoed and account.echoed_at is None:
        account.echoed_at = timezone.now()
        account.save(update_fields=["echoed_at"])
    return echoed


def _settle(attempt: Attempt, listing: Listing) -> bool:
    nonce = attempt.nonce if attempt.callback_url else None
    found = listing.by_nonce.get(nonce) if nonce else None
    if found:
        return _adopt(attempt, found)
    candidates, unclear = _candidates(attempt, listing)
    # Where the list repeats our marks, a job without this one isn't ours, however alike.
    unmarked = not (nonce and listing.echoes)
    if unmarked and len(candidates) == 1 and not _rivals(attempt):
        return _adopt(attempt, candidates[0])
    if _may_still_arrive(attempt, listing.started):
        return _look_again(attempt, listing.started)
    same_key = attempt.sent_at is not None and (
        attempt.account.key_since <= attempt.sent_at <= listing.started + SKEW
    )
    if nonce and listing.echoes and same_key and not candidates and not unclear:
        log.warning("certainly not there: it is sent again")
        return attempt.generation.find_absent(attempt, next_at=timezone.now())
    log.warning("can't be known: %s candidates, unclear=%s", len(candidates), unclear)
    known = [_of_candidates(candidates, called(attempt.account))]
    if not nonce:
        known.append("It was sent without a mark of ours, so absence proves nothing.")
    elif not listing.echoes:
        known.append("The list repeats none of our marks, so absence proves nothing.")
    elif not same_key:
        known.append("The key or the clock was changed since: the list may say nothing of it.")
    elif unclear:
        known.append("Some jobs in the list say too little to be told apart.")
    _ask_a_person(attempt, " ".join(known))
    return False


def _known_of(attempt: Attempt) -> str:
    """Say all that is known of a POST that can't be looked for."""
    prompt, account = attempt.generation.prompt, attempt.account
    sent_at = attempt.sent_at or attempt.created_at
    words = f", and its words begin “{prompt.words[:60]}”" if prompt.words else ""
    return _NO_LIST.format(
        provider=catalogue().providers[account.provider].title,
        at=f"{sent_at:%-d %b %Y, %H:%M:%S}",
        model=prompt.model,
        words=words,
    )


def _of_candidates(candidates: Sequence[Snapshot], server: str) -> str:
    if not candidates:
        return f"{server}'s list shows no job like this one."
    told = [
        f"{job.provider_id} ({job.created_at:%H:%M:%S} UTC)" if job.created_at else job.provider_id
        for job in candidates[:3]
    ]
    more = f" and {len(candidates) - 3} more" if len(candidates) > 3 else ""
    jobs = "a job that may be this one" if len(candidates) == 1 else "jobs that may be this one"
    return f"{server}'s list shows {jobs}: {', '.join(told)}{more}."


def _note_unreadable(attempt: Attempt) -> None:
    """Leave it to a person once the list couldn't be read for long; it is looked for on."""
    if attempt.sent_at and shared_now() - attempt.sent_at > _UNREADABLE_AFTER:
        server = called(attempt.account)
        _ask_a_person(attempt, f"{server}'s list can't be read, so nothing is known of it.")


def _ask_a_person(attempt: Attempt, known: str) -> None:
    next_at = timezone.now() + _LOOKS_EVERY
    decide = _DECIDE.format(provider=named(attempt.account))
    attempt.generation.note(Reason.UNDECIDED, f"{known} {decide}", next_at=next_at)


def _may_still_arrive(attempt: Attempt, now: datetime) -> bool:
    """Tell whether too little time has passed for absence to mean anything.

    `now` is by the clock that all machines share. Not measured by one that was set meanwhile: the
    POST may have left a second ago. Nor by one that says it leaves in the future: then nothing is
    known of its age.
    """
    if was_set_within(answers_within_s(attempt.account) + settings.SETTLE_AFTER_S):
        return True
    if attempt.sent_at is None or attempt.sent_at > now + SKEW:
        return False
    lease_until = attempt.lease_until or now
    return now < lease_until + timedelta(seconds=settings.SETTLE_AFTER_S)


def _adopt(attempt: Attempt, found: Snapshot) -> bool:
    """Take a listed job as the one whose answer was lost; never one that another attempt has."""
    try:
        adopted = claim_job(attempt, found.provider_id, next_at=timezone.now())
    except Claimed:
        log.warning("%s already belongs to another attempt", found.provider_id)
        return False
    if adopted:
        log.info("adopted %s", found.provider_id)
    return adopted


def _look_again(attempt: Attempt, now: datetime) -> bool:
    age = now - (attempt.sent_at or now)
    pause = min(max(age.total_seconds() / 4, 1.0), 30.0)
    Generation.objects.filter(pk=attempt.generation_id, state=State.UNCONFIRMED).update(
        next_at=timezone.now() + timedelta(seconds=pause)
    )
    return False


def _candidates(attempt: Attempt, listing: Listing) -> tuple[list[Snapshot], bool]:
    """Return the unclaimed jobs that echo the attempt's request and were made in its window.

    The second value tells whether some unclaimed job says too little to be ruled out. A job with
    somebody else's callback URL is none of an attempt that sent its own.
    """
    if attempt.sent_at is None or attempt.lease_until is None:
        return [], True
    wanted = request_of(attempt, publish=False)
    first, last = attempt.sent_at - SKEW, attempt.lease_until + SKEW
    possible = {
        snapshot.provider_id: snapshot
        for snapshot in listing.snapshots
        if snapshot.kind in (None, wanted.kind)
        and not (attempt.callback_url and snapshot.callback_url)
        and (snapshot.created_at is None or first <= snapshot.created_at <= last)
    }
    claimed = set(
        with_the_same_list(attempt)
        .filter(provider_id__in=list(possible))
        .values_list("provider_id", flat=True)
    )
    claimed.discard(source_id_of(attempt))  # it may be answered under that id
    candidates, unclear = [], listing.unreadable > 0
    for snapshot in possible.values():
        if snapshot.provider_id in claimed:
            continue
        if snapshot.created_at is None or snapshot.echo is None:
            unclear = True
        elif alike(snapshot.echo, wanted):
            candidates.append(snapshot)
    return candidates, unclear


def _rivals(attempt: Attempt) -> bool:
    """Tell whether another doubtful attempt asked for the same words, in the same kind."""
    others = with_the_same_list(attempt).filter(outcome__in=Attempt.DOUBTFUL)
    prompt = attempt.generation.prompt
    alike_ones = others.filter(
        generation__prompt__words=prompt.words, generation__prompt__kind=prompt.kind
    )
    return alike_ones.exclude(pk=attempt.pk).exists()
