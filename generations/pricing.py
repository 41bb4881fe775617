"""What an order costs: the catalogue's price, or the account's own."""

from decimal import Decimal

from generations import checking
from generations.catalogue import catalogue
from generations.kinds import Kind
from generations.models import Account, PriceOverride
from generations.models.price_override import FREE
from generations.orders import Order, facts_of, model_of
from generations.refusal import Refused


def quote_usd(order: Order, account: Account | None = None) -> Decimal:
    """Return the price of one take in dollars, to four places. Raises Refused.

    With an account, its own price counts where it has one.
    """
    own = None
    if account:
        mine = PriceOverride.objects.filter(account=account, model=order.model, kind=order.kind)
        own = mine.values_list("rate_usd", "price_usd").first()
    return price_usd(order, *(own or (None, None)))


def price_usd(
    order: Order, own_rate_usd: Decimal | None = None, own_price_usd: Decimal | None = None
) -> Decimal:
    """Return the price in dollars at an account's own rate, or own price for a take, if any.

    Raises Refused when the order's settings can't be priced.
    """
    model = model_of(order)
    checking.refuse(checking.settings_errors(order, model))
    if own_price_usd is not None:
        return own_price_usd
    return model.kinds[order.kind].price_usd(
        resolution=order.resolution,
        duration_s=order.duration_s,
        hdr=order.hdr,
        exr=order.exr,
        pictures=order.pictures,
        rate_usd=own_rate_usd,
    )


def has_own_prices(team_id: int, order: Order) -> bool:
    """Tell whether some account of a team has its own price for the order's model and kind."""
    own = PriceOverride.objects.filter(account__team=team_id, model=order.model, kind=order.kind)
    return own.exists()


def is_estimated(order: Order) -> bool:
    """Tell whether no price is published for it, so that the price is the team's own estimate."""
    return facts_of(order).rate.estimated


def set_own(
    account: Account,
    model: str,
    kind: Kind,
    *,
    rate_usd: Decimal | None = None,
    price_usd: Decimal | None = None,
) -> PriceOverride:
    """Give an account its own price of a model's kind: a rate, or a price for a whole take.

    In dollars above zero; the rate is in the catalogue's unit. Raises Refused.
    """
    facts = catalogue().models.get(model)
    if facts is None or kind not in facts.kinds:
        raise Refused({"model": f"There is no {kind.label.lower()} by {model}. Choose another."})
    if (rate_usd is None) == (price_usd is None):
        raise Refused({"": "Give either a rate or a price for a whole take."})
    # To the places that are kept: less than those is nothing.
    kept_usd = round(rate_usd or Decimal(0), 6) + round(price_usd or Decimal(0), 4)
    if kept_usd <= 0:
        raise Refused({"": FREE})
    own, _ = PriceOverride.objects.update_or_create(
        account=account,
        model=model,
        kind=kind,
        defaults={"rate_usd": rate_usd, "price_usd": price_usd},
    )
    return own


def take_over(account: Account, earlier: Account) -> None:
    """Give an account the own prices of the one whose place it takes."""
    for own in PriceOverride.objects.filter(account=earlier):
        PriceOverride.objects.update_or_create(
            account=account,
            model=own.model,
            kind=own.kind,
            defaults={"rate_usd": own.rate_usd, "price_usd": own.price_usd},
        )


def forget_own(account: Account, model: str, kind: Kind) -> bool:
    """Go back to the catalogue's price; False where the account had none of its own."""
    own = PriceOverride.objects.filter(account=account, model=model, kind=kind)
    return bool(own.delete()[0])
