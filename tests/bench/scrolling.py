"""How smoothly a browser goes through a long board: the longest task of its page.

Wall time counts what else the machine does, so a page's own time is read from the browser's trace
besides: a task's time on its thread, which is what is judged. A trace of the whole way is too large
to be kept: it is taken of the end, where the page has the most cards and the most pages.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

MOST_TASK_MS = 50.0
TRACED = 200
# Ten turns of the wheel in a second: four to five screens, as fast as one finds a picture among
# others, or more than ten, where nobody sees any. Two processors that also serve the page and draw
# it are busy without a pause then, and the clock counts their waiting.
LOOKED_PX, FLUNG_PX = 400, 900
MOST_TURNS = 20_000
_BETWEEN_MS = 80
_WATCH = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      window.longest = Math.max(window.longest, duration);
    }
  }).observe({ type: "longtask" });
}"""
_WHERE = """() => ({
  last: Math.min(...[...document.querySelectorAll("[data-take]")].map((each) => each.dataset.take)),
  cards: document.querySelectorAll(".take").length,
})"""


def scroll_to_the_first(page: Any, turn_px: int) -> dict[str, float]:
    """Turn the wheel over an open board until its first take is there, and tell what it cost.

    Returns `task_wall_ms`, the longest task by the clock, `task_ms`, the longest of the page's own
    time on the last TRACED takes, and `cards`, the most that the page ever had.
    """
    browser = page.context.browser
    page.mouse.move(3, 300)  # over no card: what plays is another matter
    page.evaluate(_WATCH)
    most = _turn_until(page, TRACED, turn_px)
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.json"
        browser.start_tracing(page=page, path=trace, categories=["toplevel", "__metadata"])
        most = max(most, _turn_until(page, 1, turn_px))
        browser.stop_tracing()
        own = _longest_ms(json.loads(trace.read_text())["traceEvents"])
    return {"task_wall_ms": page.evaluate("window.longest"), "task_ms": own, "cards": most}


def _turn_until(page: Any, number: int, turn_px: int) -> int:
    """Turn the wheel until a take of at most this number is there; return the most cards."""
    most = 0
    for _ in range(MOST_TURNS):
        where = page.evaluate(_WHERE)
        most = max(most, where["cards"])
        if where["last"] <= number:
            return most
        page.mouse.wheel(0, turn_px)
        page.wait_for_timeout(_BETWEEN_MS)
    raise TimeoutError(f"Take {number} never came.")


def _longest_ms(events: list[dict[str, Any]]) -> float:
    """Return the longest task of the renderers' main threads, in milliseconds of thread time."""
    mains = {
        (each["pid"], each["tid"])
        for each in events
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        each.get("tdur", 0) / 1000
        for each in events
        if each["name"].endswith("RunTask") and (each["pid"], each["tid"]) in mains
    ]
    if not tasks:
        raise ValueError("The trace holds no task of the page.")
    return max(tasks)
