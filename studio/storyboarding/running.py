"""Running a storyboard: what can be made is ordered at once, the rest in its turn."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError

from generations.judging import judged_usd
from generations.models import Generation
from generations.ordering import accept_all, refuse_dearer
from generations.orders import Order
from generations.partly import Part
from generations.refusal import Refused, RefusedOrders
from studio.models import Project, Run, RunStep, ShotTake
from studio.spending import must_ask
from studio.storyboarding.planning import Plan, Planned

log = logging.getLogger(__name__)

_NOTHING = "There is nothing to make here any more. Look at the storyboard again."
_GOING = "Somebody has started some of these shots meanwhile. Look at what is left."
_CORRECT = "Nothing was ordered. Shot {number}: {words}"


def run(
    plan: Plan, author: Any, some: Sequence[Planned], key: UUID, seen_usd: Decimal | None
) -> Run:
    """Make some shots of a plan: all of them are ordered in time, or none at all.

    What doesn't wait for another is ordered at once. The same run under the same `key` is begun
    once. `seen_usd` is the price of all of them that the person was shown: a dearer one is refused.
    Raises Refused, by the budgets too, in words.
    """
    begun = Run.objects.filter(uuid=key, storyboard=plan.storyboard).first()
    if begun:
        return begun
    if not some:
        raise Refused({"": _NOTHING})
    if any(each.is_going for each in some):
        raise Refused({"": _GOING})
    prices_usd = {each.number: _judged(plan.project, each) for each in some}
    whole_usd = sum(prices_usd.values(), Decimal(0))
    refuse_dearer(whole_usd, seen_usd)
    press = _Press(plan, author, some, key, prices_usd, whole_usd)
    try:
        return press.order()
    except IntegrityError as error:
        raise Refused({"": _GOING}) from error


def keys_of(run_uuid: UUID, step: RunStep | Planned, count: int) -> list[UUID]:
    """Return the keys under which a run orders the takes of a shot: the same at every try."""
    return [uuid5(run_uuid, f"{step.shot.uuid} {place}") for place in range(count)]


@dataclass(frozen=True)
class _Press:
    """One press on Run, whose orders come in parts."""

    plan: Plan
    author: Any
    some: Sequence[Planned]
    key: UUID
    prices_usd: Mapping[int, Decimal]
    whole_usd: Decimal

    def order(self) -> Run:
        """Order what can be made at once, and keep the rest to be ordered in its turn."""
        first = [each for each in self.some if not self._waits(each)]
        rest = [each for each in self.some if each not in first]
        orders: list[Order] = []
        keys: list[UUID] = []
        for each in first:
            orders += [each.order(each.source)] * each.shot.count
            keys += keys_of(self.key, each, each.shot.count)
        later_usd = tuple(
            self.prices_usd[each.number] / each.shot.count
            for each in rest
            for _ in range(each.shot.count)
        )
        part = Part(keys, self.whole_usd, self._note, later_usd)
        try:
            accept_all(
                self.plan.project,
                self.author,
                orders,
                asks=must_ask(self.plan.project),
                part=part,
            )
        except RefusedOrders as refused:
            raise Refused({"": self._explained(refused, first)}) from refused
        return Run.objects.get(uuid=self.key)

    def _waits(self, planned: Planned) -> bool:
        before = planned.before
        return before is not None and (before in self.some or before.is_going)

    def _note(self, needs_approval: bool, takes: Mapping[UUID | None, Generation]) -> None:
        """Keep the run, its steps, and which takes are whose. In the transaction of the orders."""
        storyboard = self.plan.storyboard
        made, is_new = Run.objects.get_or_create(
            uuid=self.key,
            storyboard=storyboard,
            defaults={
                "author": self.author,
                "price_usd": self.whole_usd,
                "asks": must_ask(self.plan.project),
                "needs_approval": needs_approval,
            },
        )
        if not is_new:
            return
        for each in self.some:
            waits = self._waits(each)
            step = RunStep.objects.create(
                run=made,
                shot=each.shot,
                after=each.before.shot if each.before else None,
                count=each.shot.count,
                price_usd=self.prices_usd[each.number],
                stage=RunStep.Stage.WAITING if waits else RunStep.Stage.ORDERED,
            )
            log.info("run=%s shot=%s stage=%s", made.uuid, each.shot.uuid, step.stage)
            if not waits:
                mine = [takes[key] for key in keys_of(self.key, each, each.shot.count)]
                keep_takes(step, each, each.source, mine)
        storyboard.touch(followed=0)

    def _explained(self, refused: RefusedOrders, first: Sequence[Planned]) -> str:
        """Say at which shot the first order was refused, and why."""
        place, errors = next(iter(refused.by_place.items()))
        of_order = [each for each in first for _ in range(each.shot.count)]
        return _CORRECT.format(number=of_order[place].number, words=" ".join(errors.values()))


def keep_takes(
    step: RunStep, planned: Planned, source: Generation | None, made: Sequence[Generation]
) -> None:
    """Write down that takes are of a shot. Call in the transaction that orders them."""
    for take in made:
        ShotTake.objects.get_or_create(
            generation=take,
            defaults={
                "shot": planned.shot,
                "step": step,
                "continued_from": source,
                "asked": planned.shot.asked,
            },
        )


def _judged(project: Project, planned: Planned) -> Decimal:
    """Return what the takes of a shot cost if they are accepted now. Raises Refused."""
    try:
        # What it continues from may not be there yet: that is judged when it is ordered.
        return judged_usd(project, planned.order(None)) * planned.shot.count
    except Refused as refused:
        words = _CORRECT.format(number=planned.number, words=refused)
        raise Refused({"": words}) from refused
