"""Celery's tasks: shells that call one verb. All of them may run twice, or at once."""

from celery import shared_task

from generations import (
    answers,
    collecting,
    discarding,
    erasing,
    importing,
    looking,
    polling,
    probing,
    publishing,
    reconciling,
    settling,
    submitting,
    sweeping,
)


@shared_task
def sweep() -> None:
    """Start everything that is due."""
    sweeping.sweep(_start)


@shared_task
def submit_due(account_id: int) -> None:
    """Send what waits for an account."""
    submitting.submit_due(account_id)


@shared_task
def poll_due(account_id: int) -> None:
    """Ask after an account's jobs."""
    polling.poll_due(account_id)


@shared_task
def settle_due(account_id: int) -> None:
    """Settle an account's lost answers."""
    settling.settle_due(account_id)


@shared_task
def probe_due(account_id: int) -> None:
    """Ask an account that was left alone whether it works again."""
    probing.probe_due(account_id)


@shared_task
def look_due(account_id: int) -> None:
    """Read an account's price list, whether it has the catalogue's models."""
    looking.look_due(account_id)


@shared_task
def collect_due() -> None:
    """Fetch finished files."""
    collecting.collect_due()


@shared_task
def erase_due() -> None:
    """Delete at the providers what a person wants gone there."""
    erasing.erase_due()


@shared_task
def import_due() -> None:
    """Go on with bringing in what a key already made."""
    importing.import_due()


@shared_task
def reconcile() -> None:
    """Hold the balances that weren't read since the last night against the ledger."""
    reconciling.reconcile_due()


@shared_task
def tidy() -> None:
    """Clear away what nobody needs any more, and let SQLite look at its statistics."""
    collecting.remove_stale_work()
    answers.tidy()
    publishing.tidy()
    discarding.purge_due()
    sweeping.refresh_statistics()


def _start(name: str, account_id: int | None) -> None:
    task = {
        "submit_due": submit_due,
        "settle_due": settle_due,
        "probe_due": probe_due,
        "look_due": look_due,
        "poll_due": poll_due,
        "collect_due": collect_due,
        "erase_due": erase_due,
        "import_due": import_due,
        "reconcile": reconcile,
    }[name]
    # Redone by the next sweep; a queue of old ones would only repeat it.
    task.apply_async(args=() if account_id is None else (account_id,), expires=30)
