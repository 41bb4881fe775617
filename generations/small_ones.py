"""Poster and preview: made of a take's own file, once that is kept, and again where that failed."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from generations import keeping, media
from generations.models import Asset, Generation
from generations.models.asset import AssetQuerySet
from generations.waking import wake

UNMADE = "It is kept, whole, and its preview couldn't be made on this server."
_MADE = "Its preview was made after all"
_AGAIN = "Its preview is made again"


def make(asset: Asset, work: Path) -> None:
    """Make a poster or a preview and keep it; `work` is free for it.

    Raises media.NotMedia, ffmpeg.FFmpegFailed or OSError.
    """
    take, kind = asset.generation, Asset.Kind(asset.kind)
    own = take.assets.filter(kind__in=Asset.OWN, state=Asset.State.STORED).first()
    if own is None:
        raise media.NotMedia("the file that it is made of isn't here")
    if kind == Asset.Kind.PREVIEW:
        media.make_preview(own.file, work)
        facts = media.probe_video(work)
    else:
        shrink = media.make_small if own.kind == Asset.Kind.IMAGE else media.make_poster
        shrink(own.file, work)
        facts = media.probe_image(work)
    keeping.record_small(keeping.keep(take, kind, work, facts))


def tell(asset: Asset) -> None:
    """Say what became of a further try, where that is news.

    A worker that kept the file and died then may not even have said that it is stored.
    """
    take = asset.generation
    own = take.assets.filter(kind__in=Asset.OWN, state=Asset.State.STORED).first()
    if own is None:
        return
    if not take.events.filter(kind="stored", at__gte=own.stored_at).exists():
        keeping.announce_stored(take)
        return
    unmade = missing(take)
    if not unmade.exists():
        take.announce("told", words=_MADE)
    elif unmade.filter(pk=asset.pk, tries=1).exists():  # a person asked for it
        take.announce("told", words=UNMADE)


def make_again(take: Generation, actor: object) -> bool:
    """Have what is missing made now, however often that failed; False where nothing is."""
    with transaction.atomic():
        Generation.objects.filter(pk=take.pk).lock()
        if not missing(take).update(
            state=Asset.State.PENDING, tries=0, error="", next_at=timezone.now()
        ):
            return False
        take.announce("told", actor=actor, words=_AGAIN)
        wake("collect_due")
    return True


def missing(take: Generation) -> AssetQuerySet:
    """Return the rows of the small ones that couldn't be made yet."""
    return take.assets.filter(kind__in=Asset.SMALL).exclude(state=Asset.State.STORED)
