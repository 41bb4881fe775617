"""What a card, its menu, its keys and the bar of chosen takes do besides the composer."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import Generation, State
from tests.factories import ProjectFactory, take
from tests.flows.test_choosing import bar, box
from tests.flows.test_looks import violations
from tests.flows.test_making import look

WIDE = {"width": 1440, "height": 900}


@pytest.fixture
def ready(project, artist):
    return [take(project, State.COMPLETED, author=artist) for _ in range(3)]


def choose(page: Page, *numbers: int) -> None:
    for number in numbers:
        page.locator(f"[data-take='{number}']").hover()
        box(page, number).click()


def test_a_cards_button_adds_it_to_the_timeline(board, project, ready):
    page = board()
    page.locator("[data-take='2']").hover()
    page.get_by_role("button", name="Add take 2 to the timeline").click()
    expect(page.locator("#notices")).to_contain_text("Take 2 is at the end of")
    page.locator("#notices").get_by_role("button", name="Undo").click()
    expect(page.locator("#notices")).not_to_contain_text("Take 2 is at the end of")
    page.locator("[data-take='3']").hover()
    page.get_by_role("button", name="Add take 3 to the timeline").click()
    page.locator("#notices a").click()
    expect(page.locator("[data-clip]")).to_have_count(1)


def test_a_adds_the_card_with_the_focus_to_the_timeline(board, project, ready):
    page = board()
    page.locator("[data-take='2'] .frame__open").focus()
    page.keyboard.press("a")
    expect(page.locator("#notices")).to_contain_text("Take 2 is at the end of")
    expect(page.locator("[data-take='2'] .frame__open")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("a")
    expect(page.locator("#notices")).to_contain_text("Take 3 is at the end of")
    page.locator("#notices a").last.click()
    expect(page.locator("[data-clip]")).to_have_count(2)


def test_the_bar_adds_what_is_chosen_to_the_timeline_and_says_what_cant_be(board, project, ready):
    take(project, State.FAILED, author=ready[0].author)
    page = board()
    choose(page, 4, 3, 1)
    expect(bar(page)).to_contain_text("3 chosen")
    expect(bar(page)).to_contain_text("2 of 3 can be")
    bar(page).get_by_role("button", name="Add to timeline").click()
    expect(page.locator("#notices")).to_contain_text("2 takes are at the end of")
    page.locator("#notices a").click()
    expect(page.locator("[data-clip]")).to_have_count(2)


def test_a_cards_menu_lies_whole_on_a_wide_screen_and_walks_by_keys(board, ready):
    page = board()
    page.set_viewport_size(WIDE)
    page.locator("[data-take='1']").hover()
    page.get_by_label("More for take 1").click()
    menu = page.locator("[data-take='1'] .menu__list")
    expect(menu).to_be_visible()
    look(page, "card-menu-1440")
    assert violations(page) == []
    box_of = menu.bounding_box()
    assert box_of["x"] >= 0
    assert box_of["x"] + box_of["width"] <= WIDE["width"]
    assert box_of["y"] + box_of["height"] <= WIDE["height"]
    for verb in ("Use as end", "Upscale", "Add sound", "Reframe", "Modify", "Delete"):
        item = menu.get_by_role("link", name=verb).or_(menu.get_by_role("button", name=verb)).first
        on_top = """item => {
          const { left, top, width, height } = item.getBoundingClientRect();
          return item.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        }"""
        assert item.evaluate(on_top), verb
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.get_by_label("More for take 1")).to_be_focused()


def test_chosen_takes_are_moved_to_another_project(board, project, ready):
    other = ProjectFactory(team=project.team, name="Night film", slug="night-film")
    page = board()
    choose(page, 3, 1)
    bar(page).get_by_role("button", name="Move or copy…").click()
    expect(page.get_by_role("heading", name="Move or copy 2 takes")).to_be_visible()
    look(page, "copy")
    assert violations(page) == []
    back = page.get_by_role("main").get_by_role("link", name=project.name)
    expect(back).to_have_attribute("href", f"/projects/{project.slug}/")
    expect(page.get_by_label("Project", exact=True)).to_be_focused()
    page.get_by_label("Project", exact=True).select_option("Night film")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("Copied 2 takes to Night film.")
    expect(page.locator("#notices")).to_contain_text("2 takes are in the trash.")
    expect(page.locator(".take")).to_have_count(2)
    assert Generation.objects.filter(project=other).count() == 2
