"""Telling before an order is sent what would become of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generations import ordering
from generations.choosing import account_for
from generations.continuing import account_that_continues, working_beside
from generations.kinds import BY_ID
from generations.models import Account, PriceOverride
from generations.orders import Order, model_of
from generations.pricing import price_usd
from generations.refusal import Refused

_Own = tuple[Decimal | None, Decimal | None]


def judged_usd(project: Any, order: Order) -> Decimal:
    """Return what an order would cost in dollars if it were accepted now. Raises Refused.

    The budgets aren't asked.
    """
    return Judge(project).judged_usd(order)


@dataclass
class Judge:
    """Tells it of many orders of a project: each provider's account is asked for once."""

    project: Any
    _accounts: dict[tuple[str, bool], Account | Refused] = field(default_factory=dict)
    _beside: dict[int, list[Account]] = field(default_factory=dict)
    _own: dict[int, dict[tuple[str, str], _Own]] = field(default_factory=dict)

    def judged_usd(self, order: Order) -> Decimal:
        """Return what an order would cost, as above. Raises Refused."""
        account = self._account(order)
        own = self._prices_of(account).get((order.model, order.kind), (None, None))
        price = price_usd(order, *own, account.price_factor)
        ordering.check(order, self.project, account)
        return price

    def _account(self, order: Order) -> Account:
        provider = model_of(order).provider, order.hdr
        if order.kind in BY_ID:  # it is the account of what it is made from
            return ordering.account_of(self.project, order)
        if provider not in self._accounts:
            try:
                self._accounts[provider] = account_for(self.project, model_of(order), hdr=order.hdr)
            except Refused as refused:
                self._accounts[provider] = refused
        found = self._accounts[provider]
        if isinstance(found, Refused):
            raise found
        return account_that_continues(order, found, self._working_beside)

    def _working_beside(self, account: Account) -> list[Account]:
        if account.pk not in self._beside:
            self._beside[account.pk] = working_beside(account)
        return self._beside[account.pk]

    def _prices_of(self, account: Account) -> dict[tuple[str, str], _Own]:
        """Return an account's own rates and prices, by model and kind."""
        if account.pk not in self._own:
            rows = PriceOverride.objects.filter(account=account).order_by("pk")
            found = rows.values_list("model", "kind", "rate_usd", "price_usd")
            self._own[account.pk] = {(model, kind): (rate, usd) for model, kind, rate, usd in found}
        return self._own[account.pk]
