"""The live refresh of a board full of unfinished takes: one request, few queries.

CARDS sets how many takes are unfinished, ROUNDS how often it is asked. `make bench-live CARDS=60`.
"""

import os
import re
import statistics
import time
from typing import Any

from tests.bench.stack import report, stack

CARDS = int(os.environ.get("CARDS", "60"))
ROUNDS = int(os.environ.get("ROUNDS", "200"))
MOST_QUERIES = 3


def main() -> None:
    """Run the benchmark."""
    with stack():
        from django.test.utils import setup_test_environment

        setup_test_environment()
        board = Board()
        polls = board.polls()
        unchanged = [board.ask() for _ in range(ROUNDS)]
        changed = []
        for _ in range(max(ROUNDS // 10, 1)):
            board.change_one()
            changed.append(board.ask())
    queries = max(each["queries"] for each in unchanged + changed)
    figures = {
        "cards": CARDS,
        "requests": len(polls),
        "queries": queries,
        "queries_unchanged": max(each["queries"] for each in unchanged),
        "unchanged_ms": _median_ms(unchanged),
        "one_changed_ms": _median_ms(changed),
        "unchanged_bytes": max(each["bytes"] for each in unchanged),
        "one_changed_bytes": max(each["bytes"] for each in changed),
    }
    holds = (
        polls == ["/projects/bench/live/"]
        and queries <= MOST_QUERIES
        and all(each["status"] == 204 for each in unchanged)
        and all(each["status"] == 200 for each in changed)
        and figures["unchanged_bytes"] == 0
    )
    report(figures, holds=holds)


class Board:
    """A person looking at a board whose takes are all on their way."""

    def __init__(self) -> None:
        from django.test import Client

        from generations.models import Account, Generation
        from generations.ordering import accept
        from generations.orders import Order
        from studio.models import Membership, Project, Role, Team, User

        person = User.objects.create_user("bench@example.com", "not needed")
        team = Team.objects.create(name="Bench")
        Membership.objects.create(team=team, user=person, role=Role.ARTIST)
        account = Account(team=team, provider="luma", name="Simulator", simulated=True)
        account.set_key("bench")
        account.save()
        self.project = Project.objects.create(team=team, name="Bench", slug="bench")
        for number in range(CARDS):
            accept(self.project, person, Order(words=f"Take {number} of a long day"))
        self.takes = list(Generation.objects.order_by("id"))
        self.client = Client()
        self.client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
        self.ask()  # the session is in the cache from here on

    def polls(self) -> list[str]:
        """Return the addresses that the page asks each time it refreshes itself.

        static/js/live.js fires `live` at every `data-live` of a page, and htmx's own clock is
        `every`; whatever waits for either is a request. (Only when a take settles does the rail
        ask for the month's money too: its two sums would be the poll's fourth and fifth query.)
        """
        page = self.client.get("/projects/bench/").content.decode()
        cards = len(re.findall(r"<article[^>]* id=\"take-", page))
        if cards != CARDS:
            raise AssertionError(f"{cards} of {CARDS} takes are on the page")
        polling = re.findall(r"<[a-z]+ [^>]*(?:\bdata-live\b|hx-trigger=\"[^\"]*every)[^>]*>", page)
        return [url for tag in polling for url in re.findall(r'hx-get="([^"]*)"', tag)]

    def change_one(self) -> None:
        """Let something happen to one take."""
        self.takes[CARDS // 2].announce("stored")

    def ask(self) -> dict[str, Any]:
        """Ask what changed since the last event that there was before, and measure it."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        query = {"since": self.since(), "first": 1, "last": CARDS}
        with CaptureQueriesContext(connection) as captured:
            started = time.perf_counter()
            answer = self.client.get("/projects/bench/live/", query, headers={"HX-Request": "true"})
            took_ms = (time.perf_counter() - started) * 1000
        self.seen = self.newest()
        return {
            "queries": len(captured),
            "ms": took_ms,
            "status": answer.status_code,
            "bytes": len(answer.content),
        }

    seen: int | None = None

    def since(self) -> int:
        """Return the number of the last event that the page knows."""
        return self.newest() if self.seen is None else self.seen

    def newest(self) -> int:
        """Return the number of the last event that there is."""
        from generations.models import Counter

        return Counter.objects.get(project=self.project).events


def _median_ms(asked: list[dict[str, Any]]) -> float:
    return round(statistics.median(each["ms"] for each in asked), 2)


if __name__ == "__main__":
    main()
