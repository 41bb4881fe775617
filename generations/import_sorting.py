"""Which of an account's jobs an import would bring into a project, and why the others stay."""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from generations import strays
from generations.clocks import SKEW
from generations.echoing import nonce_in
from generations.import_sources import owner, source_of, source_url
from generations.kinds import BY_ID, PICTURES, VERSIONS, Kind
from generations.models import Account, Attempt
from generations.providers import provider_for
from generations.providers.base import Progress, Snapshot, all_pages
from generations.strays import key_of

_AT_ONCE = 500
READY, KNOWN, UNFINISHED, FAILED, OTHER = "ready", "known", "unfinished", "failed", "other"
VERSIONS_OF_READY, STRAYS_OF_READY = "versions", "strays"


@dataclass(frozen=True)
class Jobs:
    """An account's jobs: those to bring in, the oldest first, and how many of each sort."""

    ready: list[Snapshot]
    counts: dict[str, int]
    behind: dict[strays.Key, Attempt]
    """The attempts that were given up here and made some of them after all."""


def sorted_jobs(account: Account, project: Any) -> Jobs:
    """Read the whole list and sort it. Raises ProviderError or CannotUnseal."""
    pages = list(all_pages(provider_for(account)))
    # Pages overlap, and a job may move between them; a version may share its source's id.
    jobs = {key_of(each): each for page in pages for each in page.snapshots}
    ours = known(account, list(jobs.values()))
    unknown = [job for key, job in jobs.items() if key not in ours]
    sure = strays.attempts_behind(account, unknown)
    unclaimed = [job for job in unknown if key_of(job) not in sure]
    behind = strays.attempts_alike(account, unclaimed) | sure
    since = _unsettled_since(account)
    tally: Tally[str] = Tally()
    ready = []
    for key, job in jobs.items():
        sort = KNOWN if key in ours else _sort(job, None if key in sure else since)
        if sort == READY and key in behind:
            tally[STRAYS_OF_READY] += 1
        elif sort == READY and _shares_an_id(job, account):
            sort = _sort_shared(job, account, project, since)
        tally[sort] += 1
        if sort == READY:
            ready.append(job)
    tally[OTHER] += sum(page.unreadable for page in pages)
    # What is made from another job comes after it.
    ready.sort(key=lambda job: (job.created_at or timezone.now(), job.kind in BY_ID, key_of(job)))
    others = [job for job in ready if key_of(job) not in behind]
    versions = _versions_in(others, account, project)
    versions += sum(
        behind[key_of(job)].generation.version_of_id is not None
        for job in ready
        if key_of(job) in behind
    )
    if versions:
        tally[VERSIONS_OF_READY] = versions
    return Jobs(ready, dict(tally), behind)


def known(account: Account, jobs: Sequence[Snapshot]) -> set[strays.Key]:
    """Return which jobs are ours already, under whichever account of the provider.

    By the id, or by a nonce of ours in the callback URL: what we sent and lost is settled, and
    imported only once the team has closed it without a job. An upscale or sound under the id of a
    take of ours is not that take (sheet §2).
    """
    closed = Q(outcome__in=Attempt.UNSEEN, generation__project__team=account.team_id)
    theirs = Attempt.objects.filter(~closed, account__provider=account.provider)
    found: set[strays.Key] = set()
    for first in range(0, len(jobs), _AT_ONCE):
        some = jobs[first : first + _AT_ONCE]
        kinds: dict[str, set[str]] = {}
        ids = [job.provider_id for job in some]
        claimed = theirs.filter(provider_id__in=ids)
        for provider_id, kind in claimed.values_list("provider_id", "generation__prompt__kind"):
            kinds.setdefault(provider_id, set()).add(kind)
        nonces = {key_of(job): nonce_in(job.callback_url) for job in some}
        sent = theirs.filter(nonce__in=[nonce for nonce in nonces.values() if nonce])
        ours = set(sent.values_list("nonce", flat=True))
        found.update(key for key, nonce in nonces.items() if nonce in ours)
        for job in some:
            its = kinds.get(job.provider_id, set())
            if its and (job.kind not in BY_ID or job.kind in its):
                found.add(key_of(job))
    return found


def _unsettled_since(account: Account) -> datetime | None:
    """Return since when a job may be one whose answer we wait for or lost."""
    theirs = Attempt.objects.filter(account__provider=account.provider)
    doubtful = theirs.filter(outcome__in=Attempt.DOUBTFUL)
    sent = doubtful.order_by("sent_at").values_list("sent_at", flat=True).first()
    return sent - SKEW if sent else None


def _sort(job: Snapshot, since: datetime | None) -> str:
    if job.progress is Progress.FAILED:
        return FAILED
    held = since is not None and (job.created_at is None or job.created_at >= since)
    if job.progress is not Progress.COMPLETED or held:
        return UNFINISHED
    return READY if kind_of(job) else OTHER


def kind_of(job: Snapshot) -> Kind | None:
    """Return what a finished job made, as far as its file bears that out; else None."""
    if job.kind is None:
        return Kind.VIDEO if job.video_url else Kind.IMAGE if job.image_url else None
    file = job.image_url if job.kind in PICTURES else job.video_url
    return job.kind if file else None


def _shares_an_id(job: Snapshot, account: Account) -> bool:
    """Tell whether a job stands under the id of a take that is ours already."""
    theirs = Attempt.objects.filter(account__provider=account.provider)
    return job.kind in BY_ID and theirs.filter(provider_id=job.provider_id).exists()


def _sort_shared(job: Snapshot, account: Account, project: Any, since: datetime | None) -> str:
    if since is not None:
        return UNFINISHED  # it may be the answer that was lost: its age is perhaps its source's
    return READY if owner(account, project, job.provider_id) else OTHER


def _versions_in(ready: Sequence[Snapshot], account: Account, project: Any) -> int:
    """Count those that will be versions: of takes that are here, or that come with them."""
    originals = {each.provider_id for each in ready if each.kind not in BY_ID}
    files = {file for each in ready for file in (each.video_url, each.image_url)} - {""}
    return sum(
        (job.kind in BY_ID and job.provider_id in originals)
        or source_url(job) in files
        or source_of(job, account, project) is not None
        for job in ready
        if job.kind in VERSIONS
    )
