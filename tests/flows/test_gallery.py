"""The team's gallery in a browser: looked through, gone on from, and come back to."""

import re

import pytest
from playwright.sync_api import Page, expect

from generations.models import Account, Generation, State
from studio.models import Tag
from tests.bench.crowd import crowd
from tests.factories import ProjectFactory, drawn, member, take, tiny_poster, tiny_video
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look
from tests.flows.test_paging import CARDS, SEEN
from tests.flows.widths import width_of

TO_THE_END = """() => {
  scrollTo(0, 1e7);
  return !document.querySelector('[data-older]') && document.querySelectorAll('.take').length > 1;
}"""


@pytest.fixture
def other(project):
    """A second project of the team."""
    return ProjectFactory(team=project.team, name="Launch film", slug="launch-film")


@pytest.fixture
def gallery(studio: Page, live_server):
    """Opens the gallery."""

    def open_() -> Page:
        studio.goto(f"{live_server.url}/gallery/")
        return studio

    return open_


def titles(page: Page):
    return page.locator(".take__words a")


def test_it_is_searched_and_filtered_and_its_address_is_kept(gallery, project, other, artist):
    take(project, State.COMPLETED, author=artist, words="Dunes at dawn")
    take(other, State.COMPLETED, author=artist, words="Dunes by night")
    take(other, State.FAILED, author=member(other), words="A lighthouse")
    page = gallery()
    expect(titles(page)).to_have_text(["A lighthouse", "Dunes by night", "Dunes at dawn"])
    page.keyboard.press("/")
    page.keyboard.type("dunes")
    expect(titles(page)).to_have_text(["Dunes by night", "Dunes at dawn"])
    page.get_by_label("Filter by project").select_option("Launch film")
    expect(titles(page)).to_have_text(["Dunes by night"])
    page.wait_for_url("**/gallery/?team=*&find=dunes&project=launch-film")
    page.reload()
    expect(titles(page)).to_have_text(["Dunes by night"])
    expect(page.get_by_label("Filter by project")).to_have_value("launch-film")
    page.get_by_role("link", name="Show all").click()
    expect(titles(page)).to_have_count(3)


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_it_breaks_no_rule_and_fits(gallery, project, other, artist, viewport):
    take(project, State.COMPLETED, author=artist)
    take(other, State.FAILED, author=artist)
    take(other, State.DREAMING, author=artist)
    drawn(other, author=artist, ratio="9:16")
    page = gallery()
    if viewport:
        page.set_viewport_size(viewport)
        page.get_by_role("button", name="Projects").click()
        here = page.locator(".rail__rest [aria-current]")
        expect(here).to_have_text("Team gallery")
        expect(here).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
    else:
        expect(page.locator(".rail > nav [aria-current]")).to_have_text("Team gallery")
    expect(titles(page)).to_have_count(4)
    assert violations(page) == []
    width = page.viewport_size["width"]
    assert width_of(page) == width
    look(page, f"gallery-{width}")


def test_it_goes_on_by_itself_and_back_keeps_the_place(
    gallery, studio, live_server, project, other, artist, monkeypatch
):
    monkeypatch.setattr("studio.views.board.PAGE", 24)
    monkeypatch.setattr("studio.views.board.MOST_CARDS", 72)
    studio.route(re.compile("/poster$"), lambda route: route.fulfill(path=tiny_poster()))
    studio.route(re.compile("/(video|preview)$"), lambda route: route.fulfill(path=tiny_video()))
    account = Account.objects.get(team=project.team)
    crowd(project, account, artist, 70)
    crowd(other, account, artist, 70)
    page = gallery()
    page.wait_for_function(TO_THE_END)
    assert page.evaluate(CARDS) <= 72
    last = page.locator(".take").last
    expect(last).to_contain_text("Desert Light")
    expect(last).to_contain_text("Take 1 of a very long day")
    page.mouse.wheel(0, -300)
    ninth = Generation.objects.get(project=project, take_number=9)
    middle = page.locator(f"#take-{ninth.uuid}")
    middle.locator(".take__words a").scroll_into_view_if_needed()
    place = page.evaluate(SEEN)
    page.goto(f"{live_server.url}/generations/{ninth.uuid}/")
    page.go_back()
    page.wait_for_url("**/gallery/")
    page.wait_for_function(
        f"([take, top]) => ({SEEN})()?.join() === `${{take}},${{top}}`", arg=place
    )
    expect(middle).to_be_in_viewport()


