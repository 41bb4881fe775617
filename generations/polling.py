"""Polling: one list call reads a hundred jobs; by id only what the list doesn't show."""

import logging
import math
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generations import failing, respites, unanswered
from generations.buckets import bucket_of
from generations.clocks import clock
from generations.logs import about
from generations.models import Account, Asset, Attempt, Generation
from generations.models.generation import LOST_AFTER, OVERDUE_AFTER
from generations.models.generation_queries import GenerationQuerySet
from generations.models.states import AT_PROVIDER, State
from generations.providers import called, provider_for
from generations.providers.base import (
    Busy,
    KeyRefused,
    Page,
    Progress,
    Provider,
    ProviderError,
    Snapshot,
    Unreachable,
)
from generations.sealing import CannotUnseal
from generations.settling import note_echoes
from generations.streams import at_once
from generations.taking_in import file_of, seconds_at_provider
from generations.waking import wake

log = logging.getLogger(__name__)

_PAGE = 100
# Below this many due jobs, asking for each is cheaper than a list.
_FEW = 2
# For so long an account is left alone that couldn't be asked.
_TROUBLE_S = 5.0
# What isn't asked after by then is due again: its worker died.
_ASKING_S = 30.0
# A list shows every job, so those that are due this soon are asked after with it.
_SOON_IN_POLLS = 2.5
_BY_ID_AT_MOST = 200
_LATE = "It takes much longer than it should. It is still being watched."
# So many unchanged jobs are put off by one statement.
_BATCH = 500
# After the clock was set, nobody's age is believed for so long: no job takes an hour.
_AGES_UNKNOWN_S = 3600.0


class _Job(NamedTuple):
    """What polling has to know of a job: little, for ten thousand may be in flight."""

    attempt_id: int
    generation_id: int
    uuid: UUID  # the generation's, for the log
    state: str
    reason: str
    since: datetime


def poll_due(account_id: int) -> int:
    """Ask after an account's jobs that are due. Returns how many changed their state."""
    account = Account.objects.get(pk=account_id)
    poll = _Poll(account)
    if poll.claim():
        poll.ask()
    return poll.changed


