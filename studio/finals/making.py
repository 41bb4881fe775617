"""Making finals: what can be made is ordered at once, the rest once its turn has come."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import IntegrityError
from django.db.models import QuerySet

from generations.models import Generation
from generations.ordering import accept_all, refuse_dearer
from generations.orders import Order
from generations.partly import Part
from generations.refusal import Refused, RefusedOrders, upper_first
from studio.finals.choosing import is_alive
from studio.finals.planning import FinalsPlan, Planned
from studio.models import Final, Finals
from studio.models import Sequence as Cutting
from studio.spending import must_ask

log = logging.getLogger(__name__)

_NOTHING = "Nothing is chosen that a final can be made of. Look at what is left out, and why."
_GOING = "Somebody has started some of these finals meanwhile. Look at what is left."
_CORRECT = "Nothing was ordered. {name}: {words}"


def make(
    plan: FinalsPlan, key: UUID, seen_usd: Decimal | None, sequences: Sequence[Cutting]
) -> Finals:
    """Order all that is chosen of a plan: now, or once what it goes on from is accepted; or none.

    In `sequences` each takes its draft's places once it is accepted. The same under the same `key`
    is ordered once. `seen_usd` is the price of all of it that the person was shown: a dearer one
    is refused. Raises Refused, by the budgets too, in words.
    """
    name = uuid5(key, plan.project.slug)
    begun = Finals.objects.filter(uuid=name, project=plan.project).first()
    if begun:
        return begun
    if not plan.chosen:
        raise Refused({"": _NOTHING})
    whole_usd = sum((_price_usd(each) for each in plan.chosen), Decimal(0))
    refuse_dearer(whole_usd, seen_usd)
    press = _Press(plan, name, whole_usd, sequences)
    try:
        made = press.order()
    except IntegrityError as error:
        raise Refused({"": _GOING}) from error
    show_anew(made.each.filter(take__isnull=False))
    return made


def show_anew(finals: QuerySet[Final]) -> None:
    """Have open pages show the drafts of finals anew, which name their finals.

    After the orders' transaction: takes aren't locked where counters are already.
    """
    Generation.objects.filter(pk__in=finals.values("draft")).touch()


def key_of(finals: UUID, draft: Generation) -> UUID:
    """Return the key under which the final of a draft is ordered: the same at every try."""
    return uuid5(finals, str(draft.uuid))


@dataclass(frozen=True)
class _Press:
    """One press on Make finals, whose orders come in parts."""

    plan: FinalsPlan
    name: UUID
    whole_usd: Decimal
    sequences: Sequence[Cutting]

    def order(self) -> Finals:
        first = [each for each in self.plan.chosen if not each.waits]
        rest = [each for each in self.plan.chosen if each.waits]
        orders: list[Order] = [each.order for each in first if each.order]
        keys = [key_of(self.name, each.draft) for each in first]
        later_usd = tuple(_price_usd(each) for each in rest)
        part = Part(keys, self.whole_usd, self._note, later_usd)
        asks = must_ask(self.plan.project)
        try:
            accept_all(self.plan.project, self.plan.user, orders, asks=asks, part=part)
        except RefusedOrders as refused:
            raise Refused({"": self._explained(refused, first)}) from refused
        return Finals.objects.get(uuid=self.name)

    def _note(self, needs_approval: bool, takes: Mapping[UUID | None, Generation]) -> None:
        """Keep the press, and which take is whose final. In the transaction of the orders."""
        made, is_new = Finals.objects.get_or_create(
            uuid=self.name,
            project=self.plan.project,
            defaults={
                "author": self.plan.user,
                "price_usd": self.whole_usd,
                "asks": must_ask(self.plan.project),
                "needs_approval": needs_approval,
            },
        )
        if not is_new:
            return
        made.sequences.set(self.sequences)
        kept: dict[int, Final] = {}
        for each in sorted(self.plan.chosen, key=_depth):
            _replace_dead(each.draft)
            kept[each.draft.pk] = self._keep(made, each, kept, takes)

    def _keep(
        self,
        made: Finals,
        planned: Planned,
        kept: Mapping[int, Final],
        takes: Mapping[UUID | None, Generation],
    ) -> Final:
        order = planned.order
        assert order is not None  # noqa: S101  (chosen)
        asked = (order.model, order.resolution, order.duration_s)
        final = Final.objects.create(
            finals=made,
            draft=planned.draft,
            take=None if planned.waits else takes[key_of(self.name, planned.draft)],
            asked=dict(zip(("model", "resolution", "duration_s"), asked, strict=True)),
            price_usd=_price_usd(planned),
            stage=Final.Stage.WAITING if planned.waits else Final.Stage.ORDERED,
        )
        together = (kept[before.draft.pk] for before in planned.after)
        final.waits_for.set([*together, *planned.waits_for])
        log.info("finals=%s draft=%s stage=%s", made.uuid, planned.draft.pk, final.stage)
        return final

    def _explained(self, refused: RefusedOrders, first: Sequence[Planned]) -> str:
        """Say of which draft the first final was refused, and why."""
        place, errors = next(iter(refused.by_place.items()))
        name = upper_first(first[place].draft.name)
        return _CORRECT.format(name=name, words=" ".join(errors.values()))


def _replace_dead(draft: Generation) -> None:
    """Give up an earlier final of a draft that came to nothing, so that another may be made."""
    for final in Final.objects.active().filter(draft=draft).select_related("take__review"):
        if not is_alive(final):
            final.go(Final.Stage.REPLACED, *Final.ACTIVE)


def _depth(planned: Planned) -> int:
    """Return how many others it comes after: no take goes on from what was made of it."""
    return max((1 + _depth(before) for before in planned.after), default=0)


def _price_usd(planned: Planned) -> Decimal:
    return planned.price_usd or Decimal(0)
