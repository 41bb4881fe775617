"""Taking a team's keys at providers: tested before they are kept, preferred in an order."""

import logging
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError

from generations import inside, limits, looking, outbound, pricing, probing
from generations.addresses import plain
from generations.catalogue import ProviderFacts, catalogue, dollars
from generations.models import Account
from generations.providers import abilities_of
from generations.providers.base import KeyRefused, ProviderError
from generations.queueing import tell_the_line
from generations.refusal import Refused
from generations.sealing import CannotUnseal, reseal
from generations.waking import wake

log = logging.getLogger(__name__)

_WRONG_KEY = "{provider} refused this key. Copy it again from its page, whole."
_NO_ANSWER = "{provider} doesn't answer at that address. Look at the address, and try again."
_EMPTY = "The key works, and the account has no credits. Add some at {provider}."
_NO_REAL_KEY = (
    "Dailies runs with the simulator (OUTBOUND_LOOPBACK), beside which no real key may be in use. "
    "Put a key into LUMA_API_KEY and start it again; others can then be added here."
)
_NO_ADDRESS = (
    "This isn't the address of an API. One begins with https:// and the server's name, such as "
    "https://api.example.com/v1; leave it empty for the provider's own."
)
_WRONG_PORT = (
    "The address names port {port}, and only https's usual one is asked. Take “:{port}” out, or "
    "leave the address empty for the provider's own."
)
_NO_OWN_ADDRESS = (
    "This provider is any server of your choice: put in its address, such as "
    "https://images.example.com/v1."
)
_NO_MODEL = "Say what the server calls its model, such as flux.1-dev."
_NOT_ITS_NAME = "{provider} has its own names for its models: leave this empty."
_OTHER_API = (
    "This is a key of {owner}, by how it begins, and {provider} has others. Choose {owner} as the "
    "provider, or put in the other key."
)
_KEY_OF_SETTINGS = (
    "{account} is a server that the settings name. Have whoever runs Dailies put the key into "
    "IMAGES_API_KEY and start it again."
)
_HDR_AGAIN = "HDR is offered again: the next take in HDR shows whether its key has it."
_TAKEN = "The team has an account of that name. Choose another."
_USED = "{account} was used, so that it is kept for its takes and the books. Switch it off instead."
_HAVE_IT = "{account} has this very key. Switch that on, or test it again."


@dataclass(frozen=True)
class Key:
    """What a person gives of an account: the key in the clear, and where it is one."""

    name: str
    key: str = field(repr=False)
    provider: str = "luma"
    base_url: str = ""
    model_name: str = ""
    concurrent_limit: int | None = None
    per_minute_limit: int | None = None
    price_factor: Decimal | None = None


def enroll(team: Any, given: Key, *, even_if_refused: bool = False) -> Account:
    """Keep a team's key at a provider, once the provider has answered to it.

    With `even_if_refused` a key that failed its test is kept too, switched off. Raises Refused.
    """
    account = _account(team, given)
    _refuse_twice(account, given.key)
    try:
        try_out(account)
    except Refused:
        if not even_if_refused:
            raise
        account.enabled = False
    looking.begin(account)
    _save(account)
    log.info("account=%s enrolled, enabled=%s", account.pk, account.enabled)
    return account


def replace_key(account: Account, key: str) -> Account:
    """Put another account's key in an account's place: a new one, for the old one's jobs are its.

    It has the old one's place, limits, pause and own prices. The old one is switched off under
    a name that says so; what waits moves. Raises Refused.
    """
    if inside.may_be(account):
        raise Refused({"key": _KEY_OF_SETTINGS.format(account=account)})
    made = _account(account.team, _given_again(account, key))
    _refuse_twice(made, key)
    try_out(made)
    looking.begin(made)
    with transaction.atomic():
        account.retire()
        made.rank, made.paused_at = account.rank, account.paused_at
        _save(made)
        pricing.take_over(made, account)
        limits.take_over(made, account)
    wake("submit_due", account.pk)
    return made


def test_in_place(account: Account, key: str) -> None:
    """Test a key where an account is, without keeping it. Raises Refused."""
    if inside.may_be(account):
        raise Refused({"key": _KEY_OF_SETTINGS.format(account=account)})
    tried = _account(account.team, _given_again(account, key))
    _refuse_twice(tried, key)
    try_out(tried)


