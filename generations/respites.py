"""Respites: until when an account is left alone that turned work away, or couldn't be asked.

They belong to the key, so that all accounts with it have them, and whoever comes newly as well.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from generations import buckets
from generations.lining import go_on
from generations.models import Account, AccountBucket
from generations.models.account_queries import change_in_order
from generations.waking import wake


def send_nothing(account: Account, until: datetime, bucket: str | None = None) -> None:
    """Have nothing sent with an account's key until a time; of one bucket, if only that is full.

    Call with its line locked (lining.locked).
    """
    sharing = Account.objects.sharing(account)
    if bucket is None:
        _set(sharing, "quiet_until", until)
    elif bucket == buckets.FIRST:
        _set(sharing, "full_until", until)
    else:
        for each in sharing:
            AccountBucket.objects.get_or_create(account=each, bucket=bucket)
        own = AccountBucket.objects.filter(account__in=sharing, bucket=bucket)
        _set(own, "full_until", until)


def ask_nothing(account: Account, until: datetime) -> None:
    """Have nobody ask after the jobs of an account's key until a time."""
    _set(Account.objects.sharing(account), "unasked_until", until)


def takes_work(account: Account) -> None:
    """Learn that an account takes work: what waits with its key is looked at now.

    What a limit holds back stays so: that another bucket has room says nothing of it.
    """
    sharing = Account.objects.sharing(account)
    quiet = sharing.filter(quiet_until__gt=timezone.now())
    if quiet.exists() and change_in_order(quiet, quiet_until=None):
        go_on(account__in=sharing)
        wake("submit_due", account.pk)


def forget_after(moment: datetime) -> int:
    """End those that a clock which was set back since made too long; returns how many."""
    ended = 0
    for name in ("quiet_until", "full_until", "unasked_until"):
        late = Account.objects.filter(**{f"{name}__gt": moment})
        ended += change_in_order(late, **{name: None})
    full = AccountBucket.objects.filter(full_until__gt=moment)
    return ended + change_in_order(full, full_until=None)


def _set(rows: Any, name: str, until: datetime) -> None:
    """Lengthen what there is; nothing is shortened."""
    shorter = rows.filter(Q(**{name: None}) | Q(**{f"{name}__lt": until}))
    change_in_order(shorter, **{name: until})
