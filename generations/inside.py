"""Which account's server may be inside: the one that the settings name, and no other.

Addresses that a team types under Accounts are held to the rules for everybody
(docs/decisions/0031).
"""

from django.conf import settings

from generations.addresses import Origin, origin, plain
from generations.models import Account


def may_be(account: Account) -> bool:
    """Tell whether an account's server may have a private address, http and a port of its own.

    Only as long as the settings ask for the account, at exactly the address that they name.
    """
    named = plain(str(getattr(settings, f"{_prefix(account)}_BASE_URL", "")))
    return bool(named) and account.managed == Account.Managed.NOW and account.base_url == named


def origin_of(account: Account) -> Origin | None:
    """Return where an account's files may be fetched from though it is inside; None for most."""
    return origin(account.base_url) if may_be(account) else None


def _prefix(account: Account) -> str:
    return account.provider.upper().replace("-", "_")
