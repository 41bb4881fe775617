"""Asking an account that was left alone whether it works again: the breaker's half-open state."""

import logging
from decimal import Decimal

from django.utils import timezone

from generations import respites
from generations.lining import go_on
from generations.models import Account, Generation
from generations.providers import provider_for
from generations.providers.base import OutOfCredits, ProviderError
from generations.queueing import tell_the_line
from generations.sealing import CannotUnseal
from generations.waking import wake

log = logging.getLogger(__name__)

_A_CENT = Decimal("0.01")


def probe_due(account_id: int) -> bool:
    """Ask once, of all the workers, whether the account works again. True when it does.

    Nothing is paid for it: a ping, and the balance where that was the trouble.
    """
    account = Account.objects.get(pk=account_id)
    now = timezone.now()
    if not account.take_probe(now):
        return False
    try:
        credits_usd = ask(account)
        short = account.problem == Account.Problem.CREDITS
        if short and credits_usd is not None and credits_usd < _wanted_usd(account):
            raise OutOfCredits("the balance is too low for the next in line")
    except (ProviderError, CannotUnseal) as error:
        log.info("account=%s still out of order: %s", account.pk, type(error).__name__)
        return False
    account.close()
    log.info("account=%s works again", account.pk)
    let_go_on(account)
    return True


def let_go_on(account: Account) -> None:
    """Have what waits looked at now: an account works, for which others' work may wait too."""
    respites.takes_work(account)
    go_on(account__team=account.team_id)
    tell_the_line("account_up", account=account)
    wake("submit_due", account.pk)


def _wanted_usd(account: Account) -> Decimal:
    """Return what the next in line costs, in dollars; a cent where nobody waits."""
    line = Generation.objects.filter(account=account, paused_at__isnull=True).waiting()
    first = line.first()
    return first.price_usd if first else _A_CENT


def ask(account: Account) -> Decimal | None:
    """Return the account's balance in dollars, once it has answered a ping, and keep it.

    None where the provider doesn't tell it. Raises ProviderError and CannotUnseal.
    """
    provider = provider_for(account)
    provider.ping()
    credits_usd = provider.credits_usd()
    account.note_test(credits_usd)
    return credits_usd
