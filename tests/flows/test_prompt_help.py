"""Help with words in the browser: earlier prompts, recipes, structure."""

import re

import pytest
from playwright.sync_api import expect

from generations.models import Generation
from tests.factories import take
from tests.flows.test_looks import violations
from tests.studio.test_improving import helper  # noqa: F401, a fixture

DROP_A_LIST = """field => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["Dunes at dawn\\nFog in the pines\\n"], "shots.txt"));
  field.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
}"""


def words(page):
    return page.get_by_label("What is seen, and how it moves")


def help_with(page, tool):
    page.get_by_text("Prompt help").click()
    page.get_by_role("button", name=tool).click()


def test_the_arrow_walks_back_through_earlier_prompts_and_to_what_was_typed(board, project, artist):
    for said in ("Dunes at dawn", "Fog in the pines", "Dunes at dawn"):
        take(project, author=artist, words=said)
    page = board()
    words(page).fill("Half a thou")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(words(page)).to_have_value("Dunes at dawn")
    expect(page.locator("#announcer")).to_have_text("1 back: Dunes at dawn")
    page.keyboard.press("ArrowUp")
    expect(words(page)).to_have_value("Fog in the pines")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#announcer")).to_have_text("There is no earlier prompt of yours here.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(words(page)).to_have_value("Half a thou")


def test_an_earlier_prompt_is_searched_and_chosen_by_keys(board, project, artist):
    for said in ("Dunes at dawn", "Fog in the pines", "A still lagoon"):
        take(project, author=artist, words=said)
    page = board()
    page.get_by_role("link", name="Prompt history").press("Enter")
    search = page.get_by_label("Search your earlier prompts")
    expect(search).to_be_focused()
    search.press_sequentially("dunes")
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(words(page)).to_have_value("Dunes at dawn")
    expect(words(page)).to_be_focused()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_recipe_is_saved_and_filled_in_and_the_settings_stay(board):
    page = board()
    page.locator("#composer [name=ratio]").select_option("1:1")
    words(page).fill("A {time of day} shot of {subject}")
    help_with(page, "Recipes")
    page.get_by_label("Save these words as a recipe called").fill("Opening")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Opening A {time of day} shot").click()
    page.get_by_label("Time of day").fill("dawn")
    page.get_by_label("Subject").fill("a lone rider")
    expect(page.get_by_label("What the words become")).to_have_text("A dawn shot of a lone rider")
    page.keyboard.press("Enter")
    expect(words(page)).to_have_value("A dawn shot of a lone rider")
    expect(page.locator("#composer [name=ratio]")).to_have_value("1:1")


def test_the_parts_of_a_prompt_are_put_together_while_they_are_written(board):
    page = board()
    help_with(page, "Structure")
    page.get_by_label("Subject").fill("a lone rider")
    page.get_by_label("Light: where").fill("last sun")
    expect(page.get_by_label("What the words become")).to_have_text("a lone rider, last sun")
    page.get_by_role("button", name="Put it in the composer").click()
    expect(words(page)).to_have_value("a lone rider, last sun")


def test_choices_in_braces_are_priced_while_they_are_written_and_looked_at_first(board, project):
    page = board()
    words(page).press_sequentially("Dunes at {dawn|noon|night}")
    expect(page.locator("#price")).to_contain_text("3 takes, $2.13")
    page.get_by_role("button", name="Look at them").click()
    rows = page.get_by_role("dialog").locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.last).to_contain_text("Dunes at night")
    page.get_by_role("button", name="Make 3 takes, $2.13").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("[data-take]")).to_have_count(3)
    expect(words(page)).to_have_value("")
    # Or already where each stands, which a slow page reads in its place.
    expect(page.locator("#announcer")).to_have_text(re.compile(r"Takes 1 to 3|Take 3 is"))


def test_a_table_is_pasted_corrected_at_its_row_and_made_beside_a_half_typed_prompt(board):
    page = board()
    words(page).fill("Half a thought")
    help_with(page, "Several prompts")
    paste = page.get_by_label("One prompt a line, or a table")
    expect(paste).to_be_focused()
    page.keyboard.insert_text("prompt,duration\nDunes at dawn,5\nFog in the pines,7")
    expect(paste).to_have_value("prompt,duration\nDunes at dawn,5\nFog in the pines,7")
    expect(page.get_by_text("Ray 2 doesn't make 7 s.")).to_be_visible()
    page.get_by_role("button", name="Correct 1 row first").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was made.")
    paste.fill("prompt,duration\nDunes at dawn,5\nFog in the pines,9")
    page.get_by_role("button", name="Make 2 takes, $1.99").dblclick()
    expect(page.locator("[data-take]")).to_have_count(2)
    expect(words(page)).to_have_value("Half a thought")
    assert Generation.objects.count() == 2


