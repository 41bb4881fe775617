"""The retake over the review room, where answers are late and what is typed must not be lost."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from generations.models import Generation, State
from studio import reviewing
from studio.models import Project, Review, Role, User, Verdict
from tests.factories import member, take
from tests.flows.held import Held

Takes = list[Generation]


@pytest.fixture
def takes(project: Project, artist: User) -> Takes:
    """Three takes that wait for a verdict."""
    made = [
        take(project, State.COMPLETED, author=artist, words=f"Shot {number}")
        for number in range(1, 4)
    ]
    for each in made:
        reviewing.send([each], artist)
    return made


@pytest.fixture
def leader(project: Project) -> User:
    """Judges, and may make takes."""
    return member(project, Role.PRODUCER)


@pytest.fixture
def room(watched: Page, live_server, enter, leader: User, takes: Takes) -> Page:
    """The leader's review room."""
    enter(watched.context, leader)
    watched.goto(f"{live_server.url}/review/")
    return watched


@pytest.fixture
def retaken(room: Page) -> Callable[[], Locator]:
    """Asks for changes of the take that is shown; returns the words of its retake."""

    def ask() -> Locator:
        room.keyboard.press("x")
        words = room.get_by_label("What is seen")
        expect(words).to_be_focused()
        return words

    return ask


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def region(page: Page) -> Locator:
    return page.get_by_role("region", name="Retake")


def verdicts() -> list[str]:
    return list(Review.objects.order_by("generation").values_list("verdict", flat=True))


def test_nothing_leaves_a_take_before_its_verdict_is_answered(room, takes):
    judging = Held(room, "**/judge/")
    room.keyboard.press("x")
    judging.wait()
    room.keyboard.press("ArrowRight")
    room.locator("#reel a").last.click()
    room.keyboard.press("a")
    judging.let_go()
    expect(room.get_by_label("What is seen")).to_have_value("Shot 1")
    expect(region(room)).to_contain_text("Retake of take 1")
    title(room, "Take 1")
    expect(room.locator("#verdicts")).to_contain_text("Changes wanted")
    assert verdicts() == [Verdict.CHANGES, Verdict.WAITING, Verdict.WAITING]


def test_no_verdict_is_said_of_a_take_that_is_being_left(room, takes):
    held = Held(room, f"**/review/?take={takes[1].uuid}")
    room.keyboard.press("ArrowRight")
    held.wait()
    room.keyboard.press("a")
    room.keyboard.press("x")
    held.let_go()
    title(room, "Take 2")
    expect(region(room)).to_be_hidden()
    assert verdicts() == [Verdict.WAITING] * 3


def test_a_retake_that_is_being_ordered_is_neither_left_nor_undone_nor_ordered_twice(
    room, takes, retaken
):
    words = retaken()
    orders = Held(room, "**/retake/")
    words.fill("From the left")
    room.keyboard.press("Control+Enter")
    orders.wait()
    expect(region(room).get_by_role("button", name="Sending…")).to_be_visible()
    room.keyboard.press("Control+Enter")
    room.keyboard.press("Escape")
    region(room).get_by_role("link", name="Go on without one").click()
    room.locator("#reel a").last.click()
    room.locator("h1").click()
    room.keyboard.press("u")
    orders.let_go()
    expect(room.locator("#notices")).to_contain_text("Take 4 is next in line.")
    title(room, "Take 2")
    assert verdicts() == [Verdict.CHANGES, Verdict.WAITING, Verdict.WAITING]
    assert Generation.objects.get(take_number=4).prompt.words == "From the left"


def test_the_address_is_of_what_the_room_shows(room, takes, retaken, live_server):
    retaken()
    retake = reverse("retake", args=[takes[0].uuid])
    expect(room).to_have_url(live_server.url + retake)
    room.keyboard.press("Escape")
    title(room, "Take 2")
    expect(room).to_have_url(
        f"{live_server.url}/review/?take={takes[1].uuid}&judged={takes[0].uuid}"
    )
    room.keyboard.press("t")
    title(room, "Take 1")
    expect(room).to_have_url(live_server.url + retake)
    room.locator("#reel a").last.click()
    title(room, "Take 3")
    room.reload()
    title(room, "Take 3")
    expect(region(room)).to_be_hidden()
