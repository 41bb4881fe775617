"""The timeline in a browser: safe margins, what is refused in words, and a clip that is muted."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from generations import ffmpeg
from generations.models import Asset, State
from studio.editing import sounds as taking_in
from studio.editing.cut import Clip, Cut
from studio.models import Sequence, Sound
from tests.factories import take
from tests.flows.test_looks import violations
from tests.studio.editing.filmed import write_tone

MARGINS = """() => ["::before", "::after"].map((line) => {
  const { width, height, display } = getComputedStyle(document.querySelector(".stage__safe"), line);
  const screen = document.querySelector("[data-screen]").getBoundingClientRect();
  return [parseFloat(width) / screen.width, parseFloat(height) / screen.height];
})"""

# Whether a refresh that is due is asked for.
REFRESHED = """() => {
  let isSent = false;
  document.addEventListener("htmx:beforeSend", () => (isSent = true), { once: true });
  htmx.trigger(document.querySelector("[data-live]"), "live");
  return isSent;
}"""


@pytest.fixture
def sequence(project, artist) -> Sequence:
    made = take(project, State.COMPLETED, author=artist)
    return Sequence.begin(
        project, artist, "Rough cut", Cut(tuple(Clip(key, made.uuid) for key in "ab"))
    )


@pytest.fixture
def timeline(studio: Page, live_server, sequence) -> Page:
    studio.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    studio.locator("[data-tracks][data-ready]").wait_for()
    return studio


def test_safe_margins_are_shown_by_button_and_key_and_remembered(timeline: Page):
    guides, button = timeline.locator(".stage__safe"), timeline.get_by_label("Safe margins")
    expect(guides).to_be_hidden()
    button.click()
    expect(guides).to_be_visible()
    action, title = timeline.evaluate(MARGINS)
    assert action == pytest.approx([0.93, 0.93], abs=0.005)
    assert title == pytest.approx([0.90, 0.90], abs=0.005)
    assert violations(timeline) == []
    timeline.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(guides).to_be_visible()
    timeline.keyboard.press("g")
    expect(guides).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_an_upright_film_has_an_upright_screen_for_its_titles_and_margins(
    timeline: Page, sequence: Sequence
):
    Asset.objects.filter(generation__uuid=sequence.cut.clips[0].take, kind="video").update(
        width=720, height=1280
    )
    timeline.reload()
    timeline.locator("[data-tracks][data-ready]").wait_for()
    screen = timeline.locator("[data-screen]").bounding_box()
    assert screen["width"] / screen["height"] == pytest.approx(9 / 16, abs=0.01)
    assert 100 < screen["height"] < 960
    timeline.keyboard.press("g")
    for margins, share in zip(timeline.evaluate(MARGINS), (0.93, 0.90), strict=True):
        assert margins == pytest.approx([share, share], abs=0.01)
    timeline.get_by_role("button", name="Full screen").click()
    expect(timeline.locator(".stage__room:fullscreen")).to_have_count(1)
    screen = timeline.locator("[data-screen]").bounding_box()
    assert screen["width"] / screen["height"] == pytest.approx(9 / 16, abs=0.01)


def test_what_no_clip_can_be_is_refused_in_words_and_a_clip_is_muted(
    timeline: Page, sequence: Sequence
):
    def cut() -> Cut:
        return Sequence.objects.get(pk=sequence.pk).cut

    page, before = timeline, cut()
    page.locator("[data-clip] .clip__open").first.click()
    trim = page.locator(".inspector__trim")
    trim.get_by_label("In").fill("1:12")
    trim.get_by_label("Out").fill("1:00")
    trim.get_by_role("button", name="Trim").click()
    words = "The out point must be at least one frame after the in point."
    expect(trim.get_by_text(words)).to_be_visible()
    expect(trim.get_by_label("Out")).to_be_focused()
    expect(trim.get_by_label("In")).to_have_value("1:12")
    expect(page.locator("#notices")).to_be_empty()
    assert cut() == before
    assert not page.evaluate(REFRESHED)  # what was typed would be gone
    join = page.locator(".inspector__join")
    join.get_by_role("radio", name="Crossfade").check(force=True)
    expect(page.locator("[data-clip]").first).to_have_attribute("data-join", "crossfade")
    joined = cut()
    assert page.evaluate(REFRESHED)  # nothing is half-typed
    join.get_by_label("Length").fill("9:00")
    join.get_by_role("button", name="Set").click()
    expect(page.get_by_text("216 frames are too long for these clips").first).to_be_visible()
    assert cut() == joined

    page.get_by_label("Muted").check()
    expect(page.locator("[data-clip]").first).to_have_attribute("data-muted", "")
    assert [clip.muted for clip in cut().clips] == [True, False]


def test_an_m4a_is_taken_in_and_a_sound_over_two_hours_is_refused(
    studio: Page, live_server, project, tmp_path: Path, monkeypatch, complaints
):
    tone, song = write_tone(tmp_path / "tone.wav", 440, 2), tmp_path / "Song.m4a"
    ffmpeg.run(["-f", "wav", "-i", str(tone), "-c:a", "aac", str(song)], timeout_s=60)
    studio.goto(f"{live_server.url}/projects/{project.slug}/sounds/")
    studio.get_by_label("Music or a voice").set_input_files(song)
    studio.get_by_role("button", name="Upload").click()
    expect(studio.locator(".sound", has_text="Song")).to_be_visible()
    monkeypatch.setattr(taking_in, "MAX_DURATION_S", 1)
    studio.get_by_label("Music or a voice").set_input_files(tone)
    studio.get_by_role("button", name="Upload").click()
    expect(studio.get_by_role("alert")).to_contain_text("over two hours")
    assert Sound.objects.get().name == "Song"
    assert [each for each in complaints if "422" not in each] == []
    complaints.clear()
