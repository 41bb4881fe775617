"""Deciding together: a review on a phone, somebody named in a note, and the team's own rubric."""

import pytest
from playwright.sync_api import Browser, Page, expect

from generations.models import State
from studio import reviewing
from studio.models import Mention, Note, Project, Review, Role, Score, User, Verdict
from studio.notices import following
from tests.factories import member, take
from tests.flows.conftest import listen
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_playing import swipe
from tests.flows.widths import width_of


def test_takes_are_compared_noted_and_judged_on_a_phone(
    watched: Page, live_server, enter, project: Project, artist: User
):
    for number in (1, 2):
        made = take(project, State.COMPLETED, author=artist, words=f"Shot {number}")
        reviewing.send([made], artist)
    reviewer = member(project, Role.REVIEWER)
    enter(watched.context, reviewer)
    watched.set_viewport_size(PHONE)
    page = watched
    page.goto(f"{live_server.url}/review/")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Take 1")
    assert width_of(page) == PHONE["width"]
    for name in ("Reject", "Ask for changes", "Approve"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["height"] >= 40
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("link", name="Take 2").click()
    expect(page.locator("video")).to_have_count(2)
    assert width_of(page) == PHONE["width"]
    assert violations(page) == []
    page.goto(f"{live_server.url}/review/")

    page.get_by_role("textbox", name="Note at").fill("The wind is from the left")
    page.get_by_role("button", name="Leave the note").click()
    expect(page.locator("#notes-list")).to_contain_text("The wind is from the left")
    page.get_by_role("button", name="Ask for changes").click()
    expect(title).to_have_text("Take 2")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("All judged")).to_be_visible()
    assert width_of(page) == PHONE["width"]
    assert list(Review.objects.order_by("generation").values_list("verdict", flat=True)) == [
        Verdict.CHANGES,
        Verdict.APPROVED,
    ]
    assert Note.objects.get().author == reviewer


def test_a_room_in_which_nothing_waits_has_no_strip(watched: Page, live_server, enter, project):
    enter(watched.context, member(project, Role.REVIEWER))
    watched.set_viewport_size(PHONE)
    watched.goto(f"{live_server.url}/review/")
    expect(watched.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    expect(watched.get_by_role("navigation", name="Takes to review")).to_be_hidden()


def test_the_retake_is_ordered_on_a_phone(
    watched: Page, live_server, enter, project: Project, artist: User
):
    made = take(project, State.COMPLETED, author=artist, words="Shot 1")
    reviewing.send([made], artist)
    enter(watched.context, member(project, Role.PRODUCER))
    watched.set_viewport_size(PHONE)
    page = watched
    page.goto(f"{live_server.url}/review/")
    page.get_by_role("textbox", name="Note at").fill("The wind is from the left")
    page.get_by_role("button", name="Ask for changes").click()
    retake = page.get_by_role("region", name="Retake")
    expect(retake).to_contain_text("The wind is from the left")
    for name in ("Generate", "Undo"):
        expect(retake.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    expect(retake.get_by_role("link", name="Go on without one")).to_be_in_viewport(ratio=1)
    assert width_of(page) == PHONE["width"]
    assert violations(page) == []
    retake.get_by_label("What is seen").fill("Shot 1, the wind from the left")
    retake.get_by_role("button", name="Generate").click()
    expect(page.get_by_text("All judged")).to_be_visible()
    assert project.generations.get(take_number=2).prompt.words == "Shot 1, the wind from the left"


def test_who_is_named_in_a_note_is_told_in_the_page_and_led_to_it(
    watched: Page, live_server, enter, project: Project, artist: User
):
    made = take(project, State.COMPLETED, author=artist, words="Shot 1")
    reviewing.send([made], artist)
    reviewer, named = member(project, Role.REVIEWER), member(project, Role.VIEWER)
    User.objects.filter(pk=named.pk).update(name="Ari")
    enter(watched.context, reviewer)
    page = watched
    page.goto(f"{live_server.url}/review/")
    page.get_by_role("textbox", name="Note at").fill("@Ari, is this your ridge?")
    page.get_by_role("button", name="Leave the note").click()
    expect(page.locator("#notes-list")).to_contain_text("is this your ridge?")
    following.follow_all()

    enter(page.context, named)
    page.goto(live_server.url)
    rail = page.get_by_role("navigation", name="Pages", exact=True)
    expect(rail.get_by_label("1 not seen yet")).to_be_visible()
    rail.get_by_role("link", name="Notices").click()
    words = f"{reviewer} names you in a note on take 1 of Desert Light."
    page.get_by_role("link", name=words).click()
    expect(page.get_by_role("heading", name="Take 1", level=1)).to_be_visible()
    expect(page.get_by_text("@Ari, is this your ridge?")).to_be_visible()


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE])
def test_who_is_to_be_told_is_chosen_behind_an_at(
    watched: Page, live_server, enter, project: Project, artist: User, size
):
    made = take(project, State.COMPLETED, author=artist, words="Shot 1")
    reviewing.send([made], artist)
    people = [member(project, Role.VIEWER) for _ in range(3)]
    for person, name in zip(people, ("Ari Vance", "Arne Holt", ""), strict=True):
        User.objects.filter(pk=person.pk).update(name=name)
    enter(watched.context, member(project, Role.REVIEWER))
    page = watched
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/review/")
    note = page.get_by_role("textbox", name="Note at")
    note.focus()
    page.keyboard.type("Look, @ar")
    offered = page.get_by_role("listbox", name="People to tell")
    expect(offered.get_by_role("option")).to_have_text(["Ari Vance", "Arne Holt"])
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(note).to_have_value("Look, @Arne Holt ")
    page.keyboard.type("and @")
    expect(offered.get_by_role("option", name=people[2].email)).to_be_visible()
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)
    expect(note).to_be_focused()
    page.keyboard.type(people[2].email[:4])
    offered.get_by_role("option", name=people[2].email).click()
    page.keyboard.type("too")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notes-list")).to_contain_text(f"and @{people[2].email} too")
    told = Mention.objects.order_by("user").values_list("user", flat=True)
    assert list(told) == [people[1].pk, people[2].pk]
    assert width_of(page) == size["width"]


