"""What must hold on every page: accessible, no error in the console, fits a phone."""

from itertools import combinations
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.kinds import Kind
from generations.models import Budget, Generation, State
from generations.models.states import Reason
from studio.models import Role
from tests.factories import AccountFactory, member, still, take, version

AXE = next((Path(__file__).parent.parent / "vendor").glob("axe-core-*/axe.min.js")).read_text()
FOUND = """async () => (await axe.run()).violations.map(
  (rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(" ")}`)"""
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 360, "height": 640}


@pytest.fixture
def takes(project, artist):
    """One take in each state."""
    made = [take(project, state, author=artist) for state in State]
    made.append(take(project, State.COMPLETED, author=artist, stored=False))
    made.append(take(project, State.FAILED, author=artist, reason=Reason.CONTENT))
    made.append(take(project, author=artist, extends=finished(made)))
    return made


def finished(made):
    return next(each for each in made if each.state == State.COMPLETED)


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    return page.evaluate(FOUND)


def paths(takes) -> list[str]:
    ready = reverse("generation", args=[finished(takes).uuid])
    dreaming = next(each for each in takes if each.state == State.DREAMING)
    return [
        "/",
        "/projects/desert-light/",
        ready,
        reverse("generation", args=[dreaming.uuid]),
        reverse("queue"),
        reverse("account_email"),
        reverse("account_change_password"),
        reverse("mfa_index"),
        reverse("account_logout"),
    ]


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_no_page_breaks_a_rule_of_accessibility(studio: Page, live_server, takes, viewport):
    if viewport:
        studio.set_viewport_size(viewport)
    for path in paths(takes):
        studio.goto(live_server.url + path)
        assert (path, violations(studio)) == (path, [])


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_no_page_of_a_producer_breaks_a_rule(
    watched: Page, live_server, project, takes, enter, viewport
):
    enter(watched.context, member(project, Role.PRODUCER))
    width = (viewport or {"width": 1440})["width"]
    watched.set_viewport_size(viewport or {"width": width, "height": 900})
    kept, lost = still(project), next(each for each in takes if each.state == State.UNCONFIRMED)
    Generation.objects.filter(pk=lost.pk).update(reason=Reason.UNDECIDED)
    version(finished(takes), Kind.UPSCALE)
    Budget.objects.create(team=project.team, limit_usd=5)
    pages = [
        *("/", "/requests/", "/spend/", "/projects/desert-light/"),
        reverse("import", args=[project.slug]),
        reverse("still", args=[kept.uuid]),
        *(reverse("generation", args=[each.uuid]) for each in (lost, finished(takes))),
    ]
    for path in pages:
        watched.goto(live_server.url + path)
        assert (path, violations(watched)) == (path, [])
        assert watched.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_the_accounts_page_breaks_no_rule_and_fits(
    watched: Page, live_server, project, enter, viewport
):
    enter(watched.context, member(project, Role.PRODUCER))
    AccountFactory(team=project.team, name="Spare", key="luma-spare", enabled=False)
    if viewport:
        watched.set_viewport_size(viewport)
    watched.goto(live_server.url + reverse("accounts"))
    for summary in watched.locator("summary").all():
        summary.click()
    assert violations(watched) == []
    width = watched.evaluate("document.documentElement.scrollWidth")
    assert width == watched.viewport_size["width"]


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_the_doors_break_no_rule_of_accessibility(watched: Page, live_server, db, name):
    watched.goto(live_server.url + reverse(name))
    assert violations(watched) == []


def test_an_error_in_the_composer_breaks_no_rule(board):
    page = board()
    page.get_by_role("button", name="Generate", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE], ids=["390", "360"])
def test_every_page_fits_a_phone(studio: Page, live_server, takes, viewport):
    studio.set_viewport_size(viewport)
    for path in paths(takes):
        studio.goto(live_server.url + path)
        width = studio.evaluate("document.documentElement.scrollWidth")
        assert (path, width) == (path, viewport["width"])


def test_the_composer_stays_in_reach_on_a_phone(board):
    page = board()
    page.set_viewport_size(PHONE)
    generate = page.get_by_role("button", name="Generate", exact=True).bounding_box()
    rail = page.locator(".rail").bounding_box()
    assert generate["y"] + generate["height"] <= rail["y"]
    assert rail["y"] + rail["height"] == PHONE["height"]


@pytest.mark.parametrize("viewport", [PHONE, SMALL_PHONE], ids=["390", "360"])
def test_every_choice_of_the_composer_can_be_seen_on_a_phone(board, project, artist, viewport):
    take(project, State.COMPLETED, author=artist)
    page = board()
    page.set_viewport_size(viewport)
    page.locator("#composer").get_by_label("Model").select_option("Ray 2 Flash")
    page.locator("#moves summary").click()
    page.locator("#moves label", has_text="Over the shoulder").click()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Extend take 1").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    boxes = [
        each.bounding_box()
        for each in page.locator(".option, .moves summary, #price, #generate").all()
    ]
    assert len(boxes) == 9
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= viewport["width"] for box in boxes)
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
    expect(page.locator("#slot-start .slot__where")).to_be_visible()


@pytest.mark.parametrize(("viewport", "lines"), [(PHONE, 3), (None, 8)], ids=["phone", "wide"])
def test_long_words_scroll_within_a_few_lines(board, viewport, lines):
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    words = page.locator("#composer-words")
    words.fill("A lighthouse in a storm. " * 100)
    line = words.evaluate("words => parseFloat(getComputedStyle(words).lineHeight)")
    assert lines * line <= words.bounding_box()["height"] < (lines + 1) * line
    assert words.evaluate("words => words.scrollHeight > words.clientHeight")


def overlap(a, b) -> bool:
    return (
        a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    )


def test_a_first_tap_plays_and_a_second_one_opens(browser, live_server, project, artist, enter):
    made = take(project, State.COMPLETED, author=artist)
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/desert-light/")
    page.locator(".frame__open").tap()
    page.wait_for_function("() => document.querySelector('video')?.currentTime > 0")
    page.locator(".frame__open").tap()
    page.wait_for_url(f"**/generations/{made.uuid}/")
    context.close()


def test_the_page_stands_still_for_those_who_ask_for_it(board, project, artist):
    take(project, State.QUEUED, author=artist)
    page = board()
    page.emulate_media(reduced_motion="reduce")
    bar = page.locator("progress[data-elapsed-s]")
    assert bar.evaluate("bar => getComputedStyle(bar).animationName") == "none"


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_a_dead_end_breaks_no_rule_and_fits(studio: Page, live_server, complaints, takes, viewport):
    studio.set_viewport_size(viewport or {"width": 1440, "height": 900})
    for path in ("/nothing/", reverse("retry", args=[takes[0].uuid])):
        studio.goto(live_server.url + path)
        expect(studio.locator(".rail")).to_be_visible()
        assert (path, violations(studio)) == (path, [])
        width = studio.evaluate("document.documentElement.scrollWidth")
        assert width == studio.viewport_size["width"]
    complaints.clear()  # the browser's own, about the status
