"""Every team's account at the provider: Luma's with a key, the simulator's without one."""

from itertools import chain, count

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from generations.catalogue import catalogue
from generations.models import Account
from generations.sealing import CannotUnseal
from studio.models import Team

LUMA = "Luma"
SIMULATOR = "Simulator"
_PROVIDER = "luma"
_SIMULATOR_KEY = "simulator"
_API_PATH = "/dream-machine/v1"  # luma-dream-machine-v1 sheet §1


def sync_all() -> None:
    """Give every team the account that the settings ask for."""
    for team in Team.objects.order_by("pk"):
        sync(team)


@transaction.atomic
def sync(team: Team, *, simulator_url: str | None = None) -> Account:
    """Give the team the account that the settings ask for, and switch the other one off.

    `simulator_url` is where the simulator listens, SIMULATOR_URL unless given. An account keeps
    its key for good, since the jobs that were sent with it are known to no other: another key is
    another account, and the earlier one is switched off under a name that says so.
    """
    Team.objects.select_for_update().get(pk=team.pk)  # two processes may start at once
    if settings.LUMA_API_KEY:
        _switch_off(team, SIMULATOR)
        return _luma(team, settings.LUMA_API_KEY)
    _switch_off(team, LUMA)
    return _simulator(team, (simulator_url or settings.SIMULATOR_URL).rstrip("/") + _API_PATH)


def _switch_off(team: Team, name: str) -> None:
    Account.objects.filter(team=team, name=name).update(enabled=False)


def _simulator(team: Team, base_url: str) -> Account:
    account = Account.objects.filter(team=team, name=SIMULATOR).first()
    account = account or _new(team, SIMULATOR, simulated=True)
    account.base_url = base_url
    return _switch_on(account, _SIMULATOR_KEY)


def _luma(team: Team, key: str) -> Account:
    theirs = Account.objects.filter(team=team, provider=_PROVIDER, simulated=False)
    # A key that is put back finds its own account: two of one key would adopt each other's jobs.
    account = next((known for known in theirs if _holds(known, key)), None)
    present = theirs.filter(name=LUMA).first()
    if present and present != account:
        _retire(present)
    account = account or _new(team, LUMA, simulated=False)
    account.name = LUMA
    return _switch_on(account, key)


def _switch_on(account: Account, key: str) -> Account:
    if _key_of(account) != key:
        account.set_key(key)
    account.enabled = True
    account.save()
    return account


def _new(team: Team, name: str, *, simulated: bool) -> Account:
    facts = catalogue().providers[_PROVIDER]
    return Account(
        team=team,
        name=name,
        provider=facts.key,
        simulated=simulated,
        concurrent_limit=facts.concurrent_limit,
        per_minute_limit=facts.per_minute_limit,
    )


def _retire(account: Account) -> None:
    """Switch an account off under another name; what was sent with it is still watched."""
    today = timezone.localdate()
    name = f"{LUMA} …{account.key_suffix}, until {today.day} {today:%b %Y}"
    taken = set(Account.objects.filter(team_id=account.team_id).values_list("name", flat=True))
    numbered = (f"{name} ({number})" for number in count(2))
    account.name = next(free for free in chain([name], numbered) if free not in taken)
    account.enabled = False
    account.save(update_fields=["name", "enabled"])


def _holds(account: Account, key: str) -> bool:
    """Tell whether this is the account's key; one that can't be opened is known by its end."""
    opened = _key_of(account)
    return opened == key if opened else account.key_suffix == key[-4:]


def _key_of(account: Account) -> str | None:
    """Return the account's key, None where it has none that can be opened."""
    try:
        return account.reveal_key() if account.sealed_key else None
    except CannotUnseal:
        return None
