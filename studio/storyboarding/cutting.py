"""From the storyboard to the timeline."""

from typing import Any

from studio.editing.cut import Clip, Cut, new_key
from studio.models import Sequence, ShotTake
from studio.storyboarding.planning import Plan

NAME = "From the storyboard"


def sequence_of(plan: Plan, author: Any) -> Sequence | None:
    """Begin a sequence with the chosen take of each shot that has one; None where none has."""
    clips = tuple(_clip_of(each.chosen) for each in plan.shots if each.chosen)
    if not clips:
        return None
    known = Sequence.objects.filter(project=plan.project, name__startswith=NAME).count()
    name = f"{NAME} {known + 1}" if known else NAME
    return Sequence.begin(plan.project, author, name, Cut(clips=clips))


def _clip_of(chosen: ShotTake) -> Clip:
    """Return a clip of a take; where it came joined to the one before it, of what it adds."""
    extends = chosen.continued_from_id is not None
    return Clip(key=new_key(), take=chosen.generation.uuid, only_new=extends)
