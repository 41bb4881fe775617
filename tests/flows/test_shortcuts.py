"""The keys that every page knows, as a person meets them."""

from playwright.sync_api import expect

from tests.flows.test_looks import violations


def test_a_question_mark_shows_the_shortcuts_and_is_a_letter_in_words(board):
    page = board()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Shortcuts")
    expect(sheet).to_contain_text("Search prompts")
    assert violations(page) == []
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
    words = page.get_by_label("What is seen")
    words.press("?")
    expect(words).to_have_value("?")
    expect(sheet).to_be_hidden()


def test_the_shortcuts_open_by_a_link_and_close_by_escape(board):
    page = board()
    link = page.get_by_role("link", name="Shortcuts")
    link.click()
    sheet = page.get_by_role("dialog", name="Shortcuts")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(link).to_be_focused()
