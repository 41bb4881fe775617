"""Collecting: a finished take's file is fetched, checked and kept at once."""

import logging
import shutil
import threading
import uuid
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generations import (
    answers,
    disk,
    downloading,
    fetching,
    inside,
    measuring,
    media,
    polling,
    small_ones,
    stills,
    uncollected,
)
from generations.downloading import FetchFailed
from generations.ffmpeg import FFmpegFailed
from generations.keeping import (
    Place,
    announce_stored,
    extension_of,
    keep,
    record_beside,
    record_own,
)
from generations.leasing import CollectLease
from generations.logs import about
from generations.media import NotMedia
from generations.models import Asset, Generation
from generations.outbound import Forbidden
from generations.providers.base import ProviderError
from generations.sealing import CannotUnseal

log = logging.getLogger(__name__)

MAX_BYTES = 4 * 1024**3
_GIVE_UP_AFTER_TRIES = 20
_STALE_AFTER_S = 6 * 3600
_OURS_PAUSE_S = 300.0
# A file may drip for half an hour: other threads of the worker stay free for what is quick.
_places = threading.BoundedSemaphore(settings.COLLECTS_AT_ONCE)


def collect_due(limit: int = 50) -> int:
    """Fetch every file that is due. Returns how many were stored.

    Only so many do this at once in a process; for one more it does nothing, as those go on until
    nothing is due.
    """
    if not _places.acquire(blocking=False):
        return 0
    try:
        return _collect_each(limit)
    finally:
        _places.release()


def _collect_each(limit: int) -> int:
    stored = 0
    for _ in range(limit):
        asset = _claim()
        if asset is None:
            break
        with about(asset.generation), CollectLease(asset):
            stored += _collect(asset)
            if asset.kind in Asset.SMALL:
                small_ones.tell(asset)
    return stored


def _claim() -> Asset | None:
    """Lease the next file to fetch or to make, or None."""
    while True:
        now = timezone.now()
        asset = Asset.objects.due(now).select_related("generation").first()
        if asset is None:
            return None
        lease = now + timedelta(seconds=settings.COLLECT_LEASE_S)
        mine = Asset.objects.filter(pk=asset.pk, state=Asset.State.PENDING, next_at=asset.next_at)
        if mine.update(next_at=lease, tries=asset.tries + 1):
            asset.next_at, asset.tries = lease, asset.tries + 1
            _remove_leftovers(asset)
            return asset


def _collect(asset: Asset) -> bool:
    """Fetch, check and store one file; on failure say why and when it is tried again.

    A small one is made of what is kept already.
    """
    work = _work_file(asset)
    try:
        if asset.kind in Asset.SMALL:
            small_ones.make(asset, work)
            return True
        sha256 = _bring(asset, work)
        _store(asset, work, sha256)
        return True
    except FetchFailed as error:
        if fetching.is_gone(asset, error.status):
            _let_go(asset, error)
        else:
            _fail(asset, error)
    except (Forbidden, NotMedia, FFmpegFailed, ProviderError, CannotUnseal, OSError) as error:
        _fail(asset, error)
    finally:
        _remove_leftovers(asset)
    return False


def _store(asset: Asset, file: Path, sha256: str) -> None:
    if asset.kind in Asset.BESIDE:
        store_beside(asset, file, sha256=sha256)
        return
    store = store_image if asset.kind == Asset.Kind.IMAGE else store_video
    store(asset.generation, file, sha256=sha256)
    answers.let_go(asset.generation)


def _bring(asset: Asset, work: Path) -> str:
    """Bring a file here, and return its sha256 where that is known by then.

    Raises FetchFailed, Forbidden, ProviderError, CannotUnseal or OSError.
    """
    if kept := answers.of(asset.generation):
        shutil.copyfile(kept, work)
        return ""
    own = inside.origin_of(asset.generation.account)
    return downloading.fetch(_address_of(asset), work, max_bytes=MAX_BYTES, inside=own).sha256


def _address_of(asset: Asset) -> str:
    """Return where to fetch a file: after a first try a fresh URL, or the known one without one.

    Raises ProviderError and CannotUnseal where none is known.
    """
    if asset.tries == 1:
        return asset.source_url
    try:
        fresh = polling.renewed_url(asset.generation, asset.kind, asset.number)
        return fresh or asset.source_url
    except (ProviderError, CannotUnseal) as error:
        if not asset.source_url:
            raise
        log.info("no fresh URL (%s), so the known one is tried", type(error).__name__)
        return asset.source_url