def test_extend_leads_to_the_takes_own_board(gallery, project, other, artist):
    take(project, State.COMPLETED, author=artist)
    take(other, State.COMPLETED, author=artist)
    page = gallery()
    page.get_by_role("link", name="Open take 1 of Launch film").hover()
    page.get_by_role("link", name="Extend take 1 of Launch film").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")
    expect(page.locator(".rail [aria-current]")).to_contain_text("Launch film")


def test_takes_of_two_projects_are_chosen_tagged_and_deleted_with_undo(
    gallery, project, other, artist
):
    take(project, State.COMPLETED, author=artist, words="Dunes at dawn")
    take(other, State.COMPLETED, author=artist, words="A lighthouse")
    page = gallery()
    bar = page.get_by_role("form", name="Chosen takes")
    page.get_by_label("Choose take 1 of Launch film").check()
    page.get_by_label("Choose take 1 of Desert Light").click(modifiers=["Shift"])
    expect(bar).to_contain_text("2 chosen")
    expect(bar.get_by_role("button", name="Add to timeline")).to_have_count(0)
    assert violations(page) == []
    bar.get_by_label("Tags for the chosen takes").fill("hero")
    bar.get_by_role("button", name="Tag", exact=True).click()
    expect(page.locator(".take__tags a")).to_have_text(["hero", "hero"])
    expect(bar).to_be_hidden()
    page.get_by_label("Choose take 1 of Launch film").check()
    page.get_by_label("Choose take 1 of Desert Light").check()
    bar.get_by_role("button", name="Delete").click()
    expect(page.locator(".take")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(titles(page)).to_have_text(["A lighthouse", "Dunes at dawn"])


def test_a_take_opens_over_it_and_its_neighbours_follow(gallery, project, other, artist):
    take(project, State.COMPLETED, author=artist, words="Dunes at dawn")
    take(other, State.COMPLETED, author=artist, words="A lighthouse")
    page = gallery()
    page.get_by_role("link", name="Open take 1 of Launch film").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".crumb")).to_contain_text("Launch film")
    expect(drawer).to_contain_text("A lighthouse")
    page.wait_for_url("**/generations/*/")
    assert violations(page) == []
    page.keyboard.press("ArrowRight")
    expect(drawer.locator(".crumb")).to_contain_text("Desert Light")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.wait_for_url("**/gallery/")
    page.get_by_role("link", name="Open take 1 of Desert Light").click()
    drawer.get_by_role("button", name="Move to the trash").click()
    expect(drawer).to_be_hidden()
    expect(titles(page)).to_have_text(["A lighthouse"])
    page.get_by_role("link", name="Open take 1 of Launch film").click()
    drawer.get_by_role("link", name="Extend").click()
    expect(page.locator("#slot-start")).to_contain_text("Start: take 1")


def test_new_takes_come_in_and_changed_ones_change(gallery, studio, project, other, artist):
    dreaming = take(project, State.DREAMING, author=artist, words="Dunes at dawn")
    page = gallery()
    expect(page.locator(".take")).to_contain_text("Dreaming")
    first = take(other, author=artist, words="A lighthouse")
    expect(titles(page)).to_have_text(["A lighthouse", "Dunes at dawn"])
    Tag.objects.put("hero", [dreaming], artist)
    expect(page.locator(".take__tags a")).to_have_text(["hero"])
    assert first.cancel(artist)
    expect(page.locator(".take").first).to_contain_text("Cancelled")


def test_what_is_looked_for_is_saved_as_a_view(gallery, project, other, artist):
    take(project, State.COMPLETED, author=artist, words="Dunes at dawn")
    take(other, State.COMPLETED, author=artist, words="A lighthouse")
    page = gallery()
    page.keyboard.press("/")
    page.keyboard.type("dunes")
    expect(titles(page)).to_have_text(["Dunes at dawn"])
    page.get_by_text("Views", exact=True).click()
    page.get_by_label("Save what is looked for now, as").fill("Heroes")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator("#notices")).to_contain_text("“Heroes” is among your views now.")
    page.get_by_role("link", name="Show all").click()
    expect(titles(page)).to_have_count(2)
    page.get_by_text("Views", exact=True).click()
    page.get_by_role("link", name="Heroes").click()
    expect(titles(page)).to_have_text(["Dunes at dawn"])
