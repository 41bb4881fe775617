"""Every team's accounts at the providers: with keys the real ones, without any the simulator's."""

from dataclasses import dataclass
from itertools import chain, count

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from generations import limits, pricing, rekeying
from generations.addresses import plain
from generations.catalogue import catalogue
from generations.models import Account
from generations.providers.base import ProviderError
from generations.sealing import CannotUnseal
from studio import auditing
from studio.models import AuditEntry, Team

_SIMULATOR_KEY = "simulator"
# An account, by its id and the print of its key.
_Known = tuple[int, str]


@dataclass(frozen=True)
class _Api:
    """What the settings may ask for: a provider, and how its accounts are called.

    One without a `simulator_path` is any server, whose address and model the settings name.
    """

    provider: str
    name: str
    simulator_name: str = ""
    simulator_path: str = ""

    @property
    def key(self) -> str:
        """The real key in the settings, or nothing."""
        return self._said("API_KEY")

    @property
    def server(self) -> dict[str, str]:
        """What tells its accounts from others of the provider, beside the key; or nothing."""
        if self.simulator_path:
            return {}
        return {"base_url": plain(self._said("BASE_URL")), "model_name": self._said("MODEL")}

    def _said(self, name: str) -> str:
        return str(getattr(settings, f"{self.provider.upper().replace('-', '_')}_{name}"))


_APIS = (
    _Api("luma", "Luma", "Simulator", "/dream-machine/v1"),
    _Api("luma-agents", "Luma Agents", "Simulator of Luma Agents", "/agents/v1"),
    _Api("openai", "OpenAI images", "Simulator of OpenAI images", "/openai/v1"),
    _Api("images", "Images server"),
)


def has_real_key() -> bool:
    """Tell whether the settings name a key at any provider: then nothing is simulated."""
    return any(api.key for api in _APIS)


def sync_all() -> None:
    """Give every team the accounts that the settings ask for; a deleted one gets no key."""
    for team in Team.objects.there().order_by("pk"):
        sync(team)


def sync(team: Team, *, simulator_url: str | None = None) -> None:
    """Give the team the accounts that the settings ask for, and switch off what they asked before.

    `simulator_url` is where the simulator listens, SIMULATOR_URL unless given. Another
    key goes into the account that there is where its provider knows that account's jobs by it.
    Else it is another account, since the jobs that were sent are known to no other, and the
    earlier one is switched off under a name that says so (docs/decisions/0032). What people
    made, or switched off, stays as it is, while the settings ask for the same as before.
    """
    same = _asked_of_providers(team)
    with transaction.atomic():
        _sync(team, simulator_url or settings.SIMULATOR_URL, same)


def _sync(team: Team, simulator_url: str, same: set[_Known]) -> None:
    # Two processes may start at once. Its key stays free: rows that refer to it are written by
    # who holds the lines of its accounts, which are changed here.
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    before = _seen(team)
    is_real = has_real_key()
    if not is_real and settings.OUTBOUND_LOOPBACK:  # no real key may be beside the simulator
        Account.objects.filter(team=team, simulated=False).update(enabled=False)
    for api in _APIS:
        if not (is_real and api.key):
            _switch_off(team, api, simulated=False)
        if is_real:
            _switch_off(team, api, simulated=True)
    for api in _APIS:
        if api.key:
            _real(team, api, same)
        elif not is_real and api.simulator_path:
            _simulator(team, api, plain(simulator_url))
    _note_changes(team, before)


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
        if was.key_print != account.key_print and not account.simulated:
            _note(team, f"Put another key, which ends in {account.key_suffix}, into {account.name}")
        if was.enabled != account.enabled:
            on = "on" if account.enabled else "off"
            _note(team, f"Switched the account {account.name} {on}")


def _note(team: Team, words: str) -> None:
    auditing.note(AuditEntry.Kind.KEYS, team, f"{words}, as the settings ask")


def _asked_for(team: Team, api: _Api, *, simulated: bool) -> QuerySet[Account]:
    """Return what the settings asked for at the last start."""
    return Account.objects.filter(
        team=team, provider=api.provider, simulated=simulated, managed=Account.Managed.NOW
    )


