"""Following the engine: what it tells of a run's takes decides what is chosen, ordered or stopped.

A storyboard with an unfinished run is held against its project's Events in order, from the number
up to which it was held last. Whatever is done twice, or was interrupted, comes out the same: each
step is moved by compare-and-set, in the transaction of the orders that it stands for.
"""

import logging
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from generations.models import Asset, Counter, Generation, State
from generations.ordering import accept_all
from generations.partly import Part
from generations.refusal import Refused, upper_first
from studio.access import makes
from studio.cards import Card
from studio.models import Membership, RunStep, ShotTake, Storyboard
from studio.storyboarding.planning import Plan, Planned, is_ready
from studio.storyboarding.running import keep_takes, keys_of

log = logging.getLogger(__name__)

_ENDED = (State.COMPLETED, State.FAILED, State.CANCELLED, State.DECLINED)
_OTHER_BEFORE = "The shot before it is another one than when the run began."
_LEFT = "Who started the run may not make takes in this team any more."


class _Overtaken(Exception):
    """Another worker has moved the step, so that the orders belong to nobody."""


def follow_all() -> int:
    """Follow every storyboard of which something happened; return how many those were.

    Those of a deleted team go on once it is restored.
    """
    active = RunStep.objects.active().filter(run__storyboard=OuterRef("pk"))
    events = Counter.objects.filter(project=OuterRef("project")).values("events")
    waiting = Storyboard.objects.filter(Exists(active)).annotate(
        newest=Coalesce(Subquery(events), 0)
    )
    due = waiting.filter(newest__gt=F("followed"), project__team__deleted_at=None)
    due = due.select_related("project__team")
    for storyboard in due:
        try:
            follow(storyboard)
        except Exception:  # of this one: the others' runs go on, and it is followed again
            log.exception("storyboard %s couldn't be followed", storyboard.pk)
    return len(due)


def follow(storyboard: Storyboard) -> None:
    """Do all that is to be done for a storyboard's runs now."""
    newest = Counter.objects.filter(project=storyboard.project_id).values_list("events", flat=True)
    # Before anything is read: what happens meanwhile is found the next time.
    number = newest.first() or 0
    while _act(Plan(storyboard.project, storyboard)):
        storyboard = Storyboard.objects.select_related("project__team").get(pk=storyboard.pk)
    unchanged = Storyboard.objects.filter(pk=storyboard.pk, version=storyboard.version)
    unchanged = unchanged.filter(project__team__deleted_at=None)  # in this moment
    unchanged.update(followed=number)


def _act(plan: Plan) -> bool:
    """Do the first thing that is to be done; False when there is none."""
    for planned in plan.shots:
        step = planned.step
        if step is None:
            continue
        if step.stage == RunStep.Stage.ORDERED and _settle(planned, step):
            return True
        if step.stage == RunStep.Stage.WAITING and _advance(plan, planned, step):
            return True
    return False


# --- what was ordered ----------------------------------------------------------------------------


def _settle(planned: Planned, step: RunStep) -> bool:
    """Choose the first take that is here, and end the step with the last one."""
    takes = list(ShotTake.objects.filter(step=step).select_related("generation").order_by("pk"))
    mine = [take for take in planned.takes if take.step_id == step.pk]
    ready = sorted((take for take in mine if is_ready(take)), key=_finished)
    if ready and not _is_decided(planned, step):
        return planned.shot.choose(ready[0])
    if any(_is_coming(take, mine) for take in takes):
        return False
    if ready:
        return step.go(RunStep.Stage.DONE, RunStep.Stage.ORDERED)
    words = _why_not([take.generation for take in takes], mine)
    return step.go(RunStep.Stage.STOPPED, RunStep.Stage.ORDERED, words=words)


def _is_decided(planned: Planned, step: RunStep) -> bool:
    """Tell whether a take was chosen since the run began: by a person, or the first of it."""
    at = planned.shot.chosen_at
    return at is not None and at >= step.run.created_at


def _finished(take: ShotTake) -> tuple[float, int]:
    at = take.generation.finished_at
    return (at.timestamp() if at else 0.0, take.pk)


