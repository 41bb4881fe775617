"""The renderer: files as asked, both ends exact, words and camera moves that can be seen."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

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
    camera,
    note,
    words,
)
from generations.simulator.rendering.clip import Clip

LAKE = "Mountains mirrored in a still lake at dusk"
# The mean difference, of 255, below which two frames are the same but for the codec.
CODEC_NOISE = 2.0


def clip(out: Path, prompt: str = LAKE, **asked) -> Path:
    """Render a small clip and return its file."""
    size = {"width": 320, "height": 180, "duration_s": 1.0}
    rendering.render(VideoJob(prompt=prompt, **(size | asked)), out)
    return out


def frames(path: Path) -> list[np.ndarray]:
    """Return a clip's frames as (h, w, 3) RGB."""
    with av.open(str(path)) as container:
        return [f.to_ndarray(format="rgb24").astype(float) for f in container.decode(video=0)]


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean absolute difference of two pictures, of 255."""
    return float(np.abs(one - other).mean())


def luma(prompt: str, at: float = 0.5, **asked) -> np.ndarray:
    """Return the brightness of one frame of a prompt's clip, without encoding it."""
    size = {"width": 320, "height": 180, "duration_s": 2.0}
    made = Clip(VideoJob(prompt=prompt, **(size | asked)))
    return made._painted(round(at * (made.count - 1))).luma[0].copy()


def colour(prompt: str) -> tuple[float, float]:
    """Return the mean Cb and Cr of a prompt's middle frame."""
    made = Clip(VideoJob(prompt=prompt, width=320, height=180, duration_s=1.0))
    cb, cr = made._painted(12).chroma.mean((1, 2))
    return float(cb), float(cr)


