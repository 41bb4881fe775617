"""The composer's choices under a person's hands: models, and several takes of a prompt."""

import re

import pytest
from playwright.sync_api import expect

from generations.models import Generation, State
from tests.factories import AccountFactory, take
from tests.flows.held import Held
from tests.flows.test_composer import WORDS
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_a_model_change_keeps_the_focus_and_the_words_and_comes_back(board, viewport):
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    page.get_by_label(WORDS).fill("Half a thought about dunes")
    page.get_by_label("Duration").select_option("9")
    model = page.locator("#composer-model")
    model.focus()
    model.select_option("ray-1-6")
    note = page.locator("#composer-note")
    expect(note).to_have_text("Ray 1.6 makes 5 s at 720p only.")
    expect(note).to_have_attribute("role", "status")
    expect(model).to_be_focused()
    expect(page.get_by_label("Duration")).to_have_value("5")
    expect(page.locator("#moves")).to_have_count(0)
    expect(page.locator("#price")).to_contain_text("$0.35")
    page.get_by_label(WORDS).press_sequentially(" and the sea")
    look(page, f"another-model-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    page.reload()
    expect(model).to_have_value("ray-1-6")
    model.select_option("ray-2")
    expect(note).to_have_text("Back: 9 s.")
    expect(page.get_by_label("Duration")).to_have_value("9")
    expect(page.get_by_label(WORDS)).to_have_value("Half a thought about dunes and the sea")


def test_a_reload_keeps_what_only_some_models_know(board, project, artist):
    AccountFactory(team=project.team, provider="luma-agents", name="Agents")
    take(project, State.COMPLETED, author=artist, model="ray-3.2")
    page = board()
    page.get_by_label(WORDS).fill("Dunes in HDR")
    for name in ("HDR", "EXR"):
        page.get_by_text(name, exact=True).click()
    page.reload()
    expect(page.get_by_label(WORDS)).to_have_value("Dunes in HDR")
    for name in ("HDR", "EXR"):
        expect(page.get_by_label(name, exact=True)).to_be_checked()


def test_two_takes_of_a_prompt_are_one_press_and_two_cards(board):
    page = board()
    page.get_by_label(WORDS).fill("Half a thought about dunes")
    page.get_by_label("Number of takes").select_option("2")
    expect(page.locator("#price")).to_contain_text("$1.42")
    page.reload()
    expect(page.get_by_label("Number of takes")).to_have_value("2")
    expect(page.locator("#price")).to_contain_text("$1.42")
    look(page, "two-takes")
    page.get_by_label(WORDS).press("Control+Enter")
    cards = page.locator(".take:not([data-sending])")
    expect(cards).to_have_count(2)
    expect(cards.first).to_have_attribute("data-take", "2")
    expect(page.locator("#announcer")).to_have_text(re.compile("Takes 1 to 2|Take 2 is"))
    expect(page.get_by_label("Number of takes")).to_have_value("1")
    assert len({each.prompt_id for each in Generation.objects.all()}) == 1


def test_what_is_chosen_while_a_models_options_come_takes_none_of_them_away(board):
    page = board()
    page.get_by_label(WORDS).fill("Half a thought about dunes")
    held = Held(page, "**/compose/options/**")
    page.locator("#composer-model").select_option("ray-1-6")
    held.wait()
    page.locator("#options [name=ratio]").select_option("1:1")
    held.let_go()
    expect(page.locator("#composer-note")).to_have_text("")
    expect(page.locator("#moves")).to_have_count(0)  # they are of the new model
    expect(page.locator("#options [name=ratio]")).to_have_value("1:1")
    expect(page.locator("#price")).to_contain_text("$0.35")
