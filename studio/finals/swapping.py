"""Swapping accepted finals into the cut: each once, and as a change that can be undone."""

import logging
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from generations.models import Asset, Generation
from generations.refusal import Refused, upper_first
from studio.editing import holding
from studio.editing.cut import Cut
from studio.editing.footage import lengths_of
from studio.editing.swapping import exchanged, places_of, shortened
from studio.editing.written import Unreadable
from studio.finals.shots import take_shot
from studio.finals.versions import lost_by
from studio.models import Edit, Final, FinalPlace, Overtaken, Sequence, Shot

log = logging.getLogger(__name__)

_TRIES = 20
_HERE = {"kind": Asset.Kind.VIDEO, "state": Asset.State.STORED}
_NOT_HERE = "The final of {draft} isn't here to be looked at. Wait for it."
_BEFORE = "{take} was accepted before, or another final was made instead."
_NOWHERE = "No clip of it shows {draft} any more."
_LOST = "{draft} played {lost} there: {take} comes without, until that is made on its page, too."
_UNREADABLE = "The sequence can't be read, so nothing was swapped there."
_BUSY = "Others change “{sequence}” all the while. Try it once more."


@dataclass(frozen=True)
class Taken:
    """Where a final took its draft's places just now: in sequences, and in a shot."""

    places: list[FinalPlace]
    shot: Shot | None


def accept(final: Final, by: Any) -> None:
    """Accept a final that is here, by who looked at it. Raises Refused."""
    take = final.take
    is_here = take is not None and take.trashed_at is None and take.assets.filter(**_HERE).exists()
    if take is None or not is_here:
        raise Refused({"": _NOT_HERE.format(draft=final.draft.name)})
    if not final.accept(by):
        raise Refused({"": _BEFORE.format(take=upper_first(take.name))})


def take_places(final: Final, author: Any) -> Taken:
    """Have an accepted final take its draft's places wherever that was asked for, each once.

    And on the storyboard, where a shot shows the draft. Where that was undone since, it isn't done
    again. Return what was done now. Raises Refused where others change a sequence all the while.
    """
    asked = final.finals.sequences.exclude(pk__in=final.places.values("sequence"))
    done = [_swap_once(final, sequence, author) for sequence in asked]
    shot = take_shot(final)
    final.go(Final.Stage.DONE, Final.Stage.ORDERED)
    return Taken([place for place in done if place], shot)


def swap_again(final: Final, sequence: Sequence, author: Any) -> FinalPlace:
    """Have it take them once more, or in a sequence that wasn't asked for. Raises Refused."""
    with transaction.atomic():
        place, _ = FinalPlace.objects.get_or_create(final=final, sequence=sequence)
        _swap(place, author)
        return place


def _swap_once(final: Final, sequence: Sequence, author: Any) -> FinalPlace | None:
    """Swap it in; None where another worker did."""
    with transaction.atomic():
        place, is_new = FinalPlace.objects.get_or_create(final=final, sequence=sequence)
        if not is_new:
            return None
        _swap(place, author)
        return place


def _swap(place: FinalPlace, author: Any) -> None:
    """Do it and write down what came of it, in the transaction of the change. Raises Refused."""
    final, draft, take = place.final, place.final.draft, place.final.take
    assert take is not None  # noqa: S101  (accepted)
    for _ in range(_TRIES):
        sequence = Sequence.objects.select_related("head", "project").get(pk=place.sequence_id)
        try:
            before = sequence.cut
            place.clips = len(places_of(before, draft.uuid))
            if not place.clips:
                place.words = _NOWHERE.format(draft=draft.name)
                break
            place.words = _fitting(_change(sequence, before, draft, take, author))
            break
        except Unreadable:
            place.words = _UNREADABLE
            break
        except Overtaken:
            continue
    else:
        raise Refused({"": _BUSY.format(sequence=place.sequence)})
    place.save(update_fields=["clips", "words"])
    log.info("final=%s sequence=%s clips=%s", final.uuid, place.sequence_id, place.clips)


def _change(
    sequence: Sequence, before: Cut, draft: Generation, take: Generation, author: Any
) -> str:
    """Save the change, and return what became different by it, in words. Raises Overtaken."""
    lengths = lengths_of(sequence.project, before, take.uuid)
    where = places_of(before, draft.uuid)
    clips = f"clip {where[0]}" if len(where) == 1 else f"{len(where)} clips"
    said = f"Put {take.name}, the final of {draft.name}, into {clips}"[: Edit.LONGEST_SAID]
    _, besides = holding.change(
        sequence,
        sequence.version,
        author,
        said,
        lambda cut: exchanged(cut, draft.uuid, take.uuid, lengths),
        lengths,
    )
    less = shortened(before, exchanged(before, draft.uuid, take.uuid, lengths), lengths)
    told = [f"{upper_first(take.name)} has no more: {less}" if less else "", upper_first(besides)]
    lost = lost_words(draft, take)
    return " ".join(filter(None, (lost, *(f"{words}." for words in told if words))))


def lost_words(draft: Generation, take: Generation) -> str:
    """Say what a draft played with, by a version of it, and its final comes without; or nothing."""
    lost = lost_by(draft, take)
    words = _LOST.format(draft=upper_first(draft.name), lost=lost, take=take.name)
    return words if lost else ""


def _fitting(words: str) -> str:
    most = FinalPlace._meta.get_field("words").max_length or 0
    return words if len(words) <= most else f"{words[: most - 1]}…"
