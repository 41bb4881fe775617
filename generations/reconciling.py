"""Reconciling: an account's balance at the provider against the ledger, once a night.

The difference since the last reading is compared, never the whole balance: what was added or
spent there by others before is no business of ours.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from generations.models import Account, Attempt, Generation, LedgerEntry, Reconciliation
from generations.models.ledger import exact
from generations.providers import provider_for, those_that
from generations.providers.base import ProviderError
from generations.refusal import Refused
from generations.sealing import CannotUnseal

log = logging.getLogger(__name__)

AT_HOUR = 3  # UTC
# Luma counts in cents, and prices have four places: each job may be rounded by half a cent.
TOLERANCE_USD = Decimal("0.01")
_READINGS = 3
_DOUBTFUL = (Attempt.Outcome.SENDING, Attempt.Outcome.UNCONFIRMED, Attempt.Outcome.LOST)
_TOO_LATE = "This difference was booked meanwhile, or can't be booked. Look at it again."
Verdict = Reconciliation.Verdict


@dataclass(frozen=True)
class Held:
    """What an account's provider holds of ours, in dollars, as the ledger knows it."""

    taken_usd: Decimal
    at_work_usd: Decimal
    doubtful_usd: Decimal


def due(now: datetime) -> QuerySet[Account]:
    """Return the accounts whose balance wasn't read since the last night.

    Of those that are switched off, only whose jobs are still in flight: they cost money yet.
    """
    night = now.replace(hour=AT_HOUR, minute=0, second=0, microsecond=0)
    last_night = night if now >= night else night - timedelta(days=1)
    read = Reconciliation.objects.filter(at__gte=last_night).values("account")
    flying = Generation.objects.in_flight().values("account")
    used = that_tell(Account.objects.all()).filter(Q(enabled=True) | Q(pk__in=flying))
    return used.exclude(pk__in=read)


