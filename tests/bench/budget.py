"""Many submits at the same moment, and a budget for a few of them: exactly those are accepted.

SUBMITS and AFFORDABLE set the sizes, PROCESSES and THREADS (of each) how many submit at once.
`make bench-budget SUBMITS=200 AFFORDABLE=10`; TEST_DATABASE_URL chooses PostgreSQL.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.bench.stack import own_database, report

SUBMITS = int(os.environ.get("SUBMITS", "200"))
AFFORDABLE = int(os.environ.get("AFFORDABLE", "10"))
PROCESSES = int(os.environ.get("PROCESSES", "4"))
THREADS = int(os.environ.get("THREADS", "10"))
WORDS = "A lighthouse in a storm at night"
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
        )
        with own_database():
            import django

            django.setup()
            from django.core.management import call_command
            from django.db import connections

            try:
                call_command("migrate", verbosity=0)
                price_usd = _team()
                seconds = _submit_all(Path(directory))
                figures, holds = _audit(price_usd, seconds)
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


def _submit_all(directory: Path) -> float:
    """Have all submits made by several processes, which begin together; return the seconds."""
    shares = [len(range(number, SUBMITS, PROCESSES)) for number in range(PROCESSES)]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.budget", str(number), str(share), str(directory)]
        )
        for number, share in enumerate(shares)
    ]
    deadline = time.monotonic() + 120
    while len(list(directory.glob("ready-*"))) < PROCESSES:
        if time.monotonic() > deadline or any(each.poll() for each in running):
            sys.exit("A submitting process didn't start.")
        time.sleep(0.01)
    started = time.monotonic()
    (directory / "go").touch()
    ended = [each.wait(timeout=600) for each in running]
    if any(ended):
        sys.exit("A submit ended with something else than an acceptance or a refusal.")
    return time.monotonic() - started


def submit(number: int, share: int, directory: Path) -> None:
    """Be one of the processes: submit a share of takes from several threads."""
    import django

    django.setup()
    from django.db import connection

    from generations.ordering import accept
    from generations.orders import Order
    from generations.refusal import Refused
    from studio.models import Project

    films = list(Project.objects.order_by("pk"))
    ready = threading.Barrier(min(THREADS, share) + 1)

    def work(turns: range) -> None:
        connection.ensure_connection()
        ready.wait()
        while not (directory / "go").exists():
            time.sleep(0.001)
        try:
            for turn in turns:
                try:
                    accept(films[turn % FILMS], None, Order(words=WORDS))
                except Refused:
                    continue
        finally:
            connection.close()

    threads = min(THREADS, share)
    with ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(work, range(first, share, threads)) for first in range(threads)]
        ready.wait()
        (directory / f"ready-{number}").touch()
        for each in done:
            each.result()


def _audit(price_usd: Decimal, seconds: float) -> tuple[dict[str, Any], bool]:
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
        "at_once": PROCESSES * THREADS,
        "seconds": round(seconds, 2),
    }
    holds = (
        accepted == AFFORDABLE
        and {kind for kind, _ in entries} <= {"reserved"}
        and len(entries) == Attempt.objects.count() == Prompt.objects.count() == accepted
        and reserved_usd == by_hand == price_usd * accepted
    )
    return figures, holds


if __name__ == "__main__":
    if len(sys.argv) > 1:
        submit(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
