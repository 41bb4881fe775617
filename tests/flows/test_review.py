"""The review room: a day's takes judged by keyboard, notes at frames, drawings, scores."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from generations.models import Generation, State
from studio import noting, reviewing
from studio.models import Note, Project, Review, ReviewRules, Role, Score, User, Verdict
from tests.factories import member, take
from tests.flows.test_looks import violations


@pytest.fixture
def reviewer(project: Project) -> User:
    return member(project, Role.REVIEWER)


@pytest.fixture
def waiting(project: Project, artist: User) -> Callable[[int], list[Generation]]:
    """Makes takes that wait for a verdict."""

    def make(count: int) -> list[Generation]:
        made = [
            take(project, State.COMPLETED, author=artist, words=f"Shot {number}")
            for number in range(1, count + 1)
        ]
        for each in made:
            reviewing.send([each], artist)
        return made

    return make


@pytest.fixture
def room(watched: Page, live_server, enter, reviewer: User) -> Callable[[], Page]:
    """Opens the review room as a reviewer."""

    def open_() -> Page:
        enter(watched.context, reviewer)
        watched.goto(f"{live_server.url}/review/")
        return watched

    return open_


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def verdicts() -> list[str]:
    return list(Review.objects.order_by("generation").values_list("verdict", flat=True))


@pytest.mark.long
def test_twenty_takes_are_judged_by_keyboard_alone(watched, live_server, enter, project, waiting):
    waiting(20)
    leader = member(project, Role.PRODUCER)  # who may make takes, too: X opens the retake
    enter(watched.context, leader)
    page = watched
    page.goto(f"{live_server.url}/review/")
    keys = "aaxraaraaxaarxaaaraa"
    for number, key in enumerate(keys, 1):
        title(page, f"Take {number}")
        expect(page.locator("#room-place")).to_have_text(f"1 of {21 - number}")
        expect(page.locator("#rail-reviews")).to_have_text(str(21 - number))
        if number == 5:  # a slip, undone
            page.keyboard.press("r")
            title(page, "Take 6")
            page.keyboard.press("u")
            title(page, "Take 5")
        page.keyboard.press(key)
        if key == "x":
            expect(page.get_by_label("What is seen")).to_be_focused()
            if number < 10:
                page.keyboard.type(", but slower")
                page.keyboard.press("Control+Enter")
            else:
                page.keyboard.press("Escape")
    title(page, "Review")
    expect(page.get_by_text("All judged")).to_be_visible()
    said = {"a": Verdict.APPROVED, "x": Verdict.CHANGES, "r": Verdict.REJECTED}
    assert verdicts() == [said[key] for key in keys]
    assert set(Review.objects.values_list("judged_by", flat=True)) == {leader.pk}
    [retake] = Generation.objects.filter(take_number__gt=20)
    assert retake.prompt.words == "Shot 3, but slower"


def test_the_arrows_walk_along_the_reel_and_the_next_take_plays(room, waiting):
    waiting(3)
    page = room()
    title(page, "Take 1")
    page.keyboard.press("ArrowRight")
    title(page, "Take 2")
    page.wait_for_function("() => document.querySelector('[data-player] video').played.length > 0")
    expect(page).to_have_title("Take 2, review · Dailies")
    page.keyboard.press("ArrowLeft")
    title(page, "Take 1")
    page.reload()
    title(page, "Take 1")
    assert violations(page) == []


def test_a_note_is_of_the_frame_on_the_screen_and_its_mark_goes_there(room, waiting, reviewer):
    waiting(1)
    page = room()
    bar = page.get_by_role("slider", name="Position")
    bar.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    words = page.get_by_role("textbox", name="Note at 0:00.4")
    page.keyboard.press("n")
    expect(words).to_be_focused()
    words.fill("Mist rolls in the wrong way")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notes-list")).to_contain_text("Mist rolls in the wrong way")
    note = Note.objects.get()
    assert (note.frame, note.author) == (10, reviewer)
    expect(page.get_by_role("textbox", name="Note at")).to_have_value("")

    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    expect(page.locator("[data-player-time]")).to_have_text("00:00:00:00")
    mark = page.get_by_role("button", name="0:00.4, ")
    place, line = mark.bounding_box(), bar.bounding_box()
    assert place
    assert line
    share = (place["x"] + place["width"] / 2 - line["x"]) / line["width"]
    assert abs(share - 10 / 47) < 0.02
    mark.click()
    expect(page.locator("[data-player-time]")).to_have_text("00:00:00:10")
    assert violations(page) == []


def test_a_note_is_answered_and_resolved_beside_a_half_typed_one(room, waiting, artist):
    [made] = waiting(1)
    noting.note(made, artist, noting.Remark("Which wind?", 5, []))
    page = room()
    page.get_by_role("textbox", name="Note at").fill("Half a thou")
    note = page.locator("#notes-list > li")
    note.get_by_text("Reply").first.click()
    note.get_by_role("textbox", name="Your reply").fill("The one from the left")
    note.get_by_role("button", name="Reply").click()
    expect(note.locator(".note--reply")).to_contain_text("The one from the left")
    expect(page.locator("#note-words")).to_have_value("Half a thou")
    answer = note.get_by_role("textbox", name="Your reply")
    expect(answer).to_have_value("")
    answer.fill("And a gu")
    noting.note(made, artist, noting.Remark("Seen", 3, []))
    page.evaluate("htmx.trigger('[data-live]', 'live')")
    expect(page.locator("#notes-list")).to_contain_text("Seen")
    faces = page.locator("#notes-list .face")
    colours = faces.evaluate_all("all => all.map(each => getComputedStyle(each).backgroundColor)")
    assert len(set(colours)) == 2, "the artist's, and the reviewer's"
    note = page.locator("#notes-list > li", has_text="Which wind?")
    expect(answer).to_be_focused()
    note.get_by_role("button", name="Resolve").click()
    expect(note).to_contain_text("resolved by")
    expect(answer).to_have_value("And a gu")
    expect(page.locator(".mark--done")).to_have_count(1)
    expect(page.locator("#note-words")).to_have_value("Half a thou")
    note.get_by_role("button", name="Open again").click()
    expect(page.locator(".mark--done")).to_have_count(0)


def test_what_is_drawn_on_the_frame_is_kept_with_the_note_and_shown_at_it(room, waiting):
    waiting(1)
    page = room()
    page.keyboard.press(".")
    page.keyboard.press("d")
    screen = page.locator(".film__screen").bounding_box()
    assert screen
    middle = screen["x"] + screen["width"] / 2, screen["y"] + screen["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 80, middle[1] - 40, steps=5)
    page.mouse.up()
    expect(page.locator(".drawn polyline")).to_have_count(1)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0], middle[1] + 60, steps=3)
    page.mouse.up()
    page.get_by_role("button", name="Undo a stroke").click()
    expect(page.locator(".drawn polyline")).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave the note").click()
    expect(page.get_by_role("button", name="A drawing").first).to_be_visible()
    note = Note.objects.get()
    [stroke] = note.drawing
    assert abs(stroke[0] - 500) < 5
    assert abs(stroke[1] - 500) < 8
    assert note.frame == 1

    expect(page.locator(".drawn polyline")).to_have_count(1)
    page.keyboard.press("Home")
    expect(page.locator(".drawn polyline")).to_have_count(0)
    page.locator("#notes-list").get_by_role("button", name="A drawing").click()
    expect(page.locator(".drawn polyline")).to_have_count(1)


def test_scores_are_given_by_mouse_and_by_keyboard_and_taken_back(room, waiting, reviewer):
    waiting(1)
    page = room()
    motion = page.get_by_role("group", name="Motion coherence")
    motion.get_by_role("radio", name="9", exact=True).check(force=True)
    expect(motion.get_by_role("button", name="Take back")).to_be_visible()
    assert Score._default_manager.get().value == 9
    motion.get_by_role("radio", name="9", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    expect(motion.get_by_role("radio", name="8", exact=True)).to_be_checked()
    page.wait_for_function("() => !document.querySelector('#scores .htmx-request')")
    title(page, "Take 1")
    assert Score._default_manager.get().value == 8
    motion.get_by_role("button", name="Take back").click()
    expect(motion.get_by_role("button", name="Take back")).to_be_hidden()
    assert not Score._default_manager.exists()


def test_changes_are_asked_for_with_a_note_and_retaken(
    watched, live_server, enter, project, waiting
):
    [first, _] = waiting(2)
    leader = member(project, Role.PRODUCER)
    enter(watched.context, leader)
    page = watched
    page.goto(f"{live_server.url}/review/")
    page.keyboard.press("n")
    page.keyboard.type("The wind is from the left")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    title(page, "Take 2")
    words = page.locator("#note-words")
    expect(words).to_have_value("")
    page.keyboard.press("ArrowLeft")
    title(page, "Take 1")
    expect(words).to_have_value("The wind is from the left")
    other = member(project, Role.REVIEWER)
    reviewing.judge(first, Verdict.APPROVED, other, seen="waiting")
    page.keyboard.press("x")
    expect(page.locator("#notices")).to_contain_text(f"{other} said meanwhile of take 1: approved.")
    expect(words).to_have_value("The wind is from the left")
    player = page.locator("[data-player] video").element_handle()
    page.keyboard.press("x")
    prompt = page.get_by_label("What is seen")
    expect(prompt).to_be_focused()
    expect(prompt).to_have_value("Shot 1")
    title(page, "Take 1")
    assert player.evaluate("video => video.isConnected"), "the take stays in sight as it played"
    kept = page.evaluate("Object.keys(sessionStorage)")
    assert [key for key in kept if key.startswith("note:")] == []
    expect(words).to_have_value("")
    retake = page.get_by_role("region", name="Retake")
    expect(retake.locator(".composer__asked")).to_contain_text("The wind is from the left")
    expect(retake.get_by_label("Duration")).to_have_value(str(first.prompt.duration_s))
    expect(retake.locator(".composer__go")).to_contain_text("$0.71")
    assert violations(page) == []
    page.keyboard.type(", the wind from the left")
    page.keyboard.press("Control+Enter")
    title(page, "Take 2")
    expect(page.locator("#notices")).to_contain_text("Take 3 is next in line.")
    expect(page.locator(".review__last")).to_contain_text("Take 1: changes wanted")
    made = Generation.objects.get(take_number=3)
    assert made.prompt.words == "Shot 1, the wind from the left"
    assert (made.prompt.parent, made.author) == (first.prompt, leader)


def test_a_retake_is_left_by_escape_brought_back_by_key_and_undone(
    watched, live_server, enter, project, waiting, artist
):
    waiting(3)
    enter(watched.context, member(project, Role.PRODUCER))
    page = watched
    page.goto(f"{live_server.url}/review/")
    page.keyboard.press("ArrowRight")
    title(page, "Take 2")
    page.keyboard.press("x")
    retake = page.get_by_role("region", name="Retake")
    expect(retake.get_by_label("What is seen")).to_be_focused()
    retake.get_by_text("Camera", exact=True).click()
    moves = retake.get_by_role("group", name="Camera moves")
    expect(moves).to_be_visible()
    page.keyboard.press("Escape")
    expect(moves).to_be_hidden()
    title(page, "Take 2")
    page.keyboard.press("Escape")
    title(page, "Take 3")  # where it would have gone on
    expect(retake).to_be_hidden()
    page.keyboard.press("t")
    title(page, "Take 2")
    expect(retake.get_by_label("What is seen")).to_be_focused()
    page.reload()
    expect(retake.get_by_label("What is seen")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("a")  # no verdict beside it
    page.keyboard.press("u")
    expect(retake).to_be_hidden()
    title(page, "Take 2")
    expect(page.locator("#room-place")).to_have_text("2 of 3")
    assert verdicts() == [Verdict.WAITING] * 3
    assert Generation.objects.count() == 3


def test_a_retake_that_is_refused_stays_open_and_says_why(
    watched, live_server, enter, project, waiting
):
    waiting(2)
    enter(watched.context, member(project, Role.PRODUCER))
    page = watched
    page.goto(f"{live_server.url}/review/")
    page.keyboard.press("x")
    prompt = page.get_by_label("What is seen")
    expect(prompt).to_be_focused()
    prompt.fill("")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Retake").get_by_role("alert")).to_be_visible()
    expect(prompt).to_be_focused()
    prompt.fill("Wind from the left")
    page.keyboard.press("Control+Enter")
    title(page, "Take 2")
    assert Generation.objects.get(take_number=3).prompt.words == "Wind from the left"


def test_what_was_asked_of_a_take_before_doesnt_come_to_the_next(room, waiting):
    waiting(2)
    page = room()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/review/live/**", hold)
    page.evaluate("() => (document.getElementById('version').value = 'old')")
    page.evaluate("htmx.trigger('[data-live]', 'live')")
    page.wait_for_function("() => document.querySelector('[data-live].htmx-request')")
    page.keyboard.press("a")
    title(page, "Take 2")
    [route] = held
    with page.expect_response("**/review/live/**"):
        route.continue_()
    page.wait_for_function("() => !document.querySelector('[data-live].htmx-request')")
    expect(page.locator("#room-place")).to_have_text("1 of 1")
    page.keyboard.press("r")
    title(page, "Review")
    assert verdicts() == [Verdict.APPROVED, Verdict.REJECTED]


def test_what_somebody_else_says_comes_to_the_open_room_and_ones_own_is_theirs_to_approve(
    room, waiting, project, artist, reviewer, live_server
):
    [first, _] = waiting(2)
    page = room()
    page.get_by_role("textbox", name="Note at").fill("Half a thou")
    other = member(project, Role.REVIEWER)
    noting.note(first, artist, noting.Remark("Seen", 3, []))
    reviewing.judge(first, Verdict.APPROVED, other, seen="waiting")
    page.evaluate("htmx.trigger('[data-live]', 'live')")
    expect(page.locator("#verdicts")).to_contain_text(f"Approved by {other}")
    expect(page.locator("#notes-list")).to_contain_text("Seen")
    expect(page.locator("#rail-reviews")).to_have_text("1")
    expect(page.locator("#note-words")).to_have_value("Half a thou")
    title(page, "Take 1")

    own = take(project, State.COMPLETED, author=reviewer)
    ReviewRules.objects.create(team=project.team, others_approve=True)
    page.goto(f"{live_server.url}/review/?take={own.uuid}")
    expect(page.get_by_text("your team wants somebody else to approve it")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_disabled()
    page.keyboard.press("a")
    page.keyboard.press("r")
    title(page, "Take 2")
    assert Review.objects.get(generation=own).verdict == Verdict.REJECTED
