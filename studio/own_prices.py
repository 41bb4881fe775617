"""A team's own prices and where it has accounts, brought along with its project."""

from django.db.models import CharField, F, OuterRef, Subquery
from django.db.models.functions import Cast, JSONObject

from generations.models import Account, PriceOverride
from generations.queries import WrittenOnce
from studio.marks import JsonList


def own_prices_of(team: str) -> Subquery:
    """Return the own prices of the accounts that get a team's orders now; `team` leads to it.

    It is a list of what a price is of (`model`, `kind`) and what it is (`rate_usd`, `price_usd`:
    digits or nothing), or None where there is none.
    """
    mine = PriceOverride.objects.filter(account__team=OuterRef(team)).that_count()
    digits = {name: Cast(name, CharField()) for name in ("rate_usd", "price_usd")}
    price = JSONObject(model=F("model"), kind=F("kind"), **digits)
    together = mine.annotate(team=F("account__team")).order_by().values("team")
    return WrittenOnce(together.annotate(found=JsonList(price)).values("found"))


def price_factors_of(team: str) -> Subquery:
    """Return what the published prices are times at the accounts that get a team's orders now.

    It is a list of `provider` and `factor` (digits), or None where all is as published.
    """
    mine = Account.objects.filter(team=OuterRef(team)).that_count().exclude(price_factor=1)
    factor = JSONObject(provider=F("provider"), factor=Cast("price_factor", CharField()))
    return WrittenOnce(
        mine.order_by().values("team").annotate(found=JsonList(factor)).values("found")
    )


def providers_of(team: str) -> Subquery:
    """Return at which providers a team has accounts that take work, as a list; or None."""
    mine = Account.objects.filter(team=OuterRef(team)).usable().order_by().values("team")
    return WrittenOnce(mine.annotate(found=JsonList(F("provider"))).values("found"))
