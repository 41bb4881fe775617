"""Strays: jobs that a provider made of what was given up here, or thought never to have arrived.

Each comes home once. A take that was written off, or is lost with its money still reserved, is
completed by its own job. Whatever was sent again has a life of its own by then: its stray becomes
a further take, whose price is booked as well, for the provider took it (docs/decisions/0011).
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils import timezone

from generations import answers
from generations.catalogue import dollars
from generations.clocks import SKEW
from generations.echoing import alike, nonce_in
from generations.models import Account, Attempt, Counter, Generation, Keyframe, Prompt, Reference
from generations.providers import named
from generations.providers.base import Snapshot
from generations.providers.text import spoken
from generations.requesting import request_of, source_id_of
from generations.taking_in import file_of, is_the_work
from generations.waking import wake

log = logging.getLogger(__name__)

Key = tuple[str, str]

_AT_ONCE = 500
_FOUND = (
    "Found at the provider after it was given up. Its price was booked then; nothing more is "
    "charged."
)
_FOUND_LOST = "Found finished at the provider after it was lost. Its price is charged now."
_MADE_TWICE = (
    "{Server} made {name} twice: a try that was thought never to have arrived was made after all. "
    "{cost}"
)
_SECOND = (
    "A try of {name} that was thought never to have arrived was made after all: it was made "
    "twice at {server}. {cost}"
)
_MORE = "It took {price} for it beside the first."
_BEFORE = "Its price was booked when it was given up."
_BRING_IN = (
    "It was made after all, and its price is booked. Bring it in once {server} has finished it: "
    "“Bring in takes” on the board."
)


def key_of(job: Snapshot) -> Key:
    """Return what tells a job from others: a version may share its source's id (sheet §2)."""
    return job.provider_id, job.kind or ""


def attempts_behind(account: Account, jobs: Sequence[Snapshot]) -> dict[Key, Attempt]:
    """Return the closed attempts of the account's team that jobs were made of.

    By the nonce in the job's callback, or by an id that the attempt is known by.
    """
    unseen = Attempt.objects.filter(
        account__provider=account.provider,
        outcome__in=Attempt.UNSEEN,
        generation__project__team=account.team_id,
    ).select_related("account", "generation__project", "generation__prompt")
    found: dict[Key, Attempt] = {}
    for first in range(0, len(jobs), _AT_ONCE):
        some = jobs[first : first + _AT_ONCE]
        nonces = {key_of(job): nonce_in(job.callback_url) for job in some}
        by_nonce = {
            attempt.nonce: attempt
            for attempt in unseen.filter(nonce__in=[each for each in nonces.values() if each])
        }
        by_id = {
            attempt.provider_id: attempt
            for attempt in unseen.filter(provider_id__in=[job.provider_id for job in some])
        }
        for job in some:
            nonce = nonces[key_of(job)]
            attempt = by_nonce.get(nonce) if nonce else None
            if attempt is None and _fits(by_id.get(job.provider_id), job):
                attempt = by_id[job.provider_id]
            if attempt:
                found[key_of(job)] = attempt
    return found


def attempts_alike(account: Account, jobs: Sequence[Snapshot]) -> dict[Key, Attempt]:
    """Return the closed attempts, sent without a mark of ours, whose request a job repeats.

    `jobs` are those of the account's own list that nobody claims. Each attempt has the first
    that was made while it was sent.
    """
    found: dict[Key, Attempt] = {}
    unmarked = Attempt.objects.filter(
        account__in=Account.objects.sharing(account),
        generation__project__team=account.team_id,
        outcome__in=(Attempt.Outcome.LOST, Attempt.Outcome.ABSENT),
        callback_url="",
        provider_id="",
    ).select_related("account", "generation__project", "generation__prompt")
    for attempt in unmarked.order_by("sent_at"):
        if attempt.sent_at is None or attempt.lease_until is None:
            continue
        first, last = attempt.sent_at - SKEW, attempt.lease_until + SKEW
        for job in sorted(jobs, key=lambda job: str(job.created_at)):
            in_time = job.created_at is not None and first <= job.created_at <= last
            free = not job.callback_url and key_of(job) not in found
            if in_time and free and job.echo and was_asked_for(attempt, job):
                found[key_of(job)] = attempt
                break
    return found


def _fits(attempt: Attempt | None, job: Snapshot) -> bool:
    return attempt is not None and job.kind in (None, attempt.generation.prompt.kind)


