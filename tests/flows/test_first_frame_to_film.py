"""A first frame, animated by one model, gone on from by another, and cut into one film."""

import pytest
from playwright.sync_api import Page, expect

from generations.media import frame_at, probe_video
from generations.models import Asset, Generation
from studio.editing.cut import FPS
from tests.factories import AccountFactory
from tests.flows.test_composer import WORDS
from tests.flows.test_film import exported
from tests.flows.test_making import look
from tests.flows.test_storyboard_runs import SHOWN_MS
from tests.flows.test_whole_path import stored, work_until

AGENTS_KEY = "luma-api-simulated-key"
LAST = 5 * FPS - 1


@pytest.fixture
def both(simulator, project):
    """The team's key at Dream Machine, and one at Luma Agents."""
    agents = AccountFactory(
        team=project.team,
        **{"provider": "luma-agents", "name": "Luma Agents", "rank": 9},
        base_url=simulator.agents_url,
    )
    agents.set_key(AGENTS_KEY)
    agents.save()
    return simulator


def pictures() -> int:
    return Asset.objects.filter(kind="image", state="stored").count()


def generate(page: Page) -> None:
    page.get_by_role("button", name="Generate", exact=True).click()


@pytest.mark.long
def test_a_first_frame_is_animated_by_ray_2_extended_by_ray_3_2_and_cut(both, board):
    page: Page = board()
    paint_two(page)
    animate(page)
    extend_elsewhere(page)
    made = {each.take_number: each for each in Generation.objects.all()}
    assert [made[n].prompt.model for n in (2, 3, 4)] == ["photon-1", "ray-2", "ray-3.2"]
    assert made[3].keyframes.get(position="start").still.source == made[2]
    # Another provider knows no take of this one: its last frame goes there as a picture.
    assert made[4].keyframes.get(position="start").still.source == made[3]
    assert "last frame" in made[4].notice
    assert apart(frame_of(made[3], LAST), frame_of(made[4], 0)) < 6

    for number in (3, 4):
        card = page.locator(f"[data-take='{number}']")
        card.hover()
        card.get_by_role("button", name=f"Add take {number} to the timeline").click()
        expect(page.locator("#notices")).to_contain_text(f"Take {number} is at the end of")
    page.get_by_role("link", name="Timeline").first.click()
    page.locator("[data-tracks][data-ready]").wait_for()
    expect(page.locator("[data-clip]")).to_have_count(2)
    look(page, "two-models-cut")
    film = probe_video(exported(page))
    lengths = [made[n].assets.get(kind="video").duration_s for n in (3, 4)]
    assert film.duration_s == pytest.approx(sum(lengths), abs=1.5 / FPS)
    assert (film.width, film.height, film.codec) == (960, 540, "h264")


def paint_two(page: Page) -> None:
    """Write what the first frame shows, and have two made to choose from."""
    page.get_by_label(WORDS).fill("A lighthouse in a storm at night")
    page.get_by_label("Resolution").select_option("540p")
    page.get_by_role("button", name="Make a first frame").click()
    is_pressed(page, "Image")
    page.get_by_label("Number of takes").select_option("2")
    generate(page)
    work_until(page, lambda: pictures() == 2)


def animate(page: Page) -> None:
    """Pick the second, and have it move."""
    press(page, 2, "Animate")
    is_pressed(page, "Video")
    expect(page.locator("#slot-start img")).to_be_visible()
    expect(page.get_by_label("Resolution")).to_have_value("540p")
    page.get_by_label(WORDS).fill("The light turns, waves break over the rocks")
    generate(page)
    work_until(page, lambda: stored() == 1)


def extend_elsewhere(page: Page) -> None:
    """Go on from it with the model of another provider."""
    press(page, 3, "Extend")
    expect(page.locator("#slot-start")).to_contain_text("take 3")
    page.locator("#composer-model").select_option("ray-3.2")
    page.get_by_label("Resolution").select_option("540p")
    page.get_by_label(WORDS).fill("The storm passes and dawn comes")
    expect(page.locator("#price")).to_contain_text("$0.15", timeout=SHOWN_MS)
    look(page, "extend-elsewhere")
    generate(page)
    work_until(page, lambda: stored() == 2)
    expect(page.locator("[data-take='4'] img")).to_be_visible(timeout=SHOWN_MS)


def press(page: Page, number: int, verb: str) -> None:
    card = page.locator(f"[data-take='{number}']")
    expect(card.locator("img")).to_be_visible(timeout=SHOWN_MS)
    card.hover()
    card.get_by_role("link", name=verb).click()


def is_pressed(page: Page, mode: str) -> None:
    button = page.get_by_role("button", name=mode, exact=True)
    expect(button).to_have_attribute("aria-pressed", "true")


def frame_of(take: Generation, number: int):
    return frame_at(take.assets.get(kind="video").file, number).convert("L").resize((96, 54))


def apart(one, other) -> float:
    pairs = zip(one.tobytes(), other.tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (96 * 54)
