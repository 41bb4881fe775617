"""Zooming the timeline, and where titles and sounds hold on while they are pulled."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.models import State
from studio.editing.cut import Clip, Cut, SoundClip, Title
from studio.models import Sequence
from tests.factories import sound, take
from tests.studio.editing.filmed import write_tone

CUT_AT, TITLE_AT, TITLE_ENDS = 48, 60, 84
RULER = "document.querySelector('[data-ruler]').toDataURL()"


@pytest.fixture
def sequence(project, artist, tmp_path) -> Sequence:
    """Six clips, of which the first two meet at 48; a title from 60 to 84, music from 12 to 60."""
    theme = sound(project, write_tone(tmp_path / "theme.wav", 440, 2), name="Theme")
    made = take(project, State.COMPLETED, author=artist)
    clips = tuple(Clip(key, made.uuid) for key in "abcdef")
    titles = (Title("t", TITLE_AT, TITLE_ENDS - TITLE_AT, "Lift-off"),)
    cut = Cut(clips, titles, (SoundClip("m", theme.uuid, 12),))
    return Sequence.begin(project, artist, "Rough cut", cut)


@pytest.fixture
def timeline(studio: Page, live_server, project, sequence) -> Page:
    studio.goto(live_server.url + reverse("timeline", args=[project.slug]))
    studio.locator("[data-tracks][data-ready]").wait_for()
    return studio


def box_of(page, what):
    return page.locator(what).bounding_box()


def scale_of(page) -> float:
    """How many pixels a frame is wide; between two clips are two."""
    return (box_of(page, "[data-clip=b]")["x"] - box_of(page, "[data-clip=a]")["x"]) / CUT_AT


def pull(page: Page, what: str, frames: float, by_its: str = "middle") -> None:
    """Pull a title or a sound, by its middle or its end, so many frames to the right."""
    box, scale = box_of(page, what), scale_of(page)
    x = box["x"] + (box["width"] / 2 if by_its == "middle" else box["width"] - 3)
    y = box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + frames * scale / 2, y, steps=3)
    page.mouse.move(x + frames * scale, y, steps=3)
    page.mouse.up()


def test_zooming_keeps_the_playhead_in_its_place_and_draws_the_ruler_anew(timeline):
    page = timeline
    page.get_by_role("slider", name="Position in the sequence").fill("20")
    fitted, ruler, playhead = scale_of(page), page.evaluate(RULER), box_of(page, "[data-playhead]")
    page.get_by_role("button", name="Zoom in").click(click_count=2)
    assert scale_of(page) == pytest.approx(fitted * 1.5**2, rel=0.01)
    assert page.evaluate(RULER) != ruler
    assert box_of(page, "[data-playhead]")["x"] == pytest.approx(playhead["x"], abs=2)
    page.locator("#main").focus()
    page.keyboard.press("+")
    assert scale_of(page) == pytest.approx(fitted * 1.5**3, rel=0.01)
    page.keyboard.press("-")
    page.get_by_role("button", name="Zoom out").click()
    assert scale_of(page) == pytest.approx(fitted * 1.5, rel=0.01)
    page.keyboard.press("f")
    assert scale_of(page) == pytest.approx(fitted, rel=0.01)
    assert page.evaluate(RULER) == ruler
    page.get_by_role("button", name="Zoom in").click(click_count=30)
    assert scale_of(page) == pytest.approx(24, rel=0.01)  # a frame is never wider


def test_a_title_holds_at_a_cut_and_at_none_where_snapping_is_off(timeline, sequence):
    page, title = timeline, "[data-piece=t]"
    near = 5 / scale_of(page)  # frames that are five pixels
    pull(page, title, CUT_AT - TITLE_AT + near)
    expect(page.locator(title)).to_have_attribute("data-at", str(CUT_AT))
    page.get_by_role("button", name="Snap").click()
    pull(page, title, 10 + near)
    expect(page.locator(title)).not_to_have_attribute("data-at", str(CUT_AT))
    at = Sequence.objects.get(pk=sequence.pk).cut.titles[0].at
    assert at == CUT_AT + round(10 + near)


def test_the_end_of_a_sound_holds_where_a_title_begins_and_at_the_playhead(timeline, sequence):
    page, music = timeline, "[data-piece=m]"

    def ends() -> int:
        placed = Sequence.objects.get(pk=sequence.pk).cut.sounds[0]
        return placed.at + (placed.out_frame or CUT_AT) - placed.in_frame

    near = 5 / scale_of(page)
    page.get_by_role("slider", name="Position in the sequence").fill("30")
    pull(page, music, 30 - TITLE_AT - near, "end")
    expect(page.locator(music)).to_have_attribute("data-frames", "18")
    assert ends() == 30
    pull(page, music, TITLE_AT - 30 + near, "end")
    expect(page.locator(music)).to_have_attribute("data-frames", "48")
    assert ends() == TITLE_AT
