"""The renderer: files as asked, and both ends exact."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageColor

from generations.ffmpeg import FFmpegFailed
from generations.simulator import rendering
from generations.simulator.rendering import (
    AudioJob,
    ImageJob,
    ModifyVideoJob,
    ReframeImageJob,
    ReframeVideoJob,
    UpscaleJob,
    VideoJob,
    note,
)
from generations.simulator.rendering.clip import Clip
from tests.simulator.footage import (
    CODEC_NOISE,
    LAKE,
    apart,
    clip,
    fitted,
    frames,
)

# --- The file


@pytest.mark.parametrize(
    ("width", "height", "seconds"), [(320, 180, 1.0), (180, 320, 1.5), (244, 244, 0.5)]
)
def test_a_clip_has_the_size_the_length_and_the_rate_asked_for(tmp_path, width, height, seconds):
    made = clip(tmp_path / "a.mp4", width=width, height=height, duration_s=seconds)

    with av.open(str(made)) as container:
        stream = container.streams.video[0]
        decoded = list(container.decode(stream))
        assert (stream.width, stream.height) == (width, height)
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert stream.average_rate == 24
        assert float(stream.duration * stream.time_base) == seconds
        assert len(decoded) == 24 * seconds
        assert [round(f.time * 24) for f in decoded] == list(range(len(decoded)))


def test_a_clip_can_start_to_play_before_it_is_whole(take):
    content = take.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_same_request_gives_the_same_bytes(tmp_path, take):
    assert clip(tmp_path / "again.mp4").read_bytes() == take.read_bytes()


def test_another_prompt_gives_another_place(take, tmp_path):
    other = clip(tmp_path / "other.mp4", prompt=LAKE + ", far away")
    assert apart(frames(other)[0], frames(take)[0]) > 5


def test_4k_is_painted_smaller_and_scaled_up(tmp_path):
    made = clip(tmp_path / "4k.mp4", width=3840, height=2160, duration_s=0.125)
    assert [f.shape for f in frames(made)] == [(2160, 3840, 3)] * 3


def test_a_failed_render_leaves_nothing_behind(tmp_path):
    (tmp_path / "torn.mp4").write_bytes(b"not a film")
    job = UpscaleJob(source=str(tmp_path / "torn.mp4"), width=320, height=180)
    with pytest.raises(FFmpegFailed):
        rendering.render(job, tmp_path / "out.mp4")
    assert [p.name for p in tmp_path.iterdir()] == ["torn.mp4"]


def test_the_command_line_renders_a_job_file_without_django(tmp_path, take):
    job = VideoJob(prompt=LAKE, width=320, height=180, duration_s=1.0)
    (tmp_path / "job.json").write_text(rendering.dump(job))
    script = (
        "import runpy, sys; sys.argv[1:] = ['job.json', 'out.mp4']\n"
        "try: runpy.run_module('generations.simulator.rendering', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert 'django' not in sys.modules"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script]
    subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(root)}, check=True)
    assert (tmp_path / "out.mp4").read_bytes() == take.read_bytes()


# --- Jobs


def jobs(path: str) -> Iterator[rendering.Job]:
    yield VideoJob(prompt="a", width=320, height=180, duration_s=5, concepts=("pan_left",))
    yield VideoJob(prompt="a", width=320, height=180, duration_s=5, continues=path, joined=True)
    yield ImageJob(prompt="a", width=320, height=180, references=(path,), modify=path)
    yield ReframeVideoJob(source=path, width=320, height=180, x_start=1, x_end=9)
    yield ReframeImageJob(source=path, width=320, height=180, format="png")
    yield ModifyVideoJob(source=path, mode="flex_2", prompt="a", first_frame=path)
    yield UpscaleJob(source=path, width=320, height=180)
    yield AudioJob(source=path, prompt="a", negative_prompt="b")


def test_every_job_survives_its_journey_as_json(photo):
    for job in jobs(str(photo)):
        assert rendering.load(rendering.dump(job)) == job
        assert json.loads(rendering.dump(job))["kind"] == type(job).__name__


def test_no_two_jobs_share_a_fingerprint(photo):
    made = [rendering.fingerprint(job) for job in jobs(str(photo))]
    assert len(set(made)) == len(made)


def test_a_fingerprint_follows_an_inputs_content_and_not_its_name(tmp_path):
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(content)
    a, b, c = (
        rendering.fingerprint(UpscaleJob(source=str(tmp_path / name), width=2, height=2))
        for name in "abc"
    )
    assert a == b
    assert a != c


def test_text_that_is_no_job_is_refused():
    with pytest.raises(ValueError, match="not a job"):
        rendering.load('{"kind": "Sculpture"}')


# --- Both ends


def test_a_start_image_is_the_first_frame_and_then_it_moves(tmp_path, photo):
    made = frames(clip(tmp_path / "a.mp4", start_image=str(photo), concepts=("push_in",)))
    still = fitted(photo, 320, 180)
    assert apart(made[0], still) < 4  # the picture has hard colour edges, halved by yuv420p
    assert apart(made[-1], still) > 3 * apart(made[0], still)


def test_an_end_image_is_the_last_frame(tmp_path, photo):
    made = frames(clip(tmp_path / "a.mp4", end_image=str(photo)))
    assert apart(made[-1], fitted(photo, 320, 180)) < 5
    assert apart(made[0], fitted(photo, 320, 180)) > 20


def test_a_clip_goes_from_its_start_image_to_its_end_image(tmp_path, photo):
    rendering.render(ImageJob(prompt=LAKE, width=640, height=360), tmp_path / "end.jpg")
    ends = {"start_image": str(photo), "end_image": str(tmp_path / "end.jpg")}
    made = frames(clip(tmp_path / "a.mp4", **ends))
    assert apart(made[0], fitted(photo, 320, 180)) < 4
    assert apart(made[-1], fitted(tmp_path / "end.jpg", 320, 180)) < CODEC_NOISE


def test_pinned_pictures_are_seen_at_their_very_frames_and_at_no_others(tmp_path, photo):
    colours = {3: "crimson", 4: "teal", 11: "gold", 23: "navy"}
    for number, colour in colours.items():
        Image.new("RGB", (320, 180), colour).save(tmp_path / f"{number}.png")
    pinned = {number: str(tmp_path / f"{number}.png") for number in colours} | {17: str(photo)}
    numbers = tuple(sorted(pinned))
    files = tuple(pinned[number] for number in numbers)
    made = frames(clip(tmp_path / "a.mp4", pinned_at=numbers, pinned=files))
    assert len(made) == 24
    for number, colour in colours.items():
        wanted = np.full((180, 320, 3), ImageColor.getrgb(colour), float)
        nearest = min(range(len(made)), key=lambda n: apart(made[n], wanted))
        assert nearest == number
        assert apart(made[number], wanted) < CODEC_NOISE
    assert apart(made[17], fitted(photo, 320, 180)) < 4


@pytest.mark.parametrize("prompt", ["The camera moves on", "The sun rises and snow falls"])
def test_an_extension_begins_on_the_exact_last_frame_and_never_jumps(tmp_path, take, prompt):
    parent = frames(take)
    extension = frames(clip(tmp_path / "a.mp4", prompt=prompt, continues=str(take), duration_s=2.0))

    assert len(extension) == 48
    assert apart(extension[0], parent[-1]) < CODEC_NOISE
    steps = [apart(a, b) for a, b in itertools.pairwise(extension)]
    assert max(steps) < 6
    assert steps[0] < 2.5


def test_an_extension_goes_on_in_the_same_world(tmp_path, take):
    extension = clip(tmp_path / "a.mp4", prompt="The camera moves on", continues=str(take))
    before, after = note.read(str(take)), note.read(str(extension))
    assert before.last == after.first
    assert after.last is not None
    assert after.last.brief == before.last.brief
    assert after.last.time > before.last.time


def test_an_extension_of_a_film_from_elsewhere_begins_on_its_last_frame(tmp_path, photo):
    rendering.render(
        ReframeVideoJob(source=str(clip(tmp_path / "a.mp4")), width=180, height=320),
        tmp_path / "tall.mp4",
    )
    assert note.read(str(tmp_path / "tall.mp4")).last is None
    made = clip(tmp_path / "b.mp4", continues=str(tmp_path / "tall.mp4"), width=180, height=320)
    assert apart(frames(made)[0], frames(tmp_path / "tall.mp4")[-1]) < CODEC_NOISE


def test_a_reverse_extension_ends_on_the_childs_first_frame(tmp_path, take):
    made = frames(clip(tmp_path / "a.mp4", prompt="At dawn", precedes=str(take), duration_s=1.5))
    assert len(made) == 36
    assert apart(made[-1], frames(take)[0]) < CODEC_NOISE
    assert apart(made[0], frames(take)[0]) > 3 * CODEC_NOISE


def test_an_interpolation_joins_the_end_of_one_clip_to_the_start_of_another(tmp_path, take):
    other = clip(tmp_path / "b.mp4", prompt="A city at night")
    made = frames(clip(tmp_path / "c.mp4", continues=str(take), precedes=str(other)))
    assert apart(made[0], frames(take)[-1]) < CODEC_NOISE
    assert apart(made[-1], frames(other)[0]) < 2 * CODEC_NOISE


def test_a_joined_answer_is_the_parent_and_then_its_extension(tmp_path, take):
    made = frames(clip(tmp_path / "a.mp4", prompt="On", continues=str(take), joined=True))
    parent = frames(take)
    assert len(made) == 2 * len(parent)
    assert apart(made[0], parent[0]) < CODEC_NOISE
    assert 0 < apart(made[24], made[23]) < 2.5


def test_a_loops_last_frame_leads_back_to_its_first():
    job = VideoJob(prompt="Waves at noon", width=320, height=180, duration_s=2.0, loop=True)
    made = [frame.astype(float) for frame in Clip(job).frames()]
    ordinary = np.median([apart(a, b) for a, b in itertools.pairwise(made)])
    assert apart(made[-1], made[0]) < 1.5 * ordinary
    assert apart(made[24], made[0]) > 3 * ordinary
