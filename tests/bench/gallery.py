"""The gallery of a small team and of a large one: the same few queries, and about the same time.

Each stands in a database of its own: beside a large team a small one may be as slow. TAKES sets
how many takes the large one has, SMALL the other, over so many projects each; ROUNDS how often
each page is asked for, in turns. `make bench-gallery TAKES=100000`; TEST_DATABASE_URL chooses
PostgreSQL.

`first_ms`, `middle_ms` and `last_ms` are the large team's medians of CPU time, this process's and,
where its database is a server on this machine, that of the connection there. `ratio` is the
worst of the three beside the small team's. The plans are printed where it is over MOST_RATIO.
"""

import os
import re
import statistics
from typing import Any

from tests.bench.board import another_database, cpu_ms
from tests.bench.crowd import crowd
from tests.bench.stack import report, stack
from tests.databases import make_tables

PROJECTS = 8
CARDS = 60
SMALL = int(os.environ.get("SMALL", "1000"))
TAKES = int(os.environ.get("TAKES", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "50"))
MOST_QUERIES = 8
MOST_RATIO = 1.1
_PLANS = {"postgresql": "EXPLAIN (ANALYZE, BUFFERS) ", "sqlite": "EXPLAIN QUERY PLAN "}

# As a server that runs has it: PostgreSQL vacuums by itself, a while after rows came.
_TIDIED = {"postgresql": "VACUUM ANALYZE", "sqlite": "ANALYZE"}


def main() -> None:
    """Run the benchmark."""
    with stack():
        from django.db import connection
        from django.test.utils import setup_test_environment

        setup_test_environment()
        here = connection.settings_dict["NAME"]
        with another_database() as other:
            small, large = Gallery(other, SMALL), Gallery(here, TAKES)
            asked: dict[Gallery, list[dict[str, dict[str, Any]]]] = {small: [], large: []}
            for _ in range(ROUNDS):
                for gallery in (small, large):
                    gallery.enter()
                    asked[gallery].append({page: gallery.open(page) for page in gallery.cursors})
            figures = _figures(asked[small], asked[large])
            if figures["ratio"] > MOST_RATIO:
                large.explain()
            connection.close()
    report(figures, holds=_holds(figures))


def _figures(small: list[Any], large: list[Any]) -> dict[str, Any]:
    from django.db import connection

    pages = list(large[0])
    every = [each[page] for each in (*small, *large) for page in pages]
    small_ms, large_ms = (
        {page: _median_ms([each[page]["ms"] for each in asked]) for page in pages}
        for asked in (small, large)
    )
    return {
        "database": connection.vendor,
        "takes": TAKES,
        "cards": min(each["cards"] for each in every),
        "queries": max(each["queries"] for each in every),
        "fewest_queries": min(each["queries"] for each in every),
        **{f"{page}_ms": ms for page, ms in large_ms.items()},
        **{f"small_{page}_ms": ms for page, ms in small_ms.items()},
        "ratio": round(max(large_ms[page] / small_ms[page] for page in pages), 2),
    }


def _holds(figures: dict[str, Any]) -> bool:
    return (
        figures["cards"] == CARDS
        and figures["queries"] == figures["fewest_queries"] <= MOST_QUERIES
        and figures["ratio"] <= MOST_RATIO
    )


class Gallery:
    """A person of a team with several projects in a database, and its gallery."""

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
        for number in range(PROJECTS):
            name = f"bench-{number}"
            film = Project.objects.create(team=team, name=name, slug=name)
            crowd(film, account, person, count // PROJECTS)
        with connection.cursor() as cursor:
            cursor.execute(_TIDIED[connection.vendor])
        ids = list(Generation.objects.order_by("pk").values_list("pk", flat=True))
        self.cursors = {"first": ids[-1] + 1, "middle": ids[len(ids) // 2], "last": ids[CARDS]}
        self.client = Client()
        self.client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")

    def enter(self) -> None:
        """Go on in its database, with all at hand that a connection and the cache keep."""
        self._connect()
        for page in self.cursors:
            self.open(page)

    def _connect(self) -> None:
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = self.database

    def open(self, page: str) -> dict[str, Any]:
        """Ask for the whole page with sixty cards behind a cursor, and measure it."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            began = cpu_ms()
            answer = self.client.get("/gallery/", {"after": self.cursors[page]})
            took_ms = cpu_ms() - began
        if answer.status_code != 200:
            raise AssertionError(f"the {page} page answered {answer.status_code}")
        cards = re.findall(rb"<article[^>]* id=\"take-", answer.content)
        return {"queries": len(captured), "ms": took_ms, "cards": len(cards)}

    def explain(self) -> None:
        """Print how the database goes about each of the middle page's queries."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            self.client.get("/gallery/", {"after": self.cursors["middle"]})
        for number, query in enumerate(captured.captured_queries, 1):
            took_ms = float(query["time"]) * 1000
            print(f"--- query {number}, {took_ms:.0f} ms: {query['sql'][:120]}…")
            with connection.cursor() as cursor:
                cursor.execute(_PLANS[connection.vendor] + query["sql"])
                print(*(str(row[-1]) for row in cursor.fetchall()), sep="\n")


def _median_ms(found: list[float]) -> float:
    return round(statistics.median(found), 2)


if __name__ == "__main__":
    main()
