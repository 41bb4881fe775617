"""From one of the composer's modes to another and back."""

import pytest
from playwright.sync_api import Page, expect

from generations.kinds import Kind
from generations.models import Generation, Keyframe, State
from tests.factories import take, tiny_poster
from tests.flows.test_composer import WORDS
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look

NOTE = "#composer-note"


def into(page: Page, mode: str) -> None:
    page.get_by_role("button", name=mode, exact=True).click()
    pressed = page.get_by_role("button", name=mode, exact=True, pressed=True)
    expect(pressed).to_be_visible()


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_all_that_a_mode_held_is_there_again_a_picture_from_the_disk_too(board, viewport):
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    page.get_by_label(WORDS).fill("The fog lifts")
    page.get_by_label("Duration").select_option("9")
    page.locator("#moves summary").click()
    page.get_by_text("Push in", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    expect(page.locator("#slot-start img")).to_be_visible()
    into(page, "Image")
    expect(page.locator(NOTE)).to_have_text("Kept for Video: the start frame, push in.")
    page.locator("[name=ref0]").set_input_files(tiny_poster())
    look(page, f"modes-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    into(page, "Modify")
    expect(page.locator(NOTE)).to_have_text("Kept for Image: picture 1.")
    into(page, "Video")
    expect(page.locator("#slot-start img")).to_be_visible()
    expect(page.get_by_label("Duration")).to_have_value("9")
    expect(page.locator("#moves summary")).to_contain_text("Push in")
    expect(page.locator("#price")).to_have_text("$1.28")  # of 9 s
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(1)
    made = Generation.objects.get()
    assert made.keyframes.get().position == "start"
    assert (made.prompt.duration_s, made.prompt.concepts) == (9, ["push_in"])
    expect(page.locator("#slot-start img")).to_have_count(0)
    into(page, "Image")
    expect(page.locator("#slot-ref0 img")).to_be_visible()
    into(page, "Video")
    expect(page.locator("#slot-start img")).to_have_count(0)  # it went with the take


def test_a_picture_that_a_reload_took_is_asked_for_in_its_mode(board):
    page = board()
    page.get_by_label(WORDS).fill("The fog lifts")
    page.get_by_label("Duration").select_option("9")
    page.get_by_label("End frame", exact=True).set_input_files(tiny_poster())
    expect(page.locator("#slot-end img")).to_be_visible()
    into(page, "Image")
    for _ in range(2):
        page.reload()
        expect(page.get_by_label("Format")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)
    into(page, "Video")
    expect(page.locator("#end-error")).to_contain_text("choose the picture again")
    expect(page.get_by_label("Duration")).to_have_value("9")
    into(page, "Image")
    expect(page.get_by_role("alert")).to_have_count(0)
    into(page, "Video")
    expect(page.locator("#end-error")).to_contain_text("choose the picture again")
    page.get_by_role("button", name="Take the end frame out").click()
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(1)


def test_modify_gives_the_end_picture_back(board, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    page = board()
    page.get_by_role("link", name="Extend take 1").click()
    expect(page.locator("#slot-start")).to_contain_text("take 1")
    page.get_by_label("End frame", exact=True).set_input_files(tiny_poster())
    into(page, "Modify")
    expect(page.locator("#slot-source")).to_contain_text("take 1")
    into(page, "Video")
    expect(page.locator("#slot-end img")).to_be_visible()
    expect(page.locator("[name=start_take]")).to_have_value(str(made.uuid))


def test_a_remix_begins_with_no_picture_that_was_put_aside_before(board, project, artist):
    made = take(project, State.COMPLETED, author=artist, words="Dunes at dawn")
    page = board()
    page.get_by_label(WORDS).fill("The fog lifts")
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    into(page, "Image")
    page.locator(f"#take-{made.uuid}").get_by_role("link", name="Remix take 1").click()
    expect(page.get_by_label(WORDS)).to_have_value("Dunes at dawn")
    expect(page.locator("#slot-start")).to_be_visible()
    expect(page.locator("#slot-start img")).to_have_count(0)
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(2)
    assert not Generation.objects.latest("id").keyframes.exists()


def test_a_picture_is_back_with_the_words_that_a_remix_took_the_place_of(board, project, artist):
    made = take(
        project,
        State.COMPLETED,
        author=artist,
        words="Dunes at dawn",
        kind=Kind.IMAGE,
        model="photon-1",
        resolution="1080p",
        image_format="jpg",
        duration_s=0,
    )
    page = board()
    into(page, "Video")
    page.get_by_label(WORDS).fill("The fog lifts")
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    expect(page.locator("#slot-start img")).to_be_visible()
    page.locator(f"#take-{made.uuid}").get_by_role("link", name="Remix take 1").click()
    expect(page.locator("#composer-words")).to_have_value("Dunes at dawn")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label(WORDS)).to_have_value("The fog lifts")
    expect(page.locator("#slot-start img")).to_be_visible()


def test_without_scripts_what_was_chosen_is_back_too(browser, live_server, project, artist, enter):
    context = browser.new_context(java_script_enabled=False)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/{project.slug}/")
    page.get_by_label(WORDS).fill("The fog lifts")
    page.get_by_label("Duration").select_option("9")
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    into(page, "Image")
    expect(page.locator(NOTE)).to_contain_text("Start: choose the picture again.")
    into(page, "Video")
    expect(page.get_by_label(WORDS)).to_have_value("The fog lifts")
    expect(page.get_by_label("Duration")).to_have_value("9")
    context.close()


def test_a_picture_that_a_takes_frame_took_the_place_of_is_put_back_or_not_sent(
    board, project, artist
):
    first, second = (take(project, State.COMPLETED, author=artist) for _ in range(2))
    Keyframe.objects.create(generation=second, position="start", source=first)
    page = board()
    start = page.locator("#slot-start")
    page.get_by_label(WORDS).fill("The fog lifts")
    for name in ("Start frame", "End frame"):
        page.get_by_label(name, exact=True).set_input_files(tiny_poster())
    page.get_by_role("link", name="Remix take 2").click()
    expect(start).to_contain_text("take 1")
    expect(page.locator("#slot-end img[src^=blob]")).to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label(WORDS)).to_have_value("The fog lifts")
    expect(start.locator("img[src^=blob]")).to_be_visible()
    page.get_by_role("link", name="Extend take 1").click()
    expect(start).to_contain_text("take 1")
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(3)
    sent = {each.position: each.source for each in Generation.objects.latest("id").keyframes.all()}
    assert sent == {"start": first, "end": None}
