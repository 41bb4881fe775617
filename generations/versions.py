"""A take's versions, and which of them plays."""

from typing import Any, cast

from django.db import transaction
from django.db.models import Q, QuerySet

from generations.kinds import BY_ID
from generations.models import Asset, Generation
from generations.refusal import Refused, upper_first

_OTHER = (
    "{name} can't play in the place of {take}: it shows another picture, or its file isn't here. "
    "It plays on its own page."
)


def best_version(take: Generation) -> Generation:
    """Return what plays of a take: its largest picture, with sound where two are equally large.

    Only what is stored counts. A reframed version shows another picture than the take, so that
    neither it nor anything made from it plays in the take's place.
    """
    files = _playable(take).select_related("generation")
    best = max(files, key=_quality, default=None)
    return best.generation if best else take


def choose_best(take: Generation, made: Generation) -> None:
    """Have a version play whose file was just stored, if it is the best of the take.

    Else what plays stays, for a person may have chosen it. Call in the transaction that stores
    the file.
    """
    if best_version(take) == made:
        _play(take, made)


def can_play(take: Generation) -> set[int]:
    """Return the ids of what may play in a take's place: itself, larger, or with sound."""
    files = _playable(take)
    return set(files.values_list("generation_id", flat=True))


def choose(made: Generation, actor: Any) -> None:
    """Have a take, or a version of it, play in the take's place. Raises Refused."""
    take = cast("Generation", made.version_of or made)
    with transaction.atomic():
        Generation.objects.filter(pk=take.pk).lock()
        if made.pk not in can_play(take):
            raise Refused({"": _OTHER.format(name=upper_first(made.name), take=take.name)})
        _play(take, made)
        take.announce("chosen", actor=actor, version=str(made.uuid))


def choose_without(made: Generation) -> None:
    """Have another play where a version played that was deleted. Call in its transaction."""
    take = cast("Generation | None", made.version_of)
    if take and take.best_version == made:
        _play(take, best_version(take))


def _playable(take: Generation) -> QuerySet[Asset]:
    """Return the stored files that may play in a take's place; not those of a deleted version."""
    same = Generation.objects.filter(pk__in=_same_pictures(take))
    return Asset.objects.filter(
        generation__in=same.filter(Q(trashed_at=None) | Q(pk=take.pk)),
        kind=Asset.Kind.VIDEO,
        state=Asset.State.STORED,
    )


def _play(take: Generation, made: Generation) -> None:
    chosen = None if made.pk == take.pk else made
    Generation.objects.filter(pk=take.pk).update(best_version=chosen)
    take.best_version = chosen


def _same_pictures(take: Generation) -> set[int]:
    """Return the take and the versions that are the same pictures, larger or with sound."""
    same = {take.pk}
    made = take.versions.filter(references__role="source", prompt__kind__in=BY_ID).order_by("pk")
    for pk, source in made.values_list("pk", "references__source"):
        if source in same:
            same.add(pk)
    return same


def _quality(file: Asset) -> tuple[int, bool, int]:
    return (file.width or 0) * (file.height or 0), file.has_sound, file.pk
