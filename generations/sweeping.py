"""The sweep: finds everything that is due, even if the broker was wiped."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from generations import (
    collecting,
    erasing,
    importing,
    looking,
    polling,
    probing,
    reconciling,
    respites,
    settling,
    submitting,
)
from generations.clocks import clock
from generations.models import Account, Asset, Erasure, Generation, Heartbeat, Import, State
from generations.models.states import AT_PROVIDER, SCHEDULED

log = logging.getLogger(__name__)

# Nothing is put off for longer: Retry-After counts for an hour at most.
_FURTHEST = timedelta(hours=2)
# So often, and when the sweep begins to run, it is asked whether the night's reading is due.
_LOOKS_EVERY_S = 900

Start = Callable[[str, int | None], object]


def sweep(start: Start) -> int:
    """Find what is due and start it: `start(task name, account id or None)`.

    Returns how many tasks were started.
    """
    now = timezone.now()
    bring_forward(now)
    settling.expire_leases()
    started = 0
    for name, account_id in _due(now):
        start(name, account_id)
        started += 1
    before = Heartbeat.beat("sweep", now)
    if _looks_again(before, now) and reconciling.due(now).exists():
        start("reconcile", None)
        started += 1
    return started


def _looks_again(before: datetime | None, now: datetime) -> bool:
    """Tell, of all the sweeps of a quarter of an hour, the first; it costs no query."""
    if before is None:
        return True
    return before.timestamp() // _LOOKS_EVERY_S != now.timestamp() // _LOOKS_EVERY_S


def bring_forward(now: datetime) -> None:
    """Make due what was put off by a clock that was set back since; else it would wait for it."""
    after = now if clock.heed() else now + _FURTHEST
    with transaction.atomic():
        scheduled = Generation.objects.filter(state__in=SCHEDULED, next_at__gt=after)
        late = scheduled.free().update(next_at=now)
    files = Asset.objects.filter(state=Asset.State.PENDING, next_at__gt=after)
    late += files.update(next_at=now)
    late += Erasure.objects.filter(next_at__gt=after).update(next_at=now)
    late += Account.objects.filter(probe_at__gt=after).update(probe_at=now)
    late += respites.forget_after(after)
    looks = Account.objects.filter(look_at__gt=now + looking.EVERY)
    late += looks.update(look_at=now)
    if late:
        log.warning("%s were put off by a clock that was set; they are due now", late)


def work_once() -> bool:
    """Do everything that is due, here and now. True when there was anything to do."""
    return bool(sweep(lambda name, account_id: _VERBS[name](account_id)))


def _due(now: datetime) -> list[tuple[str, int | None]]:
    due: list[tuple[str, int | None]] = []
    accounts = Generation.objects.due(now).order_by().values_list("account_id", "state").distinct()
    for account_id, state in accounts:
        if state == State.WAITING:
            due.append(("submit_due", account_id))
        elif state == State.UNCONFIRMED:
            due.append(("settle_due", account_id))
        elif state in AT_PROVIDER and ("poll_due", account_id) not in due:
            due.append(("poll_due", account_id))
    open_ones = Account.objects.due_for_probe(now).values_list("pk", flat=True)
    due += [("probe_due", account_id) for account_id in open_ones]
    unseen = Account.objects.due_for_look(now).values_list("pk", flat=True)
    due += [("look_due", account_id) for account_id in unseen]
    if Asset.objects.due(now).exists():
        due.append(("collect_due", None))
    if Erasure.objects.due(now).exists():
        due.append(("erase_due", None))
    if Import.objects.due(now).exists():
        due.append(("import_due", None))
    return due


_VERBS: dict[str, Callable[[int | None], int]] = {
    "submit_due": lambda account_id: submitting.submit_due(account_id or 0),
    "settle_due": lambda account_id: settling.settle_due(account_id or 0),
    "poll_due": lambda account_id: polling.poll_due(account_id or 0),
    "probe_due": lambda account_id: probing.probe_due(account_id or 0),
    "look_due": lambda account_id: looking.look_due(account_id or 0),
    "collect_due": lambda _: collecting.collect_due(),
    "erase_due": lambda _: erasing.erase_due(),
    "import_due": lambda _: importing.import_due(),
    "reconcile": lambda _: reconciling.reconcile_due(),
}


def refresh_statistics() -> None:
    """Let SQLite measure its tables where that is due; else its planner scans whole tenants."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA optimize")
