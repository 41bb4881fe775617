"""Very many takes in flight at a provider with 150 ms latency: one worker, a sweep at a time.

First nothing changes, and each sweep asks after all of them; then moderation refuses each at a
time of its own, and the worker's news lag behind. TAKES sets how many, SWEEPS how many quiet
sweeps. `make bench-poll TAKES=10000`.
"""

import math
import os
import re
import statistics
import time
from pathlib import Path
from typing import Any

from tests.bench.flight import put_in_flight
from tests.bench.stack import Stack, report, stack, wait_until

TAKES = int(os.environ.get("TAKES", "10000"))
SWEEPS = int(os.environ.get("SWEEPS", "4"))
LATENCY_S = 0.15
KEY = "bench"
TIMES = {
    # So slow that little happens while the quiet sweeps are counted: 2 to 5 s in the queue, times
    # this.
    "SIMULATOR_SPEED": os.environ.get("SIMULATOR_SPEED", str(20 + 40 * TAKES / 10_000)),
    "SIMULATOR_CONCURRENT": "1000000",
    "SIMULATOR_PER_MINUTE": "1000000",
    "SIMULATOR_CREDITS": "100000000",
    # What is refused needn't be rendered.
    "SIMULATOR_FAULTS": '{"moderation": true}',
}
MOST_REQUESTS = math.ceil(TAKES * 1.1 / 100)
MOST_SWEEP_S = 10.0
MOST_GROWTH_MB = 20.0
_POLLED = re.compile(
    r"polled=(?P<jobs>\d+) lists=(?P<lists>\d+) gets=(?P<gets>\d+)"
    r" changed=(?P<changed>\d+) took=(?P<took_s>[\d.]+)"
)


def main() -> None:
    """Run the benchmark."""
    with stack(**TIMES) as dailies:
        from generations.models import Generation, LedgerEntry

        account = _account()
        put_in_flight(account[0], account[1], TAKES)
        slow = {"seconds": LATENCY_S, "on": ["list", "get"]}
        dailies.simulator("faults", {"slow_answer": slow})
        worker = dailies.children["worker"]
        worker.env["LOG_LEVEL"] = worker.command[-1] = "INFO"  # it says what each poll took
        dailies.start("worker")
        rss_mb: list[float] = []
        wait_until(lambda: _swept(dailies, rss_mb) >= SWEEPS, 240, "the quiet sweeps")
        quiet = [sweep for sweep in _sweeps(dailies) if sweep["jobs"] == TAKES][:SWEEPS]
        wait_until(lambda: not Generation.objects.unfinished().exists(), 1200, "the last news")
        lags_s = _lags_s(dailies)
        reserved_usd = LedgerEntry.objects.reserved_usd()
        sweeps = _sweeps(dailies)
    requests = [sweep["lists"] for sweep in quiet]
    figures = {
        "takes": TAKES,
        "sweeps": len(sweeps),
        "quiet_sweeps": len(quiet),
        "requests_per_sweep": max(requests),
        "by_id_per_sweep": max(sweep["gets"] for sweep in quiet),
        "sweep_s": max(sweep["took_s"] for sweep in quiet),
        "busy_sweep_s": max(sweep["took_s"] for sweep in sweeps),
        "requests": sum(sweep["lists"] + sweep["gets"] for sweep in sweeps),
        "lag_p50_s": round(statistics.median(lags_s), 1),
        "lag_p99_s": round(statistics.quantiles(lags_s, n=100)[98], 1),
        "rss_growth_mb": round(rss_mb[-1] - rss_mb[0], 1),
        "rss_mb": round(rss_mb[-1], 1),
        "reserved_usd": str(reserved_usd),
    }
    holds = (
        figures["requests_per_sweep"] <= MOST_REQUESTS
        and len(lags_s) == TAKES
        and not reserved_usd
        and figures["rss_growth_mb"] <= MOST_GROWTH_MB
    )
    report(figures, holds=holds)


def _account() -> tuple[Any, Any]:
    from generations.models import Account
    from studio.models import Project, Team

    team = Team.objects.create(name="Bench")
    account = Account(team=team, provider="luma", name="Simulator", simulated=True)
    account.base_url = f"http://127.0.0.1:{os.environ['SIMULATOR_PORT']}/dream-machine/v1"
    account.concurrent_limit, account.per_minute_limit = 10 * TAKES, 10 * TAKES
    account.set_key(KEY)
    account.save()
    return Project.objects.create(team=team, name="Bench", slug="bench"), account


def _swept(dailies: Stack, rss_mb: list[float]) -> int:
    """Count the sweeps that asked after all of them; note the worker's memory after each."""
    whole = len([sweep for sweep in _sweeps(dailies) if sweep["jobs"] == TAKES])
    if whole > len(rss_mb):
        rss_mb.append(_rss_mb(dailies.running["worker"].pid))
    time.sleep(0.2)
    return whole


def _sweeps(dailies: Stack) -> list[dict[str, float]]:
    lines = (dailies.directory / "worker.log").read_text(errors="replace").splitlines()
    found = [match for line in lines if (match := _POLLED.search(line))]
    return [{name: float(value) for name, value in each.groupdict().items()} for each in found]


def _rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def _lags_s(dailies: Stack) -> list[float]:
    """How long after each job's end, by the simulator's books, we knew of it."""
    from generations.models import Attempt

    books = next(each for each in dailies.simulator("books")["accounts"] if each["generations"])
    ended = {each["id"]: each["ended_at"] for each in books["generations"]}
    known = Attempt.objects.filter(outcome="failed").values_list(
        "provider_id", "generation__finished_at"
    )
    return [finished_at.timestamp() - ended[provider_id] for provider_id, finished_at in known]


if __name__ == "__main__":
    main()