def that_tell(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Return only the accounts of which there is a balance to be read."""
    return accounts.exclude(sealed_key="").filter(provider__in=those_that("tells_balance"))


def reconcile_due() -> int:
    """Reconcile every account that is due for it. Returns how many were."""
    return reconcile(due(timezone.now()))


def reconcile(accounts: QuerySet[Account]) -> int:
    """Read the balances of accounts, and write down what differs. Returns how many were read.

    Accounts with the same key have one balance: they are read together. One that can't be read
    is logged, and tried again when it is next due. One whose provider doesn't tell is left out.
    """
    wanted, done = set(that_tell(accounts).values_list("pk", flat=True)), set[int]()
    for account in Account.objects.filter(pk__in=wanted).order_by("pk"):
        if account.pk in done:
            continue
        sharing = list(Account.objects.sharing(account))
        done |= {each.pk for each in sharing}
        try:
            _read(sharing)
        except (ProviderError, CannotUnseal) as error:
            log.warning("account=%s the balance can't be read: %s", account.pk, error)
            wanted.discard(account.pk)
    return len(wanted & done)


def correct(reconciliation: Reconciliation, actor: Any) -> None:
    """Bring the ledger to what the provider really took. Raises Refused."""
    if not reconciliation.correct(actor):
        raise Refused({"": _TOO_LATE})
    log.info(
        "account=%s corrected by %s usd", reconciliation.account_id, reconciliation.correction_usd
    )


def _read(accounts: Sequence[Account]) -> None:
    """Read a balance, and write a row for each account that draws on it."""
    balance_usd, held = _balance_at_rest(accounts)
    base = _base(accounts)
    taken_before = {row.account_id: row.taken_usd for row in base}
    first = not base or set(taken_before) != {account.pk for account in accounts}
    moved = {pk: each.taken_usd - taken_before.get(pk, Decimal(0)) for pk, each in held.items()}
    expected_usd = balance_usd if first else base[0].balance_usd - sum(moved.values())
    difference_usd = exact(balance_usd - expected_usd)
    verdict = Verdict.FIRST if first else _judge(difference_usd, balance_usd, held, base)
    teams = {account.team_id for account in accounts if moved[account.pk]}
    now = timezone.now()
    since = {row.account_id: row for row in base}
    with transaction.atomic():
        for account in accounts:
            own = held[account.pk]
            Reconciliation.objects.create(
                account=account,
                since=None if first else since[account.pk],
                at=now,
                balance_usd=balance_usd,
                taken_usd=own.taken_usd,
                at_work_usd=own.at_work_usd,
                doubtful_usd=own.doubtful_usd,
                expected_usd=exact(expected_usd),
                difference_usd=difference_usd,
                verdict=verdict,
                shared=_is_shared(account, accounts, teams),
            )
    _report(accounts, verdict, balance_usd, expected_usd, difference_usd)


def _balance_at_rest(accounts: Sequence[Account]) -> tuple[Decimal, dict[int, Held]]:
    """Return the balance, and what is held at the moment it was read. Raises ProviderError.

    Takes go on meanwhile: what is held is read before and after, until nothing moved between.
    """
    provider = provider_for(accounts[0])
    held = {account.pk: _held(account) for account in accounts}
    for _ in range(_READINGS):
        before = held
        balance_usd = exact(provider.credits_usd() or Decimal(0))
        held = {account.pk: _held(account) for account in accounts}
        if held == before:
            break
    return balance_usd, held


def _held(account: Account) -> Held:
    entries = LedgerEntry.objects.filter(attempt__account=account)
    charged = entries.filter(kind=LedgerEntry.Kind.CHARGED).aggregate(total=Sum("amount_usd"))
    holding = entries.reserved_by("attempt__outcome")
    at_work = holding.get(Attempt.Outcome.ACCEPTED, Decimal(0))
    doubtful = sum((holding.get(outcome, Decimal(0)) for outcome in _DOUBTFUL), Decimal(0))
    return Held(exact(charged["total"]) + at_work, at_work, doubtful)


def _base(accounts: Sequence[Account]) -> list[Reconciliation]:
    """Return the last reading of these accounts that others may be compared with.

    It tells of all that had their key then, also of those that have it no more.
    """
    rows = Reconciliation.objects.filter(verdict__in=Reconciliation.BASES)
    last = rows.filter(account__in=accounts).first()
    if last is None:
        return []
    return list(rows.filter(at=last.at, balance_usd=last.balance_usd))


def _judge(
    difference_usd: Decimal,
    balance_usd: Decimal,
    held: dict[int, Held],
    base: list[Reconciliation],
) -> Verdict:
    """Say what a difference means, as far as can be known."""
    at_work = sum((each.at_work_usd for each in held.values()), Decimal(0))
    doubtful = sum((each.doubtful_usd for each in held.values()), Decimal(0))
    # What was held then may have been refunded since; more than that was paid in.
    refundable = sum((row.at_work_usd + row.doubtful_usd for row in base), Decimal(0))
    if abs(difference_usd) <= TOLERANCE_USD:
        return Verdict.AGREES
    if -doubtful - TOLERANCE_USD <= difference_usd <= at_work + TOLERANCE_USD:
        return Verdict.UNDER_WAY
    if balance_usd > base[0].balance_usd + refundable + TOLERANCE_USD:
        return Verdict.TOPPED_UP
    return Verdict.MORE if difference_usd < 0 else Verdict.LESS


def _is_shared(account: Account, accounts: Sequence[Account], teams: set[int]) -> bool:
    """Tell whether a difference can't be told to be this account's team's.

    It is when no other team with the same key spent anything meanwhile.
    """
    everybody = {each.team_id for each in accounts}
    return (teams or everybody) != {account.team_id}


def _report(
    accounts: Sequence[Account],
    verdict: Verdict,
    balance_usd: Decimal,
    expected_usd: Decimal,
    difference_usd: Decimal,
) -> None:
    quiet = verdict in (Verdict.FIRST, Verdict.AGREES, Verdict.UNDER_WAY)
    log.log(
        logging.INFO if quiet else logging.WARNING,
        "accounts=%s %s: balance %s usd, expected %s, difference %s",
        [account.pk for account in accounts],
        verdict.label.lower(),
        balance_usd,
        expected_usd,
        difference_usd,
    )
