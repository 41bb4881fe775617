"""From a script to a film: written, made, cut, bridged, exported, and looked into."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from generations.media import probe_video
from studio.demo.storyboard import plan
from studio.editing import exporting
from studio.editing.cut import FPS, length_of
from studio.editing.footage import lengths_of
from studio.models import Sequence
from tests.flows.test_making import look
from tests.flows.test_storyboard import paste
from tests.flows.test_storyboard_runs import (
    CLIMB,
    ROCKET,
    SHOWN_MS,
    SPECK,
    run,
    run_until,
    source_of,
    states,
)
from tests.flows.test_timeline import saved
from tests.flows.test_whole_path import stored
from tests.studio.test_storyboard import planned

TRIMMED = 20
FRAMES = 4 * 5 * FPS - TRIMMED


def exported(page: Page) -> Path:
    """Have the sequence on the timeline exported, and download the file."""
    page.get_by_role("link", name="Export", exact=True).click()
    page.get_by_role("button", name="Export", exact=True).click()
    row = page.get_by_role("listitem").filter(has_text="MP4")
    assert exporting.export_due() == 1
    expect(row).to_contain_text("Ready", timeout=SHOWN_MS)
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    return download.value.path()


@pytest.mark.long
def test_a_script_becomes_a_film(storyboard, project, simulator):
    page: Page = storyboard()
    paste(page, "\n\n".join((ROCKET, CLIMB, SPECK)))
    page.get_by_role("button", name="Add 3 shots").click()
    page.get_by_label("Resolution").select_option("540p")
    expect(page.locator(".runbar__price")).to_have_text("$1.20")
    page.get_by_role("button", name="Run what's missing").click()
    expect(page.locator("#runbar-summary")).to_contain_text("2 waiting")
    run_until(page, lambda: stored() == 3)
    states(page, "Ready", "Ready", "Ready")

    page.get_by_role("button", name="To timeline").click()
    page.locator("[data-tracks][data-ready]").wait_for()
    clips = page.locator("[data-clip]")
    expect(clips).to_have_count(3)
    clips.first.locator(".clip__open").click()
    sign = page.locator("input[name=sign_bridge]")
    before = sign.input_value()
    out = page.get_by_role("slider", name="Out point")
    for _ in range(2):
        out.press("Shift+ArrowLeft")
    saved(page, 2)
    expect(sign).not_to_have_value(before, timeout=SHOWN_MS)  # it begins at another frame now
    bridge = page.get_by_role("button", name="Bridge to the next clip $0.40")
    expect(bridge).to_be_enabled(timeout=SHOWN_MS)
    look(page, "film-cut")
    bridge.click()
    expect(clips).to_have_count(4)
    run_until(page, lambda: stored() == 4)
    expect(page.locator(".clip--dreaming")).to_have_count(0, timeout=SHOWN_MS)

    film = probe_video(exported(page))
    cut = Sequence.objects.get(project=project).cut
    assert length_of(cut, lengths_of(project, cut)) == FRAMES
    assert film.duration_s == pytest.approx(FRAMES / FPS, abs=1 / FPS)
    assert (film.width, film.height, film.fps, film.codec) == (960, 540, FPS, "h264")


@pytest.mark.long
def test_the_demos_five_shots_become_a_film_at_one_press(storyboard, project, simulator):
    plan(project).set_up(0, None, resolution="540p")
    page: Page = storyboard()
    expect(page.locator(".runbar__price")).to_have_text("$2.00")
    run(page)
    run_until(page, lambda: stored() == 5)
    states(page, *["Ready"] * 5)
    assert [source_of(number) for number in range(2, 6)] == [1, 2, 3, 4]

    page.get_by_role("button", name="To timeline").click()
    page.locator("[data-tracks][data-ready]").wait_for()
    expect(page.locator("[data-clip][data-seam=seamless]")).to_have_count(4, timeout=SHOWN_MS)
    assert probe_video(exported(page)).duration_s == pytest.approx(25, abs=1 / FPS)


def test_what_a_shot_brings_along_of_the_one_before_is_shown_once(storyboard, project, simulator):
    simulator.faults(joined_extension=True)
    planned(project, ROCKET, CLIMB).set_up(0, None, resolution="540p")
    page: Page = storyboard()
    run(page)
    expect(page.locator("#runbar-summary")).to_contain_text("1 waiting")
    run_until(page, lambda: stored() == 2)
    states(page, "Ready", "Ready")
    page.get_by_role("button", name="To timeline").click()
    page.locator("[data-tracks][data-ready]").wait_for()
    second = page.locator("[data-clip]").nth(1)
    expect(second).to_have_attribute("data-most", str(10 * FPS))
    expect(second).to_have_attribute("data-in", str(5 * FPS))
    expect(second).to_have_attribute("data-out", str(10 * FPS))
    cut = Sequence.objects.get(project=project).cut
    assert length_of(cut, lengths_of(project, cut)) == 10 * FPS
