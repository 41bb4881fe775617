"""Titles and sounds in the browser: added at the playhead, dragged, nudged, seen and heard."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.models import State
from studio.editing.cut import Clip, Cut
from studio.models import Sequence
from tests.factories import sound, take
from tests.flows.test_looks import violations
from tests.studio.editing.filmed import write_tone


@pytest.fixture
def sequence(project, artist, tmp_path) -> Sequence:
    sound(project, write_tone(tmp_path / "theme.wav", 440, 2), name="Theme")
    made = take(project, State.COMPLETED, author=artist)
    clips = tuple(Clip(key, made.uuid) for key in "ab")
    return Sequence.begin(project, artist, "Rough cut", Cut(clips))


def cut(sequence):
    return Sequence.objects.get(pk=sequence.pk).cut


def test_titles_and_sounds_are_laid_dragged_seen_and_heard(
    studio: Page, live_server, project, sequence
):
    page = studio
    page.goto(live_server.url + reverse("timeline", args=[project.slug]))
    page.locator("[data-tracks][data-ready]").wait_for()
    page.locator("summary", has_text="Add a title").click()
    page.get_by_label("Words").fill("Lift-off")
    page.get_by_role("button", name="Add over the picture").click()
    title = page.locator(".piece--titles")
    expect(title).to_have_attribute("data-chosen", "")
    expect(page.locator("[data-title-shown=lower_third]")).to_have_text("Lift-off")

    # It comes up over twelve frames; how far it is there goes with the playhead.
    page.get_by_label("Fade in").fill("0:12")
    page.get_by_role("button", name="Save").click()
    expect(title).to_have_attribute("data-fade-in", "12")
    page.get_by_role("slider", name="Position in the sequence").fill("5")
    lower = page.locator("[data-title-shown=lower_third]")
    assert float(lower.evaluate("title => title.style.opacity")) == pytest.approx(6 / 13, rel=1e-4)
    page.get_by_role("slider", name="Position in the sequence").fill("12")
    assert float(lower.evaluate("title => title.style.opacity")) == 1
    page.get_by_role("slider", name="Position in the sequence").fill("0")

    box = title.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 90, middle, steps=4)
    page.mouse.up()
    expect(title).not_to_have_attribute("data-at", "0")
    expect(page.locator("[data-title-shown=lower_third]")).to_be_hidden()
    moved = cut(sequence).titles[0].at
    title.locator("a").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(title).to_have_attribute("data-at", str(moved + 1))
    expect(title.locator("a")).to_be_focused()

    page.keyboard.press("Escape")
    page.goto(page.url)
    page.locator("[data-tracks][data-ready]").wait_for()
    page.locator("summary", has_text="Add music or a voice").click()
    page.get_by_role("button", name="Add at the playhead").click()
    music = page.locator(".piece--music")
    expect(music.locator("canvas[data-drawn]")).to_have_count(1)
    wide = page.evaluate("document.querySelector('.piece--music').getBoundingClientRect().width")
    assert wide > 100
    with page.expect_response(lambda answer: answer.url.endswith("/sound")) as heard:
        page.locator("[data-do=toggle]").click()
    assert heard.value.status in (200, 206)
    assert violations(page) == []

    music.locator("a").focus()
    page.keyboard.press("Delete")
    expect(music).to_have_count(0)
    assert cut(sequence).sounds == ()
    assert [it.words for it in cut(sequence).titles] == ["Lift-off"]


def test_a_voice_is_uploaded_placed_and_trimmed_by_hand(
    studio: Page, live_server, complaints, sequence, tmp_path
):
    page = studio
    page.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    page.locator("[data-tracks][data-ready]").wait_for()
    page.locator("summary", has_text="Add music or a voice").click()
    page.get_by_role("link", name="Upload sounds").click()
    no_sound = {"name": "words.wav", "mimeType": "audio/wav", "buffer": b"Not a sound" * 20}
    page.get_by_label("Music or a voice").set_input_files(no_sound)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text("This can't be read as a sound.")
    page.get_by_label("Music or a voice").set_input_files(write_tone(tmp_path / "Mia.wav", 200, 2))
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".sound", has_text="Mia")).to_be_visible()

    page.get_by_role("link", name="Timeline", exact=True).click()
    page.locator("[data-tracks][data-ready]").wait_for()
    page.get_by_role("slider", name="Position in the sequence").fill("12")
    page.locator("summary", has_text="Add music or a voice").click()
    page.get_by_role("combobox", name="Sound").select_option(label="Mia, 0:02:00")
    page.get_by_role("radio", name="Voice").check()
    page.get_by_role("button", name="Add at the playhead").click()
    voice = page.locator(".piece--voices")
    expect(voice).to_have_attribute("data-at", "12")
    box = voice.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 4, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=4)
    page.mouse.up()
    expect(page.locator("#version")).to_have_value("3")
    (placed,) = cut(sequence).sounds
    assert 18 <= placed.in_frame <= 30
    assert placed.at == 12 + placed.in_frame  # what is heard at a moment stays there
    page.get_by_label("Gain, dB").fill("-6")
    page.get_by_label("Fade out").fill("0:12")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#version")).to_have_value("4")
    assert (cut(sequence).sounds[0].gain_db, cut(sequence).sounds[0].fade_out) == (-6, 12)
    complaints[:] = [said for said in complaints if "422" not in said]  # the browser's own
