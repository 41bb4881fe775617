"""A storyboard that runs: browser, engine, follower and simulator, and a page nobody touches."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from generations.models import Generation
from studio.models import RunStep, Shot, Storyboard
from studio.storyboarding import following
from tests.flows.test_looks import violations
from tests.flows.test_making import look
from tests.flows.test_storyboard import kept, shot, words
from tests.flows.test_whole_path import stored, work_until
from tests.studio.test_storyboard import planned

LONG_S = 240
SHOWN_MS = 15_000
LEAST_ROOM = 8  # pixels
ROCKET = "A rocket leaves its desert pad at dawn"
CLIMB = "It climbs through the clouds"
SPECK = "A far speck over the rim of the Earth"


@pytest.fixture
def small(project, simulator):
    """Plans a film at 540p: words that begin with a bar begin by themselves."""

    def plan(*script: str) -> Storyboard:
        board = planned(project)
        shots = [Shot(words=each.lstrip("|"), continues=each[0] != "|") for each in script]
        board.add(None, shots)
        board.set_up(0, None, resolution="540p")
        return board

    return plan


def run_until(page: Page, happens: Callable[[], bool]) -> None:
    """Do the workers' share, the storyboard's too, while the page lives on."""

    def followed() -> bool:
        following.follow_all()
        return happens()

    work_until(page, followed, LONG_S)


def state(page: Page, number: int) -> Locator:
    return shot(page, number).locator(".shot__side > .chip")


def states(page: Page, *said: str) -> None:
    """Wait until the page says so of its shots by itself."""
    for number, each in enumerate(said, start=1):
        expect(state(page, number)).to_have_text(each, timeout=SHOWN_MS)


def room(page: Page) -> float:
    """How much of a frame is free at least above and below the words of what is being made."""
    return page.locator(".shot__frame.dream").evaluate_all(
        """(frames) => Math.min(...frames.flatMap((frame) => {
             const box = frame.getBoundingClientRect();
             return [...frame.children].flatMap((each) => {
               const { top, bottom } = each.getBoundingClientRect();
               return top === bottom ? [] : [top - box.top, box.bottom - bottom];
             });
           }))"""
    )


def run(page: Page) -> None:
    page.get_by_role("button", name="Run what's missing").click()


def source_of(take_number: int) -> int:
    """The number of the take on whose last frame a take begins."""
    return Generation.objects.get(take_number=take_number).keyframes.get().source.take_number


@pytest.mark.long
def test_a_chain_makes_itself_and_says_what_it_costs_to_change_it(storyboard, small):
    small(ROCKET, CLIMB, "|" + SPECK)
    page: Page = storyboard()
    expect(page.locator(".runbar__price")).to_have_text("$1.20")
    run(page)
    expect(page.locator("#runbar-summary")).to_have_text("Running: 2 being made, 1 waiting")
    expect(state(page, 2)).to_have_text("Waits for shot 1")
    expect(page.get_by_role("button", name="Run what's missing")).to_have_count(0)
    expect(page.locator(".money")).to_contain_text("$0.80 reserved")
    assert Generation.objects.count() == 2
    assert room(page) > LEAST_ROOM
    look(page, "storyboard-running")

    run_until(page, lambda: stored() == 3)
    states(page, "Ready", "Ready", "Ready")
    expect(page.locator("#runbar-summary")).to_have_text("all made")
    for number in (1, 2, 3):
        expect(shot(page, number).locator(".shot__frame img").first).to_be_visible()
    expect(page.locator(".money strong")).to_have_text("$1.20")
    assert source_of(3) == 1
    assert violations(page) == []
    look(page, "storyboard-made")

    # Another take is chosen by itself; what continued from the other is stale, and is left alone.
    page.get_by_role("button", name="Another take, $0.40, shot 1").click()
    run_until(page, lambda: stored() == 4)
    states(page, "Ready", "Stale", "Ready")
    told = "Shot 1 changed after this was made. Making it again costs $0.40."
    expect(shot(page, 2)).to_contain_text(told)
    again = page.get_by_role("button", name="Make the stale shot again, $0.40")
    expect(again).to_be_visible()
    assert violations(page) == []
    look(page, "storyboard-stale")
    page.get_by_role("button", name="Take 1 for shot 1").click()
    states(page, "Ready", "Ready", "Ready")
    expect(again).to_have_count(0)
    page.get_by_role("button", name="Take 4 for shot 1").click()
    states(page, "Ready", "Stale", "Ready")
    run_until(page, lambda: True)
    assert Generation.objects.count() == 4

    again.click()
    run_until(page, lambda: stored() == 5)
    states(page, "Ready", "Ready", "Ready")
    assert source_of(5) == 4
    expect(page.locator(".money strong")).to_have_text("$2.00")


@pytest.mark.long
def test_a_failure_stops_what_depends_on_it_and_is_retried_from_there(storyboard, small):
    small(ROCKET, "A doomed climb", "The stars come out", "|" + SPECK)
    page: Page = storyboard()
    run(page)
    expect(state(page, 2)).to_have_text("Waits for shot 1")
    run_until(page, lambda: not RunStep.objects.active().exists())
    states(page, "Ready", "Stopped", "Stopped", "Ready")
    expect(shot(page, 3)).to_contain_text("Shot 2 wasn't made.")
    expect(page.locator(".money")).to_contain_text("$0.00 reserved")
    expect(page.locator(".money strong")).to_have_text("$0.80")
    retry = page.get_by_role("button", name="Retry from here, $0.80, shot 2")
    expect(retry).to_be_visible()
    assert violations(page) == []
    why = shot(page, 2).locator(".shot__frame > span").first
    why.evaluate("(line, words) => line.append(words)", "; what it says is as long as it likes" * 4)
    assert room(page) > LEAST_ROOM
    look(page, "storyboard-stopped")

    words(page, 2).fill(CLIMB)
    kept(page)
    retry.click()
    expect(state(page, 3)).to_have_text("Waits for shot 2")
    run_until(page, lambda: stored() == 4)
    states(page, "Ready", "Ready", "Ready", "Ready")
    # The take that failed is one of five; the shots that were made aren't made again.
    assert Generation.objects.count() == 5
    assert (source_of(4), source_of(5)) == (1, 4)
    expect(page.locator(".money strong")).to_have_text("$1.60")


def test_without_scripts_a_shot_is_written_and_run(
    browser: Browser, live_server, project, artist, enter, simulator
):
    context = browser.new_context(java_script_enabled=False)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/{project.slug}/storyboard/")
    page.get_by_label("Write the first shot").fill("A rocket")
    page.get_by_role("button", name="Write the first shot").click()
    page.get_by_label("Resolution").select_option("540p")
    page.get_by_role("button", name="Set").click()
    words(page, 1).fill(ROCKET)
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Add a shot", exact=True).fill(CLIMB)
    page.get_by_role("button", name="Add a shot", exact=True).click()
    page.get_by_role("button", name="Shot 2 continues").click()
    page.get_by_role("button", name="Shot 2 begins with a cut").click()
    expect(page.get_by_role("button", name="Shot 2 continues")).to_be_visible()
    page.get_by_role("button", name="Run what's missing").click()
    expect(state(page, 2)).to_have_text("Waits for shot 1")
    run_until(page, lambda: stored() == 2)
    page.reload()
    states(page, "Ready", "Ready")
    assert source_of(2) == 1
    assert sum(each.price_usd for each in Generation.objects.all()) == Decimal("0.7962")
    context.close()