def store_video(generation: Generation, file: Path, *, sha256: str = "") -> None:
    """Keep a video as the generation's, once it is probed. Takes the file away.

    It was paid for: whatever becomes of its poster and preview, which are made afterwards, it is
    kept. `sha256` is the file's, where it is known already. Raises NotMedia or OSError, and then
    keeps nothing.
    """
    facts = media.probe_video(file)
    kept = keep(generation, Asset.Kind.VIDEO, file, facts, sha256)
    _make_small(generation, record_own(kept, Asset.Kind.POSTER, Asset.Kind.PREVIEW))


def store_image(generation: Generation, file: Path, *, sha256: str = "") -> None:
    """Keep a picture as the generation's, and as a still. Takes the file away.

    Its poster is made afterwards, as of a video. Raises NotMedia or OSError.
    """
    facts = media.probe_image(file)
    kept = keep(generation, Asset.Kind.IMAGE, file, facts, sha256)
    still = stills.of_image(generation, kept.file)
    _make_small(generation, record_own(kept, Asset.Kind.POSTER, still=still))


def _make_small(generation: Generation, awaited: list[Asset]) -> None:
    """Make the small ones of a file that was just kept, and say that this is stored."""
    with ExitStack() as leases:
        for asset in awaited:
            leases.enter_context(CollectLease(asset))
        for asset in awaited:
            _collect(asset)
    announce_stored(generation)


def store_beside(asset: Asset, file: Path, *, sha256: str = "") -> None:
    """Keep a file that came beside a generation's own: frames as EXR, or a layer of a picture.

    Takes the file away. Raises NotMedia or OSError.
    """
    if asset.kind == Asset.Kind.EXR:
        facts, extension = None, media.probe_frames(file)
    else:
        facts = media.probe_image(file)
        extension = extension_of(facts)
    kind = Asset.Kind(asset.kind)
    place = Place(f"{kind}-{asset.number}.{extension}", asset.number, asset.label)
    kept = keep(asset.generation, kind, file, facts, sha256, place)
    record_beside(kept)


def remove_stale_work() -> int:
    """Remove what dead workers left behind. Returns how many files."""
    removed = 0
    oldest = timezone.now().timestamp() - _STALE_AFTER_S
    for file in _work_dir().glob("*"):
        with suppress(FileNotFoundError):  # whoever works on it has just moved it to its place
            if file.stat().st_mtime < oldest:
                file.unlink()
                removed += 1
    return removed


def _fail(asset: Asset, error: Exception) -> None:
    """Say why and try again later; what is trouble with our disk is never given up."""
    raw, ours = f"{type(error).__name__}: {error}", disk.trouble(error)
    log.warning("the file couldn't be kept (try %s): %s", asset.tries, raw)
    small = "preview" if asset.kind in Asset.SMALL else "file"
    measuring.couldnt_collect("disk" if ours else small)
    gone = asset.tries >= _GIVE_UP_AFTER_TRIES and not ours
    pause_s = min(2.0 ** min(asset.tries, 12), _OURS_PAUSE_S if ours else 3600.0)
    state = Asset.State.FAILED if gone else Asset.State.PENDING
    mine = Asset.objects.filter(pk=asset.pk, state=Asset.State.PENDING, next_at=asset.next_at)
    with transaction.atomic():
        Generation.objects.filter(pk=asset.generation_id).lock()
        changed = mine.update(
            state=state,
            error=uncollected.told(error, asset.generation.account)[:300],
            next_at=None if gone else timezone.now() + timedelta(seconds=pause_s),
        )
        if changed and gone and asset.kind not in Asset.SMALL:
            asset.generation.announce("store_failed", error=raw[:300])


def _let_go(asset: Asset, error: FetchFailed) -> None:
    """Say that a file is gone for good, and what that means: nobody tells another address."""
    log.warning("the file is gone (try %s): %s", asset.tries, error)
    measuring.couldnt_collect("file")
    mine = Asset.objects.filter(pk=asset.pk, state=Asset.State.PENDING, next_at=asset.next_at)
    with transaction.atomic():
        Generation.objects.filter(pk=asset.generation_id).lock()
        gone = {"state": Asset.State.FAILED, "error": fetching.GONE, "next_at": None}
        if mine.update(source_url="", **gone):
            asset.generation.announce("store_failed", words=fetching.GONE, error=str(error)[:300])


def _work_dir() -> Path:
    """Beside the media, so that a rename is atomic."""
    directory = Path(settings.MEDIA_ROOT) / "incoming"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _remove_leftovers(asset: Asset) -> None:
    """Remove the work files of a fetch that is over, or whose worker died."""
    for leftover in _work_dir().glob(f"{asset.uuid}-*"):
        leftover.unlink(missing_ok=True)


def _work_file(asset: Asset) -> Path:
    return _work_dir() / f"{asset.uuid}-{uuid.uuid4().hex[:8]}.mp4"
