"""Where things stand on the timeline's page: in sight, in their order, at any size of a screen."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import State
from studio.editing.cut import Clip, Cut
from studio.models import Sequence
from tests.factories import take
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look
from tests.flows.widths import width_of

WORDS = "Still lagoon at dusk, mountains mirrored, a single ripple crosses the frame"


@pytest.fixture
def timeline(studio: Page, live_server, project, artist) -> Page:
    """A sequence of three clips, the second of which is chosen."""
    takes = [take(project, State.COMPLETED, author=artist, words=WORDS) for _ in range(3)]
    cut = Cut(tuple(Clip(f"k{number}", made.uuid) for number, made in enumerate(takes)))
    sequence = Sequence.begin(project, artist, "Rough cut", cut)
    studio.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    studio.locator("[data-tracks][data-ready]").wait_for()
    studio.locator(".clip__open").nth(1).click()
    studio.get_by_role("button", name="Bridge to the next clip").wait_for()
    return studio


def ends_of(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["y"], box["y"] + box["height"]


@pytest.mark.parametrize("tall", [960, 900], ids=["960", "900"])
def test_how_a_clip_can_grow_is_in_sight_above_the_swap(timeline, tall):
    page = timeline
    page.set_viewport_size({"width": 1440, "height": tall})
    _, end = ends_of(page.locator(".side"))
    buttons = [
        page.get_by_role("button", name=name)
        for name in ("Extend after this clip", "Extend before this clip", "Bridge to the next clip")
    ]
    assert all(ends_of(button)[1] <= end for button in buttons)
    swap = page.get_by_role("link", name="Swap for another take")
    assert ends_of(buttons[-1])[1] < ends_of(swap)[0]
    assert violations(page) == []
    look(page, f"side-{tall}")


def test_a_length_is_asked_for_where_a_join_has_one(timeline):
    page = timeline
    length = page.locator(".inspector__join").get_by_label("Length")
    expect(length).to_be_hidden()
    page.get_by_role("radio", name="Crossfade").check()
    expect(page.locator("#version")).to_have_value("2")
    expect(length).to_have_value("00:12")
    page.get_by_role("radio", name="Cut", exact=True).check()
    expect(page.locator("#version")).to_have_value("3")
    expect(length).to_be_hidden()


def test_what_else_there_is_goes_with_the_clip(timeline):
    page = timeline
    more = page.get_by_role("region", name="More for the chosen clip")
    more.get_by_role("button", name="Later").click()
    expect(page.locator("#version")).to_have_value("2")
    expect(more.get_by_role("button", name="Later")).to_be_disabled()
    more.get_by_label("Split after").fill("0:12")
    more.get_by_role("button", name="Split", exact=True).click()
    expect(page.locator("[data-clip]")).to_have_count(4)
    page.locator(".clip__open").first.click()
    page.locator(".clip__open").nth(1).click(modifiers=["Shift"])
    expect(page.get_by_role("heading", name="2 clips")).to_be_visible()
    expect(more).to_be_hidden()


def test_a_notice_lies_beside_what_is_typed_in_not_over_it(timeline):
    page = timeline
    page.locator("#notices").evaluate(
        """(notices) => {
          const words = "It is the last clip: there is no next one to go over into.";
          const notice = Object.assign(document.createElement("p"), { className: "notice" });
          notice.textContent = words;
          notices.append(notice);
        }"""
    )
    notice, side = page.locator(".notice").bounding_box(), page.locator(".side").bounding_box()
    assert notice["x"] + notice["width"] <= side["x"]


def test_a_tall_screen_leaves_no_gap_above_the_picture(timeline):
    page = timeline
    page.set_viewport_size({"width": 1440, "height": 2400})
    _, head = ends_of(page.locator(".head"))
    begins, _ = ends_of(page.locator(".cutting"))
    assert abs(begins - head) <= 1
    _, ends = ends_of(page.locator(".tracks"))
    assert abs(ends - 2400) <= 1


def test_on_a_phone_everything_is_within_its_width(timeline):
    page = timeline
    page.set_viewport_size(PHONE)
    assert width_of(page) == PHONE["width"]
    keys = [sum(ends_of(key)) for key in page.locator(".stage__keys button").all()]
    assert len(keys) == 8
    assert max(keys) - min(keys) < 1  # in one row
    tools = [tool.bounding_box() for tool in page.locator(".tracks__bar .tool").all()]
    assert len(tools) == 9
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] for box in tools)
    assert violations(page) == []
    look(page, "side-phone")


@pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "desk"])
def test_a_long_name_of_a_sequence_is_cut_at_its_end(timeline, size):
    page = timeline
    Sequence.objects.update(name="The rough cut of the second day, with the storm")
    page.set_viewport_size(size)
    page.reload()
    whole = page.locator(".sequences summary").bounding_box()
    name = page.locator(".sequences__name").bounding_box()
    assert name["x"] > whole["x"]
    assert name["x"] + name["width"] < whole["x"] + whole["width"] - 8  # where its arrow is
