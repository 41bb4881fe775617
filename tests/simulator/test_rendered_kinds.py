"""The renderer: images, and films made from films."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from generations.simulator import rendering
from generations.simulator.rendering import (
    AudioJob,
    ImageJob,
    ModifyVideoJob,
    ReframeImageJob,
    ReframeVideoJob,
    UpscaleJob,
)
from tests.simulator.footage import CODEC_NOISE, LAKE, apart, fitted, frames


@pytest.mark.parametrize(("form", "name"), [("jpg", "JPEG"), ("png", "PNG")])
def test_an_image_has_the_size_and_the_format_asked_for(tmp_path, form, name):
    job = ImageJob(prompt=LAKE, width=322, height=181, format=form)
    rendering.render(job, tmp_path / "out")
    with Image.open(tmp_path / "out") as image:
        assert (image.format, image.size) == (name, (322, 181))


def test_a_heavier_modify_weight_stays_closer_to_the_picture(tmp_path, photo):
    differences = []
    for weight in (0.1, 0.9):
        job = ImageJob(
            prompt="Snow", width=320, height=180, format="png", modify=str(photo),
            modify_weight=weight,
        )  # fmt: skip
        rendering.render(job, tmp_path / "a.png")
        differences.append(apart(fitted(tmp_path / "a.png", 320, 180), fitted(photo, 320, 180)))
    assert differences[1] < 0.5 * differences[0]


def test_a_reference_lends_its_colours(tmp_path, photo):
    asked = {"prompt": LAKE, "width": 320, "height": 180, "format": "png"}
    rendering.render(ImageJob(**asked), tmp_path / "plain.png")
    rendering.render(ImageJob(**asked, references=(str(photo),)), tmp_path / "toned.png")
    plain, toned, like = (
        fitted(p, 320, 180).mean((0, 1))
        for p in (tmp_path / "plain.png", tmp_path / "toned.png", photo)
    )
    assert np.abs(toned - like).sum() < 0.8 * np.abs(plain - like).sum()


def test_a_reframed_still_keeps_the_source_in_its_rectangle(tmp_path, photo):
    place = {"x_start": 20, "x_end": 170, "y_start": 80, "y_end": 180}
    job = ReframeImageJob(source=str(photo), width=200, height=300, format="png", **place)
    rendering.render(job, tmp_path / "a.png")
    made = fitted(tmp_path / "a.png", 200, 300)
    assert apart(made[90:170, 30:160], fitted(photo, 150, 100)[10:90, 10:140]) < 3
    assert made[:60].std() < 0.6 * made[90:170, 30:160].std()


def test_a_reframed_clip_shows_the_source_whole_on_the_new_canvas(tmp_path, take):
    job = ReframeVideoJob(source=str(take), width=180, height=320)
    rendering.render(job, tmp_path / "a.mp4")
    made, source = frames(tmp_path / "a.mp4"), frames(take)
    assert len(made) == len(source)
    assert made[0].shape == (320, 180, 3)
    high = 102
    top = (320 - high) // 4 * 2
    image = Image.fromarray(source[0].astype(np.uint8)).resize((180, high))
    assert apart(made[0][top + 4 : top + high - 4], np.asarray(image, float)[4:-4]) < 4


def test_stronger_modes_change_a_clip_more(tmp_path, take):
    source = frames(take)[12]
    changes = []
    for mode in ("adhere_1", "flex_2", "reimagine_3"):
        job = ModifyVideoJob(source=str(take), mode=mode, prompt="A city at night")
        rendering.render(job, tmp_path / "a.mp4")
        changes.append(apart(frames(tmp_path / "a.mp4")[12], source))
    assert changes[0] < changes[1] < changes[2]


def test_a_modified_clip_begins_on_the_first_frame_given(tmp_path, take, photo):
    job = ModifyVideoJob(source=str(take), mode="flex_1", prompt="x", first_frame=str(photo))
    rendering.render(job, tmp_path / "a.mp4")
    assert apart(frames(tmp_path / "a.mp4")[0], fitted(photo, 320, 180)) < 4


def test_an_upscaled_clip_is_the_same_pictures_larger(tmp_path, take):
    rendering.render(UpscaleJob(source=str(take), width=640, height=360), tmp_path / "a.mp4")
    made, source = frames(tmp_path / "a.mp4"), frames(take)
    assert len(made) == len(source)
    halved = Image.fromarray(made[5].astype(np.uint8)).resize((320, 180), Image.Resampling.BOX)
    assert made[5].shape == (360, 640, 3)
    assert apart(np.asarray(halved, float), source[5]) < CODEC_NOISE


def heard(path: Path) -> np.ndarray:
    """Return a clip's sound as (channels, samples)."""
    with av.open(str(path)) as container:
        parts = [f.to_ndarray() for f in container.decode(audio=0)]
    return np.concatenate(parts, 1)


def test_sound_is_added_and_the_pictures_stay_as_they_are(tmp_path, take):
    job = AudioJob(source=str(take), prompt="Rain on the sea")
    rendering.render(job, tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == "aac"
        assert (stream.rate, stream.channels) == (48_000, 2)
        assert abs(float(stream.duration * stream.time_base) - 1) < 0.06
    both = zip(frames(tmp_path / "a.mp4"), frames(take), strict=True)
    assert all(np.array_equal(a, b) for a, b in both)
    assert np.sqrt((heard(tmp_path / "a.mp4") ** 2).mean()) > 0.01


def test_a_negative_prompt_silences_what_it_names(tmp_path, take):
    loudness = []
    for negative in ("", "rain"):
        job = AudioJob(source=str(take), prompt="Heavy rain", negative_prompt=negative)
        rendering.render(job, tmp_path / "a.mp4")
        spectrum = np.abs(np.fft.rfft(heard(tmp_path / "a.mp4")[0]))
        loudness.append(float(spectrum[3000:8000].mean()))
    assert loudness[1] < 0.3 * loudness[0]
