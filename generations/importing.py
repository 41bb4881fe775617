"""Import: the takes that a key made before Dailies knew it are brought into a project."""

import logging
from collections import Counter as Tally
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from generations.clocks import SKEW
from generations.echoing import nonce_in
from generations.kinds import Kind
from generations.models import (
    Account,
    Asset,
    Attempt,
    Counter,
    Generation,
    Import,
    Keyframe,
    Prompt,
)
from generations.providers import provider_for
from generations.providers.base import (
    GenerationFrame,
    ImageRequest,
    Progress,
    ProviderError,
    Snapshot,
    VideoRequest,
    all_pages,
)
from generations.refusal import Refused
from generations.sealing import CannotUnseal
from generations.waking import wake

log = logging.getLogger(__name__)

_LEASE = timedelta(seconds=180)
_BATCH = 20
_AT_ONCE = 500
# What an echo says beyond this isn't believed.
_LONGEST_S = 3600
_UNDER_WAY = "An import into this project is under way. Wait for it to end."
_LIST_FAILED = "The list can't be read: {why} Try again later."
READY, KNOWN, UNFINISHED, FAILED, OTHER = "ready", "known", "unfinished", "failed", "other"


def look(project: Any, account: Account, author: Any) -> Import:
    """Have an account's jobs looked through, to say what would come. Raises Refused."""
    if account.team_id != project.team_id:
        raise Refused({"account": "That account belongs to another team. Choose one of yours."})
    try:
        with transaction.atomic():
            started = Import.objects.create(project=project, account=account, author=author)
            wake("import_due")
    except IntegrityError:
        raise Refused({"": _UNDER_WAY}) from None
    return started


def bring(looked: Import, actor: Any) -> None:
    """Have what was found brought in. Raises Refused."""
    try:
        with transaction.atomic():
            moved = looked.move(
                Import.State.BRINGING, Import.State.LOOKED, author=actor, done=0, words=""
            )
            if not moved:
                raise Refused({"": "That list was used already. Look again."})
            wake("import_due")
    except IntegrityError:
        raise Refused({"": _UNDER_WAY}) from None


def import_due() -> int:
    """Go on with every import that is due. Returns how many takes were brought in."""
    brought = 0
    while each := _claim():
        brought += go_on(each)
    return brought


def go_on(import_: Import) -> int:
    """Look, or bring in, here and now. Returns how many takes were brought in."""
    try:
        sorted_jobs = _sorted(import_.account)
    except (ProviderError, CannotUnseal) as error:
        log.warning("import=%s the list can't be read: %s", import_.uuid, error)
        words = _LIST_FAILED.format(why=getattr(error, "message", str(error)))[:300]
        import_.move(Import.State.FAILED, *Import.OPEN, words=words)
        return 0
    if import_.state == Import.State.LOOKING:
        import_.move(Import.State.LOOKED, Import.State.LOOKING, counts=sorted_jobs.counts)
        return 0
    return _bring(import_, sorted_jobs)


@dataclass(frozen=True)
class _Jobs:
    """An account's jobs: those to bring in, the oldest first, and how many of each sort."""

    ready: list[Snapshot]
    counts: dict[str, int]


def _claim() -> Import | None:
    now = timezone.now()
    for each in Import.objects.due(now).select_related("account", "project", "author"):
        mine = Import.objects.filter(pk=each.pk, state=each.state, next_at=each.next_at)
        if mine.update(next_at=now + _LEASE):
            return each
    return None


def _sorted(account: Account) -> _Jobs:
    """Read the whole list and sort it. Raises ProviderError or CannotUnseal."""
    pages = list(all_pages(provider_for(account)))
    # Pages overlap, and a job may move between them.
    jobs = {each.provider_id: each for page in pages for each in page.snapshots}
    known = _known(account, list(jobs.values()))
    since = _unsettled_since(account)
    tally: Tally[str] = Tally()
    ready = []
    for job in jobs.values():
        sort = KNOWN if job.provider_id in known else _sort(job, since)
        tally[sort] += 1
        if sort == READY:
            ready.append(job)
    tally[OTHER] += sum(page.unreadable for page in pages)
    ready.sort(key=lambda job: (job.created_at or timezone.now(), job.provider_id))
    return _Jobs(ready, dict(tally))


