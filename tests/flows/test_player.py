"""The player: it counts frames, and goes where one says with keys, buttons and the bar."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import Asset, State
from tests.factories import take
from tests.flows.test_live import PLAYING

AT = "([video, s]) => Math.abs(video.currentTime - s) < 0.001"


@pytest.fixture
def player(studio: Page, live_server, project, artist) -> Page:
    """A take of two seconds at 24 frames, on its own page."""
    made = take(project, State.COMPLETED, author=artist)
    studio.goto(f"{live_server.url}/generations/{made.uuid}/")
    expect(studio.get_by_role("slider", name="Position")).to_be_visible()
    return studio


def says(page: Page, timecode: str) -> None:
    expect(page.locator("[data-player-time]")).to_have_text(timecode)


def test_frames_are_stepped_one_by_one_and_each_is_where_its_timecode_says(player: Page):
    video = player.locator("video").element_handle()
    says(player, "00:00:00:00")
    expect(player.get_by_text("/ 00:00:02:00")).to_be_visible()
    for _ in range(3):
        player.keyboard.press(".")
    says(player, "00:00:00:03")
    player.wait_for_function(AT, arg=[video, 3.5 / 24])
    player.keyboard.press(",")
    says(player, "00:00:00:02")
    player.wait_for_function(AT, arg=[video, 2.5 / 24])
    player.get_by_role("button", name="A frame back").click()
    says(player, "00:00:00:01")
    player.keyboard.press("End")
    says(player, "00:00:01:23")
    player.keyboard.press(".")
    says(player, "00:00:01:23")
    player.keyboard.press("Home")
    says(player, "00:00:00:00")
    player.keyboard.press(",")
    says(player, "00:00:00:00")


def test_the_bar_goes_with_the_keyboard_and_says_the_time(player: Page):
    bar = player.get_by_role("slider", name="Position")
    bar.focus()
    for _ in range(4):
        player.keyboard.press("ArrowRight")
    says(player, "00:00:00:04")
    expect(bar).to_have_attribute("aria-valuetext", "00:00:00:04")
    bar.fill("30")
    says(player, "00:00:01:06")


def test_a_film_that_is_stopped_and_sent_elsewhere_at_once_goes_there(player: Page):
    video = player.locator("video").element_handle()
    video.evaluate("video => { video.muted = true; return video.play(); }")
    player.wait_for_function(PLAYING, arg=video)
    video.evaluate("video => { video.pause(); video.currentTime = 1.5; }")
    says(player, "00:00:01:12")
    player.wait_for_function(AT, arg=[video, 1.5])


def test_it_winds_both_ways_and_stops_on_a_whole_frame(player: Page):
    video = player.locator("video").element_handle()
    player.get_by_label("Speed").select_option("0.25")
    player.locator("h1").click()
    player.keyboard.press("l")
    player.wait_for_function(PLAYING, arg=video)
    assert video.evaluate("video => video.playbackRate") == 0.25
    player.keyboard.press("l")
    assert video.evaluate("video => video.playbackRate") == 0.5
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    player.wait_for_function("video => video.currentTime > 0.3", arg=video)
    player.keyboard.press("k")
    player.wait_for_function(
        "video => video.paused && Math.abs((video.currentTime * 24) % 1 - 0.5) < 0.01", arg=video
    )
    player.keyboard.press("j")
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()
    says(player, "00:00:00:00")
    player.keyboard.press("k")
    player.wait_for_function(PLAYING, arg=video)
    player.keyboard.press("k")
    expect(player.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_space_plays_once_and_a_button_keeps_its_own(player: Page):
    video = player.locator("video").element_handle()
    loop = player.get_by_role("button", name="Loop")
    loop.focus()
    player.keyboard.press("Space")
    expect(loop).to_have_attribute("aria-pressed", "true")
    assert video.evaluate("video => video.loop && video.paused")
    player.get_by_role("button", name="Mute").click()
    expect(player.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
    player.locator("#main").focus()
    player.keyboard.press("Space")
    player.wait_for_function(PLAYING, arg=video)
    player.keyboard.press("Space")
    player.wait_for_function("video => video.paused", arg=video)


def test_a_refresh_leaves_what_was_set_in_the_player(player: Page, artist):
    player.get_by_role("button", name="Loop").click()
    for _ in range(5):
        player.keyboard.press(".")
    says(player, "00:00:00:05")
    Asset.objects.get(kind=Asset.Kind.VIDEO).generation.announce("paused", actor=artist)
    player.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'live')")
    expect(player.locator(".history")).to_contain_text("Paused in the line")
    says(player, "00:00:00:05")
    expect(player.get_by_role("button", name="Loop")).to_have_attribute("aria-pressed", "true")
    expect(player.locator("video")).not_to_have_attribute("controls", "")


def test_without_scripts_the_browsers_own_controls_play_it(
    browser, live_server, project, artist, enter
):
    made = take(project, State.COMPLETED, author=artist)
    context = browser.new_context(java_script_enabled=False)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/generations/{made.uuid}/")
    expect(page.locator("video[controls]")).to_be_visible()
    expect(page.get_by_role("slider", name="Position")).to_be_hidden()
    context.close()