class _Poll:
    """One look at an account's jobs."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.changed = 0
        self._claimed_until = timezone.now()
        self._rest: dict[str, list[_Job]] = {}
        """Not answered yet, by the provider's id, which versions of one take may share."""
        self._quiet: list[_Job] = []
        """Answered, and nothing has changed."""
        self._unanswered: list[_Job] = []
        self._least_s = 0.0
        """For so long none of the account's jobs is asked after."""
        self._lists = self._gets = 0

    def claim(self) -> bool:
        """Take what is due, so that no other task asks the same; False when nothing is."""
        now = timezone.now()
        flying = Generation.objects.in_flight().filter(account=self.account, state__in=AT_PROVIDER)
        unasked_until = self.account.unasked_until
        if unasked_until and unasked_until > now:
            # What was accepted or hinted at since has to wait as well.
            _update_free(flying.filter(next_at__lt=unasked_until), unasked_until)
            return False
        if not flying.filter(next_at__lte=now).exists():
            return False
        soon = now + timedelta(seconds=settings.POLL_AFTER_S * _SOON_IN_POLLS)
        # To the microsecond, and by chance: the end of the claim tells whose it is.
        asking_s = _ASKING_S + random.random()  # noqa: S311
        self._claimed_until = now + timedelta(seconds=asking_s)
        with transaction.atomic():
            due = flying.filter(next_at__lte=soon)
            due.free().update(next_at=self._claimed_until)
        claimed = Attempt.objects.filter(
            outcome=Attempt.Outcome.ACCEPTED,
            generation__in=flying.filter(next_at=self._claimed_until),
        ).values_list(
            *("provider_id", "pk", "generation_id", "generation__uuid"),
            *("generation__state", "generation__reason"),
            *("generation__accepted_at", "generation__created_at"),
        )
        for provider_id, pk, generation_id, uuid, state, reason, accepted_at, created_at in claimed:
            since = accepted_at or created_at
            job = _Job(pk, generation_id, uuid, state, reason, since)
            self._rest.setdefault(provider_id, []).append(job)
        return bool(self._rest)

    def ask(self) -> None:
        """Ask, apply the answers, and say when each is asked after again."""
        started, count = time.monotonic(), len(self._rest)
        try:
            provider = provider_for(self.account)
            if count > _FEW and provider.can_list:
                self._by_list(provider)
            self._by_id(provider)
        except (ProviderError, CannotUnseal) as error:
            name = type(error).__name__
            log.warning("account=%s polling broke off: %s: %s", self.account.pk, name, error)
            self._break_off(error)
        finally:
            self._put_off()
        log.info(
            "account=%s polled=%s lists=%s gets=%s changed=%s took=%.2f s",
            *(self.account.pk, count, self._lists, self._gets, self.changed),
            time.monotonic() - started,
        )

    def _by_list(self, provider: Provider) -> None:
        """Read the newest pages, several at once, for as long as they show what is asked."""
        first, more = 0, True
        while more and len(self._rest) > _FEW:
            before = len(self._rest)
            numbers = range(first, first + math.ceil(before / _PAGE))
            for page in self._pages(provider, numbers):
                more = page.has_more
                self._apply_page(page)
            first = numbers.stop
            # Less than one job a page: by id is as cheap. Jobs may also have moved to a page
            # that was read before, as others were made: those are asked after by id as well.
            if before - len(self._rest) < len(numbers):
                break

    def _pages(self, provider: Provider, numbers: range) -> Iterator[Page]:
        def read(number: int) -> Page:
            return provider.list(limit=_PAGE, offset=number * _PAGE)

        for page in at_once(read, numbers):
            self._lists += 1
            yield page

    def _apply_page(self, page: Page) -> None:
        if self.account.echoed_at is None:
            note_echoes(self.account, page.snapshots)
        changed = 0
        for snapshot in page.snapshots:
            for job in self._rest.pop(snapshot.provider_id, ()):
                changed += self._apply(job, snapshot)
        self._note_changes(changed)

    def _by_id(self, provider: Provider) -> None:
        """Ask after each of the rest; of very many only the first, the others next time."""

        first_of = {provider_id: jobs[0] for provider_id, jobs in self._rest.items()}

        def look(provider_id: str) -> tuple[str, Snapshot | None]:
            with about(first_of[provider_id]):
                try:
                    return provider_id, provider.get(provider_id)
                except (Busy, KeyRefused, Unreachable):
                    raise
                except ProviderError as error:
                    # Its own trouble, and no reason not to ask after the others.
                    name = type(error).__name__
                    log.warning("%s can't be asked after: %s: %s", provider_id, name, error)
                    return provider_id, None

        for provider_id, snapshot in at_once(look, list(self._rest)[:_BY_ID_AT_MOST]):
            self._gets += 1
            jobs = self._rest.pop(provider_id)
            if snapshot is None:
                self._quiet += jobs
            else:
                self._note_changes(sum(self._apply(job, snapshot) for job in jobs))

    def _apply(self, job: _Job, snapshot: Snapshot) -> bool:
        changed = not _says_nothing_new(job, snapshot) and apply(_attempt(job), snapshot)
        if not changed:
            self._quiet.append(job)
            if job.reason in unanswered.REASONS:
                unanswered.answered(_attempt(job).generation, next_at=self._claimed_until)
        return changed

    def _note_changes(self, changed: int) -> None:
        self.changed += changed
        if changed:
            wake("collect_due")
            wake("submit_due", self.account.pk)

    def _break_off(self, error: ProviderError | CannotUnseal) -> None:
        """Ask after none of the account's jobs for a while: also not those that weren't claimed."""
        asked_s = getattr(error, "retry_after_s", None) or _TROUBLE_S
        self._least_s = asked_s * random.uniform(1.0, 1.2)  # noqa: S311
        until = timezone.now() + timedelta(seconds=self._least_s)
        respites.ask_nothing(self.account, until)
        flying = Generation.objects.in_flight().filter(account=self.account, state__in=AT_PROVIDER)
        others = flying.filter(next_at__lt=until).exclude(next_at=self._claimed_until)
        _update_free(others, until)
        self._unanswered = [job for jobs in self._rest.values() for job in jobs]
        self._rest = {}
        if isinstance(error, KeyRefused | CannotUnseal):
            unanswered.note_key(self.account)
        if clock.was_set_within(_AGES_UNKNOWN_S):
            return
        now, reason = timezone.now(), unanswered.reason_of(error)
        for job in self._unanswered:
            if now - job.since > LOST_AFTER and unanswered.give_up(_attempt(job), now):
                self.changed += 1
            elif now - job.since > OVERDUE_AFTER and job.reason != reason:
                unanswered.say(_attempt(job).generation, reason, next_at=self._claimed_until)

    def _put_off(self) -> None:
        """Say when the unchanged are asked after again; give up those that are over a day old."""
        now = timezone.now()
        # One chance for all: they share their list calls, and are to stay together.
        jitter = random.uniform(0.8, 1.2)  # noqa: S311
        believed = not clock.was_set_within(_AGES_UNKNOWN_S)
        over = [job for job in self._quiet if believed and now - job.since > LOST_AFTER]
        for job in over:
            self.changed += _give_up(_attempt(job))
        late = [job for job in self._quiet if believed and now - job.since > OVERDUE_AFTER]
        _say_late([job for job in late if job not in over])
        unchanged = {*self._quiet, *self._unanswered} - set(over)
        quiet = sorted(unchanged, key=lambda job: job.since)
        for start in range(0, len(quiet), _BATCH):
            batch = quiet[start : start + _BATCH]
            mine = Generation.objects.filter(
                pk__in=[job.generation_id for job in batch],
                state__in=AT_PROVIDER,
                # A callback may have made it due again meanwhile.
                next_at=self._claimed_until,
            )
            pause_s = max(_pause_s(batch[0].since, now) * jitter, self._least_s)
            _update_free(mine, now + timedelta(seconds=pause_s))


