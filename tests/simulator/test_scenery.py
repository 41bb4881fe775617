"""The renderer: words and camera moves that can be seen."""

import numpy as np
import pytest

from generations.simulator.rendering import camera, words
from generations.simulator.rendering.frame import Frame
from generations.simulator.rendering.world import World
from tests.simulator.footage import apart, colour, luma, shift

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


@pytest.mark.parametrize(
    "prompt",
    [
        "A city skyline at night, clear",
        "A city by a bay at dusk",
        "A cabin by a river, campfire and lanterns at night in a snowstorm",
        "First snow on the northern pass, green aurora over the ridge",
        "Still lagoon at dusk, mountains mirrored",
        "Fog lifting through a pine valley",
        "A sunflower meadow in the rain",
        "A lighthouse in a storm at night",
        "Dunes at golden hour, drifting sand",
        "A volcano erupts at dusk",
    ],
)
@pytest.mark.parametrize("pose", [camera.Pose(yaw=0.13, z=0.2), camera.Pose(z=0.8, pitch=0.3)])
def test_what_is_left_unpainted_behind_nearer_land_is_not_missed(prompt, pose, monkeypatch):
    world = World(words.read(prompt))
    frugal, whole = Frame(640, 360), Frame(640, 360)
    world.paint(frugal, pose, 1.3)
    monkeypatch.setattr(World, "_fronts", lambda self, view: [None] * len(self.elements))
    world.paint(whole, pose, 1.3)
    for one, other in zip(frugal.levels, whole.levels, strict=True):
        assert np.abs(one.planes - other.planes).max() < 1


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
