"""The retake over the review room, where answers are late and what is typed must not be lost."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from generations.models import Generation, State
from studio import noting, reviewing
from studio.models import Note, Project, Review, Role, User, Verdict
from tests.factories import member, take, tiny_poster
from tests.flows.held import Held
from tests.flows.test_looks import PHONE
from tests.flows.widths import width_of

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


def is_seen(element: Locator) -> bool:
    """Whether a finger would meet it, once what scrolls has come to rest."""
    found: bool = element.evaluate(
        """async (element) => {
          for (let frame = 0; frame < 600; frame += 1) {
            const { x, y, width, height } = element.getBoundingClientRect();
            const there = document.elementFromPoint(x + width / 2, y + height / 2);
            if (element.contains(there)) return true;
            await new Promise(requestAnimationFrame);
          }
          return false;
        }"""
    )
    return found


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


def test_what_is_typed_in_a_retake_is_there_again_until_it_is_ordered(
    room, takes, retaken, live_server
):
    words = retaken()
    retake = region(room)
    retake.get_by_label("Duration").select_option("9 s")
    words.fill("From the left, {red|blue}")
    words.focus()
    room.keyboard.press("Escape")
    title(room, "Take 2")
    room.keyboard.press("t")
    title(room, "Take 1")
    expect(words).to_be_focused()
    expect(words).to_have_value("From the left, {red|blue}")
    expect(retake.get_by_label("Duration")).to_have_value("9")
    expect(room.locator("#price")).to_contain_text("$2.55")
    retake.get_by_label("Model").select_option("ray-flash-2")
    expect(room.locator("#price")).not_to_contain_text("$2.55")
    room.reload()
    expect(retake.get_by_label("Model")).to_have_value("ray-flash-2")
    expect(words).to_have_value("From the left, {red|blue}")
    expect(words).to_be_focused()
    room.locator("h1").click()
    room.keyboard.press("u")
    title(room, "Take 1")
    expect(retake).to_be_hidden()
    words = retaken()
    expect(words).to_have_value("From the left, {red|blue}")
    words.fill("From the left")
    expect(room.locator("#price")).to_have_text("$0.44")
    words.focus()
    room.keyboard.press("Control+Enter")
    title(room, "Take 2")
    assert Generation.objects.get(take_number=4).prompt.model == "ray-flash-2"
    room.keyboard.press("t")
    expect(words).to_have_value("Shot 1")
    kept = room.evaluate("Object.keys(sessionStorage)")
    assert [name for name in kept if name.startswith("retake:")] == []


def test_after_a_session_that_ended_the_retake_is_there_as_it_was_typed(
    room, takes, retaken, leader, enter
):
    words = retaken()
    words.fill("From the left")
    room.context.clear_cookies(name="sessionid")
    room.keyboard.press("Control+Enter")
    room.wait_for_url("**/accounts/login/**")
    enter(room.context, leader)
    room.reload()
    expect(room).to_have_url(re.compile(reverse("retake", args=[takes[0].uuid])))
    expect(words).to_have_value("From the left")
    expect(words).to_be_focused()
    room.keyboard.press("Control+Enter")
    title(room, "Take 2")


def test_escape_leaves_another_field_and_ends_a_drawing_before_it_leaves_the_retake(
    room, takes, retaken, leader
):
    noting.note(takes[0], leader, noting.Remark("Which wind?", 5, []))
    room.reload()
    words = retaken()
    room.locator("#notes-list").get_by_text("Reply").first.click()
    reply = room.get_by_role("textbox", name="Your reply")
    reply.fill("The one from the l")
    room.keyboard.press("Escape")
    expect(reply).not_to_be_focused()
    expect(words).to_be_visible()
    expect(reply).to_have_value("The one from the l")
    room.keyboard.press("d")
    drawing = room.locator("[data-drawing-now]")
    expect(drawing).to_be_attached()
    words.focus()
    room.keyboard.press("Escape")
    expect(drawing).not_to_be_attached()
    expect(words).to_be_visible()
    title(room, "Take 1")
    room.keyboard.press("Escape")
    title(room, "Take 2")


def test_a_retake_offers_no_list_of_several_prompts_and_counts_them(room, takes, retaken):
    words = retaken()
    words.fill("A {red|blue} door")
    expect(room.locator("#price")).to_contain_text("$1.42")
    expect(region(room).get_by_role("button", name="Look at them")).to_have_count(0)
    words.fill("A door")
    expect(room.locator("#price")).to_contain_text("$0.71")
    room.keyboard.press("Control+Enter")
    title(room, "Take 2")


def test_a_note_goes_on_while_changes_are_asked_for(room, takes):
    note = room.locator("#note-words")
    note.fill("Wind from the left")
    room.keyboard.press("Escape")
    judging = Held(room, "**/judge/")
    room.keyboard.press("x")
    judging.wait()
    room.keyboard.press("n")
    room.keyboard.press("End")
    room.keyboard.type(", and slow")
    judging.let_go()
    expect(region(room)).to_contain_text("Retake of take 1")
    expect(note).to_have_value("Wind from the left, and slow")
    expect(note).to_be_focused()
    room.keyboard.type("er")
    expect(note).to_have_value("Wind from the left, and slower")
    assert Note.objects.get().words == "Wind from the left"


def test_what_a_retake_offers_is_seen_on_a_phone(room, takes, retaken):
    room.set_viewport_size(PHONE)
    retaken()
    retake = region(room)
    retake.get_by_role("button", name="Takes and stills for the start frame").click()
    pick = room.locator("#picks button").first
    expect(pick).to_be_focused()
    expect(pick).to_be_in_viewport(ratio=1)
    assert is_seen(pick)
    room.keyboard.press("Escape")
    retake.get_by_text("Camera", exact=True).click()
    find = retake.get_by_label("Find a camera move")
    expect(find).to_be_in_viewport(ratio=1)
    assert is_seen(find)
    move = retake.locator(".move").first
    move.click()
    expect(move.get_by_role("checkbox")).to_be_checked()
    assert width_of(room) == PHONE["width"]


def test_the_retake_of_a_take_whose_changes_nobody_wants_says_so(room, takes, live_server):
    address = live_server.url + reverse("retake", args=[takes[0].uuid])
    room.goto(address)
    expect(region(room)).to_contain_text("No changes of it are wanted now.")
    expect(room.locator(".composer__asked")).to_have_count(0)


def test_what_is_pressed_while_a_note_is_on_its_way_waits_for_it(room, takes):
    note = room.locator("#note-words")
    notes = Held(room, "**/notes/add/")
    note.fill("Wind from the left")
    room.keyboard.press("Control+Enter")
    notes.wait()
    room.keyboard.press("Escape")
    room.keyboard.press("ArrowRight")
    room.keyboard.press("a")
    notes.let_go()
    title(room, "Take 2")
    assert verdicts() == [Verdict.APPROVED, Verdict.WAITING, Verdict.WAITING]
    assert [(each.generation, each.words) for each in Note.objects.all()] == [
        (takes[0], "Wind from the left")
    ]
    notes.is_open = False
    note.fill("Too slow")
    room.keyboard.press("Control+Enter")
    notes.wait()
    room.keyboard.press("Escape")
    room.keyboard.press("ArrowRight")
    notes.let_go()
    title(room, "Take 3")
    expect(room.locator(".mark")).to_have_count(0)
    room.keyboard.press("ArrowLeft")
    title(room, "Take 2")
    expect(room.locator(".mark")).to_have_count(1)
    expect(note).to_have_value("")


def test_a_retake_whose_answer_was_lost_is_ordered_again_as_the_same(
    room, takes, retaken, complaints
):
    retaken()
    orders = Held(room, "**/retake/", only="retaking")
    room.keyboard.press("Control+Enter")
    lost = orders.next()
    lost.fetch()
    lost.abort()
    expect(room.locator("#notices")).to_contain_text("look whether it arrived")
    complaints.clear()
    orders.let_go()
    room.keyboard.press("Escape")
    title(room, "Take 2")
    room.keyboard.press("t")
    expect(room.get_by_label("What is seen")).to_be_focused()
    room.keyboard.press("Control+Enter")
    title(room, "Take 2")
    assert Generation.objects.count() == 4


def test_a_picture_from_the_disk_is_asked_for_again_in_a_retake(room, takes, retaken):
    words = retaken()
    start = room.locator("input[name=start]")
    start.set_input_files(tiny_poster())
    expect(room.locator("#slot-start img")).to_be_visible()
    room.keyboard.press("Escape")
    title(room, "Take 2")
    room.keyboard.press("t")
    expect(region(room)).to_contain_text("Start: choose the picture again.")
    words.focus()
    room.keyboard.press("Control+Enter")
    expect(start).to_be_focused()
    start.set_input_files(tiny_poster())
    expect(room.locator("#slot-start img")).to_be_visible()
    words.focus()
    room.keyboard.press("Control+Enter")
    title(room, "Take 2")
    assert Generation.objects.get(take_number=4).keyframes.exists()