def test_a_name_that_begins_another_stays_and_shift_tab_goes_back(
    watched: Page, live_server, enter, project: Project, artist: User
):
    reviewing.send([take(project, State.COMPLETED, author=artist)], artist)
    for name in ("Ari", "Ari Vance"):
        User.objects.filter(pk=member(project, Role.VIEWER).pk).update(name=name)
    enter(watched.context, member(project, Role.REVIEWER))
    page = watched
    page.goto(f"{live_server.url}/review/")
    note = page.get_by_role("textbox", name="Note at")
    offered = page.get_by_role("listbox", name="People to tell")
    note.focus()
    page.keyboard.type("@ar")
    expect(offered.get_by_role("option")).to_have_text(["Ari", "Ari Vance"])
    page.keyboard.press("Tab")
    expect(offered).to_have_count(0)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(offered).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(note).not_to_be_focused()
    expect(note).to_have_value("@Ar")


def test_a_finger_moves_the_list_of_people_and_a_tap_chooses(
    browser: Browser, live_server, enter, project: Project, artist: User
):
    reviewing.send([take(project, State.COMPLETED, author=artist)], artist)
    for number in range(8):
        User.objects.filter(pk=member(project, Role.VIEWER).pk).update(name=f"Ari {number}")
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    enter(context, member(project, Role.REVIEWER))
    page = context.new_page()
    page.goto(f"{live_server.url}/review/")
    note = page.get_by_role("textbox", name="Note at")
    note.focus()
    page.keyboard.type("@ar")
    offered = page.get_by_role("listbox", name="People to tell")
    offered.scroll_into_view_if_needed()
    box = offered.get_by_role("option", name="Ari 3").bounding_box()
    swipe(page, (box["x"] + 40, box["y"] + 10), (box["x"] + 40, box["y"] - 110))
    page.wait_for_function("() => document.querySelector('.mentions')?.scrollTop > 0")
    expect(note).to_have_value("@ar")
    offered.get_by_role("option", name="Ari 7").tap()
    expect(note).to_have_value("@Ari 7 ")
    expect(note).to_be_focused()
    context.close()


def test_takes_are_scored_by_the_rubric_that_the_team_changed(
    watched: Page, live_server, enter, project: Project, artist: User
):
    made = take(project, State.COMPLETED, author=artist, words="Shot 1")
    reviewing.send([made], artist)
    leader = member(project, Role.PRODUCER)
    enter(watched.context, leader)
    page = watched
    page.goto(f"{live_server.url}/team/")
    lines = page.get_by_label("One a line")
    lines.fill("Light on the water\nMotion coherence")
    page.get_by_role("button", name="Score by this").click()
    expect(page.locator("#notices")).to_contain_text("Takes are scored by this from now on.")
    page.goto(f"{live_server.url}/review/")
    expect(page.locator("#scores legend")).to_have_text(["Light on the water", "Motion coherence"])
    water = page.get_by_role("group", name="Light on the water")
    water.get_by_role("radio", name="8", exact=True).check(force=True)
    expect(water.get_by_role("button", name="Take back")).to_be_visible()
    page.reload()
    expect(water.get_by_role("radio", name="8", exact=True)).to_be_checked()
    given = Score._default_manager.get()
    assert (given.value, given.criterion.words) == (8, "Light on the water")


def test_without_scripts_a_verdict_brings_its_note(
    browser: Browser, live_server, enter, project: Project, artist: User, complaints
):
    made = take(project, State.COMPLETED, author=artist)
    reviewing.send([made], artist)
    context = browser.new_context(java_script_enabled=False)
    enter(context, member(project, Role.REVIEWER))
    page = context.new_page()
    listen(page, complaints)
    page.goto(f"{live_server.url}/review/")
    page.get_by_label("What should change, or a note").fill("The wind is from the left")
    page.get_by_role("button", name="Ask for changes").click()
    expect(page.get_by_text("All judged")).to_be_visible()
    assert Review.objects.get().verdict == Verdict.CHANGES
    assert Note.objects.get().words == "The wind is from the left"
    context.close()
