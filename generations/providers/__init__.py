"""The providers, and which one speaks for an account."""

from generations.catalogue import catalogue
from generations.models import Account
from generations.providers.base import Provider
from generations.providers.luma import Luma

_PROVIDERS = {"luma": Luma}


def provider_for(account: Account) -> Provider:
    """Return the provider that speaks for an account. Raises CannotUnseal."""
    facts = catalogue().providers[account.provider]
    return _PROVIDERS[account.provider](account.reveal_key(), account.base_url or facts.base_url)
