"""Which of a team's accounts gets an order."""

from typing import Any

from django.conf import settings

from generations.catalogue import ModelFacts, catalogue
from generations.models import Account
from generations.refusal import Refused

_NO_MODELS = (
    "The price list of this team's gateway doesn't name Luma's models, so that none can be ordered "
    "there. Choose another model; under Accounts a producer sees when that was looked at, and can "
    "have it looked at again."
)


def account_for(project: Any, model: ModelFacts) -> Account:
    """Return the account of the project's team that gets orders of a model now. Raises Refused.

    The preferred one that works; when none does, the preferred one, where it waits.
    """
    mine = Account.objects.filter(team_id=project.team_id, provider=model.provider)
    account = mine.in_order_of_choice().first()
    if account is None:
        lacking = mine.with_key().filter(enabled=True).exists()
        raise Refused({"model": _NO_MODELS if lacking else _no_account(model)})
    return account


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
