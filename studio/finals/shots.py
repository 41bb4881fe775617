"""Accepted finals in the storyboard: where a shot shows the draft, it shows its final, once.

A final is a take of its draft's shot from then on, for what the draft was asked: so it is as stale
as the draft is, and what goes on from the draft isn't stale because of it.
"""

import logging
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from generations.models import Generation
from generations.refusal import Refused
from studio.models import Final, Shot, ShotTake
from studio.storyboarding.planning import is_ready, shown_of, takes_of

log = logging.getLogger(__name__)

_NO_SHOT = "No shot shows {draft} any more."


def shot_that_shows(take: Generation) -> Shot | None:
    """Return the shot that shows a take: chosen, or the newest that is here; or None."""
    mine = ShotTake.objects.filter(generation=take).values("shot")
    return shots_by_take(Shot.objects.kept().filter(pk__in=mine)).get(take.pk)


def shots_by_take(shots: QuerySet[Shot]) -> dict[int, Shot]:
    """Return shots by the id of the take that each shows, as far as it shows one."""
    by_pk = {shot.pk: shot for shot in shots.select_related("storyboard")}
    ready: dict[int, list[ShotTake]] = {}
    for take in takes_of(by_pk):
        if is_ready(take):
            ready.setdefault(take.shot_id, []).append(take)
    shown = ((shown_of(by_pk[pk], takes), by_pk[pk]) for pk, takes in ready.items())
    return {take.generation_id: shot for take, shot in shown if take}


def take_shot(final: Final) -> Shot | None:
    """Have the shot that shows the draft of an accepted final show that; return it.

    None where no shot does, and where it was done before: what was undone isn't done again.
    """
    if ShotTake.objects.filter(generation=final.take_id).exists():
        return None
    return _put(final)


def take_shot_again(final: Final, by: Any) -> Shot:
    """Have a shot that shows the draft show its accepted final once more. Raises Refused."""
    shot, kept = shot_that_shows(final.draft), ShotTake.objects.filter(generation=final.take_id)
    again = kept.filter(shot=shot).first()
    if shot and again:
        shot.choose(again, by)
        return shot
    put = _put(final)
    if put is None:
        raise Refused({"": _NO_SHOT.format(draft=final.draft.name)})
    return put


def _put(final: Final) -> Shot | None:
    """Make it a take of the shot, and the chosen one in place of its draft; whose choice stays.

    Nothing is done where somebody chose otherwise since the shot was looked at.
    """
    shot = shot_that_shows(final.draft)
    if shot is None:
        return None
    with transaction.atomic():
        shot.storyboard.touch()
        draft = ShotTake.objects.get(generation=final.draft)
        final_take, is_new = ShotTake.objects.get_or_create(
            generation=final.take,
            defaults={
                "shot": shot,
                "continued_from": draft.continued_from,
                "asked": draft.asked,
            },
        )
        mine = Shot.objects.filter(pk=shot.pk, chosen=shot.chosen_id)
        if not is_new or not mine.update(chosen=final_take):
            transaction.set_rollback(True)
            return None
    log.info("final=%s shot=%s", final.uuid, shot.uuid)
    return shot
