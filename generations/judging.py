"""Telling before an order is sent what would become of it."""

from decimal import Decimal
from typing import Any

from generations import ordering
from generations.orders import Order
from generations.pricing import quote_usd


def judged_usd(project: Any, order: Order) -> Decimal:
    """Return what an order would cost in dollars if it were accepted now. Raises Refused.

    The budgets aren't asked.
    """
    account = ordering.account_of(project, order)
    price_usd = quote_usd(order, account)
    ordering.check(order, project, account)
    return price_usd
