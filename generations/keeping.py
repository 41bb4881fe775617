"""Keeping a checked file: moved to its place and flushed, then its row."""

import hashlib
import logging
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generations import disk, stills, versions
from generations.media import Facts
from generations.models import Asset, Generation, Still

log = logging.getLogger(__name__)

_CONTENT_TYPES = {
    **{"mp4": "video/mp4", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"},
    **{"exr": "image/x-exr", "zip": "application/zip", "tar": "application/x-tar"},
}


class Place(NamedTuple):
    """What a file is called among a generation's, and what tells it from others of its kind."""

    name: str
    number: int = 0
    label: str = ""


def keep(
    generation: Generation,
    kind: Asset.Kind,
    file: Path,
    facts: Facts | None,
    sha256: str = "",
    place: Place | None = None,
) -> Asset:
    """Move a checked file to its place, flushed, and return its (unsaved) row."""
    place = place or Place(f"{kind}.{extension_of(facts)}")
    path = Path("takes") / generation.uuid.hex[:2] / str(generation.uuid) / place.name
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as opened:
        sha256 = sha256 or hashlib.file_digest(opened, "sha256").hexdigest()
        os.fsync(opened.fileno())
    size_bytes = file.stat().st_size
    file.replace(target)
    disk.flush_directory(target.parent)
    return Asset(
        generation=generation,
        kind=kind,
        state=Asset.State.STORED,
        path=str(path),
        number=place.number,
        label=place.label,
        content_type=_CONTENT_TYPES[path.suffix.removeprefix(".")],
        width=facts.width if facts else None,
        height=facts.height if facts else None,
        fps=(facts.fps if facts else 0) or None,
        duration_s=(facts.duration_s if facts else 0) or None,
        codec=facts.codec if facts else "",
        has_sound=bool(facts and facts.has_sound),
        sha256=sha256,
        size_bytes=size_bytes,
        stored_at=timezone.now(),
    )


def extension_of(facts: Facts | None) -> str:
    """Return how the name of a file of a take ends; without facts it is a video."""
    if facts is None or facts.duration_s:
        return "mp4"
    return "jpg" if facts.codec == "jpeg" else facts.codec


_FACTS = (
    *("state", "path", "content_type", "width", "height", "fps", "duration_s", "codec"),
    *("has_sound", "sha256", "size_bytes", "stored_at", "next_at", "error"),
)


def record_own(kept: Asset, *small: Asset.Kind, still: Still | None = None) -> list[Asset]:
    """Record the file that a provider made of a take, and return the rows of its small ones.

    Those are leased to whoever calls this, and due for others when that dies. That the file is
    stored is said once they are made (`announce_stored`). Of a take that was purged meanwhile the
    file goes, and there are none.
    """
    until = timezone.now() + timedelta(seconds=settings.COLLECT_LEASE_S)
    leased = {"state": Asset.State.PENDING, "next_at": until, "tries": 1, "error": ""}
    with transaction.atomic():
        Generation.objects.families_of([kept.generation]).lock()
        if _drop_purged(kept):
            if still:
                stills.remove_unrecorded(still)
            return []
        _record(kept)
        rows = [
            Asset.objects.update_or_create(
                generation=kept.generation, kind=kind, number=0, defaults=leased
            )[0]
            for kind in small
        ]
        if still:
            stills.record_once(still)
    return rows


def announce_stored(generation: Generation) -> None:
    """Say that a take's file is stored; of a version, to the take as well, which may play it.

    Of one that was purged meanwhile there is nothing to say.
    """
    with transaction.atomic():
        Generation.objects.families_of([generation]).lock()
        own = generation.assets.filter(kind__in=Asset.OWN).first()
        if own is None:
            return
        generation.announce("stored", size_bytes=own.size_bytes, sha256=own.sha256)
        if generation.version_of_id:
            take = Generation.objects.get(pk=generation.version_of_id)
            versions.choose_best(take, generation)
            take.announce("version_stored", version=str(generation.uuid))


def record_small(kept: Asset) -> None:
    """Record a poster or a preview that was awaited; one that was purged meanwhile goes."""
    awaited = Asset.objects.filter(generation=kept.generation, kind=kept.kind)
    with transaction.atomic():
        Generation.objects.families_of([kept.generation]).lock()
        if not awaited.update(**{name: getattr(kept, name) for name in _FACTS}):
            remove_file(kept)


def record_beside(kept: Asset) -> None:
    """Record a file that came beside a take's own, and say so; one purged meanwhile goes."""
    with transaction.atomic():
        Generation.objects.families_of([kept.generation]).lock()
        if _drop_purged(kept):
            return
        _record(kept)
        size = {"size_bytes": kept.size_bytes, "sha256": kept.sha256}
        kept.generation.announce("stored_beside", **size)


def remove_file(asset: Asset) -> None:
    """Remove a kept file, and its folder with the last one in it. Raises OSError."""
    asset.file.unlink(missing_ok=True)
    with suppress(OSError):  # there are others in it, or it is gone
        asset.file.parent.rmdir()


def _drop_purged(kept: Asset) -> bool:
    """Remove a file whose take was purged while it was fetched; False where it wasn't.

    Call it with the family locked: a purge came before, or finds the row.
    """
    of = kept.generation_id
    if not Generation.objects.filter(pk=of, purged_at__isnull=False).exists():
        return False
    remove_file(kept)
    log.info("the %s isn't kept: its take was purged meanwhile", kept.kind)
    return True


def _record(kept: Asset) -> None:
    Asset.objects.update_or_create(
        generation=kept.generation,
        kind=kept.kind,
        number=kept.number,
        defaults={name: getattr(kept, name) for name in _FACTS},
    )