def locked(attempt: Attempt) -> Attempt | None:
    """Return a closed attempt as it is now, with its take, or None when it isn't one any more.

    Call in a transaction. The take is locked until that ends, before its project's counter, as
    whoever moves it does.
    """
    Generation.objects.select_for_update(no_key=True).get(pk=attempt.generation_id)
    closed = Attempt.objects.filter(pk=attempt.pk, outcome__in=Attempt.UNSEEN)
    return closed.select_related("account", "generation__project", "generation__prompt").first()


def completes(attempt: Attempt) -> bool:
    """Tell whether an attempt's job completes its very take, and doesn't make a further one."""
    take = attempt.generation
    given_up = take.is_written_off or take.is_unreleased
    return given_up and take.attempt().pk == attempt.pk


def complete(attempt: Attempt, job: Snapshot, actor: Any) -> bool:
    """Complete the take that a `locked` attempt gave up.

    Raises IntegrityError when another attempt has the job.
    """
    take = attempt.generation
    kind, url = file_of(take, job)
    if not url:
        return False
    words = _FOUND if attempt.is_booked() else _FOUND_LOST
    attempt.take_id(job.provider_id, owns_id=job.provider_id != source_id_of(attempt))
    return take.complete(attempt, kind, url, job.beside, actor=actor, words=words)


def was_asked_for(attempt: Attempt, job: Snapshot) -> bool:
    """Tell whether a job was made of what its take asks for still: it may have been edited."""
    try:
        return job.echo is None or alike(job.echo, request_of(attempt, publish=False))
    except (KeyError, ObjectDoesNotExist):
        return False  # its model has left the catalogue, or what it was made from is gone


def further(
    attempt: Attempt, provider_id: str, prompt: Prompt, actor: Any = None, **fields: Any
) -> Generation:
    """Make a further take, or version, of the job of a `locked` attempt.

    It is at the provider, and its price reserved. Raises IntegrityError when another attempt has
    the job.
    """
    take, server = attempt.generation, named(attempt.account)
    if attempt.provider_id:
        attempt.take_id("", owns_id=True)  # it is the further take's
    number = None if take.version_of_id else Counter.next(take.project_id, "takes")
    cost = _BEFORE if attempt.is_booked() else _MORE.format(price=dollars(attempt.price_usd))
    made = Generation.stray(
        attempt,
        prompt,
        provider_id,
        spoken(_SECOND, server, name=take.name, cost=cost),
        owns_id=provider_id != source_id_of(attempt),
        author=actor or take.author,
        version_of=take.version_of,
        take_number=number,
        **fields,
    )
    twice = spoken(_MADE_TWICE, server, name=take.name, cost=cost)
    where = f" The second one is take {number}." if number else ""
    take.tell(twice + where, kind="stray")
    log.warning("%s was made twice: %s is %s", take, provider_id, made)
    return made


def copy_parts(take: Generation, made: Generation) -> None:
    """Have a further take begin and end on what its take does, and be made from the same."""
    parts: list[Keyframe | Reference] = [*take.keyframes.all(), *take.references.all()]
    for part in parts:
        part.pk, part.generation, part._state.adding = None, made, True
        part.save()


def came_late(sent: Attempt, job: Snapshot) -> None:
    """Learn from a create's late answer that the provider took it, after it was given up here.

    Where the answer is the work itself, the take that it completes is complete with it.
    """
    provider_id, done = job.provider_id, is_the_work(sent, job)
    asked = sent.generation.prompt  # as it was when it was sent
    try:
        with transaction.atomic():
            attempt = locked(sent)
            if attempt is None or attempt.provider_id:
                return
            log.error("%s arrived after its POST was given up", provider_id)
            take = attempt.generation
            if completes(attempt):
                attempt.take_id(provider_id, owns_id=provider_id != source_id_of(attempt))
                if done:
                    words = _FOUND if attempt.is_booked() else _FOUND_LOST
                    take.complete(attempt, *file_of(take, job), job.beside, words=words)
                else:
                    take.tell(_BRING_IN.format(server=named(attempt.account)), kind="stray")
                return
            made = further(attempt, provider_id, asked, accepted_at=timezone.now())
            if take.prompt_id == asked.pk:
                copy_parts(take, made)
            if done:
                answers.hand_on(attempt, made.attempt())
                made.complete(made.attempt(), *file_of(made, job), job.beside)
            wake("collect_due" if done else "poll_due", *([] if done else [attempt.account_id]))
    except IntegrityError:
        log.warning("%s belongs to another attempt already", provider_id)
