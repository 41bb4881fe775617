"""From the storyboard to the timeline."""

from typing import Any

from studio.editing.cut import Clip, Cut, new_key
from studio.models import Sequence
from studio.storyboarding.planning import Plan

NAME = "From the storyboard"


def sequence_of(plan: Plan, author: Any) -> Sequence | None:
    """Begin a sequence with the chosen take of each shot that has one; None where none has."""
    takes = [each.chosen.generation.uuid for each in plan.shots if each.chosen]
    if not takes:
        return None
    clips = tuple(Clip(key=new_key(), take=take) for take in takes)
    known = Sequence.objects.filter(project=plan.project, name__startswith=NAME).count()
    name = f"{NAME} {known + 1}" if known else NAME
    return Sequence.begin(plan.project, author, name, Cut(clips=clips))
