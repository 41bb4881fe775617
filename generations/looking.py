"""Looking whether an account's server has the catalogue's models: what it lacks isn't offered.

Only where its provider may lack them (a gateway, docs/decisions/0028). Nothing is paid for it.
"""

import logging
from datetime import datetime, timedelta

from django.utils import timezone

from generations.models import Account
from generations.probing import let_go_on
from generations.providers import abilities_of, provider_for
from generations.providers.base import ProviderError
from generations.sealing import CannotUnseal

log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)
# A price list that couldn't be read is read again sooner.
_AGAIN_AFTER = timedelta(minutes=10)


def begin(account: Account) -> None:
    """Look at a new account's server, also before it is saved: until that says so it has none."""
    if abilities_of(account).may_lack_models:
        account.lacks_models = True
        look(account)


def look(account: Account) -> bool:
    """Read the price list of an account's server. False where that can't be read.

    Then what it said before holds.
    """
    if not abilities_of(account).may_lack_models:
        return True
    now = timezone.now()
    try:
        there = provider_for(account).has_models()
    except (ProviderError, CannotUnseal) as error:
        log.info("account=%s its price list can't be read: %s", account.pk, type(error).__name__)
        account.look_again(now + _AGAIN_AFTER)
        return False
    was_away = account.lacks_models
    account.note_models(there=there)
    account.look_again(now + EVERY)
    log.info("account=%s has the catalogue's models: %s", account.pk, there)
    if there and was_away and account.pk:
        let_go_on(account)
    return True


def look_due(account_id: int) -> bool:
    """Look once, of all the workers. True when there was something to look at."""
    account = Account.objects.get(pk=account_id)
    now = timezone.now()
    mine = Account.objects.due_for_look(now).filter(pk=account_id, look_at=account.look_at)
    if not mine.update(look_at=now + _AGAIN_AFTER):
        return False
    look(account)
    return True


def look_soon(account: Account, now: datetime) -> None:
    """Have it looked at with the next sweep: its server says that it hasn't a model."""
    if abilities_of(account).may_lack_models:
        account.look_again(now)
