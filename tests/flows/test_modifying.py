"""Modify with a model that knows more, under a person's hands: controls, resolutions, pins."""

import pytest
from playwright.sync_api import expect

from generations.models import Asset, Generation, State
from tests.factories import still, take, tiny_poster
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look
from tests.flows.test_strip import agents, drop, numbers  # noqa: F401  (a fixture)

# A picture of the source stands at its moment, and is there to be seen.
_SHOWN = """() => [...document.querySelectorAll(".strip__film video")]
  .every((film) => film.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA)"""


@pytest.mark.usefixtures("agents")
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_an_edit_has_controls_and_pinned_pictures(board, project, artist, viewport):
    made = take(project, State.COMPLETED, author=artist)
    made.assets.filter(kind=Asset.Kind.VIDEO).update(duration_s=5)
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    page.get_by_role("button", name="Modify", exact=True).click()
    page.get_by_role("button", name="Takes and stills for the source").click()
    page.get_by_role("button", name="Take 1", exact=True).click()
    expect(page.locator("#slot-source")).to_contain_text("take 1")
    model = page.locator("#composer-model")
    model.focus()
    model.select_option("ray-3.2")
    expect(page.locator("[data-strip][data-ready]")).to_be_visible()
    expect(model).to_be_focused()
    film = page.locator(".strip__film video")
    expect(film).to_have_count(8)
    page.wait_for_function(_SHOWN)
    look(page, f"strip-film-{'phone' if viewport else 'wide'}")
    page.get_by_label("What it becomes").fill("The same dunes, in clay")
    expect(page.locator("#price")).to_contain_text("$1.08")
    page.get_by_label("Resolution").select_option("1080p")
    expect(page.locator("#price")).to_contain_text("$2.16")
    drop(page, 1, still=still(project).uuid)
    expect(page.locator("[data-pin]")).to_have_count(1)
    assert numbers(page) == ["119"]
    page.locator("#controls summary").click()
    page.get_by_label("Depth", exact=True).check()
    page.get_by_label("Blur, 0 to 1").fill("0.4")
    look(page, f"controls-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    page.get_by_label("Automatic", exact=True).check()
    expect(page.locator("#price")).to_contain_text("Switch one off.")
    page.get_by_label("Automatic", exact=True).uncheck()
    expect(page.locator("#price")).to_contain_text("$2.16")
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("[data-pin]")).to_have_count(1)
    expect(page.locator("[name=depth]")).to_be_checked()
    expect(page.locator("[name=depth_blur]")).to_have_value("0.4")
    expect(page.get_by_label("Resolution")).to_have_value("1080p")
    page.locator("#generate").click()
    expect(page.locator(".take:not([data-sending])")).to_have_count(2)
    edit = Generation.objects.latest("pk")
    assert edit.prompt.options == {"controls": {"depth": {"enabled": True, "blur": 0.4}}}
    assert edit.prompt.resolution == "1080p"
    assert edit.keyframes.get().frame == 119


@pytest.mark.usefixtures("agents")
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_the_verbs_page_follows_the_resolution(studio, live_server, project, artist, viewport):
    made = take(project, State.COMPLETED, author=artist)
    made.assets.filter(kind=Asset.Kind.VIDEO).update(duration_s=5)
    page = studio
    if viewport:
        page.set_viewport_size(viewport)
    page.goto(f"{live_server.url}/generations/{made.uuid}/modify/")
    page.get_by_text("Flex 2").click()
    expect(page.get_by_role("button", name="Modify with Ray 3.2, $1.08")).to_be_visible()
    page.get_by_label("Resolution").select_option("1080p")
    expect(page.get_by_role("button", name="Modify with Ray 3.2, $2.16")).to_be_visible()
    page.locator("#controls summary").click()
    page.get_by_label("Trajectory", exact=True).check()
    page.get_by_label("One more").set_input_files(tiny_poster())
    page.get_by_label("at frame").last.fill("30")
    look(page, f"modify-page-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    page.get_by_label("What is seen").fill("The same dunes, in clay")
    page.get_by_role("button", name="Modify with Ray 3.2, $2.16").click()
    page.wait_for_url("**/generations/*/")
    edit = Generation.objects.latest("pk")
    assert edit.prompt.options == {"controls": {"trajectory": {"enabled": True}}}
    assert edit.keyframes.get().frame == 30
