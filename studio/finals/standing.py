"""How a final stands, in words inside a sentence: on its draft's page, and where it is left out."""

from generations.models import Generation, State
from generations.models.states import UNFINISHED
from studio.finals.shots import shot_that_shows
from studio.finals.versions import lost_by
from studio.models import Final, Verdict

_VERDICTS = {
    Verdict.WAITING: "waiting for review",
    Verdict.CHANGES: "changes wanted",
    Verdict.REJECTED: "rejected",
}
_ENDS: dict[str, str] = {
    Final.Stage.STOPPED: "wasn't ordered",
    Final.Stage.CANCELLED: "was taken out",
    State.FAILED: "failed",
    State.CANCELLED: "was cancelled",
    State.DECLINED: "was declined",
    Verdict.CHANGES: "is to be changed",
    Verdict.REJECTED: "was rejected",
}


def finals_of(draft: Generation) -> list[Final]:
    """Return the finals of a draft that were ordered, the newest first."""
    found = Final.objects.filter(draft=draft, take__isnull=False, take__trashed_at=None)
    related = ("take__prompt", "take__version_of", "take__review", "accepted_by")
    return list(found.select_related(*related).order_by("-pk"))


def final_of(take: Generation) -> Final | None:
    """Return that a take is the final of another, or None."""
    found = Final.objects.filter(take=take).select_related("draft__version_of", "draft__prompt")
    return found.prefetch_related("finals__sequences").first()


def outcome_of(final: Final) -> str:
    """Say what approving a final does to the cut and the storyboard, if anything; or nothing."""
    if not final.is_to_be_accepted:
        return ""
    names = [f"“{sequence}”" for sequence in final.finals.sequences.all()]
    if shot := shot_that_shows(final.draft):
        names.append(shot.place_words)
    if not names:
        return ""
    where = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    lost = lost_by(final.draft, final.take) if final.take else ""
    without = f", which plays {lost} there: it comes without" if lost else ""
    return f"Once approved, it takes the places of {final.draft.name} in {where}{without}."


def standing_of(final: Final) -> str:
    """Return how a final stands."""
    take = final.take
    if take is None:
        return "waiting to be made"
    if final.accepted_at:
        return "accepted"
    if take.state in UNFINISHED:
        return "being made"
    if take.state != State.COMPLETED:
        return State(take.state).label.lower()
    review = getattr(take, "review", None)
    said = _VERDICTS.get(Verdict(review.verdict)) if review else None
    return said or "ready to be looked at"


def end_of(final: Final) -> str:
    """Say what became of a final that comes to nothing, in words inside a sentence."""
    take, called = final.take, f"the final of {final.draft.name}"
    if take is None:
        return f"{called} {_ENDS.get(final.stage, 'came to nothing')}"
    review = getattr(take, "review", None)
    said = "is in the trash" if take.trashed_at else _ENDS.get(take.state)
    said = said or (_ENDS.get(review.verdict) if review else None) or "came to nothing"
    return f"{take.name}, {called}, {said}"
