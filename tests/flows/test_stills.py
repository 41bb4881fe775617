"""Stills in the browser: dropped, uploaded one by one, cut by hand."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from generations.models import Generation, Still
from tests.factories import still
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_main_path import finish
from tests.flows.widths import width_of
from tests.generations.pictures import picture
from tests.studio.test_stills import HEIC, VIDEO

DROP = """([files]) => {
  const carrier = new DataTransfer();
  for (const { name, type, size } of files) {
    carrier.items.add(new File([new Uint8Array(size)], name, { type }));
  }
  const how = { bubbles: true, cancelable: true, dataTransfer: carrier };
  document.body.dispatchEvent(new DragEvent("drop", how));
}"""


@pytest.fixture
def stills(studio: Page, live_server, project) -> Page:
    studio.goto(f"{live_server.url}/projects/{project.slug}/stills/")
    return studio


def sent(name, data, kind="image/jpeg"):
    return {"name": name, "mimeType": kind, "buffer": data}


def test_pictures_come_in_one_by_one_and_each_refusal_stands_at_its_file(stills, project):
    files = [sent(f"dune-{number}.jpg", picture(64, 36 + number).read()) for number in range(5)]
    files += [sent("phone.heic", HEIC, "image/heic"), sent("clip.mp4", VIDEO, "video/mp4")]
    stills.get_by_label("Choose pictures").set_input_files(files)
    rows = stills.get_by_label("Files").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="phone.heic")).to_contain_text("a HEIC photo")
    expect(rows.filter(has_text="clip.mp4")).to_contain_text("This is a video")
    expect(stills.locator("[data-still]")).to_have_count(5)
    expect(stills.locator("[data-upload-said]")).to_have_text("5 stills kept, 2 refused.")
    assert Still.objects.filter(project=project).count() == 5
    assert violations(stills) == []


# A picture's progress, as often as it is told.
WATCH = """() => {
  window.progress = [];
  const list = document.querySelector("[data-upload-files]");
  new MutationObserver(() => {
    const bar = list.querySelector("progress");
    if (bar?.hasAttribute("value")) window.progress.push(bar.value);
  }).observe(list, { subtree: true, childList: true, attributes: true });
}"""


def test_a_large_picture_says_how_much_of_it_is_sent(stills, project):
    large = BytesIO()
    Image.effect_noise((1800, 1200), 90).save(large, "PNG")
    line = stills.context.new_cdp_session(stills)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 900_000}
    line.send("Network.emulateNetworkConditions", slow)
    stills.evaluate(WATCH)
    stills.get_by_label("Choose pictures").set_input_files(
        [sent("noise.png", large.getvalue(), "image/png")]
    )
    expect(stills.get_by_role("progressbar", name="noise.png")).to_be_visible()
    expect(stills.locator("[data-upload-said]")).to_have_text("1 still kept.", timeout=30_000)
    told = stills.evaluate("window.progress")
    assert told == sorted(told)
    assert any(0 < each < 1 for each in told), told
    assert Still.objects.filter(project=project).count() == 1


def test_what_is_dropped_is_judged_before_it_is_sent(stills):
    asked = []
    stills.on("request", lambda request: asked.append(request.method))
    files = [
        {"name": "huge.png", "type": "image/png", "size": 20_000_001},
        {"name": "none.png", "type": "image/png", "size": 0},
        {"name": "clip.mov", "type": "video/quicktime", "size": 9},
    ]
    stills.evaluate(DROP, [files])
    rows = stills.get_by_label("Files").get_by_role("listitem")
    expect(rows.nth(0)).to_contain_text("over 20 MB")
    expect(rows.nth(1)).to_contain_text("This file is empty")
    expect(rows.nth(2)).to_contain_text("This is a video")
    assert "POST" not in asked


def test_an_upload_that_was_cut_off_is_tried_again(stills, complaints):
    gate = re.compile("/upload/$")
    stills.route(gate, lambda route: route.abort())
    stills.get_by_label("Choose pictures").set_input_files(sent("dune.jpg", picture().read()))
    again = stills.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    stills.unroute(gate)
    again.click()
    expect(stills.locator("[data-still]")).to_have_count(1)
    complaints.clear()  # the browser's own, about the request


def test_a_still_carries_its_name_when_it_is_dragged(studio: Page, live_server, project):
    kept = still(project)
    studio.goto(f"{live_server.url}/projects/{project.slug}/stills/")
    carried = studio.locator("[data-still]").evaluate("""(card) => {
      const dataTransfer = new DataTransfer();
      card.dispatchEvent(new DragEvent("dragstart", { bubbles: true, dataTransfer }));
      return dataTransfer.getData("application/x-dailies-still");
    }""")
    assert carried == str(kept.uuid)
    studio.locator("[data-still]").hover()
    studio.get_by_role("link", name="Use as start frame").click()
    expect(studio.locator("#slot-start img")).to_have_attribute("src", f"/media/{kept.uuid}/still")


def test_a_still_tells_what_is_made_from_it_and_a_remix_what_it_changed(
    studio: Page, live_server, project
):
    kept = still(project)
    studio.goto(f"{live_server.url}/stills/{kept.uuid}/")
    facts = studio.locator(".still__facts")
    expect(facts).to_contain_text("Used by nothing yet", use_inner_text=True)
    studio.get_by_role("link", name="Use as start").click()
    words = studio.get_by_label("What is seen, and how it moves")
    words.wait_for()
    studio.wait_for_load_state()  # its scripts send what Ctrl Enter asks for
    words.fill("A pale fox in the snow")
    words.press("Control+Enter")
    expect(studio.locator(".take:not([data-sending])")).to_have_count(1)
    finish(Generation.objects.get())
    studio.locator("[data-take='1'] .frame").hover()
    studio.get_by_role("link", name="Remix take 1").click()
    expect(words).to_have_value("A pale fox in the snow")
    words.fill("A red fox in the deep snow")
    words.press("Control+Enter")
    studio.locator("[data-take='2'] .take__words a").click()
    drawer = studio.get_by_role("dialog", name="Take 2", exact=True)
    changes = drawer.locator(".changes", has_text="Changed from take 1")
    expect(changes.get_by_role("deletion")).to_have_text(["pale "])
    expect(changes.get_by_role("insertion")).to_have_text(["red ", "deep "])
    expect(changes.locator(".diff")).to_have_text("A pale red fox in the deep snow")
    drawer.get_by_role("link", name="a still").click()
    expect(facts.get_by_role("link", name="take 1")).to_be_visible()
    facts.get_by_role("link", name="take 2").click()
    expect(studio.get_by_role("heading", name="Take 2", level=1)).to_be_visible()


def test_a_crop_is_dragged_and_moved_by_keys(studio: Page, live_server, project):
    kept = still(project)
    studio.goto(f"{live_server.url}/stills/{kept.uuid}/")
    assert violations(studio) == []
    studio.get_by_label("1:1").check(force=True)
    part = studio.get_by_role("slider", name="The part that is kept")
    before = part.bounding_box()
    studio.mouse.move(before["x"] + 20, before["y"] + 20)
    studio.mouse.down()
    studio.mouse.move(before["x"] - 200, before["y"] + 20)
    studio.mouse.up()
    expect(part).to_have_attribute("aria-valuenow", "0")
    part.press("ArrowRight")
    part.press("PageDown")
    expect(part).to_have_attribute("aria-valuenow", "12")
    assert violations(studio) == []
    studio.get_by_role("button", name="Cut it out").click()
    studio.wait_for_url(lambda url: str(kept.uuid) not in url)
    made = Still.objects.latest("id")
    assert (made.width, made.height, made.cut_from) == (180, 180, kept)


def test_the_stills_fit_a_phone(studio: Page, live_server, project):
    kept = still(project)
    studio.set_viewport_size(PHONE)
    for path in (f"/projects/{project.slug}/stills/", f"/stills/{kept.uuid}/"):
        studio.goto(live_server.url + path)
        assert width_of(studio) == PHONE["width"]
        assert violations(studio) == []
