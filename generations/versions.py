"""A take's versions, and which of them plays."""

from generations.kinds import BY_ID
from generations.models import Asset, Generation


def best_version(take: Generation) -> Generation:
    """Return what plays of a take: its largest picture, with sound where two are equally large.

    Only what is stored counts. A reframed version shows another picture than the take, so that
    neither it nor anything made from it plays in the take's place.
    """
    files = Asset.objects.filter(
        generation__in=_same_pictures(take), kind=Asset.Kind.VIDEO, state=Asset.State.STORED
    ).select_related("generation")
    best = max(files, key=_quality, default=None)
    return best.generation if best else take


def choose_best(take: Generation) -> None:
    """Remember which version plays. Call in the transaction that stores a version's file."""
    best = best_version(take)
    chosen = None if best.pk == take.pk else best
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
