"""Scoring takes by the team's rubric."""

from collections.abc import Mapping

from generations.models import Generation
from generations.refusal import Refused
from studio.models import Criterion, Score, User
from studio.models.rubric import HIGHEST, LOWEST

_UNKNOWN = "Your team doesn't score by that any more. Reload the page to see what it scores by."
_RANGE = f"A score is a whole number from {LOWEST} to {HIGHEST}."

_LONGEST = 4  # characters, leading zeros counted


def give(take: Generation, user: User, criterion: str, said: Mapping[str, str]) -> None:
    """Keep what a person gives a take: `value` in what was sent, "" to take it back.

    Raises Refused for a criterion that the take's team doesn't score by, and for what is no score.
    """
    rubric = Criterion.objects.filter(team=take.project.team).kept()
    known = criterion.isascii() and criterion.isdecimal() and len(criterion) < 10
    found = rubric.filter(pk=int(criterion)).first() if known else None
    if found is None:
        raise Refused({"": _UNKNOWN})
    value = said.get("value", "")
    if not value:
        Score._default_manager.filter(generation=take, criterion=found, author=user).delete()
        return
    is_number = value.isascii() and value.isdecimal() and len(value) <= _LONGEST
    if not (is_number and LOWEST <= int(value) <= HIGHEST):
        raise Refused({"": _RANGE})
    Score.give(take, found, user, int(value))
