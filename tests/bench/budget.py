"""Many submits at the same moment, and a budget for a few of them: exactly those are accepted.

SUBMITS and AFFORDABLE set the sizes. Each submit has a thread of its own, in one of PROCESSES, and
all of them wait at one barrier (`at_once`). On PostgreSQL the threads of a process share a pool of
connections, as the web server's do: a server has fewer connections than there are submits.
`make bench-budget SUBMITS=200 AFFORDABLE=10`; TEST_DATABASE_URL chooses PostgreSQL.
"""

import multiprocessing
import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from decimal import Decimal
from typing import Any

from tests.bench.stack import own_database, report
from tests.databases import make_tables

SUBMITS = int(os.environ.get("SUBMITS", "200"))
AFFORDABLE = int(os.environ.get("AFFORDABLE", "10"))
PROCESSES = int(os.environ.get("PROCESSES", "4"))
WORDS = "A lighthouse in a storm at night"
# How long a submit may wait for SQLite's lock, or for a connection of the pool: the last of so many
# waits for all the others.
LONGEST_WAIT_S = 120.0
FILMS = 2  # the team's budget is shared by projects that lock nothing else in common


def main() -> None:
    """Run the benchmark."""
    with tempfile.TemporaryDirectory(prefix="dailies-bench-") as directory:
        os.environ.update(
            DJANGO_SETTINGS_MODULE="studio.settings",
            DATA_DIR=directory,
            LUMA_API_KEY="",
            OUTBOUND_LOOPBACK="1",
            REDIS_URL="redis://127.0.0.1:9/0",  # the discard port: a submit needs no broker
            LOG_LEVEL="ERROR",
            DATABASE_POOL="1",
            SQLITE_TIMEOUT_S=str(LONGEST_WAIT_S),
        )
        with own_database():
            import django

            django.setup()
            from django.db import connections

            try:
                make_tables()
                price_usd = _team()
                connections.close_all()
                at_once, seconds = _submit_all()
                figures, holds = _audit(price_usd, at_once, seconds)
            finally:
                connections.close_all()
    report(figures, holds=holds)


def _team() -> Decimal:
    """Make a team whose budget is enough for AFFORDABLE takes; return the price of one."""
    from generations.models import Account, Budget
    from generations.ordering import quote_usd
    from generations.orders import Order
    from studio.models import Project, Team

    team = Team.objects.create(name="Bench")
    account = Account(team=team, provider="luma", name="Simulator", simulated=True)
    account.set_key("bench")
    account.save()
    price_usd = quote_usd(Order(words=WORDS))
    # Half a take more: what is left over must not buy another one.
    limit_usd = price_usd * AFFORDABLE + price_usd / 2
    Budget.objects.create(team=team, limit_usd=limit_usd)
    for number in range(FILMS):
        film = Project.objects.create(team=team, name=f"Film {number}", slug=f"film-{number}")
        Budget.objects.create(team=team, project=film, limit_usd=price_usd * SUBMITS)
    return price_usd


def _submit_all() -> tuple[int, float]:
    """Have all submits made at once; return how many waited for the signal, and the seconds."""
    context = multiprocessing.get_context("spawn")  # Django's connections must not cross a fork
    barrier = context.Barrier(SUBMITS + 1)
    shares = [len(range(number, SUBMITS, PROCESSES)) for number in range(PROCESSES)]
    running = [context.Process(target=_submit, args=(share, barrier)) for share in shares if share]
    for each in running:
        each.start()
    deadline = time.monotonic() + 180
    while barrier.n_waiting < SUBMITS:
        if time.monotonic() > deadline or any(each.exitcode is not None for each in running):
            barrier.abort()
            sys.exit("A submitting process didn't start.")
        time.sleep(0.01)
    at_once = barrier.n_waiting
    started = time.monotonic()
    barrier.wait()
    for each in running:
        each.join()
    if any(each.exitcode for each in running):
        sys.exit("A submit ended with something else than an acceptance or a refusal.")
    return at_once, time.monotonic() - started


def _submit(share: int, barrier: threading.Barrier) -> None:
    """Be one of the processes: submit a share of the takes, each from a thread of its own."""
    import django

    django.setup()
    from django.db import connection

    from generations.ordering import accept
    from generations.orders import Order
    from generations.refusal import Refused
    from studio.models import Project

    if pool := connection.settings_dict["OPTIONS"].get("pool"):
        pool["timeout"] = LONGEST_WAIT_S
    films = list(Project.objects.order_by("pk"))
    connection.close()

    def submit(number: int) -> None:
        barrier.wait()
        with closing(connection), suppress(Refused):  # most are: the budget is used up
            accept(films[number % FILMS], None, Order(words=WORDS))

    with ThreadPoolExecutor(share) as pool:
        for done in [pool.submit(submit, number) for number in range(share)]:
            done.result()


def _audit(price_usd: Decimal, at_once: int, seconds: float) -> tuple[dict[str, Any], bool]:
    """Hold the takes against the ledger, line by line."""
    from django.db import connection

    from generations.models import Attempt, Generation, LedgerEntry, Prompt

    accepted = Generation.objects.count()
    entries = list(LedgerEntry.objects.values_list("kind", "amount_usd"))
    by_hand = sum((amount for _, amount in entries), Decimal(0))
    reserved_usd = LedgerEntry.objects.reserved_usd()
    figures = {
        "database": connection.vendor,
        "submitted": SUBMITS,
        "affordable": AFFORDABLE,
        "accepted": accepted,
        "reserved_usd": str(reserved_usd),
        "at_once": at_once,
        "seconds": round(seconds, 2),
    }
    holds = (
        accepted == AFFORDABLE
        and at_once == SUBMITS
        and {kind for kind, _ in entries} <= {"reserved"}
        and len(entries) == Attempt.objects.count() == Prompt.objects.count() == accepted
        and reserved_usd == by_hand == price_usd * accepted
    )
    return figures, holds


if __name__ == "__main__":
    main()