def _given_again(account: Account, key: str) -> Key:
    return Key(
        name=account.name,
        key=key,
        provider=account.provider,
        base_url=account.base_url,
        model_name=account.model_name,
        concurrent_limit=account.concurrent_limit,
        per_minute_limit=account.per_minute_limit,
    )


def try_out(account: Account) -> Decimal | None:
    """Return the balance in dollars of an account that answers. Raises Refused in words.

    None where its provider doesn't tell it.
    """
    credits_usd, _, errors = _test(account)
    if errors:
        raise Refused(errors)
    return credits_usd


def try_again(account: Account) -> str:
    """Test an account that is kept; what it answers ends its trouble or begins it.

    Returns words.
    """
    credits_usd, problem, errors = _test(account)
    account.note_problem(problem)
    if errors:
        return f"{account}: {' '.join(errors.values())}"
    if abilities_of(account).may_lack_models:
        looking.look(account)
    probing.let_go_on(account)
    has = "" if credits_usd is None else f", and has {dollars(credits_usd)}"
    again = f" {_HDR_AGAIN}" if account.forget_hdr() else ""
    return f"{account} answers{has}.{again}"


def _test(account: Account) -> tuple[Decimal | None, str, dict[str, str]]:
    """Return the balance in dollars, the problem, and the words about it, by field."""
    provider = catalogue().providers[account.provider].title
    try:
        credits_usd = probing.ask(account)
    except KeyRefused:
        words = {"key": _WRONG_KEY.format(provider=provider)}
        return Decimal(0), Account.Problem.KEY, words
    except CannotUnseal as error:
        return Decimal(0), Account.Problem.KEY, {"key": str(error)}
    except ProviderError as error:
        log.info("account=%s doesn't answer: %s", account.pk, type(error).__name__)
        words = {"base_url": _NO_ANSWER.format(provider=provider)}
        return Decimal(0), Account.Problem.UNREACHABLE, words
    if credits_usd is not None and credits_usd <= 0:
        return credits_usd, Account.Problem.CREDITS, {"key": _EMPTY.format(provider=provider)}
    return credits_usd, Account.Problem.NONE, {}


def switch_on(account: Account) -> None:
    """Let an account take work, once it has answered. Raises Refused."""
    _refuse_real_key(account)
    try_out(account)
    if abilities_of(account).may_lack_models:
        looking.look(account)
    if Account.objects.filter(pk=account.pk, enabled=False).update(enabled=True):
        account.enabled = True
        account.note_problem(Account.Problem.NONE)
        account.forget_hdr()
        probing.let_go_on(account)


def switch_off(account: Account) -> None:
    """Give an account no more work; what waits for it moves where it can."""
    if Account.objects.filter(pk=account.pk, enabled=True).update(enabled=False):
        tell_the_line("account_down", account=account)
        wake("submit_due", account.pk)


def prefer(account: Account) -> None:
    """Put an account one place ahead in its team's order of preference."""
    with transaction.atomic():
        mine = Account.objects.with_key().filter(team=account.team_id)
        # In the order in which everybody locks accounts, which isn't that of preference.
        list(mine.select_for_update(no_key=True).order_by("pk"))
        order = list(mine.order_by("rank", "id").values_list("pk", flat=True))
        at = order.index(account.pk)
        if at:
            order[at - 1], order[at] = order[at], order[at - 1]
        for rank, pk in enumerate(order):
            Account.objects.filter(pk=pk).update(rank=rank)


def remove(account: Account) -> None:
    """Forget an account that nothing was ordered or booked at. Raises Refused."""
    if not Account.objects.with_use().filter(pk=account.pk, **{"is_used": True}).exists():
        try:
            account.delete()
            return
        except (ProtectedError, IntegrityError):
            log.info("account=%s came in use while it was removed", account.pk)
    raise Refused({"": _USED.format(account=account)})


