"""The composer under a person's hands."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations import stills
from generations.models import Generation, State
from generations.models.states import Reason
from tests.factories import take, tiny_poster
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look

WORDS = "What is seen, and how it moves"
LONGEST = "é" * 5000
PUT_A_PICTURE = """
async (target, { how, bytes, type }) => {
  const file = new File([new Uint8Array(bytes)], "frame", { type });
  const carrier = new DataTransfer();
  carrier.items.add(file);
  const event = how === "paste"
    ? new ClipboardEvent("paste", { clipboardData: carrier, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: carrier, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
}
"""


def put_a_picture(page: Page, selector: str, how: str, **file: str) -> None:
    picture = {"how": how, "bytes": list(tiny_poster().read_bytes()), "type": "image/jpeg"}
    page.locator(selector).evaluate(PUT_A_PICTURE, picture | file)


def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(board):
    page = board()
    page.locator("#moves summary").click()
    page.get_by_role("checkbox", name="Push in").press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    chip = page.locator("#moves summary")
    expect(chip).to_contain_text("Push in +1")
    page.keyboard.press("Escape")
    expect(chip).to_be_focused()
    page.get_by_label(WORDS).fill("ab")
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Write at least 3 characters")
    expect(page.get_by_label(WORDS)).to_have_value("ab")
    expect(page.get_by_label(WORDS)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label(WORDS)).to_be_focused()
    expect(chip).to_contain_text("Push in +1")
    page.get_by_label(WORDS).fill("A lighthouse")
    page.locator("#generate").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".take")).to_have_count(1)
    assert Generation.objects.get().prompt.concepts == ["push_in", "pull_out"]
    expect(chip).to_contain_text("Camera")


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_camera_moves_are_chosen_from_their_chip_and_come_back_after_a_reload(board, viewport):
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    chip = page.locator("#moves summary")
    chip.click()
    listed = page.locator(".moves__list").bounding_box()
    assert listed["x"] >= 0
    assert listed["x"] + listed["width"] <= page.viewport_size["width"]
    assert listed["y"] >= 0
    for move in ("Push in", "Tilt up", "Elevator doors"):
        page.get_by_text(move, exact=True).click()
    expect(chip).to_contain_text("Tilt up +2")
    page.get_by_label("Find a camera move").fill("orb")
    expect(page.locator(".move:visible")).to_have_count(2)
    page.get_by_label("Find a camera move").fill("")
    assert violations(page) == []
    look(page, f"moves-{'phone' if viewport else 'wide'}")
    page.get_by_role("heading", name="Desert Light").click()
    expect(page.locator(".moves__list")).to_be_hidden()
    page.reload()
    expect(chip).to_contain_text("Tilt up +2")
    page.get_by_label(WORDS).fill("Doors open on the sea")
    page.locator("#generate").click()
    expect(page.locator(".take")).to_have_count(1)
    asked = Generation.objects.get().prompt.concepts
    assert asked == ["tilt_up", "push_in", "elevator_doors"]
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(chip).to_contain_text("Tilt up +2")


def test_a_draft_survives_a_reload_and_goes_with_the_submit(board):
    page = board()
    page.get_by_label(WORDS).fill("Half a thought about dunes")
    page.get_by_label("Resolution").select_option("1080p")
    expect(page.locator("#price")).to_have_text("$1.60")
    with page.expect_response("**/quote/**"):
        page.get_by_text("Loop", exact=True).click()
    page.reload()
    expect(page.get_by_label(WORDS)).to_have_value("Half a thought about dunes")
    expect(page.get_by_label("Resolution")).to_have_value("1080p")
    expect(page.get_by_label("Loop")).to_be_checked()
    expect(page.locator("#price")).to_have_text("$1.60")
    page.locator("#generate").click()
    expect(page.locator(".take")).to_have_count(1)
    page.reload()
    expect(page.get_by_label(WORDS)).to_have_value("")


def test_a_chosen_picture_is_shown_sent_and_then_let_go(board):
    page = board()
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    shown = page.locator("#slot-start img")
    expect(shown).to_have_attribute("src", re.compile("^blob:"))
    page.get_by_label(WORDS).fill("The fog lifts")
    page.locator("#generate").click()
    expect(page.locator(".take")).to_have_count(1)
    expect(shown).to_have_count(0)
    assert page.locator("[name=start]").evaluate("input => input.files.length") == 0
    keyframe = Generation.objects.get().keyframes.get()
    assert (keyframe.position, keyframe.still.width) == ("start", 320)


def test_a_picture_is_dropped_into_a_slot_or_pasted_into_the_words(board):
    page = board()
    put_a_picture(page, "#slot-end", "drop")
    expect(page.locator("#slot-end img")).to_be_visible()
    put_a_picture(page, "#composer-words", "paste")
    expect(page.locator("#slot-start img")).to_be_visible()
    page.get_by_role("button", name="Take the end frame out").click()
    expect(page.locator("#slot-end img")).to_have_count(0)
    page.get_by_label(WORDS).fill("The fog lifts")
    page.locator("#generate").click()
    expect(page.locator(".take")).to_have_count(1)
    assert Generation.objects.get().keyframes.get().position == "start"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (bytes(stills.MAX_BYTES + 1), stills.TOO_LARGE),
        (b"\x89PNG and no picture", stills.UNREADABLE),
    ],
    ids=["too large", "no picture"],
)
def test_a_chosen_file_that_would_be_refused_is_refused_at_once(board, tmp_path, written, words):
    page = board()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    chosen = tmp_path / "a.png"
    chosen.write_bytes(written)
    slot = page.get_by_label("End frame", exact=True)
    slot.set_input_files(tiny_poster())
    expect(page.locator("#slot-end img")).to_be_visible()
    slot.set_input_files(chosen)
    expect(page.get_by_role("alert")).to_have_text(words)
    expect(slot).to_have_attribute("aria-describedby", "end-error")
    expect(page.locator("#end-error")).to_have_text(words)
    expect(page.locator("#slot-end img")).to_have_count(0)
    assert slot.evaluate("input => input.files.length") == 0
    slot.set_input_files(tiny_poster())
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(slot).not_to_have_attribute("aria-invalid", "true")
    assert [url for url in requests if "/projects/" in url] == []


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_dropped_or_pasted_file_of_another_type_leaves_what_the_slot_holds(
    board, project, artist, how
):
    take(project, State.COMPLETED, author=artist)
    page = board()
    page.get_by_role("link", name="Extend take 1").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    target = {"drop": "#slot-start", "paste": "#composer-words"}[how]
    put_a_picture(page, target, how, type="application/pdf")
    expect(page.get_by_role("alert")).to_have_text(stills.UNREADABLE)
    refused = {"drop": "Start frame", "paste": "End frame"}[how]
    expect(page.locator("input[type=file][aria-invalid]")).to_have_attribute(
        "name", refused.split()[0].lower()
    )
    expect(page.locator("#slot-start img")).to_be_visible()


def test_without_scripts_a_slot_is_emptied_and_the_words_stay(
    browser, live_server, project, artist, enter
):
    made = take(project, State.COMPLETED, author=artist)
    context = browser.new_context(java_script_enabled=False)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/generations/{made.uuid}/extend/")
    page.get_by_label(WORDS).fill(LONGEST)
    page.get_by_role("button", name="Take the start frame out").click()
    expect(page.locator("#slot-start img")).to_have_count(0)
    expect(page.locator("[name=start_take]")).to_have_value("")
    expect(page.get_by_label(WORDS)).to_have_value(LONGEST)
    context.close()


def test_the_keys_send_also_from_the_button_that_empties_a_slot(board, project, artist):
    take(project, State.COMPLETED, author=artist)
    page = board()
    page.get_by_role("link", name="Extend take 1").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    page.get_by_label(WORDS).fill("And then the tide turns")
    page.get_by_role("button", name="Take the start frame out").press("Control+Enter")
    expect(page.locator(".take")).to_have_count(2)
    assert Generation.objects.latest("id").keyframes.exists()


def test_the_composer_is_one_key_away_for_those_who_use_no_pointer(board):
    page = board()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the composer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label(WORDS)).to_be_focused()


def test_a_picture_survives_an_error_elsewhere(board):
    page = board()
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    page.get_by_text("Loop", exact=True).click()
    page.get_by_label("End frame", exact=True).set_input_files(tiny_poster())
    page.get_by_label(WORDS).fill("The fog lifts")
    page.locator("#generate").click()
    expect(page.get_by_role("alert")).to_contain_text("A loop can't have both")
    expect(page.locator("#slot-start img")).to_be_visible()
    page.get_by_text("Loop", exact=True).click()
    page.locator("#generate").click()
    expect(page.locator(".take")).to_have_count(1)
    assert Generation.objects.get().keyframes.count() == 2


def test_extend_and_remix_by_keyboard_fill_the_composer(board, project, artist):
    parent = take(project, State.COMPLETED, author=artist, ratio="9:16", words="First words")
    page = board()
    page.get_by_label(WORDS).fill("And then the tide turns")
    page.get_by_role("link", name="Extend take 1").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    expect(page.get_by_label(WORDS)).to_have_value("And then the tide turns")
    expect(page.get_by_label(WORDS)).to_be_focused()
    expect(page.get_by_role("combobox", name="Ratio", exact=True)).to_have_value("9:16")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".take").first).to_contain_text("extends take 1")
    assert Generation.objects.latest("id").keyframes.get().source == parent
    page.get_by_role("link", name="Remix take 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label(WORDS)).to_have_value("First words")


def test_a_reload_after_an_extension_was_ordered_extends_nothing_again(board, project, artist):
    parent = take(project, State.COMPLETED, author=artist)
    page = board()
    page.goto(page.url.split("/projects/")[0] + reverse("extend", args=[parent.uuid]))
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    page.get_by_label(WORDS).fill("And then the tide turns")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".take").first).to_contain_text("extends take 1")
    expect(page).to_have_url(re.compile(reverse("board", args=[project.slug]) + "$"))
    page.reload()
    expect(page.locator("#slot-start")).not_to_contain_text("take 1")


def test_the_longest_words_go_along_with_extend_and_come_back_after_a_reload(
    board, project, artist
):
    take(project, State.COMPLETED, author=artist)
    page = board()
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    page.get_by_label(WORDS).fill(LONGEST)
    page.get_by_label("Resolution").select_option("1080p")
    expect(page.locator("#price")).to_have_text("$1.60")
    page.get_by_role("link", name="Extend take 1").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    expect(page.get_by_label(WORDS)).to_have_value(LONGEST)
    page.reload()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    expect(page.get_by_label(WORDS)).to_have_value(LONGEST)
    page.get_by_role("link", name="Remix take 1").click()
    expect(page.get_by_label(WORDS)).not_to_have_value(LONGEST)
    assert max(map(len, addresses)) < 1000


def test_a_chosen_picture_stays_when_a_take_is_extended(board, project, artist):
    take(project, State.COMPLETED, author=artist)
    page = board()
    page.get_by_label("End frame", exact=True).set_input_files(tiny_poster())
    page.get_by_role("link", name="Extend take 1").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    expect(page.locator("#slot-end img")).to_be_visible()
    page.get_by_label(WORDS).fill("And then the tide turns")
    page.locator("#generate").click()
    expect(page.locator(".take")).to_have_count(2)
    assert Generation.objects.latest("id").keyframes.count() == 2


def test_pressing_again_or_holding_the_keys_sends_once(board):
    page = board()
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.get_by_label(WORDS).fill("A lighthouse in a storm")
    page.keyboard.down("Control")
    for _ in range(5):
        page.keyboard.down("Enter")  # the second and later ones repeat
    page.keyboard.up("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".take")).to_have_count(1)
    expect(page.get_by_label(WORDS)).to_have_value("")
    page.keyboard.press("Enter")
    page.keyboard.up("Control")
    page.get_by_label(WORDS).fill("ab")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Write at least 3 characters")
    assert len(sent) == 2


def test_a_double_click_sends_once_and_explains_nothing(board):
    page = board()
    page.get_by_label(WORDS).fill("A lighthouse in a storm")
    button = page.locator("#generate").bounding_box()
    page.mouse.move(button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    for click_count in (1, 2):  # the answer may come between the two
        page.mouse.down(click_count=click_count)
        page.mouse.up(click_count=click_count)
        expect(page.locator(".take")).to_have_count(1)
        expect(page.locator("#generate")).to_be_enabled()
    page.wait_for_load_state("networkidle")
    assert len(sent) == 1
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_refused_prompt_is_edited_from_its_card(board, project, artist):
    take(project, State.FAILED, author=artist, reason=Reason.CONTENT, words="Famous faces")
    page = board()
    page.get_by_role("link", name="Edit prompt").click()
    expect(page.get_by_label(WORDS)).to_have_value("Famous faces")


def test_retry_and_cancel_answer_on_the_card(board, project, artist):
    take(project, State.FAILED, author=artist)
    page = board()
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".take")).to_contain_text("Next in line")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".take")).to_contain_text("Nothing was charged.")
