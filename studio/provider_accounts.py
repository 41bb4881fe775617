"""Every team's account at the provider: Luma's with a key, the simulator's without one."""

from itertools import chain, count

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from generations import limits, pricing
from generations.addresses import plain
from generations.catalogue import catalogue
from generations.models import Account
from generations.sealing import CannotUnseal
from studio import auditing
from studio.models import AuditEntry, Team

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
    """Give the team the account that the settings ask for, and switch off what they asked before.

    `simulator_url` is where the simulator listens, SIMULATOR_URL unless given. An account keeps
    its key for good, since the jobs that were sent with it are known to no other: another key is
    another account, and the earlier one is switched off under a name that says so. What people
    made, or switched off, stays as it is, while the settings ask for the same as before.
    """
    Team.objects.select_for_update().get(pk=team.pk)  # two processes may start at once
    before = _seen(team)
    account = _as_asked(team, simulator_url)
    _note_changes(team, before)
    return account


def _as_asked(team: Team, simulator_url: str | None) -> Account:
    if settings.LUMA_API_KEY:
        _switch_off(team, simulated=True)
        return _luma(team, settings.LUMA_API_KEY)
    _switch_off(team, simulated=False)
    if settings.OUTBOUND_LOOPBACK:  # no real key may be in use beside the simulator
        Account.objects.filter(team=team, simulated=False).update(enabled=False)
    return _simulator(team, plain(simulator_url or settings.SIMULATOR_URL) + _API_PATH)


def _seen(team: Team) -> dict[int, Account]:
    return {each.pk: each for each in Account.objects.filter(team=team).order_by("pk")}


def _note_changes(team: Team, before: dict[int, Account]) -> None:
    """Write in the audit log what became of a team's accounts, whoever started it."""
    for pk, account in _seen(team).items():
        was = before.get(pk)
        if was is None:
            its_key = "" if account.simulated else f", whose key ends in {account.key_suffix}"
            _note(team, f"Added the account {account.name}{its_key}")
            continue
        if was.name != account.name:
            _note(team, f"Called the account {account.name}, before {was.name}")
        if was.enabled != account.enabled:
            on = "on" if account.enabled else "off"
            _note(team, f"Switched the account {account.name} {on}")


def _note(team: Team, words: str) -> None:
    auditing.note(AuditEntry.Kind.KEYS, team, f"{words}, as the settings ask")


def _asked_for(team: Team, *, simulated: bool) -> QuerySet[Account]:
    """Return what the settings asked for at the last start."""
    return Account.objects.filter(team=team, simulated=simulated, managed=Account.Managed.NOW)


def _switch_off(team: Team, *, simulated: bool) -> None:
    asked = _asked_for(team, simulated=simulated)
    asked.update(enabled=False, managed=Account.Managed.BEFORE)


def _simulator(team: Team, base_url: str) -> Account:
    made = Account.objects.filter(team=team, simulated=True).exclude(managed=Account.Managed.NO)
    account = made.order_by("pk").first() or _new(team, SIMULATOR, simulated=True)
    account.base_url = base_url
    return _ask_for(account, _SIMULATOR_KEY)


def _luma(team: Team, key: str) -> Account:
    theirs = Account.objects.filter(team=team, provider=_PROVIDER, simulated=False)
    # A key that is put back finds its own account: two of one key would adopt each other's jobs.
    account = next((known for known in theirs.order_by("pk") if _holds(known, key)), None)
    earlier = _asked_for(team, simulated=False).exclude(pk=account.pk if account else 0).first()
    if earlier:
        _let_go(earlier)
    if account and account.managed == Account.Managed.NO:
        return account  # somebody's own
    account = account or _new(team, LUMA, simulated=False)
    if account.managed == Account.Managed.BEFORE or not account.pk:
        account.name = _free_name(team, LUMA, account)
    if earlier and not account.pk:
        for name in ("rank", "paused_at", "concurrent_limit", "per_minute_limit"):
            setattr(account, name, getattr(earlier, name))
    account = _ask_for(account, key)
    if earlier:
        pricing.take_over(account, earlier)
        limits.take_over(account, earlier)
    return account


def _let_go(account: Account) -> None:
    """Switch off what the settings ask for no more; a name that a person gave it stays."""
    if account.name == LUMA:
        account.retire()
    mine = Account.objects.filter(pk=account.pk)
    mine.update(enabled=False, managed=Account.Managed.BEFORE)


def _ask_for(account: Account, key: str) -> Account:
    """Switch on what the settings didn't ask for at the last start; keep its key."""
    if _key_of(account) != key:
        account.set_key(key)
    if account.managed != Account.Managed.NOW:
        account.managed, account.enabled = Account.Managed.NOW, True
    account.save()
    return account


def _new(team: Team, name: str, *, simulated: bool) -> Account:
    facts = catalogue().providers[_PROVIDER]
    account = Account(
        team=team,
        provider=facts.key,
        simulated=simulated,
        concurrent_limit=facts.concurrent_limit,
        per_minute_limit=facts.per_minute_limit,
    )
    account.name = _free_name(team, name, account)
    return account


def _free_name(team: Team, name: str, account: Account) -> str:
    """Return the name, numbered where another of the team's accounts has it."""
    others = Account.objects.filter(team=team).exclude(pk=account.pk)
    taken = set(others.values_list("name", flat=True))
    numbered = (f"{name} {number}" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


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
