"""The live page: one poll, only when it is of use, and never into a playing video."""

import re

from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from generations.models import Generation, State
from tests.factories import take

PLAYING = "video => !video.paused && video.currentTime > 0"
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

TO_THE_END = "() => (scrollTo(0, 1e6), document.querySelectorAll('.take').length === 7)"


def polls_of(page: Page) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/live/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_a_page_with_nothing_unfinished_asks_seldom_and_a_submit_wakes_it(board, project, artist):
    take(project, State.COMPLETED, author=artist)
    page = board()
    asked = polls_of(page)
    page.wait_for_timeout(4500)  # more than two periods in which nothing may happen
    assert asked == []
    page.get_by_label("What is seen, and how it moves").fill("The fog lifts")
    with page.expect_request(re.compile("/live/")):
        page.get_by_role("button", name="Generate", exact=True).click()


def test_a_hidden_page_asks_seldom_and_catches_up_when_it_is_seen(board, project, artist):
    waiting = take(project, author=artist)
    page = board()
    page.evaluate(HIDE, True)
    asked = polls_of(page)
    waiting.begin(timezone.now())
    page.wait_for_timeout(4500)  # more than two periods in which nothing may happen
    assert asked == []
    page.evaluate(HIDE, False)
    expect(page.locator(".take")).to_contain_text("Sending")


def test_there_is_one_poll_for_a_page_however_many_cards(board, project, artist):
    for _ in range(5):
        take(project, author=artist)
    page = board()
    asked = polls_of(page)
    page.wait_for_timeout(5000)  # two periods and a half
    assert 2 <= len(asked) <= 3


def test_a_playing_video_is_not_interrupted_by_other_takes(board, project, artist):
    finished = take(project, State.COMPLETED, author=artist)
    other = take(project, State.QUEUED, author=artist)
    page = board()
    card = page.locator(f"#take-{finished.uuid}")
    card.locator(".frame").hover()
    video = card.locator("video").element_handle()
    page.wait_for_function(PLAYING, arg=video)
    other.dream(next_at=timezone.now())
    expect(page.locator(f"#take-{other.uuid}")).to_contain_text("Dreaming")
    assert video.evaluate("video => video.isConnected")
    page.wait_for_function(PLAYING, arg=video)


def test_hovering_plays_moving_scrubs_and_leaving_stops(board, project, artist):
    take(project, State.COMPLETED, author=artist)
    page = board()
    assert page.locator("video").count() == 0  # made when it is needed
    frame = page.locator(".frame")
    box = frame.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2)
    video = page.locator("video").element_handle()
    page.wait_for_function(PLAYING, arg=video)
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2, steps=3)
    page.wait_for_function("video => video.currentTime > 1.5", arg=video)
    expect(frame.locator("[data-time]")).to_contain_text("/ 0:02")
    page.mouse.move(5, 5)
    page.wait_for_function("video => video.paused && video.currentTime === 0", arg=video)
    expect(frame.locator("[data-time]")).to_have_text("0:02")


def test_the_keyboard_plays_a_card_too(board, project, artist):
    take(project, State.COMPLETED, author=artist)
    page = board()
    page.locator("#composer-words").focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.frame__open')"):
            break
    page.wait_for_function(PLAYING, arg=page.locator("video").element_handle())


def test_a_take_of_a_colleague_comes_in_on_top(board, project, artist):
    take(project, author=artist)
    page = board()
    take(project, words="Rain over the harbour")
    expect(page.locator(".take")).to_have_count(2)
    expect(page.locator(".take").first).to_contain_text("Rain over the harbour")


def test_progress_moves_between_two_answers(board, project, artist):
    dreaming = take(project, State.DREAMING, author=artist)
    Generation.objects.filter(pk=dreaming.pk).update(expected_s=40)
    page = board()
    bar = page.locator("progress[data-elapsed-s]").element_handle()
    before = bar.evaluate("bar => bar.value")
    page.wait_for_function(f"bar => bar.value >= {before} + 1", arg=bar)
    expect(page.locator("[data-estimate]")).to_have_text(re.compile(r"about \d+ s left"))


def test_signing_out_elsewhere_leads_to_the_door(board, project, artist, enter, complaints):
    take(project, author=artist)
    page = board()
    page.context.clear_cookies()
    page.wait_for_url(re.compile(r"/accounts/login/\?next=%2Fprojects%2Fdesert-light%2F"))


def test_older_takes_come_when_they_are_asked_for(board, project, artist, monkeypatch):
    monkeypatch.setattr("studio.views.board.FIRST_PAGE", 3)
    monkeypatch.setattr("studio.views.board.PAGE", 3)
    for number in range(7):
        take(project, State.CANCELLED, author=artist, words=f"Wave number {number}")
    page = board()
    page.wait_for_function(TO_THE_END)