def shift(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """Return how many px a picture moved right and down, by phase correlation."""
    window = np.outer(np.hanning(before.shape[0]), np.hanning(before.shape[1]))
    a, b = (np.fft.fft2((p - p.mean()) * window) for p in (before, after))
    cross = b * a.conj()
    peak = np.fft.ifft2(cross / (np.abs(cross) + 1e-9)).real
    down, right = np.unravel_index(peak.argmax(), peak.shape)
    height, width = before.shape
    return float((right + width // 2) % width - width // 2), float(
        (down + height // 2) % height - height // 2
    )


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that other jobs start from."""
    return clip(tmp_path_factory.mktemp("takes") / "take.mp4")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture with hard edges, of another ratio than the clips."""
    y, x = np.mgrid[0:400, 0:600]
    checks = ((x // 60 + y // 50) % 2 * 120 + 60).astype(np.uint8)
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    Image.fromarray(np.stack([checks, checks // 2 + 40, 200 - checks], -1)).save(path)
    return path


def fitted(path: Path, width: int, height: int) -> np.ndarray:
    """Return a picture cropped to fill a size, as RGB."""
    with Image.open(path) as image:
        scale = max(width / image.width, height / image.height)
        wide, high = width / scale, height / scale
        left, top = (image.width - wide) / 2, (image.height - high) / 2
        box = (left, top, left + wide, top + high)
        small = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS, box)
    return np.asarray(small, float)


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


# --- Words


def test_night_is_darker_than_noon():
    assert luma("Mountains at night").mean() < 0.5 * luma("Mountains at noon").mean()


def test_snow_brightens_the_ground():
    ground = slice(140, 180)
    bare = luma("Rolling hills at noon, overcast")[ground].mean()
    assert luma("Rolling hills at noon, overcast, deep snow")[ground].mean() > bare + 30


def test_sunset_is_redder_than_noon():
    assert colour("Hills at sunset")[1] > colour("Hills at noon")[1] + 15


def test_a_still_lake_mirrors_what_stands_above_it():
    picture = luma("Mountains mirrored in a still lake at dusk")
    line = round(180 * 0.60)
    above, below = picture[line - 40 : line - 4][::-1], picture[line + 4 : line + 40]
    assert np.corrcoef(above.ravel(), below.ravel())[0, 1] > 0.7


def test_a_city_at_night_has_lit_windows():
    def specks(picture: np.ndarray) -> int:
        around = (picture[:-2, 1:-1] + picture[2:, 1:-1]) / 2
        return int((picture[1:-1, 1:-1] - around > 12).sum())

    assert specks(luma("A city skyline at night")) > 10 * specks(luma("Hills at night, overcast"))


def test_rain_falls_and_fog_hides():
    assert luma("Pine forest at noon, fog").std() < 0.8 * luma("Pine forest at noon").std()
    assert apart(luma("City at noon, rain"), luma("City at noon, rain", at=0.6)) > 0.5


def test_a_rocket_rises():
    def bright(at: float) -> float:
        picture = luma(
            "A rocket launch on a rainy night", at=at, duration_s=4.0, concepts=("static",)
        )
        return float(np.argwhere(picture > 200)[:, 0].min())

    assert bright(1.0) < bright(0.0) - 20


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("A lighthouse in a storm at night", {"light": "night", "land": "open", "water": "sea"}),
        ("Red desert dunes at golden hour", {"light": "golden", "land": "desert", "water": ""}),
        ("In orbit above Earth", {"light": "night", "land": "space", "water": ""}),
        ("A pine forest by a lake at dawn", {"light": "dawn", "land": "forest", "water": "still"}),
        ("A volcano erupts", {"land": "volcano"}),
        ("Sunflower meadow at noon", {"light": "day", "land": "meadow"}),
    ],
)
def test_a_prompt_is_read_for_its_place_and_its_light(prompt, expected):
    brief = words.read(prompt)
    assert {name: getattr(brief, name) for name in expected} == expected


def test_a_further_prompt_changes_only_what_it_names():
    world = words.read("A pine forest by a lake at dawn, a cabin")
    later = words.continued("Night falls and it starts to rain", world)
    assert (later.light, later.land, later.water) == ("night", "forest", "still")
    assert later.weather == {"rain"}
    assert later.things >= {"cabin"}
    assert later.seed == world.seed


# --- The camera


PLACE = "A pine forest at noon"


def moved(concept: str) -> tuple[float, float]:
    """Return how far the picture moved, right and down, in the middle second of a concept."""
    asked = {"concepts": (concept,), "duration_s": 5.0}
    return shift(luma(PLACE, at=0.4, **asked), luma(PLACE, at=0.6, **asked))


@pytest.mark.parametrize(
    ("concept", "right", "down"),
    [
        ("pan_left", 1, 0),
        ("pan_right", -1, 0),
        ("tilt_up", 0, 1),
        ("tilt_down", 0, -1),
        ("truck_left", 1, 0),
        ("truck_right", -1, 0),
        ("pedestal_up", 0, 1),
        ("pedestal_down", 0, -1),
    ],
)
def test_a_move_shifts_the_picture_the_other_way(concept, right, down):
    x, y = moved(concept)
    if right:
        assert x * right >= 2
        assert abs(y) <= 1
    if down:
        assert y * down >= 2
        assert abs(x) <= 1


def test_a_truck_moves_the_near_more_than_the_far_and_a_pan_moves_all_alike():
    def bands(concept: str) -> tuple[float, float]:
        asked = {"concepts": (concept,), "duration_s": 5.0}
        before, after = luma(PLACE, at=0.45, **asked), luma(PLACE, at=0.55, **asked)
        return shift(before[78:112], after[78:112])[0], shift(before[140:], after[140:])[0]

    far, near = bands("truck_left")
    assert near >= far + 4
    far, near = bands("pan_left")
    assert abs(near - far) <= 1


@pytest.mark.parametrize(
    ("concept", "inward"),
    [("zoom_in", True), ("push_in", True), ("zoom_out", False), ("pull_out", False)],
)
def test_moves_toward_and_away_change_the_size_of_things(concept, inward):
    asked = {"concepts": (concept,), "duration_s": 5.0}
    before, after = luma(PLACE, at=0.42, **asked), luma(PLACE, at=0.46, **asked)
    left = shift(before[100:160, :160], after[100:160, :160])[0]
    right = shift(before[100:160, 160:], after[100:160, 160:])[0]
    assert (right - left) * (1 if inward else -1) >= 2


def test_static_keeps_the_camera_still():
    pose = camera.path(("static",), PLACE, loop=False)
    assert {pose(p, 5 * p) for p in (0, 0.3, 1)} == {camera.Pose()}


def test_a_roll_tilts_the_horizon():
    asked = {"concepts": ("roll_left",), "duration_s": 5.0}
    picture = luma("Open sea at noon", at=1.0, **asked)

    def horizon(columns: slice) -> int:
        steps = np.abs(np.diff(picture[40:150, columns].mean(1)))
        return int(steps.argmax())

    assert horizon(slice(290, 310)) - horizon(slice(10, 30)) > 25


def test_elevator_doors_open_on_the_scene():
    asked = {"concepts": ("elevator_doors",)}
    shut, gone = luma(PLACE, at=0, **asked), luma(PLACE, at=1, **asked)
    assert shut[:, 10:150].std(0).max() < 1
    assert gone[:, 10:150].std(0).max() > 10


@pytest.mark.parametrize("concept", sorted(set(camera.CONCEPTS) - {"static"}))
def test_every_concept_shows(concept):
    asked = {"width": 160, "height": 90, "duration_s": 5.0}
    still = luma(PLACE, at=0.7, concepts=("static",), **asked)
    assert apart(luma(PLACE, at=0.7, concepts=(concept,), **asked), still) > 1


def test_all_34_concepts_of_the_sheet_are_known():
    assert len(camera.CONCEPTS) == 34


@pytest.mark.parametrize(
    ("prompt", "concepts"),
    [
        ("Sun low on a bay, camera pans left", ("pan_left",)),
        ("Slow push in over the dune crest", ("push_in",)),
        ("Zoom out from a window", ("zoom_out",)),
        ("Fog in a valley, crane up past the treetops", ("crane_up",)),
        ("Cranes fly over a lake", ()),
        ("A quiet field", ()),
    ],
)
def test_camera_words_in_a_prompt_move_the_camera(prompt, concepts):
    assert camera.concepts_in(prompt) == concepts


# --- Other kinds of job


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
