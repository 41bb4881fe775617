"""The board of a small project and of a large one: the same few queries, and about the same time.

Each stands in a database of its own: beside a large project a small one may be as slow. SMALL and
TAKES set how many takes they have, ROUNDS how often each is asked for, five times in a row in
turns. `make bench-board TAKES=100000`; TEST_DATABASE_URL chooses PostgreSQL.

`small_ms` and `large_ms` are medians of CPU time, this process's and, where its database is a
server on this machine, that of the connection there: other work on the machine changes neither.
They are told, not judged: of few rounds on a busy machine the ratio was 0.6 as well as 1.5. The
queries are held. The plans of the slowest are printed where the large board takes much longer.
"""

import os
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.crowd import crowd
from tests.bench.stack import report, stack
from tests.databases import make_tables, own_postgresql

CARDS = 60
SMALL = int(os.environ.get("SMALL", "100"))
TAKES = int(os.environ.get("TAKES", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "40"))
IN_A_ROW = 5
MOST_QUERIES = 8
MOST_LIVE_QUERIES = 3
USUAL_RATIO = 1.3
_PLANS = {"postgresql": "EXPLAIN (ANALYZE, BUFFERS) ", "sqlite": "EXPLAIN QUERY PLAN "}


def main() -> None:
    """Run the benchmark."""
    with stack():
        from django.db import connection
        from django.test.utils import setup_test_environment

        setup_test_environment()
        here = connection.settings_dict["NAME"]
        with another_database() as other:
            small, large = Board(other, SMALL), Board(here, TAKES)
            pages: dict[Board, list[Any]] = {small: [], large: []}
            polls: dict[Board, list[Any]] = {small: [], large: []}
            for _ in range(max(ROUNDS // IN_A_ROW, 1)):
                for board in (small, large):
                    board.enter()
                    pages[board] += [board.open() for _ in range(IN_A_ROW)]
                    polls[board] += [board.poll() for _ in range(IN_A_ROW)]
            figures = _figures(small, large, pages, polls)
            if figures["ratio"] > USUAL_RATIO or figures["live_ratio"] > USUAL_RATIO:
                large.explain()
            connection.close()
    report(figures, holds=_holds(figures))


@contextmanager
def another_database() -> Iterator[str]:
    """Make a second database like the one that is configured, and give its name."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        with own_postgresql(url) as own:
            yield urlsplit(own).path.strip("/")
    else:
        yield str(Path(os.environ["DATA_DIR"]) / "small.sqlite3")


def _figures(small: "Board", large: "Board", pages: Any, polls: Any) -> dict[str, Any]:
    from django.db import connection

    small_ms, large_ms = _median_ms(pages[small]), _median_ms(pages[large])
    live_small_ms, live_large_ms = _median_ms(polls[small]), _median_ms(polls[large])
    return {
        "database": connection.vendor,
        "takes": TAKES,
        "cards": min(each["cards"] for board in pages for each in pages[board]),
        "queries": max(each["queries"] for each in pages[large]),
        "queries_small": max(each["queries"] for each in pages[small]),
        "live_queries": max(each["queries"] for each in polls[large]),
        "live_queries_small": max(each["queries"] for each in polls[small]),
        "small_ms": small_ms,
        "large_ms": large_ms,
        "ratio": round(large_ms / small_ms, 2),
        "live_small_ms": live_small_ms,
        "live_large_ms": live_large_ms,
        "live_ratio": round(live_large_ms / live_small_ms, 2),
    }


def _holds(figures: dict[str, Any]) -> bool:
    return (
        figures["cards"] == CARDS
        and figures["queries"] == figures["queries_small"] <= MOST_QUERIES
        and figures["live_queries"] == figures["live_queries_small"] <= MOST_LIVE_QUERIES
    )


class Board:
    """A person of a team with one project in a database, and its board."""

    def __init__(self, database: str, count: int) -> None:
        from django.db import connection
        from django.test import Client

        from generations.models import Account, Generation
        from studio.models import Membership, Project, Role, Team, User

        self.database = database
        self._connect()
        make_tables()
        person = User.objects.create_user("bench@example.com", "not needed")
        team = Team.objects.create(name="Bench")
        Membership.objects.create(team=team, user=person, role=Role.OWNER)
        account = Account(team=team, provider="luma", name="Simulator", simulated=True)
        account.set_key("bench")
        account.save()
        self.project = Project.objects.create(team=team, name="Bench", slug="bench")
        crowd(self.project, account, person, count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.count = count
        self.changing = Generation.objects.get(project=self.project, take_number=count - CARDS // 2)
        self.client = Client()
        self.client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")

    def enter(self) -> None:
        """Go on in its database, with all at hand that a connection and the cache keep."""
        self._connect()
        self.open()
        self.poll()

    def _connect(self) -> None:
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = self.database

    def ask(self, path: str, **query: int) -> dict[str, Any]:
        """Ask for a page of the project, and measure it."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            began = cpu_ms()
            answer = self.client.get(f"/projects/{self.project.slug}/{path}", query)
            took_ms = cpu_ms() - began
        if answer.status_code != 200:
            raise AssertionError(f"{path or 'the board'} answered {answer.status_code}")
        cards = re.findall(rb"<article[^>]* id=\"take-", answer.content)
        return {"queries": len(captured), "ms": took_ms, "cards": len(cards)}

    def open(self) -> dict[str, Any]:
        """Ask for the whole page with sixty cards: as it opens it has fewer, and others follow."""
        return self.ask("", after=self.count + 1)

    def poll(self) -> dict[str, Any]:
        """Ask what changed after something did."""
        from generations.models import Counter

        since = Counter.objects.get(project=self.project).events
        self.changing.announce("stored")
        return self.ask("live/", since=since, first=self.count - CARDS + 1, last=self.count)

    def explain(self) -> None:
        """Print how the database goes about each of the board's queries."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            self.client.get(f"/projects/{self.project.slug}/", {"after": self.count + 1})
        for number, query in enumerate(captured.captured_queries, 1):
            print(
                f"--- query {number}, {float(query['time']) * 1000:.0f} ms: {query['sql'][:120]}…"
            )
            with connection.cursor() as cursor:
                cursor.execute(_PLANS[connection.vendor] + query["sql"])
                print(*(str(row[-1]) for row in cursor.fetchall()), sep="\n")


def cpu_ms() -> float:
    """Milliseconds of CPU that this process and its connection's server process had."""
    return time.process_time() * 1000 + _server_ms()


def _server_ms() -> float:
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    connection.ensure_connection()
    # The first number: nanoseconds on the CPU (Linux, sched-stats).
    schedstat = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(schedstat.read_text().split()[0]) / 1e6 if schedstat.exists() else 0


def _median_ms(asked: list[dict[str, Any]]) -> float:
    return round(statistics.median(each["ms"] for each in asked), 2)


if __name__ == "__main__":
    main()
