"""What a film sounds like: takes, music and voices, mixed, ducked, and as loud as was asked."""

from itertools import pairwise
from uuid import uuid4

import numpy as np
import pytest

from generations import ffmpeg
from studio.editing import loudness
from studio.editing.cut import Clip, Cut, Into, Join, Lengths, Role, SoundClip
from studio.editing.hearing import ducked, heard_in
from tests.factories import sound
from tests.studio.editing.filmed import clip, db, filmed, samples_in, write_tone

RATE = 48_000


def loud_at(samples, hz, begin_s, end_s):
    """How loud a tone is between two seconds, in dB."""
    part = samples[round(begin_s * RATE) : round(end_s * RATE)].astype(np.float64)
    wave = np.exp(-2j * np.pi * hz * np.arange(len(part)) / RATE)
    window = np.hanning(len(part))
    return 20 * np.log10(max(2 * abs((part * wave * window).sum()) / window.sum(), 1e-6))


@pytest.fixture
def silent(project):
    """A take of eight seconds without a sound."""
    return filmed(project, clip(0, frames=192)).uuid


@pytest.fixture
def music(project, tmp_path):
    return sound(project, write_tone(tmp_path / "music.wav", 1000, 8))


@pytest.fixture
def voice(project, tmp_path):
    return sound(project, write_tone(tmp_path / "voice.wav", 300, 2), name="Voice")


def test_music_is_placed_trimmed_and_faded(exported, silent, music):
    placed = SoundClip("m", music.uuid, at=48, in_frame=24, out_frame=120, fade_in=24, fade_out=24)
    made = exported(Cut(clips=(Clip("a", silent),), sounds=(placed,)))
    samples = samples_in(made.file)
    assert db(samples[: RATE * 2 - 2000]) < -60
    assert db(samples[RATE * 6 + 2000 : RATE * 8]) < -60
    full = loud_at(samples, 1000, 3.2, 4.8)
    assert full == pytest.approx(-10.5, abs=0.5)  # as it was uploaded
    assert loud_at(samples, 1000, 2.05, 2.2) < full - 8
    assert loud_at(samples, 1000, 5.8, 5.95) < full - 8


def test_music_gives_way_to_a_voice_and_comes_back(exported, silent, music, voice):
    sounds = (
        SoundClip("m", music.uuid, at=0),
        SoundClip("v", voice.uuid, at=72, role=Role.VOICE),
    )
    made = exported(Cut(clips=(Clip("a", silent),), sounds=sounds, duck_db=-12))
    samples = samples_in(made.file)
    before, under = loud_at(samples, 1000, 1, 2.5), loud_at(samples, 1000, 3.2, 4.8)
    after = loud_at(samples, 1000, 6.5, 7.8)
    assert under - before == pytest.approx(-12, abs=1)
    assert after - before == pytest.approx(0, abs=1)
    assert loud_at(samples, 300, 3.2, 4.8) == pytest.approx(-10.5, abs=1)


def test_a_takes_own_sound_is_muted_and_has_its_gain(exported, project):
    one = filmed(project, clip(0, tone=440)).uuid
    clips = (Clip("a", one), Clip("b", one, muted=True), Clip("c", one, gain_db=-6.0))
    samples = samples_in(exported(Cut(clips=clips)).file)
    loud, muted, quiet = (
        db(samples[at * RATE + 9600 : (at + 2) * RATE - 9600]) for at in (0, 2, 4)
    )
    assert muted < -60
    assert quiet - loud == pytest.approx(-6, abs=0.5)


def test_sounds_cross_where_pictures_do(exported, project):
    one, two = filmed(project, clip(0, tone=440)).uuid, filmed(project, clip(100, tone=880)).uuid
    cut = Cut(clips=(Clip("a", one, into=Into(Join.CROSSFADE, 24)), Clip("b", two)))
    samples = samples_in(exported(cut).file)
    assert abs(len(samples) / RATE - 3) < 0.04
    first, second = (
        [loud_at(samples, hz, at, at + 0.1) for at in (0.5, 1.45, 2.4)] for hz in (440, 880)
    )
    assert first[0] > first[1] + 1 > first[2] + 20
    assert second[2] > second[1] + 1 > second[0] + 20


@pytest.mark.parametrize(("asked", "level"), [(-14.0, 0.02), (-23.0, 0.9), (None, 0.1)])
def test_a_film_is_as_loud_as_was_asked(exported, project, silent, tmp_path, asked, level):
    music = sound(project, write_tone(tmp_path / "m.wav", 1000, 8, level=level))
    cut = Cut(clips=(Clip("a", silent),), sounds=(SoundClip("m", music.uuid, at=0),))
    made = exported(cut, loudness_lufs=asked)
    heard = loudness.measured(ffmpeg.pinned(made.file))
    source = loudness.measured(["-f", "wav", "-i", str(music.file)])
    assert heard == pytest.approx(source if asked is None else asked, abs=1.0)
    assert abs(samples_in(made.file)).max() < 1


def test_silence_stays_silent(exported, project, silent, tmp_path):
    music = sound(project, write_tone(tmp_path / "m.wav", 1000, 8, level=0))
    cut = Cut(clips=(Clip("a", silent),), sounds=(SoundClip("m", music.uuid, at=0),))
    made = exported(cut, loudness_lufs=-14.0)
    assert db(samples_in(made.file)) < -80


def test_a_film_without_any_sound_has_no_sound(exported, silent):
    made = exported(Cut(clips=(Clip("a", silent),)))
    with pytest.raises(IndexError):
        samples_in(made.file)


def test_a_sound_behind_the_end_isnt_heard():
    cut = Cut(
        clips=(Clip("a", words="End", out_frame=48),),
        sounds=(SoundClip("s", (it := uuid4()), at=40),),
    )
    (heard,) = heard_in(cut, Lengths({}), {it: 500})
    assert heard.frames == 8
    assert heard_in(cut, Lengths({}), {}) == []


def test_music_is_down_before_the_first_word_and_up_again_slowly():
    lowered = ducked([-120.0] * 48 + [-20.0] * 24 + [-120.0] * 72, -12.0)
    assert lowered[:40] == [0.0] * 40
    assert lowered[45:48] == [-12.0] * 3
    assert lowered[48:82] == [-12.0] * 34
    assert lowered[-1] == 0.0
    steps = [b - a for a, b in pairwise(lowered)]
    assert max(steps) <= 1.0
    assert min(steps) >= -4.0
