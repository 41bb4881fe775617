"""Kill -9 of the worker, the broker, the database's connections and the web, again and again.

Answers are lost all the while: nothing may be lost or paid twice, and each time the engine works
again within a minute. The takes are ordered little by little, so that every kill strikes unfinished
work (`kills_at_work`). They go to each provider in turn: one whose list settles a lost answer, and
two without a list, where a person does by what their pages show (tests/bench/person.py).

TAKES and KILLS set the sizes, KINDS what is killed (worker, broker, database, web, with commas
between), PROVIDERS where the takes are made (luma, luma-agents, crazyrouter), all of them unless it
is said; SEED the dice. TEST_DATABASE_URL and TEST_REDIS_URL run it on PostgreSQL and Redis.
`make bench-kill TAKES=1000 KILLS=200`; `make bench-kill TAKES=300 KILLS=100 KINDS=worker`.
"""

import os
import random
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.killers import KINDS, Killer, undecided, unfinished
from tests.bench.person import Person
from tests.bench.sides import SIDES, WORDS, Orders, project_with
from tests.bench.stack import Stack, report, stack, wait_until

TAKES = int(os.environ.get("TAKES", "300"))
KILLS = int(os.environ.get("KILLS", "100"))
CHOSEN = os.environ.get("KINDS", ",".join(KINDS)).split(",")
SEED = int(os.environ.get("SEED", "7"))
PROVIDERS = os.environ.get("PROVIDERS", ",".join(SIDES)).split(",")
FIRST = len(WORDS) * len(PROVIDERS)
"""One of each take that is ever made."""
LONGEST_RECOVERY_S = 60.0
# So much is ordered before the first kill: a crowd that fills the slots. The rest is spread.
AT_FIRST = 0.25
# How long a writer waits for SQLite's lock: the kill loop holds it for longer.
LOCK_TIMEOUT_S = 1.0
# Leases and silences are short, for a simulator on this machine answers at once or never.
TIMES = {
    "SUBMIT_TIMEOUT_S": "4",
    "SUBMIT_LEASE_S": "8",
    "SETTLE_AFTER_S": "5",
    "COLLECT_LEASE_S": "8",
    "POLL_AFTER_S": "0.5",
    "SWEEP_EVERY_S": "0.5",
    "BREAKER_PROBE_S": "0.5",
    "SIMULATOR_SPEED": os.environ.get("SIMULATOR_SPEED", "0.1"),
    "SIMULATOR_CONCURRENT": "40",
    "SIMULATOR_PER_MINUTE": "100000",
    "SIMULATOR_AGENTS_CONCURRENT": "40",
    "SIMULATOR_AGENTS_PER_MINUTE": "100000",
    "SIMULATOR_CREDITS": "100000000",
}
FAULTS = {
    "seed": SEED,
    "lost_answer": max(0.1, 4 / TAKES),  # a small run loses some, too
    "error_after_accept": 0.05,
    "error_before_accept": 0.05,
    "download_cut": 0.05,
    "malformed_json": 0.02,
    "callback_lost": 0.1,
    "callback_doubled": 0.1,
    "callback_forged": 0.05,
}


