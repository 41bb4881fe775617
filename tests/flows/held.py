"""Requests of a page that are answered when the test says so, however fast the machine."""

import time

from playwright.sync_api import Page, Route

PATIENCE_S = 60.0


class Held:
    """The requests of a page that aren't let through yet."""

    def __init__(self, page: Page, pattern: str, only: str = "") -> None:
        self.page, self.only = page, only
        self.routes: list[Route] = []
        self.is_open = False
        page.route(pattern, self._take)
        self._begin()

    def _begin(self) -> None:
        """Wait until the page's requests are really stopped: the first may slip through before."""
        self.page.route("**/healthz", lambda route: route.fulfill(status=204))
        latest = time.monotonic() + PATIENCE_S
        while self.page.evaluate("fetch('/healthz').then((answer) => answer.status)") != 204:
            assert time.monotonic() < latest, "no request is stopped"
        self.page.unroute("**/healthz")

    def _take(self, route: Route) -> None:
        of = route.request.url + ((route.request.post_data or "") if self.only else "")
        if self.only in of and not self.is_open:
            self.routes.append(route)
        else:
            route.continue_()

    def wait(self) -> None:
        """Wait until one has come."""
        latest = time.monotonic() + PATIENCE_S
        while not self.routes:
            assert time.monotonic() < latest, "nothing was asked for"
            self.page.evaluate("new Promise(requestAnimationFrame)")

    def next(self) -> Route:
        """Wait for the earliest, which is the test's to answer."""
        self.wait()
        return self.routes.pop(0)

    def let_go(self) -> None:
        """Let all of them through, and whatever comes later."""
        self.is_open = True
        for route in self.routes:
            route.continue_()
        self.routes.clear()
