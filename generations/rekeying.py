"""Another key of the same account at a provider: what was made with the earlier one stays known.

docs/decisions/0032.
"""

import logging

from django.db import transaction
from django.utils import timezone

from generations import enrolling, probing
from generations.models import Account, Attempt, Generation
from generations.models.states import AT_PROVIDER
from generations.providers import abilities_of, called, provider_for
from generations.providers.base import NotFound, ProviderError
from generations.refusal import Refused
from generations.waking import wake

log = logging.getLogger(__name__)

# One may have been deleted at the provider by hand.
_JOBS_ASKED = 3
_ANOTHERS = (
    "{server} doesn't know with this key what {account} made last: it is a key of another account. "
    "Leave the box empty, and it becomes an account of its own."
)
_CANT_ASK = "{server} can't be asked whether it is a key of the same account. Try again later."
_OF_SETTINGS = (
    "The key of {account} comes from the settings. Have whoever runs Dailies put the new one there "
    "and start it again: where it is of the same account, this one stays. Or leave the box empty, "
    "and it becomes an account of its own."
)


def rekey(account: Account, key: str) -> None:
    """Put another key of the same account at the provider into an account. Raises Refused.

    Its takes, prices, limits and books stay its own, and what is on its way is asked after with
    the new key. Whether it is the same account is asked of the provider, where it has made
    anything for us.
    """
    if account.managed == Account.Managed.NOW:
        raise Refused({"key": _OF_SETTINGS.format(account=account)})
    enrolling.test_in_place(account, key)
    names = {"server": called(account), "account": account}
    try:
        known = knows_its_jobs(account, key)
    except ProviderError as error:
        raise Refused({"key": _CANT_ASK.format(**names)}) from error
    if known is False:
        raise Refused({"key": _ANOTHERS.format(**names)})
    put_in(account, key)


def knows_its_jobs(account: Account, key: str) -> bool | None:
    """Ask an account's provider whether a key knows what the account made last. Costs nothing.

    None where there is nothing to ask by. Raises ProviderError.
    """
    if not abilities_of(account).can_get:
        return None
    made = Attempt.objects.filter(account=account, generation__erased_at=None)
    ids = made.exclude(provider_id="").order_by("-pk").values_list("provider_id", flat=True)
    asked = Account(provider=account.provider, base_url=account.base_url)
    asked.simulated, asked.managed = account.simulated, account.managed
    asked.set_key(key)
    provider = provider_for(asked)
    found = None
    for provider_id in ids[:_JOBS_ASKED]:
        try:
            provider.get(provider_id)
        except NotFound:
            found = False
        else:
            return True
    return found


def put_in(account: Account, key: str) -> None:
    """Put a key into an account that is kept, and have its jobs asked after with that.

    Since when it has the key is remembered: that a list lacks what was sent before proves
    nothing, so that it is never sent again by itself.
    """
    with transaction.atomic():
        # As it is now: asking the provider took a while.
        fresh = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        fresh.set_key(key)
        fresh.save()
        account.refresh_from_db()
        flying = Generation.objects.filter(account=account, state__in=AT_PROVIDER)
        flying.free().update(next_at=timezone.now())
        wake("poll_due", account.pk)
    probing.let_go_on(account)
    log.info("account=%s has another key", account.pk)