def main() -> None:
    """Run the benchmark."""
    if unknown := set(CHOSEN) - set(KINDS):
        sys.exit(f"KINDS: {', '.join(sorted(unknown))} is none of {', '.join(KINDS)}.")
    if unknown := set(PROVIDERS) - set(SIDES):
        sys.exit(f"PROVIDERS: {', '.join(sorted(unknown))} is none of {', '.join(SIDES)}.")
    if TAKES - FIRST < KILLS:
        sys.exit(f"TAKES must be {FIRST} more than KILLS, so that each strikes some work.")
    with stack(**TIMES) as dailies:
        sides = [SIDES[each] for each in PROVIDERS]
        orders = Orders(project_with(sides), sides)
        person = Person(dailies, {side.provider: side.account for side in sides})
        orders.order(FIRST)
        # Once without faults, so that every render is in the cache before the clock starts.
        for name in ("web", "worker"):
            dailies.children[name].env["SQLITE_TIMEOUT_S"] = str(LOCK_TIMEOUT_S)
            dailies.start(name)
        wait_until(lambda: _stored() == FIRST, 600, "the first takes")
        _shrink(Path(os.environ["DATA_DIR"], "simulator", "renders"))
        dailies.simulator("faults", FAULTS)
        started = time.monotonic()
        killer = Killer(dailies, random.Random(SEED), CHOSEN, LOCK_TIMEOUT_S)
        left = TAKES - FIRST

        def order(takes: int) -> None:
            nonlocal left
            orders.order(min(takes, left))
            left -= min(takes, left)

        order(min(int(AT_FIRST * TAKES), left - KILLS))
        for kills_left in range(KILLS, 0, -1):
            order(left // kills_left)
            person.decide()
            killer.kill(lambda: order(1))
        order(left)

        def is_over() -> bool:
            person.decide()
            return not unfinished() and not undecided()

        wait_until(is_over, 600, "the last take and its file")
        seconds = time.monotonic() - started
        figures = _audit(dailies, killer, person, seconds)
        holds = (
            figures["completed"] == figures["takes"] == figures["charged_once"]
            and not figures["lost"]
            and not figures["paid_twice"]
            and not figures["orphans"]
            and figures["files"] == figures["takes"]
            and not figures["broken_files"]
            and figures["answers_lost"]
            and figures["charged_usd"] == figures["paid_usd"]
            and figures["kills_at_work"] == figures["kills"]
            and killer.recovery_max_s < LONGEST_RECOVERY_S
            and dailies.running["worker"].poll() is None
        )
    report(figures, holds=holds)


def _shrink(renders: Path) -> None:
    """Make the renders small: a thousand downloads, probes and previews are to fit in minutes.

    Tiny and of few frames, yet as long as before, so that a file that was cut short is noticed.
    """
    from generations import ffmpeg

    for clip in renders.glob("*.mp4"):
        small = clip.with_suffix(".small.mp4")
        options = [
            "-vf",
            "scale=64:36,fps=2",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "35",
        ]
        ffmpeg.run([*ffmpeg.pinned(clip), *options, "-f", "mp4", str(small)], timeout_s=60)
        small.replace(clip)


def _stored() -> int:
    from generations.models import Asset

    return Asset.objects.filter(kind="video", state="stored").count()


def _audit(dailies: Stack, killer: Killer, person: Person, seconds: float) -> dict[str, Any]:
    """Hold our books against the simulator's, and our rows against the disk."""
    import hashlib

    from django.conf import settings

    from generations import media
    from generations.models import Asset, Attempt, Generation, LedgerEntry

    accounts = dailies.simulator("books")["accounts"]
    jobs = [each for account in accounts for each in account["generations"]]
    made = {each["id"] for each in jobs if not each["refunded"]}
    paid_cents = sum(each["price_cents"] for each in jobs if not each["refunded"])
    known = set(Attempt.objects.filter(outcome="completed").values_list("provider_id", flat=True))
    charged = LedgerEntry.objects.filter(kind="charged")
    struck = dailies.simulator("faults")["struck"]
    rows = {asset.path: asset for asset in Asset.objects.filter(state="stored")}
    root = Path(settings.MEDIA_ROOT)
    files = {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}
    broken = 0
    for path, asset in rows.items():
        file = root / path
        whole = file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == asset.sha256
        if whole and asset.kind == "video":
            # Luma Agents' clips have a frame more than five seconds.
            whole = 5.0 <= media.probe_video(file).duration_s <= 5.5
        broken += not whole
    return {
        "takes": TAKES,
        "kills": killer.kills.total(),
        "kills_at_work": killer.at_work,
        "kills_by_kind": dict(killer.kills),
        "recovery_max_s": round(killer.recovery_max_s, 1),
        "slowest_recovery": killer.slowest,
        "providers": PROVIDERS,
        "answers_lost": struck.get("lost_answer", 0) + struck.get("error_after_accept", 0),
        "decided_made": person.found_made,
        "decided_again": person.sent_again,
        "completed": Generation.objects.filter(state="completed").count(),
        "charged_once": charged.values("generation").distinct().count()
        if charged.count() == TAKES
        else -1,
        "lost": Generation.objects.exclude(state="completed").count() + len(known - made),
        "paid_twice": len(made - known),
        "orphans": len(files - set(rows)),
        "files": _stored(),
        "broken_files": broken,
        "charged_usd": f"{charged.spent_usd():.4f}",
        "paid_usd": f"{paid_cents / 100:.4f}",
        "reserved_usd": str(LedgerEntry.objects.reserved_usd()),
        "attempts": Attempt.objects.count(),
        "seconds": round(seconds, 1),
    }


if __name__ == "__main__":
    main()
