"""How heavy the board is for a browser: requests, script, and whether anything jumps."""

import gzip

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Response

from generations.models import State
from tests.factories import take

MOST_REQUESTS = 40  # posters aside
MOST_SCRIPT_BYTES = 60_000  # gzipped
MOST_SHIFT = 0.02
SHIFT = """() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => tell(sum)));
})"""


@pytest.fixture
def crowd(project, artist):
    """Sixty takes: most are ready, some are on their way."""
    states = [State.COMPLETED] * 50 + [State.DREAMING] * 10
    return [take(project, state, author=artist) for state in states]


@pytest.mark.parametrize("width", [1440, 390])
def test_the_board_is_light_and_nothing_jumps(studio: Page, live_server, project, crowd, width):
    asked = []

    def note(answer: Response) -> None:
        asked.append(answer)

    studio.on("response", note)
    studio.set_viewport_size({"width": width, "height": 900})
    studio.goto(live_server.url + reverse("board", args=[project.slug]))
    studio.wait_for_load_state("networkidle")
    own = [each for each in asked if "/media/" not in each.url]
    scripts = [each for each in own if each.request.resource_type == "script"]
    weight = sum(len(gzip.compress(each.body())) for each in scripts)
    assert len(own) <= MOST_REQUESTS, sorted(each.url for each in own)
    assert weight <= MOST_SCRIPT_BYTES, weight
    assert studio.evaluate(SHIFT) <= MOST_SHIFT
