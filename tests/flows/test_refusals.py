"""What the composer's person meets when something is wrong: nothing that was typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import Generation, Keyframe, Still
from tests.factories import PASSWORD, tiny_poster
from tests.flows.test_composer import WORDS
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look

# A page of yesterday offers what isn't there today.
OFFER = """(select, value) => {
  select.append(new Option(value, value));
  select.value = value;
}"""


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("ratio", "2:1", "doesn't make 2:1. Choose one of:"),
        ("duration_s", "7", "doesn't make 7 s. Choose one of: 5 s, 9 s."),
        ("resolution", "8k", "doesn't make 8k. Choose one of:"),
        ("count", "9", "Choose from 1 to 4 takes."),
    ],
)
def test_a_refusal_stands_at_its_field_which_has_the_focus(board, field, value, says):
    page: Page = board()
    page.get_by_label(WORDS).fill("A lighthouse in a storm")
    control = page.locator(f"#composer select[name={field}]")
    control.evaluate(OFFER, value)
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(f"#{field}-error")).to_contain_text(says)
    expect(control).to_be_focused()
    expect(control).to_have_attribute("aria-describedby", f"{field}-error")
    expect(page.get_by_label(WORDS)).to_have_value("A lighthouse in a storm")
    assert violations(page) == []
    assert not Generation.objects.exists()


def test_what_is_wrong_with_words_goes_when_they_are_others(board):
    page: Page = board()
    words = page.get_by_label(WORDS)
    words.press_sequentially("A {time of day} shot")
    words.press("Control+Enter")
    expect(page.locator("#words-error")).to_contain_text("Fill in {time of day} first")
    page.get_by_role("heading", name="Desert Light").click()  # it is left as it is
    expect(words).not_to_be_focused()
    expect(words).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#words-error")).to_be_visible()
    words.fill("A shot at {dawn|noon}")
    expect(page.locator("#words-error")).to_have_count(0)
    expect(words).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#price")).to_contain_text("2 takes")
    assert violations(page) == []


def test_a_refused_format_stands_at_its_field(board):
    page: Page = board()
    page.get_by_role("button", name="Image", exact=True).click()
    words = page.get_by_label("What is seen", exact=True)
    words.fill("A lighthouse in a storm")
    control = page.get_by_label("Format")
    control.evaluate(OFFER, "tiff")
    words.press("Control+Enter")
    expect(page.locator("#image_format-error")).to_contain_text("Choose one of:")
    expect(control).to_be_focused()
    expect(control).to_have_attribute("aria-describedby", "image_format-error")
    assert violations(page) == []


# Of one who pressed a key with Ctrl or a button, browsers don't know that the ring is wanted.
@pytest.mark.parametrize("way", ["keys", "button"])
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_where_the_focus_was_moved_to_what_is_refused_can_be_seen(board, way, viewport):
    page: Page = board()
    if viewport:
        page.set_viewport_size(viewport)

    def send(words):
        if way == "keys":
            words.press("Control+Enter")
        else:
            page.locator("#generate").click()

    page.get_by_label(WORDS).fill("A lighthouse in a storm")
    control = page.locator("#composer select[name=duration_s]")
    control.evaluate(OFFER, "7")
    send(page.get_by_label(WORDS))
    expect(control).to_be_focused()
    expect(control).to_have_css("outline-style", "solid")
    page.get_by_role("button", name="Modify", exact=True).click()
    expect(page.locator("#slot-source")).to_be_visible()
    send(page.locator("#composer-words"))
    expect(page.locator("[name=source]")).to_be_focused()
    expect(page.locator("#slot-source .slot__pick")).to_have_css("outline-style", "solid")
    look(page, f"refused-source-{way}-{'phone' if viewport else 'wide'}")


def test_a_refused_camera_move_stands_at_its_list(board):
    page: Page = board()
    page.get_by_label(WORDS).fill("A lighthouse in a storm")
    moves = page.locator("#moves summary")
    moves.click()
    page.get_by_text("Push in", exact=True).click()
    page.keyboard.press("Escape")
    page.locator("#moves input:checked").evaluate("box => { box.value = 'moonwalk'; }")
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator("#concepts-error")).to_be_visible()
    expect(moves).to_be_focused()
    expect(moves).to_have_attribute("aria-describedby", "concepts-error")
    assert violations(page) == []
    assert not Generation.objects.exists()


def test_after_a_session_that_ended_while_writing_the_draft_is_there(board, artist):
    page: Page = board()
    page.get_by_label(WORDS).fill("Half a thought about dunes")
    page.locator("#composer-model").select_option("ray-1-6")
    page.get_by_label("Number of takes").select_option("2")
    expect(page.locator("#price")).to_contain_text("$0.70")
    page.context.clear_cookies(name="sessionid")
    page.get_by_label(WORDS).press("Control+Enter")
    page.get_by_label("Email").fill(artist.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label(WORDS)).to_have_value("Half a thought about dunes")
    expect(page.locator("#composer-model")).to_have_value("ray-1-6")
    expect(page.get_by_label("Number of takes")).to_have_value("2")
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take")).to_have_count(2)


@pytest.mark.parametrize("by", ["signing in again", "a reload"])
def test_a_list_that_was_being_written_is_there_after(board, artist, by):
    page: Page = board()
    page.get_by_label(WORDS).fill("Half a thought about dunes")
    page.get_by_text("Prompt help").click()
    page.get_by_role("button", name="Several prompts").click()
    paste = page.get_by_label("One prompt a line, or a table")
    paste.fill("One dune\nTwo dunes")
    make = page.get_by_role("button", name="Make 2 takes")
    expect(make).to_be_visible()
    if by == "a reload":
        page.reload()
    else:
        page.context.clear_cookies(name="sessionid")
        make.click()
        page.get_by_label("Email").fill(artist.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
    expect(paste).to_have_value("One dune\nTwo dunes")
    expect(paste).to_be_focused()
    assert violations(page) == []
    make.click()
    expect(page.locator(".take")).to_have_count(2)
    expect(page.get_by_label(WORDS)).to_have_value("Half a thought about dunes")
    page.reload()
    page.locator(".take").first.wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)  # what was made isn't asked for again
    page.get_by_text("Prompt help").click()
    page.get_by_role("button", name="Several prompts").click()
    expect(paste).to_have_value("")


def test_after_signing_in_again_in_another_tab_this_one_goes_on(board, artist, complaints):
    page: Page = board()
    page.get_by_label(WORDS).fill("Half a thought about dunes")
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    other = page.context.new_page()
    page.context.clear_cookies(name="sessionid")
    other.goto(page.url)
    other.get_by_label("Email").fill(artist.email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.get_by_label(WORDS).wait_for()
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator("#notices")).to_contain_text("You signed in again since this page")
    expect(page.get_by_label(WORDS)).to_have_value("Half a thought about dunes")
    assert not Generation.objects.exists()
    assert all("403" in each for each in complaints)
    complaints.clear()
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(1)
    assert Generation.objects.get().keyframes.get().still


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_the_words_grow_up_to_a_part_of_the_screen(board, viewport):
    page: Page = board()
    if viewport:
        page.set_viewport_size(viewport)
    words, composer = page.get_by_label(WORDS), page.locator("#composer")
    low = words.bounding_box()["height"]
    words.fill("\n".join(["dunes"] * 4))
    assert words.bounding_box()["height"] > low
    words.fill("\n".join(["dunes"] * 60))
    assert composer.bounding_box()["height"] < page.viewport_size["height"] * 0.6
    look(page, f"many-words-{'phone' if viewport else 'wide'}")
    words.fill("{" + "|".join(["dusk"] * 60) + "}")  # one long word
    box, button = (each.bounding_box() for each in (composer, page.locator("#generate")))
    assert button["x"] + button["width"] < box["x"] + box["width"]


def test_without_scripts_a_session_that_ended_while_writing_loses_no_word(
    browser, live_server, project, artist, enter
):
    context = browser.new_context(java_script_enabled=False)
    enter(context, artist)
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/{project.slug}/")
    page.get_by_label(WORDS).fill("The fog lifts")
    page.get_by_label("Duration").select_option("9")
    context.clear_cookies(name="sessionid")
    page.locator("#generate").click()
    expect(page.get_by_text("What you wrote is kept")).to_be_visible()
    page.get_by_label("Email").fill(artist.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label(WORDS)).to_have_value("The fog lifts")
    expect(page.get_by_label("Duration")).to_have_value("9")
    page.locator("#generate").click()
    expect(page.locator(".take")).to_have_count(1)
    context.close()


@pytest.mark.parametrize("tool", ["Several prompts", "Bake-off"])
def test_a_picture_that_was_only_chosen_goes_along_where_takes_are_made_of_it(board, tool):
    page: Page = board()
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    page.get_by_label(WORDS).fill("The fog lifts")
    for _ in range(2):
        page.get_by_text("Prompt help").click()
        page.get_by_role("button", name=tool, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_text("Prompt help").click()
    page.get_by_role("button", name=tool, exact=True).click()
    if tool == "Several prompts":
        page.get_by_label("One prompt a line, or a table").fill("The fog lifts")
    page.get_by_role("dialog").get_by_role("button", name="Make ").click()
    made_one = page.locator(".take") if tool == "Several prompts" else page.get_by_text("in line")
    expect(made_one.first).to_be_visible()
    made = set(Keyframe.objects.values_list("position", "still"))
    assert made == {("start", Still.objects.get().pk)}


def test_a_picture_that_was_only_chosen_goes_along_where_braces_make_several(board):
    page: Page = board()
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    page.get_by_label(WORDS).fill("The fog {lifts|falls}")
    page.get_by_role("button", name="Look at them").click()
    page.get_by_role("dialog").get_by_role("button", name="Make 2 takes").click()
    expect(page.locator(".take")).to_have_count(2)
    assert list(Keyframe.objects.values_list("still", flat=True)) == [Still.objects.get().pk] * 2
