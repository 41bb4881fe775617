"""Which of a team's accounts gets an order."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from generations.catalogue import ModelFacts, catalogue
from generations.models import Account
from generations.refusal import Refused

_NO_MODELS = (
    "The price list of this team's gateway doesn't name Luma's models, so that none can be ordered "
    "there. Choose another model; under Accounts a producer sees when that was looked at, and can "
    "have it looked at again."
)


def account_for(project: Any, model: ModelFacts, *, hdr: bool = False) -> Account:
    """Return the account of the project's team that gets orders of a model now. Raises Refused.

    The preferred one that works; when none does, the preferred one, where it waits. For `hdr` one
    that was never refused it, where there is one.
    """
    mine = Account.objects.filter(team_id=project.team_id, provider=model.provider)
    may = mine.exclude(hdr=Account.Access.NO).in_order_of_choice().first() if hdr else None
    account = may or mine.in_order_of_choice().first()
    if account is None:
        lacking = mine.with_key().filter(enabled=True).exists()
        raise Refused({"model": _NO_MODELS if lacking else _no_account(model)})
    return account


def hdr_refused_at(team_id: int, provider: str) -> datetime | None:
    """Return when a provider told last that no key of a team has HDR; None where one may have."""
    usable = Account.objects.filter(team_id=team_id, provider=provider).usable()
    known = list(usable.values_list("hdr", "hdr_told_at"))
    if not all(hdr == Account.Access.NO for hdr, _ in known):
        return None
    return max((told_at for _, told_at in known if told_at), default=None)


def no_hdr_words(told_at: datetime | None) -> str:
    """Say that no key of a team has HDR, since when that is known, and what to do about it."""
    day = f"{timezone.localtime(told_at):%b} {timezone.localtime(told_at).day}" if told_at else ""
    when = f", as was answered on {day}" if day else ""
    return (
        f"This team's key has no access to HDR{when}. Once it has, a producer tests the account "
        "again under Accounts."
    )


def working(team_id: int, provider: str, *, simulated: bool) -> list[Account]:
    """Return a team's accounts that can make a provider's models now, the preferred first.

    The simulator's and the real ones never stand in for each other: one costs nothing. Nor do
    servers of one's own, each with a model and a price of its own.
    """
    if not catalogue().providers[provider].base_url:
        return []
    mine = Account.objects.filter(team_id=team_id, provider=provider, simulated=simulated)
    return [account for account in mine.usable() if not _is_held_up(account)]


def _is_held_up(account: Account) -> bool:
    return bool(account.trouble or account.paused_at)


def _no_account(model: ModelFacts) -> str:
    facts = catalogue().providers[model.provider]
    provider = facts.title
    name = f"{model.provider.upper().replace('-', '_')}_API_KEY"
    if not hasattr(settings, name):
        return (
            f"This team has no usable account for {provider}. Have a producer add one, or switch "
            "one on, under Accounts."
        )
    return (
        f"This team has no usable account for {provider}. Set {name} and start Dailies "
        "again, or run it without a key to use the simulator; or have a producer add an account, "
        "or switch one on, under Accounts."
    )