def _known(account: Account, jobs: list[Snapshot]) -> set[str]:
    """Return the ids of jobs that are ours already, under whichever account of the provider.

    By the id, or by a nonce of ours in the callback URL: what we sent and lost is settled, never
    imported.
    """
    theirs = Attempt.objects.filter(account__provider=account.provider)
    known: set[str] = set()
    for first in range(0, len(jobs), _AT_ONCE):
        some = jobs[first : first + _AT_ONCE]
        ids = [job.provider_id for job in some]
        known.update(theirs.filter(provider_id__in=ids).values_list("provider_id", flat=True))
        nonces = {job.provider_id: nonce_in(job.callback_url) for job in some}
        sent = theirs.filter(nonce__in=[nonce for nonce in nonces.values() if nonce])
        ours = set(sent.values_list("nonce", flat=True))
        known.update(provider_id for provider_id, nonce in nonces.items() if nonce in ours)
    return known


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
    if job.kind in (None, Kind.VIDEO) and job.video_url:
        return READY
    return READY if job.kind in (None, Kind.IMAGE) and job.image_url else OTHER


def _bring(import_: Import, jobs: _Jobs) -> int:
    brought = 0
    for number, job in enumerate(jobs.ready, start=1):
        brought += _bring_one(import_, job)
        if number % _BATCH == 0 or number == len(jobs.ready):
            wake("collect_due")
            now = timezone.now()
            more = Import.objects.filter(pk=import_.pk, state=Import.State.BRINGING)
            if not more.update(next_at=now + _LEASE):
                return brought  # somebody else ended it
    import_.move(Import.State.DONE, Import.State.BRINGING)
    import_.refresh_from_db(fields=["done"])
    log.info("import=%s brought in %s takes", import_.uuid, brought)
    return brought


def _bring_one(import_: Import, job: Snapshot) -> bool:
    """Make a take of a finished job; False when it became ours meanwhile."""
    account, project = import_.account, import_.project
    is_video = bool(job.video_url)
    try:
        with transaction.atomic():
            number = Counter.next(project.pk, "takes")  # it also lets one import in at a time
            if job.provider_id in _known(account, [job]):
                raise _AlreadyOurs
            generation = Generation.imported(
                Prompt.objects.create(project=project, author=import_.author, **_asked(job)),
                account,
                job.provider_id,
                author=import_.author,
                take_number=number,
                detail={"made_at": job.created_at.isoformat() if job.created_at else ""},
            )
            _place_frames(generation, job)
            Asset.objects.create(
                generation=generation,
                kind=Asset.Kind.VIDEO if is_video else Asset.Kind.IMAGE,
                source_url=job.video_url or job.image_url,
                next_at=timezone.now(),
            )
            Import.objects.filter(pk=import_.pk).update(done=F("done") + 1)
    except (_AlreadyOurs, IntegrityError):
        return False
    except (DataError, ValueError):
        # What a provider echoes may fit no column: one such job must not stop the others.
        log.exception("import=%s %s can't be kept", import_.uuid, job.provider_id)
        _count_as_other(import_)
        return False
    return True


def _count_as_other(import_: Import) -> None:
    found = import_.counts
    import_.counts = found | {READY: import_.ready - 1, OTHER: found.get(OTHER, 0) + 1}
    import_.save(update_fields=["counts"])


class _AlreadyOurs(Exception):
    """The job became ours since it was listed: the number isn't used up."""


def _asked(job: Snapshot) -> dict[str, Any]:
    """Return a prompt's fields, as far as the echo says them; the rest as Luma's defaults are."""
    echo = job.echo
    if not job.video_url:
        image = echo if isinstance(echo, ImageRequest) else None
        return {
            "kind": Kind.IMAGE,
            "words": _text(image.words if image else "", 5000),
            "model": _text(image.model if image else "", 40) or "photon-1",
            "ratio": _text(image.ratio if image else "", 8) or "16:9",
            "resolution": "",
            "image_format": (image.format if image else "")[:4] or "jpg",
        }
    video = echo if isinstance(echo, VideoRequest) else None
    duration_s = video.duration_s if video else 0
    return {
        "kind": Kind.VIDEO,
        "words": _text(video.words if video else "", 5000),
        "model": _text(video.model if video else "", 40) or "ray-2",
        "ratio": _text(video.ratio if video else "", 8) or "16:9",
        "resolution": _text(video.resolution if video else "", 8) or "720p",
        "duration_s": duration_s if 0 < duration_s <= _LONGEST_S else 5,
        "loop": bool(video and video.loop),
        "concepts": [_text(each, 40) for each in video.concepts] if video else [],
    }


def _text(text: str, most: int) -> str:
    """Return text that both databases take."""
    return text.replace("\x00", "").strip()[:most]


def _place_frames(generation: Generation, job: Snapshot) -> None:
    """Keep what it continues, where that is a take of the project; pictures have only a URL."""
    if not isinstance(job.echo, VideoRequest):
        return
    for position, frame in (("start", job.echo.start), ("end", job.echo.end)):
        if not isinstance(frame, GenerationFrame):
            continue
        source = Generation.objects.takes().filter(
            project=generation.project_id, attempts__provider_id=frame.provider_id
        )
        if found := source.first():
            Keyframe.objects.create(generation=generation, position=position, source=found)
