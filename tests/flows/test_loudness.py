"""What is louder than its file is heard so in the page: measured before and behind its gain."""

import math

import pytest
from playwright.sync_api import Page, expect

from studio.editing.cut import FPS, Clip, Cut, Role, SoundClip
from studio.editing.hearing import ducked
from studio.models import Sequence
from tests.factories import member, sound
from tests.studio.editing.filmed import clip, filmed, write_tone

LEVEL = 0.1
# Measures how loud each sound is that goes through Web Audio, before its gain and behind it: the
# middle one of its peaks, for one that lags is stretched for a moment, which makes others of them.
MEASURED = """(() => {
  const { createGain, createMediaElementSource } = AudioContext.prototype;
  const [gains, sources] = [[], []];
  const measured = (context, node, kept) => {
    const meter = context.createAnalyser();
    node.connect(meter);
    const wave = new Float32Array(meter.fftSize);
    const each = { node, peaks: [] };
    const look = () => {
      meter.getFloatTimeDomainData(wave);
      const peak = Math.max(...wave.map(Math.abs));
      if (peak > 0) each.peaks.push(peak);
      requestAnimationFrame(look);
    };
    look();
    kept.push(each);
    return node;
  };
  AudioContext.prototype.createGain = function () {
    return measured(this, createGain.call(this), gains);
  };
  AudioContext.prototype.createMediaElementSource = function (element) {
    return measured(this, createMediaElementSource.call(this, element), sources);
  };
  const middle = (peaks) => peaks.toSorted((one, other) => one - other)[peaks.length >> 1] ?? 0;
  window.measured = () => sources.map(({ node, peaks }, place) => ({
    what: node.mediaElement.localName,
    gain: gains[place].node.gain.value,
    before: middle(peaks),
    behind: middle(gains[place].peaks),
  }));
})()"""

# Keeps the sounds that a page makes, and tells how loud the first is at each timecode.
HEARD = """(() => {
  const [Kept, made] = [Audio, []];
  window.Audio = function () { made.push(new Kept()); return made.at(-1); };
  window.heard = () => new Promise((done) => {
    const told = {};
    const look = () => {
      const { textContent } = document.querySelector("[data-time-now]");
      const [seconds, frames] = textContent.split(":").slice(2).map(Number);
      if (made.length && !made[0].paused) told[seconds * 24 + frames] = made[0].volume;
      if (document.querySelector("[data-stage][data-moving]")) requestAnimationFrame(look);
      else done(told);
    };
    document.querySelector("[data-do=toggle]").click();
    requestAnimationFrame(look);
  });
})()"""


@pytest.fixture
def timeline(studio: Page, live_server, project, artist, tmp_path):
    """Opens a sequence of two clips with these gains, and a sound with this one."""

    def open_(first_db: float, second_db: float, sound_db: float) -> Page:
        made = filmed(project, clip(0, frames=36, tone=300))
        theme = sound(project, write_tone(tmp_path / "theme.wav", 440, 3, level=LEVEL))
        cut = Cut(
            (
                Clip("a", made.uuid, gain_db=first_db),
                Clip("b", made.uuid, gain_db=second_db),
            ),
            sounds=(SoundClip("m", theme.uuid, 0, gain_db=sound_db),),
        )
        sequence = Sequence.begin(project, artist, "Rough cut", cut)
        studio.add_init_script(MEASURED)
        studio.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
        studio.locator("[data-tracks][data-ready]").wait_for()
        return studio

    return open_


def played(page: Page) -> dict[str, dict[str, float]]:
    """Play a sequence through, and return what was measured of its kinds of elements."""
    assert page.evaluate("measured()") == []
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => measured().every(({ behind }) => behind > 0)")
    expect(page.locator("[data-time-now]")).to_have_text("00:00:02:23", timeout=15_000)
    return {each["what"]: each for each in page.evaluate("measured()")}


def test_a_sound_and_a_take_are_louder_than_their_files(timeline):
    found = played(timeline(6, 0, 12))
    music, take = found["audio"], found["video"]
    assert music["gain"] == pytest.approx(10 ** (12 / 20), rel=0.01)
    assert music["before"] == pytest.approx(LEVEL, rel=0.1)
    assert music["behind"] == pytest.approx(LEVEL * 10 ** (12 / 20), rel=0.1)
    assert take["before"] > 0.01
    assert take["behind"] == pytest.approx(take["before"] * 10 ** (6 / 20), rel=0.1)


def test_a_mute_silences_what_is_louder_than_its_file_and_it_plays_on(timeline):
    page = timeline(0, 0, 12)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => measured().length && measured()[0].gain > 3")
    page.get_by_role("button", name="Mute").click()
    page.wait_for_function("() => measured()[0].gain === 0")
    expect(page.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("m")
    page.wait_for_function("() => measured()[0].gain > 3")
    expect(page.locator("[data-time-now]")).to_have_text("00:00:02:23", timeout=15_000)


def test_what_is_as_loud_as_its_file_goes_its_own_way(timeline):
    page = timeline(0, -6, -3)
    assert played(page) == {}
    front = page.locator("[data-deck]").evaluate_all(
        "decks => decks.find(({ style }) => style.zIndex === '1').volume"
    )
    assert front == pytest.approx(10 ** (-6 / 20), rel=0.01)


def test_music_gives_way_to_a_voice_as_it_does_in_the_film(studio, live_server, project, tmp_path):
    made = filmed(project, clip(0, frames=3 * FPS))
    theme, voice = (
        sound(project, write_tone(tmp_path / f"{name}.wav", tone, seconds))
        for name, tone, seconds in (("theme", 440, 3), ("voice", 220, 1))
    )
    sounds = (
        SoundClip("m", theme.uuid, 0, gain_db=-2),
        SoundClip("v", voice.uuid, FPS, role=Role.VOICE),
    )
    cut = Cut((Clip("a", made.uuid),), sounds=sounds, duck_db=-12)
    sequence = Sequence.begin(project, member(project), "Rough cut", cut)
    studio.add_init_script(HEARD)
    studio.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    studio.locator("[data-tracks][data-ready]").wait_for()
    told = {int(at): volume for at, volume in studio.evaluate("heard()").items()}
    levels = [0.0 if FPS <= at < 2 * FPS else -120.0 for at in range(3 * FPS)]
    wanted = {at: 10 ** ((lowered - 2) / 20) for at, lowered in enumerate(ducked(levels, -12))}
    assert told == pytest.approx({at: wanted[at] for at in told})
    on_its_way = [at for at in told if -14 < 20 * math.log10(wanted[at]) - 0.01 < -2.1]
    assert len(on_its_way) >= 2
    assert sum(FPS <= at < 2 * FPS for at in told) >= 5
