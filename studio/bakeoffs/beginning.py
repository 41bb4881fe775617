"""Beginning a bake-off: all its entrants are ordered at one press, or none."""

import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from generations.judging import judged_usd
from generations.models import Generation
from generations.ordering import accept_all
from generations.orders import Order, keyed
from generations.partly import Part
from generations.refusal import Refused, RefusedOrders
from studio.models import BakeOff, Entrant, Project
from studio.models.bakeoff import LEAST, MOST
from studio.spending import must_ask

log = logging.getLogger(__name__)

_COUNT = f"A bake-off has {LEAST} to {MOST} entrants."


def begin(
    project: Project, author: Any, orders: Sequence[Order], key: UUID, seen_usd: Decimal
) -> BakeOff:
    """Order some takes that are to be held against each other: all of them, or none.

    The same orders under the same `key` are one bake-off, however often they are sent. `seen_usd`
    is the price of all of them that the person was shown: a dearer one is refused. Raises Refused,
    by the budgets too, and RefusedOrders.
    """
    asked = " ".join(str(keyed(key, order, None)) for order in orders)
    name = uuid5(key, f"{project.pk} {asked}")
    begun = BakeOff.objects.filter(uuid=name, project=project).first()
    if begun:
        return begun
    if not LEAST <= len(orders) <= MOST:
        raise Refused({"": _COUNT})
    whole_usd = _judged_usd(project, orders)
    keys = [uuid5(name, str(place)) for place in range(len(orders))]

    def note(_: bool, takes: Mapping[UUID | None, Generation]) -> None:
        made, is_new = BakeOff.objects.get_or_create(
            uuid=name, project=project, defaults={"author": author, "words": orders[0].words}
        )
        if is_new:
            mine = [Entrant(bakeoff=made, generation=takes[each]) for each in keys]
            Entrant.objects.bulk_create(mine)

    part = Part(keys, whole_usd, note)
    accept_all(project, author, orders, asks=must_ask(project), seen_usd=seen_usd, part=part)
    log.info("bakeoff=%s entrants=%s price_usd=%s", name, len(orders), whole_usd)
    return BakeOff.objects.get(uuid=name)


def _judged_usd(project: Project, orders: Sequence[Order]) -> Decimal:
    """Return what all of them cost if they are accepted now, in dollars. Raises RefusedOrders."""
    prices_usd: list[Decimal] = []
    refused: dict[int, dict[str, str]] = {}
    for place, order in enumerate(orders):
        try:
            prices_usd.append(judged_usd(project, order))
        except Refused as error:
            refused[place] = error.errors
    if refused:
        raise RefusedOrders(refused)
    return sum(prices_usd, Decimal(0))
