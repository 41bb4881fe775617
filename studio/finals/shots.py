"""Accepted finals in the storyboard: where a shot shows the draft, it shows its final, once.

A final is a take of its draft's shot from then on, for what the draft was asked: so it is as stale
as the draft is, and what goes on from the draft isn't stale because of it.
"""

import logging
from typing import Any

from django.db import transaction

from generations.models import Generation
from generations.refusal import Refused
from studio.models import Final, Shot, ShotTake

log = logging.getLogger(__name__)

_NO_SHOT = "No shot shows {draft} any more."


def shot_that_shows(take: Generation) -> Shot | None:
    """Return the shot of which a take is the chosen one, or None."""
    return Shot.objects.kept().filter(chosen__generation=take).select_related("storyboard").first()


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
    """Make it a take of the shot, and the chosen one in place of its draft; whose choice stays."""
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
        mine = Shot.objects.filter(pk=shot.pk, chosen=draft)
        if not is_new or not mine.update(chosen=final_take):
            transaction.set_rollback(True)
            return None
    log.info("final=%s shot=%s", final.uuid, shot.uuid)
    return shot
