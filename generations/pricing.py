"""What an order costs: the catalogue's price, or the account's own."""

from decimal import Decimal

from django.db.models import Q

from generations import checking
from generations.catalogue import catalogue
from generations.kinds import Kind
from generations.models import Account, PriceOverride
from generations.models.price_override import FREE
from generations.orders import Order, facts_of, model_of
from generations.refusal import Refused

_NO_PRICE = (
    "Nobody publishes what {model} costs. Have a producer put in what this team pays for it, under "
    "Accounts; until then none is ordered."
)
_LEAST_USD = Decimal("0.0001")
_LEAST_FACTOR, _MOST_FACTOR = Decimal("0.01"), Decimal(100)
_NO_FACTOR = "A factor is from 0.01 to 100, and 1 for the published prices."


def quote_usd(order: Order, account: Account | None = None) -> Decimal:
    """Return the price of one take in dollars, to four places. Raises Refused.

    With an account, its own price counts where it has one, and its factor where it hasn't.
    """
    if account is None:
        return price_usd(order)
    mine = PriceOverride.objects.filter(account=account, model=order.model, kind=order.kind)
    own = mine.values_list("rate_usd", "price_usd").first() or (None, None)
    return price_usd(order, *own, account.price_factor)


def price_usd(
    order: Order,
    own_rate_usd: Decimal | None = None,
    own_price_usd: Decimal | None = None,
    factor: Decimal | None = None,
    *,
    pictures: int | None = None,
) -> Decimal:
    """Return the price in dollars at an account's own rate, or own price for a take, if any.

    Without either it is the published one times the account's `factor`. `pictures` is how many a
    picture is made after, where the order doesn't hold them. Raises Refused when the order's
    settings can't be priced.
    """
    model = model_of(order)
    checking.refuse(checking.settings_errors(order, model))
    if own_price_usd is not None:
        return own_price_usd
    facts = model.kinds[order.kind]
    if own_rate_usd is None and not facts.rate.is_published:
        raise Refused({"model": _NO_PRICE.format(model=model.title)})
    usd = facts.price_usd(
        resolution=order.resolution,
        duration_s=order.duration_s,
        hdr=order.hdr,
        exr=order.exr,
        quality=order.quality,
        pictures=order.pictures if pictures is None else pictures,
        rate_usd=own_rate_usd,
    )
    if own_rate_usd is not None or factor in (None, 1):
        return usd
    return max(round(usd * factor, 4), _LEAST_USD) if usd else usd


def has_own_prices(team_id: int, order: Order) -> bool:
    """Tell whether some account of a team has its own price for the order's model and kind."""
    own = Q(price_overrides__model=order.model, price_overrides__kind=order.kind)
    with_factor = Q(provider=model_of(order).provider) & ~Q(price_factor=1)
    return Account.objects.filter(own | with_factor, team=team_id).exists()


def wants_prices(account: Account) -> bool:
    """Tell whether nothing is ordered at an account before somebody says what is paid there."""
    models = [each for each in catalogue().models.values() if each.provider == account.provider]
    rates = [facts.rate for model in models for facts in model.kinds.values()]
    published = any(rate.is_published for rate in rates)
    return not published and not account.price_overrides.exists()


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


def set_factor(account: Account, factor: Decimal) -> None:
    """Have an account pay the published prices times a factor. Raises Refused."""
    if not _LEAST_FACTOR <= factor <= _MOST_FACTOR:
        raise Refused({"price_factor": _NO_FACTOR})
    Account.objects.filter(pk=account.pk).update(price_factor=factor)
    account.price_factor = factor


def take_over(account: Account, earlier: Account) -> None:
    """Give an account the own prices of the one whose place it takes, and its factor."""
    set_factor(account, earlier.price_factor)
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
