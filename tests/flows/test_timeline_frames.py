"""The very frame is seen: where one trims, scrubs, steps, and where two clips cross."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from studio.editing.cut import FPS, Clip, Cut, Into, Join
from studio.models import Sequence
from tests.factories import member
from tests.flows.test_timeline import middle, saved
from tests.studio.editing.filmed import clip, filmed, number_of

BEGINS, LONG = 100, 3 * FPS  # the numbers on the second take's frames
# Once the video in front has come to a frame, the picture that it shows.
PICTURE = """() => new Promise((done) => {
  const look = () => {
    const decks = [...document.querySelectorAll("[data-deck]")];
    const front = decks.find(({ style }) => style.zIndex === "1");
    if (!front || front.seeking || front.readyState < 2) return requestAnimationFrame(look);
    const [width, height] = [front.videoWidth, front.videoHeight];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(front, 0, 0);
    done(canvas.toDataURL("image/png").split(",")[1]);
  };
  requestAnimationFrame(() => requestAnimationFrame(look));
})"""


def seen(page: Page) -> int:
    """The number that is written on the frame that the stage shows."""
    shown = Image.open(io.BytesIO(base64.b64decode(page.evaluate(PICTURE))))
    return number_of(np.asarray(shown.convert("RGB")))


@pytest.fixture
def timeline(studio: Page, live_server, project) -> Page:
    """Two takes whose every frame has its number on it, the first goes over into the second."""
    first, second = filmed(project, clip(0, frames=LONG)), filmed(project, clip(BEGINS, LONG))
    clips = (Clip("a", first.uuid), Clip("b", second.uuid))
    Sequence.begin(project, member(project), "Rough cut", Cut(clips))
    studio.goto(f"{live_server.url}/projects/{project.slug}/timeline/")
    studio.locator("[data-tracks][data-ready]").wait_for()
    studio.wait_for_function("document.querySelector('[data-stage] video').readyState > 1")
    return studio


def scrub(page: Page, frame: int) -> None:
    page.get_by_role("slider", name="Position in the sequence").fill(str(frame))


def cut_of(project) -> Cut:
    return Sequence.objects.get(project=project).cut


def test_any_frame_is_sought_and_stepped_to(timeline):
    page = timeline
    for frame, number in ((0, 0), (17, 17), (LONG - 1, LONG - 1), (LONG, BEGINS), (99, 127)):
        scrub(page, frame)
        assert seen(page) == number
    page.locator("#main").focus()
    for key, number in (("ArrowRight", 128), ("Shift+ArrowLeft", 104), ("End", 171), ("Home", 0)):
        page.keyboard.press(key)
        assert seen(page) == number


def test_a_pulled_handle_shows_the_frame_and_holds_at_the_playhead(timeline, project):
    page = timeline
    page.locator(".clip__open").nth(1).click()
    scrub(page, LONG + 40)
    end = page.get_by_role("slider", name="Out point")
    box = page.locator("[data-clip]").nth(1).bounding_box()
    at = box["x"] + box["width"] * 40 / LONG  # where the playhead is
    x, y = middle(end)
    page.mouse.move(x, y)
    page.mouse.down()
    for to, least in ((at + 60, 41), (at + 5, 40)):
        page.mouse.move(to + (x - box["x"] - box["width"]), y, steps=4)
        page.evaluate("new Promise(requestAnimationFrame)")
        out = int(end.get_attribute("aria-valuenow"))
        assert seen(page) == BEGINS + out - 1
        assert out >= least
    assert out == 40  # it holds there, though the mouse is five pixels further
    page.mouse.up()
    saved(page, 2)
    assert cut_of(project).clips[1].out_frame == 40
    assert seen(page) == BEGINS + 39


def test_a_crossfade_shows_a_frame_of_both(timeline, project):
    page = timeline
    page.locator(".clip__open").first.click()
    page.get_by_role("radio", name="Crossfade").check()
    saved(page, 2)
    assert cut_of(project).clips[0].into == Into(Join.CROSSFADE, 12)
    scrub(page, LONG - 12 + 5)
    assert seen(page) == LONG - 12 + 5
    over = page.locator("[data-deck]").evaluate_all(
        "decks => decks.map(({ style, currentTime }) => "
        "[Number(style.zIndex), Number(style.opacity), Math.floor(currentTime * 24)])"
    )
    upper = max(over)
    assert upper[0] == 2
    assert upper[1] == pytest.approx(6 / 13, rel=1e-4)
    assert upper[2] == 5
    scrub(page, LONG)
    assert seen(page) == BEGINS + 12


def test_the_ruler_is_scrubbed_and_holds_at_cuts_where_snapping_is_on(timeline):
    page = timeline
    ruler, box = page.locator("[data-ruler]"), page.locator("[data-clip]").nth(1).bounding_box()
    y = middle(ruler)[1]
    expect(page.get_by_role("button", name="Snap")).to_have_attribute("aria-pressed", "true")
    page.mouse.move(box["x"] - 60, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 5, y, steps=4)
    assert seen(page) == BEGINS
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Snap")).to_have_attribute("aria-pressed", "false")
    page.mouse.move(box["x"] + 6, y)
    page.mouse.up()
    assert seen(page) > BEGINS
