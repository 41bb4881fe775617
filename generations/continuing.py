"""Which account goes on from a take: the one that made it, where that costs no more."""

from collections.abc import Callable

from generations import choosing
from generations.kinds import Kind
from generations.models import Account, Generation
from generations.orders import Order
from generations.parts import is_continued
from generations.pricing import quote_usd
from generations.refusal import Refused


def working_beside(account: Account) -> list[Account]:
    """Return the accounts of its team that can do its provider's work now."""
    return choosing.working(account.team_id, account.provider, simulated=account.simulated)


def account_that_continues(
    order: Order,
    preferred: Account,
    working: Callable[[Account], list[Account]] = working_beside,
) -> Account:
    """Return who can be told of the takes that an order goes on from, else the preferred account.

    An account knows its own takes by their ids; another is sent a picture of each. It has to work
    now, and to make this for no more than the preferred one, whose price is shown otherwise. Who
    judges many orders remembers which are `working`.
    """
    frames = {"start": order.start, "end": order.end} if order.kind is Kind.VIDEO else {}
    takes = {at: frame.source for at, frame in frames.items() if frame and frame.source}
    makers = {take.account_id for take in takes.values()} - {preferred.pk}
    if not makers:
        return preferred
    able = [
        each for each in working(preferred) if not (order.hdr and each.hdr == Account.Access.NO)
    ]
    most, best = _continued(order, takes, preferred), preferred
    for each in able:
        if each.pk not in makers or not _costs_no_more(order, each, preferred):
            continue
        continued = _continued(order, takes, each)
        if continued > most:
            most, best = continued, each
    return best


def _continued(order: Order, takes: dict[str, Generation], account: Account) -> int:
    return sum(is_continued(order, take, account, at) for at, take in takes.items())


def _costs_no_more(order: Order, account: Account, preferred: Account) -> bool:
    try:
        return quote_usd(order, account) <= quote_usd(order, preferred)
    except Refused:
        return False
