"""What plays of a draft beside its pictures: sound, or a larger size, that its final lacks."""

from collections.abc import Iterable
from dataclasses import dataclass

from generations.models import Asset, Generation
from studio.finals.choosing import rank


@dataclass(frozen=True)
class Playing:
    """What a take plays as, itself or its best version."""

    has_sound: bool
    resolution: str

    def beyond(self, other: "Playing") -> str:
        """Say what it has and another hasn't, as `with sound`; or nothing."""
        sound = ["with sound"] if self.has_sound and not other.has_sound else []
        size = [f"at {self.resolution}"] if rank(self.resolution) > rank(other.resolution) else []
        return " and ".join(sound + size)


def playing_of(takes: Iterable[Generation]) -> dict[int, Playing]:
    """Return what plays of takes, by their ids, as far as it is here."""
    plays = {take.pk: take.best_version_id or take.pk for take in takes}
    files = Asset.objects.filter(
        generation__in=plays.values(), kind=Asset.Kind.VIDEO, state=Asset.State.STORED
    )
    facts = files.values_list("generation", "has_sound", "generation__prompt__resolution")
    found = {pk: Playing(bool(sound), size) for pk, sound, size in facts}
    return {take: found[version] for take, version in plays.items() if version in found}


def lost_by(draft: Generation, take: Generation) -> str:
    """Say what a draft's version has that doesn't play of its final; or nothing."""
    now = Generation.objects.in_bulk([draft.pk, take.pk])  # what was made of them meanwhile
    found = playing_of(now.values())
    if not now[draft.pk].best_version_id or len(found) < len(now):
        return ""
    return found[draft.pk].beyond(found[take.pk])