def _switch_off(team: Team, api: _Api, *, simulated: bool) -> None:
    asked = _asked_for(team, api, simulated=simulated)
    asked.update(enabled=False, managed=Account.Managed.BEFORE)


def _simulator(team: Team, api: _Api, url: str) -> None:
    theirs = Account.objects.filter(team=team, provider=api.provider, simulated=True)
    made = theirs.exclude(managed=Account.Managed.NO).order_by("pk").first()
    account = _as_it_is(made) or _new(team, api, api.simulator_name, simulated=True)
    account.base_url = url + api.simulator_path
    _ask_for(account, _SIMULATOR_KEY)


def _asked_of_providers(team: Team) -> set[_Known]:
    """Return the accounts that are to get another key of their own, each with the key it has.

    Their providers are asked, which may take a minute: call outside of any transaction.
    """
    same = set()
    for api in _APIS:
        if api.key:
            account, earlier = _found(team, api)
            if earlier and account is None and _is_of_the_same(earlier, api.key):
                same.add((earlier.pk, earlier.key_print))
    return same


def _found(team: Team, api: _Api) -> tuple[Account | None, Account | None]:
    """Return the account that has the key in the settings, and another one that they made."""
    theirs = Account.objects.filter(team=team, provider=api.provider, simulated=False, **api.server)
    # A key that is put back finds its own account: two of one key would adopt each other's jobs.
    account = next((known for known in theirs.order_by("pk") if _holds(known, api.key)), None)
    before = _asked_for(team, api, simulated=False)
    return account, before.exclude(pk=account.pk if account else 0).first()


def _real(team: Team, api: _Api, same: set[_Known]) -> None:
    account, earlier = _found(team, api)
    account, earlier = _as_it_is(account), _as_it_is(earlier)
    if earlier and account is None and (earlier.pk, earlier.key_print) in same:
        rekeying.put_in(earlier, api.key)
        return
    if earlier:
        _let_go(earlier, api)
    if account and account.managed == Account.Managed.NO:
        return  # somebody's own
    account = account or _new(team, api, api.name, simulated=False)
    if account.managed == Account.Managed.BEFORE or not account.pk:
        account.name = _free_name(team, api.name, account)
    if earlier and not account.pk:
        for name in ("rank", "paused_at", "concurrent_limit", "per_minute_limit"):
            setattr(account, name, getattr(earlier, name))
    _ask_for(account, api.key)
    if earlier:
        pricing.take_over(account, earlier)
        limits.take_over(account, earlier)


def _as_it_is(account: Account | None) -> Account | None:
    """Return an account as it is now, held: a person may be putting another key into it."""
    return account and Account.objects.select_for_update(no_key=True).get(pk=account.pk)


def _is_of_the_same(account: Account, key: str) -> bool:
    """Tell whether a key is another of the same account, as the provider says it of its jobs.

    Where that can't be asked now it counts as another's, with which nothing is mistaken.
    """
    try:
        return rekeying.knows_its_jobs(account, key) is True
    except ProviderError:
        return False


def _let_go(account: Account, api: _Api) -> None:
    """Switch off what the settings ask for no more; a name that a person gave it stays."""
    if account.name == api.name:
        account.retire()
    mine = Account.objects.filter(pk=account.pk)
    mine.update(enabled=False, managed=Account.Managed.BEFORE)


def _ask_for(account: Account, key: str) -> None:
    """Switch on what the settings didn't ask for at the last start; keep its key."""
    if _key_of(account) != key:
        account.set_key(key)
    if account.managed != Account.Managed.NOW:
        account.managed, account.enabled = Account.Managed.NOW, True
    account.save()


def _new(team: Team, api: _Api, name: str, *, simulated: bool) -> Account:
    facts = catalogue().providers[api.provider]
    account = Account(
        team=team,
        provider=facts.key,
        simulated=simulated,
        concurrent_limit=facts.concurrent_limit,
        per_minute_limit=facts.per_minute_limit,
        **({} if simulated else api.server),
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
