"""The live refresh of a board full of unfinished takes: one request, few queries.

CARDS sets how many takes are unfinished, ROUNDS how often it is asked. `make bench-live CARDS=60`.

When a take settles, its money moves, and the page asks for the rail's month in a request of its own
(`requests_settled`, `queries_money`): what was spent, what is reserved and the budgets are three
queries more, which would double what the poll itself may cost. A take settles once; the page polls
every two seconds.
"""

import json
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
        board.settle_one()
        settled = board.ask()
        money = board.ask_what_follows(settled)
    queries = max(each["queries"] for each in [*unchanged, *changed, settled])
    figures = {
        "cards": CARDS,
        "requests": len(polls),
        "queries": queries,
        "queries_unchanged": max(each["queries"] for each in unchanged),
        "requests_settled": 1 + len(money),
        "queries_settled": settled["queries"],
        "queries_money": sum(each["queries"] for each in money),
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
        and not any(each["triggers"] for each in changed)
        and settled["status"] == 200
        and [each["status"] for each in money] == [200]
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

        self.person = person = User.objects.create_user("bench@example.com", "not needed")
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
        self.page = self._scrolled()
        self.ask()  # the session is in the cache from here on

    def _scrolled(self) -> str:
        """Return the page with all that it brings in while it is scrolled to its end."""
        page = self.client.get("/projects/bench/").content.decode()
        behind = re.findall(r'data-older="([^"]*)"', page)
        while behind:
            asked = {"after": behind[-1]}
            more = self.client.get("/projects/bench/", asked, headers={"HX-Request": "true"})
            behind = re.findall(r'data-older="([^"]*)"', more.content.decode())
            page += more.content.decode()
        return page

    def polls(self) -> list[str]:
        """Return the addresses that the page asks each time it refreshes itself.

        static/js/live.js fires `live` at every `data-live` of a page, and htmx's own clock is
        `every`; whatever waits for either is a request.
        """
        cards = len(re.findall(r"<article[^>]* id=\"take-", self.page))
        if cards != CARDS:
            raise AssertionError(f"{cards} of {CARDS} takes are on the page")
        return self._asked_by(r"(?:\bdata-live\b|hx-trigger=\"[^\"]*every)")

    def _asked_by(self, what: str) -> list[str]:
        """Return the addresses that the page's elements of such a tag ask."""
        tags = re.findall(rf"<[a-z]+ [^>]*{what}[^>]*>", self.page)
        return [url for tag in tags for url in re.findall(r'hx-get="([^"]*)"', tag)]

    def change_one(self) -> None:
        """Let something happen to one take."""
        self.takes[CARDS // 2].announce("stored")

    def settle_one(self) -> None:
        """Let a take come to its end: its money is released."""
        if not self.takes[CARDS // 3].cancel(self.person):
            raise AssertionError("the take didn't settle")

    def ask(self) -> dict[str, Any]:
        """Ask what changed since the last event that there was before, and measure it."""
        query = {"since": self.since(), "first": 1, "last": CARDS}
        asked = self._measured("/projects/bench/live/", query)
        self.seen = self.newest()
        return asked

    def ask_what_follows(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask what the page asks when it gets this answer: htmx fires its triggers at the body."""
        events = asked["triggers"].split(",") if asked["triggers"] else []
        urls = [url for event in events for url in self._asked_by(f'hx-trigger="{event} from:body')]
        return [self._measured(url, {}) for url in urls]

    def _measured(self, url: str, query: dict[str, int]) -> dict[str, Any]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            started = time.perf_counter()
            answer = self.client.get(url, query, headers={"HX-Request": "true"})
            took_ms = (time.perf_counter() - started) * 1000
        return {
            "queries": len(captured),
            "ms": took_ms,
            "status": answer.status_code,
            "bytes": len(answer.content),
            "triggers": ",".join(json.loads(answer.headers.get("HX-Trigger", "{}"))),
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
