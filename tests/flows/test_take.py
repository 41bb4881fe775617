"""A take over the board: opened, walked through and closed, with the page behind it going on."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from generations.models import Erasure, Generation, State, Still
from tests.factories import take
from tests.flows.held import Held
from tests.flows.test_live import PLAYING, polls_of
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_sent import order

INSIDE = "() => document.querySelector('[data-drawer]').contains(document.activeElement)"
PLAY_SLOWLY = """video => {
  Object.assign(video, { muted: true, playbackRate: 0.25 });
  video.addEventListener("seeking", () => (video.wasSought = true));
  return video.play();
}"""


@pytest.fixture
def takes(project, artist):
    words = ("Fog over the dunes", "A lighthouse at night", "Snow on the pass")
    return [take(project, State.COMPLETED, author=artist, words=each) for each in words]


def open_take(page: Page, number: int):
    page.get_by_role("link", name=f"Open take {number}").click()
    drawer = page.get_by_role("dialog", name=f"Take {number}", exact=True)
    expect(drawer.locator("#film video")).to_be_visible()
    return drawer


def test_a_card_opens_over_the_board_and_back_closes_it_where_one_was(board, takes):
    page = board()
    page.get_by_label("What is seen, and how it moves").fill("Half a sentence")
    drawer = open_take(page, 2)
    expect(page).to_have_url(re.compile(f"/generations/{takes[1].uuid}/$"))
    assert page.evaluate(INSIDE)
    page.go_back()
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile("/projects/desert-light/$"))
    expect(page.locator(f"#take-{takes[1].uuid} .frame__open")).to_be_focused()
    expect(page.get_by_label("What is seen, and how it moves")).to_have_value("Half a sentence")
    page.go_forward()
    expect(drawer).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Take 2", level=1)).to_be_visible()
    page.go_back()
    expect(page.locator(".take")).to_have_count(3)


def test_the_keyboard_opens_a_take_walks_on_and_closes_it(board, takes):
    page = board()
    first = page.locator(f"#take-{takes[2].uuid} .frame__open")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Take 3", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Previous take")).to_be_disabled()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="Take 2", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next take").press("Enter")
    expect(page.get_by_role("dialog", name="Take 1", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(f"/generations/{takes[0].uuid}/$"))
    assert page.evaluate(INSIDE)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile("/projects/desert-light/$"))
    expect(page.locator(f"#take-{takes[0].uuid} .frame__open")).to_be_focused()


def test_one_poll_keeps_the_board_and_the_drawer_up_to_date(board, project, artist, takes):
    waiting = take(project, State.QUEUED, author=artist, words="Rain")
    page = board()
    page.locator(f"#take-{waiting.uuid} .take__words a").click()
    drawer = page.get_by_role("dialog", name="Take 4", exact=True)
    expect(drawer.locator("#film")).to_contain_text("Queued")
    asked = polls_of(page)
    with page.expect_request(lambda it: "/live/" in it.url):
        waiting.dream(next_at=timezone.now())
    expect(drawer.locator("#film")).to_contain_text("Dreaming")
    expect(page.locator(f"#take-{waiting.uuid}")).to_contain_text("Dreaming")
    assert {url.split("?")[0].rsplit("/", 3)[1] for url in asked} == {"desert-light"}
    expect(page).to_have_title(re.compile(r"^\(1\)"))


def test_a_refresh_leaves_a_playing_video_and_what_is_half_typed_where_they_are(
    board, project, artist, takes
):
    other = take(project, State.QUEUED, author=artist, words="Rain")
    page = board()
    drawer = open_take(page, 1)
    video = drawer.locator("video").element_handle()
    video.evaluate(PLAY_SLOWLY)
    page.wait_for_function(PLAYING, arg=video)
    tag = drawer.get_by_label("Add tags, with commas between them")
    tag.fill("dusk")
    other.dream(next_at=timezone.now())
    takes[0].announce("paused", actor=artist)  # so that the take itself is shown anew
    expect(drawer.locator(".history")).to_contain_text("Paused in the line")
    expect(tag).to_have_value("dusk")
    tag.press("Enter")
    expect(drawer.locator(".tag")).to_have_text("dusk")
    expect(tag).to_have_value("")
    assert video.evaluate("video => video.isConnected && !video.paused && !video.wasSought")


def test_what_is_put_in_the_composer_closes_the_drawer(board, takes):
    page = board()
    page.get_by_label("What is seen, and how it moves").fill("And then the sun")
    drawer = open_take(page, 1)
    drawer.get_by_role("link", name="Extend").click()
    expect(page.locator("#slot-start")).to_contain_text("take 1")
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile("/projects/desert-light/$"))
    expect(page.get_by_label("What is seen, and how it moves")).to_have_value("And then the sun")
    expect(page.get_by_label("What is seen, and how it moves")).to_be_focused()


def test_the_frame_on_the_screen_is_put_in_the_composer(board, takes):
    page = board()
    page.get_by_label("What is seen, and how it moves").fill("And then the sun")
    drawer = open_take(page, 1)
    for _ in range(3):
        page.keyboard.press(".")
    expect(drawer.locator("[data-player-time]")).to_have_text("00:00:00:03")
    drawer.get_by_role("button", name="As a still").click()
    expect(page.get_by_text("Frame 3 of take 1 is among the stills.")).to_be_visible()
    drawer.get_by_role("button", name="As start").click()
    expect(drawer).to_be_hidden()
    still = Still.objects.get(source=takes[0], frame=3)
    picture = page.locator("#slot-start img")
    expect(picture).to_have_attribute("src", re.compile(f"/media/{still.uuid}/"))
    assert page.locator("[name=start_still]").input_value() == str(still.uuid)
    expect(page.locator("#slot-start .slot__caption")).to_have_text("Start: frame 3 of take 1")
    expect(page.get_by_label("What is seen, and how it moves")).to_have_value("And then the sun")


def test_the_frame_on_the_screen_becomes_the_end(board, takes):
    page = board()
    page.get_by_label("What is seen, and how it moves").fill("Up to the lighthouse")
    drawer = open_take(page, 2)
    page.keyboard.press("End")
    drawer.get_by_role("button", name="As end").click()
    expect(drawer).to_be_hidden()
    still = Still.objects.get(source=takes[1])
    picture = page.locator("#slot-end img")
    expect(picture).to_have_attribute("src", re.compile(f"/media/{still.uuid}/"))
    expect(page.locator("#slot-start img")).to_have_count(0)
    page.get_by_label("What is seen, and how it moves").press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(4)
    assert Generation.objects.latest("pk").keyframes.get().still == still


def test_deleting_at_the_provider_is_ticked_beside_the_trash(board, takes):
    page = board()
    drawer = open_take(page, 2)
    drawer.get_by_role("button", name="Move to the trash").click()
    expect(page.locator(".take")).to_have_count(2)
    assert not Erasure.objects.exists()
    drawer = open_take(page, 1)
    drawer.get_by_label("Also delete it at Luma").check()
    drawer.get_by_role("button", name="Move to the trash").click()
    expect(page.locator(".take")).to_have_count(1)
    assert [each.attempt.generation for each in Erasure.objects.all()] == [takes[0]]


def test_a_verb_is_done_in_the_drawer(board, project, artist):
    waiting = take(project, author=artist)
    page = board()
    page.locator(f"#take-{waiting.uuid} .take__words a").click()
    drawer = page.get_by_role("dialog", name="Take 1", exact=True)
    drawer.get_by_role("button", name="Cancel").click()
    expect(drawer.locator("#film")).to_contain_text("Cancelled")
    expect(page.locator(f"#take-{waiting.uuid}")).to_contain_text("Cancelled")
    expect(drawer).to_be_visible()


def test_other_clicks_open_the_page_as_any_link(board, takes):
    page = board()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open take 1").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", name="Take 1", level=1)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_the_drawer_breaks_no_rule_of_accessibility(board, project, artist, takes, viewport):
    remix = take(project, State.COMPLETED, author=artist, parent=takes[0].prompt, words="A fog")
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    page.locator(f"#take-{remix.uuid} .take__words a").click()
    drawer = page.get_by_role("dialog", name="Take 4", exact=True)
    for words in ("JSON", "curl"):
        drawer.get_by_text(words, exact=True).click()
    expect(drawer.locator("#request-curl")).to_be_visible()
    assert violations(page) == []
    if viewport:
        assert drawer.bounding_box()["width"] == viewport["width"]
        assert page.evaluate("document.querySelector('[data-drawer]').scrollWidth <= innerWidth")


def test_the_request_is_copied_and_stays_open_through_a_refresh(board, project, artist, takes):
    page = board()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    drawer = open_take(page, 1)
    drawer.get_by_text("curl", exact=True).click()
    drawer.get_by_role("button", name="Copy").click()
    expect(drawer.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl --fail-with-body")
    takes[0].announce("paused", actor=artist)
    page.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    expect(drawer.locator(".history")).to_contain_text("Paused in the line")
    expect(drawer.locator("#request-curl")).to_be_visible()


def test_times_are_told_in_the_viewers_own_zone(browser, live_server, artist, takes, enter):
    context = browser.new_context(timezone_id="Asia/Kolkata")
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/generations/{takes[0].uuid}/")
    at = takes[0].events.order_by("number").first().at + timedelta(hours=5, minutes=30)
    expect(page.locator(".history time").first).to_have_text(f"{at:%H:%M:%S}")
    expect(page.locator(".facts time")).to_have_text(f"{at:%b} {at.day}, {at:%Y %H:%M}")
    context.close()


def test_a_star_given_in_the_drawer_is_on_the_card_too(board, takes):
    page = board()
    drawer = open_take(page, 1)
    star = drawer.get_by_role("button", name="Favourite take 1")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    page.keyboard.press("Escape")
    card = page.locator(f"#take-{takes[0].uuid}")
    expect(card.locator(".star button")).to_have_attribute("aria-pressed", "true")


def test_the_answer_to_an_order_leaves_a_take_open_that_was_opened_meanwhile(board, takes):
    page = board()
    orders = Held(page, "**/generate/")
    order(page, "And then the sun")
    drawer = open_take(page, 1)
    orders.next().continue_()
    expect(page.locator(".take")).to_have_count(4)
    expect(page.locator("#announcer")).to_have_text("Take 4 is next in line.")
    expect(drawer).to_be_visible()
    expect(page).to_have_url(re.compile(f"/generations/{takes[0].uuid}/$"))
    assert page.evaluate(INSIDE)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile("/projects/desert-light/$"))


def test_an_order_takes_the_focus_from_nowhere(board, takes):
    page = board()
    orders = Held(page, "**/generate/")
    order(page, "And then the sun")
    page.get_by_role("link", name="Open take 2").focus()
    orders.next().continue_()
    expect(page.locator(".take")).to_have_count(4)
    expect(page.locator(".sending")).to_have_count(0)
    expect(page.get_by_role("link", name="Open take 2")).to_be_focused()


def test_what_is_deleted_in_the_drawer_leaves_the_board_and_can_be_undone(board, takes):
    page = board()
    page.evaluate("window.isSame = true")
    drawer = open_take(page, 2)
    drawer.get_by_role("button", name="Move to the trash").click()
    expect(drawer).to_be_hidden()
    expect(page.locator(".take")).to_have_count(2)
    expect(page).to_have_url(re.compile("/projects/desert-light/$"))
    expect(page.locator("[data-take='1'] :focus, [data-take='3'] :focus")).to_have_count(1)
    assert page.evaluate("window.isSame")
    page.locator("#notices").get_by_role("button", name="Undo").click()
    expect(page.locator(".take")).to_have_count(3)


def test_a_star_given_in_one_tab_is_seen_in_the_other(board, takes):
    page = board()
    other = page.context.new_page()
    other.goto(page.url)
    star = other.locator(f"#star-{takes[0].uuid}")
    expect(star).to_have_attribute("aria-pressed", "false")
    page.bring_to_front()
    page.locator("[data-take='1'] a").first.focus()
    page.keyboard.press("f")
    expect(star).to_have_attribute("aria-pressed", "true")
    star.press("Enter")
    expect(page.locator(f"#star-{takes[0].uuid}")).to_have_attribute("aria-pressed", "false")
