"""What the board costs a browser: requests, script, first paint, and whether anything jumps.

CARDS sets how many takes are on it, LOADS how often it is opened with an empty cache. Paint is
printed as the median and isn't judged: it is the machine's, too. `make bench-page CARDS=60`.
"""

import gzip
import os
import shutil
import statistics
from typing import Any
from urllib.request import urlopen

from tests.bench.stack import report, stack, wait_until

CARDS = int(os.environ.get("CARDS", "60"))
LOADS = int(os.environ.get("LOADS", "7"))
CHROMIUM = os.environ.get("CHROMIUM_BIN") or shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
MOST_REQUESTS, MOST_SCRIPT_BYTES, MOST_SHIFT = 40, 60_000, 0.02
PAINTED = """() => new Promise((tell) => {
  const seen = { first: 0, largest: 0, shift: 0, long: 0 };
  const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note))
    .observe({ type, buffered: true });
  const isFirst = ({ name }) => name === "first-contentful-paint";
  watch("paint", (entry) => isFirst(entry) && (seen.first = entry.startTime));
  watch("largest-contentful-paint", (entry) => (seen.largest = entry.startTime));
  watch("layout-shift", (entry) => entry.hadRecentInput || (seen.shift += entry.value));
  watch("longtask", (entry) => (seen.long = Math.max(seen.long, entry.duration)));
  setTimeout(() => tell(seen), 500);
})"""


def main() -> None:
    """Run the benchmark."""
    with stack() as dailies:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        cookie = _crowd()
        dailies.start("web")
        site = os.environ["LOCAL_URL"]
        wait_until(lambda: _answers(f"{site}/healthz"), 30, "the web server to answer")
        loads = [_load(f"{site}/projects/desert-light/", site, cookie) for _ in range(LOADS)]
    figures = {
        "cards": CARDS,
        "requests": max(each["requests"] for each in loads),
        "script_bytes": max(each["script_bytes"] for each in loads),
        "shift": round(max(each["shift"] for each in loads), 4),
        "first_paint_ms": _median(loads, "first"),
        "largest_paint_ms": _median(loads, "largest"),
        "longest_task_ms": _median(loads, "long"),
    }
    holds = (
        figures["requests"] <= MOST_REQUESTS
        and figures["script_bytes"] <= MOST_SCRIPT_BYTES
        and figures["shift"] <= MOST_SHIFT
    )
    report(figures, holds=holds)


def _crowd() -> str:
    """Make a board of finished takes, and return the session of its artist."""
    from django.test import Client

    from generations.models import State
    from studio.models import Role
    from tests.factories import ProjectFactory, member, take

    project = ProjectFactory(name="Desert Light", slug="desert-light")
    artist = member(project, Role.ARTIST)
    for _ in range(CARDS):
        take(project, State.COMPLETED, author=artist)
    client = Client()
    client.force_login(artist, "allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["sessionid"].value


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _load(url: str, site: str, cookie: str) -> dict[str, Any]:
    """Open a page in a browser that has never seen it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])
        page = context.new_page()
        asked: list[Any] = []
        page.on("response", lambda answer: asked.append(answer))  # noqa: PLW0108 - it wants a function
        page.goto(url, wait_until="networkidle")
        seen = page.evaluate(PAINTED)
        own = [each for each in asked if "/media/" not in each.url]
        scripts = [each.body() for each in own if each.request.resource_type == "script"]
        browser.close()
    weight = sum(len(gzip.compress(body)) for body in scripts)
    return {**seen, "requests": len(own), "script_bytes": weight}


def _median(loads: list[dict[str, Any]], name: str) -> float:
    return round(statistics.median(each[name] for each in loads), 1)


if __name__ == "__main__":
    main()
