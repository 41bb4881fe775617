"""Ways to break a running Dailies from outside, and how to tell that it works again."""

import os
import random
import signal
import sqlite3
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from tests.bench.stack import Stack, wait_until

KINDS = ("worker", "broker", "database", "web")
# Of ten kills, half are the worker's: it is what holds work in its hands.
_ROUND = (*KINDS, "worker", "worker", "worker", "worker", "broker", "database")
_LONGEST_RECOVERY_S = 120.0

Recovery = Callable[[], None]


class Killer:
    """Kills what the dice choose at moments that they choose, and measures each recovery."""

    def __init__(
        self, dailies: Stack, dice: random.Random, kinds: Collection[str], lock_timeout_s: float
    ) -> None:
        self.kills: Counter[str] = Counter()
        self.at_work = 0
        """Kills of which some take or file was unfinished."""
        self.recovery_max_s = 0.0
        self.slowest = ""
        self._dailies, self._dice, self._kinds = dailies, dice, kinds
        self._lock_timeout_s = lock_timeout_s
        self._round: list[str] = []
        # Each strikes, and returns what brings back what it struck.
        self._ways: dict[str, Callable[[], Recovery]] = {
            "worker": self._worker,
            "broker": self._broker,
            "database": self._database,
            "web": self._web,
        }

    def kill(self, order_more: Callable[[], None]) -> None:
        """Kill one, and wait until the engine sweeps and makes progress again.

        An idle engine isn't killed: it gets an order before.
        """
        kind = self._next_kind()
        time.sleep(self._dice.uniform(0.0, 0.6))  # the random moment, not a wait for something
        if not unfinished():
            order_more()
        recover = self._ways[kind]()
        # What is unfinished now was unfinished when it struck: nothing was ordered since.
        self.at_work += unfinished()
        recover()
        started, before, swept = time.monotonic(), _progress(), _last_sweep()
        try:
            wait_until(lambda: _works_again(swept, before), _LONGEST_RECOVERY_S, "work")
        except TimeoutError as error:
            number = self.kills.total()
            raise TimeoutError(f"no work after kill {number} ({kind}): {_state()}") from error
        if kind == "web":
            wait_until(_web_answers, _LONGEST_RECOVERY_S, "the web server to answer")
        recovery_s = time.monotonic() - started
        if recovery_s > self.recovery_max_s:
            self.recovery_max_s, self.slowest = recovery_s, kind
        self.kills[kind] += 1

    def _next_kind(self) -> str:
        if not self._round:
            chosen = [kind for kind in _ROUND if kind in self._kinds]
            self._round = self._dice.sample(chosen, len(chosen))
        return self._round.pop()

    def _worker(self) -> Recovery:
        self._dailies.kill("worker")
        return lambda: self._dailies.start("worker")

    def _broker(self) -> Recovery:
        """Wipe it: the embedded one keeps nothing; of a shared one only what is ours."""
        if "broker" in self._dailies.children:
            self._dailies.kill("broker")
            return lambda: self._dailies.start("broker")
        from redis import Redis

        shared = Redis.from_url(os.environ["TEST_REDIS_URL"])
        mine = list(shared.scan_iter(match=f"*{os.environ['REDIS_PREFIX']}*"))
        if mine:
            shared.delete(*mine)
        shared.close()
        return _by_itself

    def _database(self) -> Recovery:
        """Cut everybody's connection, or on SQLite, which has none, lock everybody out."""
        from django.db import connection

        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            return _by_itself
        own = sqlite3.connect(connection.settings_dict["NAME"], timeout=30, isolation_level=None)
        own.execute("BEGIN IMMEDIATE")

        def unlock() -> None:
            time.sleep(1.2 * self._lock_timeout_s)  # longer than anybody waits for the lock
            own.execute("ROLLBACK")
            own.close()

        return unlock

    def _web(self) -> Recovery:
        """Kill the whole server, or only one of its processes, which it replaces itself."""
        server = self._dailies.running["web"].pid
        of_server = _children(server)
        if of_server and self._dice.random() < 0.5:
            os.kill(self._dice.choice(of_server), signal.SIGKILL)
            return _by_itself
        self._dailies.kill("web")
        return lambda: self._dailies.start("web")


def _by_itself() -> None:
    """What was struck comes back without help."""


def undecided() -> bool:
    """Tell whether some take waits for a person, with whom no engine goes on."""
    return bool(_asked().exists())


def _asked() -> Any:
    from generations.models import Generation
    from generations.models.states import Reason, State

    return Generation.objects.filter(state=State.UNCONFIRMED, reason=Reason.UNDECIDED)


def unfinished() -> bool:
    """Tell whether some take isn't finished, or some file isn't kept yet, but for a person's."""
    from generations.models import Asset, Generation

    return (
        Generation.objects.unfinished().exclude(pk__in=_asked()).exists()
        or Asset.objects.filter(state=Asset.State.PENDING).exists()
    )


def _works_again(swept: Any, before: tuple[int, int]) -> bool:
    return _last_sweep() != swept and (_progress() != before or not unfinished())


def _state() -> dict[str, Any]:
    """What there is to know of an engine that doesn't work."""
    from django.db.models import Count, Min
    from django.utils import timezone

    from generations.models import Account, Asset, Generation

    takes = Generation.objects.values("state", "reason").annotate(n=Count("*"), due=Min("next_at"))
    breaker = Account.objects.values("problem", "failures", "probes", "opened_at", "probe_at")
    files = Asset.objects.values("state").annotate(n=Count("*"), due=Min("next_at"))
    return {
        "now": timezone.now(),
        "swept": _last_sweep(),
        "takes": list(takes.order_by()),
        "accounts": list(breaker),
        "files": list(files.order_by()),
    }


def _last_sweep() -> Any:
    from generations.models import Heartbeat

    return Heartbeat.objects.filter(name="sweep").values_list("at", flat=True).first()


def _progress() -> tuple[int, int]:
    from generations.models import Asset, Event

    newest = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return newest, Asset.objects.filter(kind="video", state="stored").count()


def _web_answers() -> bool:
    try:
        url = f"http://127.0.0.1:{os.environ['PORT']}/healthz"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as listed:  # noqa: PTH123
            return [int(each) for each in listed.read().split()]
    except OSError:
        return []  # not Linux: the whole server is killed instead