def _say_late(jobs: list[_Job]) -> None:
    """Have the pages show that jobs take much longer than they should, once each.

    That one was made and paid for twice stays in its place (studio.cards).
    """
    for start in range(0, len(jobs), _BATCH):
        late = Generation.objects.filter(
            pk__in=[job.generation_id for job in jobs[start : start + _BATCH]],
            state__in=AT_PROVIDER,
        )
        for generation in late.exclude(notice=_LATE).exclude(events__kind="stray"):
            with about(generation):
                generation.tell(_LATE, kind="overdue")


def _says_nothing_new(job: _Job, snapshot: Snapshot) -> bool:
    return snapshot.progress == job.state or (
        snapshot.progress is Progress.QUEUED and job.state == State.DREAMING
    )


def _attempt(job: _Job) -> Attempt:
    with_all = Attempt.objects.select_related(
        "generation__prompt", "generation__project", "generation__account"
    )
    return with_all.get(pk=job.attempt_id)


def _update_free(jobs: GenerationQuerySet, next_at: datetime) -> None:
    """Schedule jobs, but for those that somebody is changing at this moment."""
    with transaction.atomic():
        jobs.free().update(next_at=next_at)


def apply(attempt: Attempt, snapshot: Snapshot) -> bool:
    """Move a generation to where its provider says it is. True when that changed its state."""
    generation = attempt.generation
    with about(generation):
        if not is_about(attempt, snapshot):
            return False
        if snapshot.progress is Progress.COMPLETED:
            kind, url = file_of(generation, snapshot)
            if not url:
                log.warning("completed without a file; it is asked again")
                return False
            changed = generation.complete(attempt, kind, url, snapshot.beside)
            if changed:
                bucket = bucket_of(generation.prompt.model)
                generation.account.note_pace(seconds_at_provider(generation), bucket)
            return changed
        if snapshot.progress is Progress.FAILED:
            return failing.fail(attempt, snapshot)
        if snapshot.progress is Progress.DREAMING and generation.state == State.QUEUED:
            return generation.dream(next_at=_next_poll(generation))
        if snapshot.progress is Progress.UNKNOWN:
            log.warning("the provider uses a state that we don't know; it is asked again")
        return False


def is_about(attempt: Attempt, snapshot: Snapshot) -> bool:
    """Tell whether an attempt is told of, and not the source whose id it shares (sheet §2)."""
    if attempt.owns_id:
        return True
    if snapshot.kind not in (None, attempt.generation.prompt.kind):
        return False
    source = attempt.generation.references.get(role="source").source
    return not source or not source.assets.filter(source_url=snapshot.video_url or "-").exists()


def renewed_url(generation: Generation, kind: str, number: int = 0) -> str:
    """Ask the provider for a fresh URL of a completed job's file. Raises ProviderError.

    `number` tells the files of one kind apart. Nothing where it isn't told of any more.
    """
    attempt = generation.attempt()
    snapshot = provider_for(attempt.account).get(attempt.provider_id)
    if snapshot.kind not in (None, generation.prompt.kind):
        return ""  # the id stands for a version of it by now
    own = {Asset.Kind.IMAGE: snapshot.image_url, Asset.Kind.VIDEO: snapshot.video_url}
    beside = {(each.kind, each.number): each.url for each in snapshot.beside}
    return own.get(Asset.Kind(kind)) or beside.get((kind, number), "")


def hurry(attempt: Attempt) -> None:
    """Make an attempt's next poll due now: the provider hinted that something changed."""
    hurried = Generation.objects.filter(pk=attempt.generation_id, state__in=AT_PROVIDER)
    if hurried.update(next_at=timezone.now()):
        wake("poll_due", attempt.account_id)


def _give_up(attempt: Attempt) -> bool:
    return attempt.generation.give_up(
        attempt,
        f"{called(attempt.account)} hasn't finished this in a day. Its price stays reserved until "
        "a person releases it; look at the provider's own page.",
    )


def _next_poll(generation: Generation) -> datetime:
    """Return when to ask again, with jitter."""
    now = timezone.now()
    pause_s = _pause_s(generation.accepted_at or now, now)
    return now + timedelta(seconds=pause_s * random.uniform(0.8, 1.2))  # noqa: S311


def _pause_s(since: datetime, now: datetime) -> float:
    """Return how long to leave a job alone: 2 s at first, then ever longer, at most 5 min."""
    age_s = (now - since).total_seconds()
    return min(max(settings.POLL_AFTER_S, age_s / 15), 300.0)
