"""The composer's places under a person's hands: what is dragged there, picked, or refused."""

import pytest
from playwright.sync_api import expect

from generations.models import Generation, State
from tests.factories import still, take, tiny_poster
from tests.flows.test_composer import WORDS, put_a_picture
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look

DROP = """
(target, files) => {
  const carrier = new DataTransfer();
  for (const { name, type, bytes } of files) carrier.items.add(new File([new Uint8Array(bytes)], name, { type }));
  target.dispatchEvent(new DragEvent("drop", { dataTransfer: carrier, bubbles: true, cancelable: true }));
}
"""  # noqa: E501


def file(name, kind, data=None):
    data = tiny_poster().read_bytes() if data is None else data
    return {"name": name, "type": kind, "bytes": list(data)}


@pytest.mark.parametrize(
    ("dropped", "says"),
    [
        (file("shots.csv", "text/csv"), "Drop it in Several prompts"),
        (file("a.mp4", "video/mp4"), "This is a video"),
        (file("a.jpg", "image/jpeg", b""), "This file is empty"),
        (file("IMG_1.HEIC", "", b"ftypheic"), "This is a HEIC photo"),
        (file("a.pdf", "application/pdf"), "isn't a picture that can be read"),
    ],
    ids=["a list", "a video", "an empty file", "a HEIC", "a PDF"],
)
def test_what_is_no_picture_is_told_apart_and_said(board, dropped, says):
    page = board()
    page.get_by_label(WORDS).fill("Half a thought")
    page.locator("#slot-end").evaluate(DROP, [dropped])
    expect(page.get_by_role("alert")).to_contain_text(says)
    expect(page.locator("[name=end]")).to_be_focused()
    expect(page.locator("[name=end]")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label(WORDS)).to_have_value("Half a thought")


def test_of_twelve_files_the_first_two_find_a_place_and_that_is_said(board):
    page = board()
    files = [file(f"{number}.jpg", "image/jpeg") for number in range(11)]
    page.locator("#composer-words").evaluate(DROP, [file("a.mp4", "video/mp4"), *files])
    expect(page.locator("#slot-start img")).to_be_visible()
    expect(page.locator("#slot-end img")).to_be_visible()
    said = page.get_by_role("alert")
    expect(said).to_contain_text("12 files came and 2 found a place; the others are left out.")
    expect(said).to_contain_text("a.mp4: This is a video")
    page.get_by_label(WORDS).fill("The fog lifts")
    page.get_by_text("Loop", exact=True).click()
    expect(said).to_have_count(0)  # it is no wrong, and something else is done
    page.get_by_text("Loop", exact=True).click()
    page.locator("#generate").click()
    expect(page.locator(".take:not([data-sending])")).to_have_count(1)
    assert Generation.objects.get().keyframes.count() == 2


def test_takes_are_dragged_from_their_cards_to_both_ends(board, project, artist):
    made = [take(project, State.COMPLETED, author=artist, ratio="9:16") for _ in range(2)]
    page = board()
    page.get_by_label(WORDS).fill("The fog becomes the sea")
    for each, slot in zip(made, ("start", "end"), strict=True):
        page.locator(f"#take-{each.uuid} .frame__open").drag_to(page.locator(f"#slot-{slot}"))
        expect(page.locator(f"#slot-{slot}")).to_contain_text(f"take {each.take_number}")
    expect(page.get_by_role("combobox", name="Ratio", exact=True)).to_have_value("9:16")
    expect(page.get_by_label(WORDS)).to_have_value("The fog becomes the sea")
    page.locator("#generate").click()
    expect(page.locator(".take:not([data-sending])")).to_have_count(3)
    frames = Generation.objects.latest("pk").keyframes.order_by("-position")
    assert [frame.source for frame in frames] == made


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_a_still_is_picked_by_keyboard(board, project, artist, viewport):
    take(project, State.COMPLETED, author=artist)
    kept = still(project)
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    page.get_by_label(WORDS).fill("The fog lifts")
    opener = page.get_by_role("button", name="Takes and stills for the start frame")
    opener.press("Enter")
    expect(page.get_by_role("button", name="Take 1", exact=True)).to_be_focused()
    look(page, f"picks-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.locator("#picks")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take 1", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("[name=start_still]")).to_have_value(str(kept.uuid))
    expect(page.get_by_label(WORDS)).to_have_value("The fog lifts")
    expect(page.locator("#picks")).to_be_hidden()


def test_each_kind_of_file_that_found_no_place_is_named_with_its_own_reason(board):
    page = board()
    dropped = [
        file("a.mp4", "video/mp4"),
        file("b.mov", ""),
        file("c.HEIC", "", b"ftypheic"),
        file("d.jpg", "image/jpeg", b""),
        file("e.pdf", "application/pdf"),
        file("f.jpg", "image/jpeg"),
    ]
    page.locator("#composer-words").evaluate(DROP, dropped)
    said = page.get_by_role("alert")
    expect(said).to_contain_text("6 files came and 1 found a place; the others are left out.")
    expect(said).to_contain_text("a.mp4, b.mov: This is a video")
    expect(said).to_contain_text("c.HEIC: This is a HEIC photo")
    expect(said).to_contain_text("d.jpg: This file is empty")
    expect(said).to_contain_text("e.pdf: This file isn't a picture that can be read")
    expect(page.locator("#slot-start img")).to_be_visible()


def filled(page):
    """Both ends hold a picture, and something is written."""
    page.get_by_label(WORDS).fill("A fox in the snow")
    for slot in ("start", "end"):
        page.locator(f"[name={slot}]").set_input_files(tiny_poster())
        expect(page.locator(f"#slot-{slot} img")).to_be_visible()
    return page


def drop_really(page, path, x, y):
    """Drop a file as the browser does it, which goes to the file where nothing takes it."""
    cdp = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        cdp.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})


FULL = "Both places are taken; take one out first."


def test_a_take_that_finds_no_place_writes_nothing_and_that_is_said(board, project, artist):
    take(project, State.COMPLETED, author=artist)
    page = filled(board())
    page.locator(".frame__open").drag_to(page.locator("#composer-words"))
    expect(page.get_by_role("alert")).to_have_text(FULL)
    expect(page.get_by_label(WORDS)).to_have_value("A fox in the snow")
    look(page, "slots-full")
    assert violations(page) == []
    page.locator(".frame__open").drag_to(page.locator("#find"))
    expect(page.locator("#find")).to_have_value("")
    page.get_by_role("button", name="Take the end frame out").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.locator(".frame__open").drag_to(page.locator("#composer-words"))
    expect(page.locator("#slot-end")).to_contain_text("take 1")


def test_a_file_that_is_dropped_where_it_finds_no_place_never_takes_the_page_away(board):
    page = filled(board())
    address = page.url
    box = page.locator("#composer-words").bounding_box()
    drop_really(page, tiny_poster(), box["x"] + 20, box["y"] + 10)
    expect(page.get_by_role("alert")).to_have_text(FULL)
    drop_really(page, tiny_poster(), 700, 300)
    expect(page.get_by_role("alert")).to_have_text("Pictures go in the composer: drop them on it.")
    assert page.url == address
    expect(page.get_by_label(WORDS)).to_have_value("A fox in the snow")


def test_a_paste_that_finds_no_place_says_so(board):
    page = filled(board())
    put_a_picture(page, "#composer-words", "paste")
    expect(page.get_by_role("alert")).to_have_text(FULL)