def rotate_keys() -> tuple[int, list[Account]]:
    """Seal every key with the newest encryption key.

    Returns how many were sealed, and the accounts whose key can't be opened.
    """
    sealed, lost = 0, []
    for account in Account.objects.exclude(sealed_key="").order_by("pk"):
        try:
            token = reseal(account.sealed_key)
        except CannotUnseal:
            lost.append(account)
            continue
        # Only where nobody has put in another key meanwhile.
        mine = Account.objects.filter(pk=account.pk, sealed_key=account.sealed_key)
        sealed += mine.update(sealed_key=token)
    return sealed, lost


def _account(team: Any, given: Key) -> Account:
    """Return the account of what was given, not saved yet. Raises Refused."""
    facts = catalogue().providers.get(given.provider)
    if facts is None:
        raise Refused({"provider": "Choose a provider from the list."})
    base_url, model_name = plain(given.base_url), given.model_name.strip()
    elsewhere = base_url not in ("", facts.base_url)
    _refuse_anothers(given.key.strip(), facts, elsewhere=elsewhere)
    _check_server(facts, base_url, model_name)
    last = Account.objects.filter(team=team).aggregate(rank=Max("rank"))["rank"]
    account = Account(
        team=team,
        name=given.name.strip(),
        provider=facts.key,
        base_url="" if base_url == facts.base_url else base_url,
        model_name=model_name,
        simulated=base_url.startswith("http:"),  # the address was admitted: it is this machine
        rank=0 if last is None else last + 1,
        concurrent_limit=given.concurrent_limit or facts.concurrent_limit,
        per_minute_limit=given.per_minute_limit or facts.per_minute_limit,
    )
    _refuse_real_key(account)
    if given.price_factor is not None:
        pricing.set_factor(account, given.price_factor)
    account.set_key(given.key.strip())
    return account


def _refuse_anothers(key: str, facts: ProviderFacts, *, elsewhere: bool) -> None:
    """Refuse a key that is another provider's by its shape.

    `elsewhere`: at an address that isn't the provider's own, whose keys may look like any. Also
    there a key that only one API has is that one's, and is sent to nobody else.
    """
    matches = [
        (len(begins), each)
        for each in catalogue().providers.values()
        for begins in each.keys_begin
        if key.startswith(begins)
    ]
    longest = max((length for length, _ in matches), default=0)
    owners = [each for length, each in matches if length == longest]
    is_one_of_many = len(owners) > 1 and (elsewhere or not facts.keys_begin)
    if not owners or facts in owners or is_one_of_many:
        return
    names = " or ".join(each.title for each in owners)
    raise Refused({"key": _OTHER_API.format(owner=names, provider=facts.title)})


def _check_server(facts: ProviderFacts, base_url: str, model_name: str) -> None:
    """Refuse an address that isn't asked, and one's own server without its model's name."""
    if not (base_url or facts.base_url):
        raise Refused({"base_url": _NO_OWN_ADDRESS})
    _check_address(base_url or facts.base_url)
    if bool(model_name) == bool(facts.base_url):
        words = _NOT_ITS_NAME.format(provider=facts.title) if model_name else _NO_MODEL
        raise Refused({"model_name": words})


def _check_address(url: str) -> None:
    try:
        outbound.check_url(url)
    except outbound.Forbidden as error:
        raise Refused({"base_url": _address_words(url)}) from error


def _address_words(url: str) -> str:
    """Say what to change about an address that isn't asked."""
    if "@" in url:
        return "An address has no user or password in it: the key goes into its own field."
    secure = re.fullmatch(r"https://[^/:]+:(\d+)(/.*)?", url, re.IGNORECASE)
    return _WRONG_PORT.format(port=secure[1]) if secure else _NO_ADDRESS


def _refuse_real_key(account: Account) -> None:
    if settings.OUTBOUND_LOOPBACK and not account.simulated:
        raise Refused({"key": _NO_REAL_KEY})


def _refuse_twice(account: Account, key: str) -> None:
    """Refuse a key that the team has already: two accounts would adopt each other's jobs."""
    known = Account.objects.sharing(account).filter(team=account.team_id).first()
    if known:
        raise Refused({"key": _HAVE_IT.format(account=known)})


def _save(account: Account) -> None:
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise Refused({"name": _TAKEN}) from error
