"""How much an account takes at once and in a minute, bucket by bucket."""

from generations import buckets
from generations.models import Account, AccountBucket
from generations.refusal import Refused

_AT_LEAST_1 = "A limit is at least 1. Pause the account instead."


def limits_of(account: Account, bucket: str) -> tuple[int, int]:
    """Return how many jobs may be in flight, and how many creates in a minute, of a bucket."""
    if bucket == buckets.FIRST:
        return account.concurrent_limit, account.per_minute_limit
    mine = AccountBucket.objects.filter(account=account, bucket=bucket)
    own = mine.values_list("concurrent_limit", "per_minute_limit").first()
    return limits_with(account, bucket, own or (None, None))


def limits_with(
    account: Account, bucket: str, own: tuple[int | None, int | None]
) -> tuple[int, int]:
    """Return the same where the account's own limits in a bucket beside the first are known."""
    if bucket == buckets.FIRST:
        return account.concurrent_limit, account.per_minute_limit
    facts = buckets.facts_of(account.provider, bucket)
    return own[0] or facts.concurrent_limit, own[1] or facts.per_minute_limit


def set_limits(
    account: Account,
    concurrent_limit: int | None,
    per_minute_limit: int | None,
    bucket: str = buckets.FIRST,
) -> None:
    """Set how many takes may be in flight, and be sent in a minute; None: as published.

    Raises Refused.
    """
    known = (buckets.FIRST, *(facts.key for facts in buckets.others_of(account.provider)))
    if bucket not in known:
        raise Refused({"bucket": "Its provider has no such limits. Look at the page again."})
    if any(limit is not None and limit < 1 for limit in (concurrent_limit, per_minute_limit)):
        raise Refused({"concurrent_limit": _AT_LEAST_1})
    if bucket == buckets.FIRST:
        facts = buckets.facts_of(account.provider, bucket)
        Account.objects.filter(pk=account.pk).update(
            concurrent_limit=concurrent_limit or facts.concurrent_limit,
            per_minute_limit=per_minute_limit or facts.per_minute_limit,
        )
        return
    limits = {"concurrent_limit": concurrent_limit, "per_minute_limit": per_minute_limit}
    AccountBucket.objects.update_or_create(account=account, bucket=bucket, defaults=limits)


def take_over(account: Account, earlier: Account) -> None:
    """Give an account the limits, beside the first bucket's, of the one whose place it takes."""
    for own in AccountBucket.objects.filter(account=earlier):
        set_limits(account, own.concurrent_limit, own.per_minute_limit, own.bucket)