def test_a_table_is_taken_from_a_file_that_is_chosen_or_dropped(board):
    page = board()
    help_with(page, "Several prompts")
    file = page.get_by_label("Or take it from a file")
    picture = {"name": "dune.jpg", "mimeType": "image/jpeg", "buffer": b"JFIF"}
    file.set_input_files(picture)
    expect(page.get_by_role("alert")).to_have_text(
        "dune.jpg is no list. Choose a .csv or .txt file."
    )
    expect(file).to_be_focused()
    assert violations(page) == []
    table = {"name": "shots.csv", "mimeType": "text/csv", "buffer": b"prompt,duration\nDunes,9\n"}
    file.set_input_files(table)
    expect(page.get_by_role("button", name="Make 1 take, $1.28")).to_be_visible()
    expect(page.get_by_label("One prompt a line, or a table")).to_have_value(
        "prompt,duration\nDunes,9\n"
    )
    page.get_by_label("One prompt a line, or a table").evaluate(DROP_A_LIST)
    page.get_by_role("button", name="Make 2 takes, $1.42").click()
    expect(page.locator("[data-take]")).to_have_count(2)


def test_a_rewrite_is_shown_as_a_diff_and_put_in_only_when_it_is_accepted(board, helper):  # noqa: F811
    helper.says("A red fox at dawn")
    page = board()
    words(page).fill("A fox at dawn")
    help_with(page, "Improve")
    expect(page.get_by_role("dialog").get_by_role("insertion")).to_have_text("red ")
    page.get_by_role("button", name="Keep mine").click()
    expect(words(page)).to_have_value("A fox at dawn")
    help_with(page, "Improve")
    page.get_by_role("button", name="Accept").click()
    expect(words(page)).to_have_value("A red fox at dawn")
    expect(words(page)).to_be_focused()


LIST = "Dunes at dawn\nFog in the pines"


def pasted(page):
    """A list in the dialog, as it was looked at."""
    help_with(page, "Several prompts")
    paste = page.get_by_label("One prompt a line, or a table")
    paste.fill(LIST)
    expect(page.get_by_role("button", name="Make 2 takes")).to_be_visible()
    return paste


def beside(page):
    """A place beside the dialog."""
    box = page.get_by_role("dialog").bounding_box()
    return box["x"] - 30, box["y"] + 60


@pytest.mark.parametrize("leave", ["Escape", "Close", "beside"])
def test_a_list_is_there_again_when_its_dialog_was_closed(board, leave):
    page = board()
    paste = pasted(page)
    if leave == "Escape":
        page.keyboard.press("Escape")
    elif leave == "Close":
        page.get_by_role("button", name="Close").click()
    else:
        page.mouse.click(*beside(page))
    expect(page.get_by_role("dialog")).to_be_hidden()
    words(page).fill("Half a thought")
    help_with(page, "Several prompts")
    expect(paste).to_have_value(LIST)
    page.get_by_role("button", name="Make 2 takes").click()
    expect(page.locator("[data-take]")).to_have_count(2)
    help_with(page, "Several prompts")
    expect(paste).to_have_value("")  # what was made isn't offered again


def test_a_selection_that_ends_beside_the_dialog_leaves_it_open(board):
    page = board()
    paste = pasted(page)
    box = paste.bounding_box()
    x, _ = beside(page)
    page.mouse.move(box["x"] + 60, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(x, box["y"] + 15, steps=4)
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.mouse.down()  # and one that begins beside it
    page.mouse.move(box["x"] + 60, box["y"] + 15, steps=4)
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(paste).to_have_value(LIST)


def test_a_list_that_was_left_stays_out_of_the_way_of_what_the_composer_offers(board):
    page = board()
    pasted(page)
    page.keyboard.press("Escape")
    words(page).press_sequentially("Dunes at {dawn|noon|night}")
    page.get_by_role("button", name="Look at them").click()
    rows = page.get_by_role("dialog").locator("tbody tr")
    expect(rows).to_have_count(3)
    page.keyboard.press("Escape")
    help_with(page, "Several prompts")
    expect(page.get_by_label("One prompt a line, or a table")).to_have_value(LIST)


def test_a_tool_on_a_page_of_its_own_tells_its_words_and_its_price_as_one_writes(
    studio, live_server, project
):
    page = studio
    page.goto(f"{live_server.url}/projects/{project.slug}/structure/")
    page.get_by_label("Subject").press_sequentially("A fox")
    expect(page.locator("#structure-preview")).to_contain_text("A fox")
    page.goto(f"{live_server.url}/projects/{project.slug}/several/")
    page.get_by_label("One prompt a line, or a table").fill("Dunes at dawn\nFog in the pines")
    page.get_by_role("button", name="Make 2 takes, $").click()
    page.wait_for_url(f"**/projects/{project.slug}/")
    assert Generation.objects.count() == 2
