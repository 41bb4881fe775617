"""Judging a bake-off blind: scores and picks, and being told at last who is who."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from generations.refusal import Refused
from studio import auditing
from studio.bakeoffs.blind import Blind, Seen
from studio.models import AuditEntry, BakeOff, Ballot, Criterion, Mark, Pick, Score, User
from studio.models.rubric import HIGHEST, LOWEST

log = logging.getLogger(__name__)

SAME = "same"
"""What is sent for two of which neither is the better one."""

_VALUES = {str(value) for value in range(LOWEST, HIGHEST + 1)}
_GONE = "That one can't be judged any more. Reload the page."
_UNKNOWN = "Your team doesn't score by that any more. Reload the page to see what it scores by."
_RANGE = f"A score is a whole number from {LOWEST} to {HIGHEST}."
_NO_SIDE = "Say which of the two is better, or that neither is."
_CLOSED = "This bake-off was closed meanwhile. What you said before then counts."
_DONE = "You know who is who by now, so what you said stands as it is."
_EARLY = "Score each of them, or decide each pair. Then you are told who is who."


def score(blind: Blind, lot: str, criterion: str, value: str) -> None:
    """Keep what a judge gives an entrant by a criterion; "" takes it back. Raises Refused."""
    seen = _named(blind, lot)
    found = next((each for each in blind.criteria if str(each.pk) == criterion), None)
    if found is None:
        raise Refused({"": _UNKNOWN})
    if value and value not in _VALUES:
        raise Refused({"": _RANGE})
    _say(blind, lambda ballot: _mark(ballot, seen, found, value))


def pick(blind: Blind, left: str, right: str, better: str) -> None:
    """Keep which of two entrants a judge finds better, or SAME. Raises Refused."""
    one, other = sorted((_named(blind, left), _named(blind, right)), key=_id)
    if one is other or better not in (left, right, SAME):
        raise Refused({"": _NO_SIDE})
    found = None if better == SAME else _named(blind, better).entrant
    pair: dict[str, Any] = {"one": one.entrant, "other": other.entrant}
    _say(
        blind,
        lambda ballot: Pick.objects.update_or_create(
            ballot=ballot, **pair, defaults={"better": found}
        ),
    )


def finish(blind: Blind) -> None:
    """Tell a judge who has judged all of it who is who; it stands from now on. Raises Refused."""
    if not blind.is_judged:
        raise Refused({"": _EARLY})

    def done(ballot: Ballot) -> None:
        Ballot.objects.filter(pk=ballot.pk).update(done_at=timezone.now())
        _keep_scores(ballot)
        _note(blind.bakeoff, "Judged all of the", blind.user)

    _say(blind, done)
    log.info("bakeoff=%s judged by=%s", blind.bakeoff.uuid, blind.user.pk)


def close(bakeoff: BakeOff, user: User) -> bool:
    """Tell everybody who is who. What was said before then counts. False where it was closed."""
    with transaction.atomic():
        if not bakeoff.close(user):
            return False
        for ballot in Ballot.objects.filter(bakeoff=bakeoff, done_at=None).select_related("judge"):
            _keep_scores(ballot)
        _note(bakeoff, "Closed the", user)
    log.info("bakeoff=%s closed by=%s", bakeoff.uuid, user.pk)
    return True


def _say(blind: Blind, verb: Callable[[Ballot], object]) -> None:
    """Change a judge's ballot while it is open, and nobody closes it meanwhile. Raises Refused."""
    with transaction.atomic():
        bakeoff = BakeOff.objects.select_for_update().get(pk=blind.bakeoff.pk)
        if bakeoff.closed_at:
            raise Refused({"": _CLOSED})
        judge = User.objects.get(pk=blind.user.pk)
        ballot, _ = Ballot.objects.get_or_create(bakeoff=bakeoff, judge=judge)
        if ballot.done_at:
            raise Refused({"": _DONE})
        verb(ballot)


def _mark(ballot: Ballot, seen: Seen, criterion: Criterion, value: str) -> None:
    mine: dict[str, Any] = {"ballot": ballot, "entrant": seen.entrant, "criterion": criterion}
    if value:
        Mark.objects.update_or_create(**mine, defaults={"value": int(value)})
    else:
        Mark.objects.filter(**mine).delete()


def _keep_scores(ballot: Ballot) -> None:
    """Have what a judge gave count as their scores, for the takes' pages and the scoreboard."""
    for mark in ballot.marks.select_related("entrant__generation", "criterion"):
        Score.give(mark.entrant.generation, mark.criterion, ballot.judge, mark.value)


def _note(bakeoff: BakeOff, did: str, user: User) -> None:
    auditing.note_in(bakeoff.project, AuditEntry.Kind.VERDICT, f"{did} {bakeoff}", by=user)


def _named(blind: Blind, lot: str) -> Seen:
    seen = blind.named(lot)
    if seen is None or not seen.is_ready or not blind.can_be_judged:
        raise Refused({"": _GONE})
    return seen


def _id(seen: Seen) -> int:
    return int(seen.entrant.pk)
