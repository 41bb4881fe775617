"""The demo team's account: Luma's with a key, the simulator's without one."""

from django.conf import settings

from generations.catalogue import catalogue
from generations.models import Account
from generations.sealing import CannotUnseal
from studio.models import Team

LUMA = "Luma"
SIMULATOR = "Simulator"
_SIMULATOR_KEY = "simulator"
_API_PATH = "/dream-machine/v1"  # luma-dream-machine-v1 sheet §1


def sync(team: Team, *, simulator_url: str | None = None) -> Account:
    """Give the team the account that the settings ask for, and switch the other one off.

    `simulator_url` is where the simulator listens, SIMULATOR_URL unless given.
    """
    if settings.LUMA_API_KEY:
        _switch_off(team, SIMULATOR)
        return _account(team, LUMA, settings.LUMA_API_KEY, base_url="", simulated=False)
    _switch_off(team, LUMA)
    base_url = (simulator_url or settings.SIMULATOR_URL).rstrip("/") + _API_PATH
    return _account(team, SIMULATOR, _SIMULATOR_KEY, base_url=base_url, simulated=True)


def _switch_off(team: Team, name: str) -> None:
    Account.objects.filter(team=team, name=name).update(enabled=False)


def _account(team: Team, name: str, key: str, *, base_url: str, simulated: bool) -> Account:
    facts = catalogue().providers["luma"]
    account = Account.objects.filter(team=team, name=name).first() or Account(
        team=team,
        name=name,
        provider=facts.key,
        simulated=simulated,
        concurrent_limit=facts.concurrent_limit,
        per_minute_limit=facts.per_minute_limit,
    )
    if not _holds(account, key):
        account.set_key(key)
    account.base_url, account.enabled = base_url, True
    account.save()
    return account


def _holds(account: Account, key: str) -> bool:
    try:
        return bool(account.sealed_key) and account.reveal_key() == key
    except CannotUnseal:
        return False
