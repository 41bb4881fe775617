"""A shot begins and ends on pictures: uploaded, picked among the stills, and taken out again."""

from playwright.sync_api import Page, expect

from tests.factories import still
from tests.flows.test_looks import violations
from tests.flows.test_storyboard import shot
from tests.generations.pictures import picture
from tests.studio.test_storyboard import planned, shot_of


def test_a_shot_is_given_its_start_and_end_frames_by_hand(storyboard, project):
    planned(project, "Lift-off")
    kept = still(project)
    page: Page = storyboard()
    shot(page, 1).get_by_role("link", name="Start frame").click()
    expect(page.get_by_role("heading", name="Start frame of shot 1")).to_be_visible()
    assert violations(page) == []
    square = {"name": "square.jpg", "mimeType": "image/jpeg", "buffer": picture(640, 640).read()}
    page.get_by_label("Upload a picture").set_input_files(square)
    page.get_by_role("button", name="Use it").click()
    page.wait_for_url("**/storyboard/**")
    expect(page.locator(".notice")).to_contain_text("Its middle is used")
    expect(shot(page, 1).locator(".shot__end img")).to_have_count(1)
    assert shot_of(project, 1).start is not None

    shot(page, 1).get_by_role("link", name="End frame").click()
    page.locator(f".framing__pick[value='end.still.{kept.uuid}']").click()
    page.wait_for_url("**/storyboard/**")
    expect(shot(page, 1).locator(".shot__end img")).to_have_count(2)
    assert shot_of(project, 1).end == kept

    page.get_by_role("button", name="Take the start frame of shot 1 out").click()
    expect(shot(page, 1).locator(".shot__end img")).to_have_count(1)
    assert shot_of(project, 1).start is None
    assert shot_of(project, 1).end == kept