def _is_coming(take: ShotTake, kept: list[ShotTake]) -> bool:
    """Tell whether a take may yet be here by itself."""
    made = take.generation
    if made.trashed_at is not None:
        return False
    if made.state not in _ENDED:
        return True
    here = next((each for each in kept if each.pk == take.pk), None)
    return (
        made.state == State.COMPLETED
        and here is not None
        and here.video_state == Asset.State.PENDING  # type: ignore[attr-defined]
    )


def _why_not(made: list[Generation], kept: list[ShotTake]) -> str:
    """Say why nothing came of a step, from its last take."""
    if not made:
        return "Its takes are gone."
    take = made[-1]
    name = upper_first(take.name)
    if take.trashed_at is not None:
        return f"{name} was deleted."
    if take.state == State.CANCELLED:
        return f"{name} was cancelled."
    if take.state == State.COMPLETED:
        card = Card(Generation.objects.for_cards().get(pk=take.pk))
        way = "Fetch it again: it is paid for" if card.can_fetch else "Make the shot again"
        return f"The file of {take.name} couldn't be fetched. {way}."
    return take.words or f"{name} failed, and its provider gave no reason."


# --- what waits ----------------------------------------------------------------------------------


def _advance(plan: Plan, planned: Planned, step: RunStep) -> bool:
    """Order a shot once the one before is made, or stop it where that can't be any more."""
    before = planned.before
    if (before.shot.pk if before else None) != step.after_id:
        return _stop(step, _other_before(step))
    if before is None:
        return _order(plan, planned, step)
    if before.step:
        made_now = before.chosen is not None and before.chosen.step_id == before.step.pk
        if before.step.stage == RunStep.Stage.WAITING or not (
            made_now or (before.is_made and _is_decided(before, before.step))
        ):
            return False
    failed = _failed_in(before, step)
    if failed or not before.is_made:
        why = f" {failed.words}" if failed and failed.words else ""
        return _stop(step, f"Shot {before.number} wasn't made.{why}")
    if before.is_stale:
        return _stop(step, f"Shot {before.number} doesn't fit any more. {before.why_stale}")
    return _order(plan, planned, step)


def _failed_in(before: Planned, step: RunStep) -> RunStep | None:
    """Return the step of the same run that was to make the shot before, and didn't."""
    ended = before.ended
    if ended is None or ended.run_id != step.run_id or ended.stage == RunStep.Stage.DONE:
        return None
    return ended


def _other_before(step: RunStep) -> str:
    if step.after is not None and step.after.removed_at is not None:
        return "The shot that it continues from was deleted."
    return _OTHER_BEFORE


def _stop(step: RunStep, words: str) -> bool:
    return step.go(RunStep.Stage.STOPPED, RunStep.Stage.WAITING, words=words)


def _order(plan: Plan, planned: Planned, step: RunStep) -> bool:
    """Order a shot's takes, once and for all; True where something came of it."""
    run, source = step.run, planned.source
    author = run.author
    if author is None or not _may_make(plan, author.pk):
        return plan.project.is_there() and _stop(step, _LEFT)
    keys = keys_of(run.uuid, planned, step.count)

    def note(_: bool, takes: Mapping[UUID | None, Generation]) -> None:
        if not step.go(RunStep.Stage.ORDERED, RunStep.Stage.WAITING):
            raise _Overtaken
        keep_takes(step, planned, source, [takes[key] for key in keys])

    try:
        accept_all(
            plan.project,
            author,
            [planned.order(source)] * step.count,
            asks=run.asks,
            seen_usd=step.price_usd,
            part=Part(keys, run.price_usd, note),
        )
    except Refused as refused:
        log.info("shot=%s wasn't ordered: %s", planned.shot.uuid, refused)
        return plan.project.is_there() and _stop(step, str(refused))
    except _Overtaken:
        log.info("shot=%s was ordered by another worker", planned.shot.uuid)
    return True


def _may_make(plan: Plan, author_id: int) -> bool:
    """Tell whether somebody still sees the project and may make takes in it."""
    role = Membership.objects.filter(team=plan.project.team_id, user=author_id)
    held = role.values_list("role", flat=True).first()
    if held is None or not makes(held):
        return False
    is_open = not plan.project.is_private
    return is_open or bool(plan.project.people().filter(pk=author_id).exists())
