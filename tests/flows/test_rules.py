"""No page, and nothing that opens on one, breaks a rule of accessibility, wide or on a phone.

What is a page is asked of the site itself, so that a new one can't be forgotten here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from generations import importing
from generations.kinds import Kind
from generations.models import Budget, Generation, Import, State
from generations.models.states import Reason
from studio import noting, reviewing
from studio.bakeoffs import judging
from studio.models import BakeOff, Entrant, Project, Recipe, Role, SavedView, Tag, User
from studio.urls import urlpatterns
from tests.factories import AccountFactory, ProjectFactory, drawn, member, still, take, version
from tests.flows.conftest import listen
from tests.flows.rings import lost_rings
from tests.flows.test_looks import PHONE, SMALL_PHONE, violations
from tests.flows.test_making import look
from tests.flows.widths import width_of
from tests.studio.test_improving import helper  # noqa: F401, a fixture

WIDE = {"width": 1440, "height": 900}
MEDIUM = {"width": 1024, "height": 768}
WORDS = "A {time of day} shot of {subject}"
# What answers with a picture of the board that is looked at elsewhere, or with a part of a page.
THE_BOARD = {"compose", "animate", "end_frame", "extend", "lead_up", "remix", "edit"}
THE_BOARD |= {"still_start", "still_end", "still_reference"}
OPEN_ALL = """within => {
  for (const each of document.querySelectorAll(`${within} details`)) each.open = true;
}"""
PARTS = {"quote", "money", "price_example", "chosen"}


@dataclass
class Studio:
    """A team in which everything has happened once, seen by its producer."""

    project: Project
    archived: Project
    takes: dict[State, Generation]
    still: Any
    recipe: Recipe
    bakeoffs: list[BakeOff]

    def addresses(self, name: str) -> Iterator[str]:
        """Every address of a page that shows something else than its others do."""
        slug, ready = self.project.slug, self.takes[State.COMPLETED]
        if name == "generation":
            yield from (reverse(name, args=[each.uuid]) for each in self.takes.values())
            return
        if name == "board":
            yield from (reverse(name, args=[it.slug]) for it in (self.project, self.archived))
            yield reverse(name, args=[slug]) + "?find=nothing+is+like+this&state=ready"
            yield reverse("compose", args=[slug]) + "?make=image"
            yield reverse("compose", args=[slug]) + "?make=modify"
            yield reverse("compose", args=[slug]) + "?make=reframe"
            return
        if name == "project_settings":
            yield from (reverse(name, args=[it.slug]) for it in (self.project, self.archived))
            return
        if name == "bakeoff":
            yield from (reverse(name, args=[each.uuid]) for each in self.bakeoffs)
            return
        uuid = self.still.uuid if "still" in name else ready.uuid
        uuid = self.bakeoffs[0].uuid if name == "bakeoff_pairs" else uuid
        for args in ([], [slug], [slug, self.recipe.uuid], [uuid]):
            try:
                yield reverse(name, args=args)
            except NoReverseMatch:
                continue
            return


@pytest.fixture
def producer(project):
    return member(project, Role.PRODUCER)


@pytest.fixture
def everything(project, producer) -> Studio:
    made = {state: take(project, state, author=producer) for state in State}
    ready = made[State.COMPLETED]
    undecided = Generation.objects.filter(pk=made[State.UNCONFIRMED].pk)
    undecided.update(reason=Reason.UNDECIDED)
    drawn(project, author=producer)
    version(ready, Kind.UPSCALE)
    # The composer begins as the last of these was asked for.
    take(project, State.COMPLETED, author=producer, stored=False)
    take(project, State.FAILED, author=producer, reason=Reason.CONTENT)
    take(project, author=producer, extends=ready)
    take(project, State.COMPLETED, author=producer).discard(timezone.now(), producer)
    Tag.objects.put("dusk, second unit", [ready], producer)
    reviewing.send([ready], producer)
    said = noting.note(ready, producer, noting.Remark("Wind from the left", 3, [[0, 0, 500, 500]]))
    noting.reply(ready, producer, said.uuid, "Agreed")
    AccountFactory(team=project.team, name="Spare", key="luma-spare", enabled=False)
    gateway = {"provider": "crazyrouter", "lacks_models": True, "looked_at": timezone.now()}
    AccountFactory(team=project.team, name="Gateway", key="sk-gateway", **gateway)
    looked = importing.look(project, project.team.accounts.first(), None)
    looked.move(Import.State.LOOKED, Import.State.LOOKING, counts={"ready": 3, "other": 1})
    SavedView.save_as("Evenings", project, producer, "state=ready")
    recipe = Recipe.objects.create(team=project.team, author=producer, name="Opening", words=WORDS)
    archived = ProjectFactory(team=project.team, name="Old film", slug="old-film")
    take(archived, State.COMPLETED, author=producer)
    Project.objects.filter(pk=archived.pk).update(archived_at=timezone.now() - timedelta(days=3))
    baked = [baked_of(project, producer, *[State.COMPLETED] * 3)]
    baked.append(baked_of(project, producer, State.COMPLETED, State.COMPLETED, State.FAILED))
    baked.append(baked_of(project, producer, State.COMPLETED, State.DREAMING))
    baked.append(baked_of(project, producer, State.COMPLETED, State.FAILED))
    judging.close(baked[1], producer)
    Budget.objects.create(team=project.team, limit_usd=5)
    pictured = still(project, author=producer)
    return Studio(project, archived, made, pictured, recipe, baked)


def baked_of(project: Project, author: User, *states: State) -> BakeOff:
    """Return a bake-off of takes in some states."""
    bakeoff = BakeOff.objects.create(project=project, author=author, words="A heron at dusk")
    for state in states:
        Entrant.objects.create(bakeoff=bakeoff, generation=take(project, state, author=author))
    return bakeoff


@pytest.fixture
def seen(browser, live_server, producer, enter, complaints) -> Iterator[Page]:
    """The producer's page; motion is left out, so that nothing is looked at half faded."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    enter(context, producer)
    page = context.new_page()
    listen(page, complaints)
    yield page
    context.close()
    assert complaints == []


def names() -> list[str]:
    """Return the names of the site's own paths."""
    return [each.name for each in urlpatterns if isinstance(each, URLPattern) and each.name]


def pages(client: Client, everything: Studio) -> list[str]:
    """Return the names of what answers with a whole page, as the site itself says."""
    found = []
    for name in names():
        for address in list(everything.addresses(name))[:1]:
            answer = client.get(address, follow=False)
            if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content:
                found.append(name)
    return found


def broken(page: Page, what: str, within: str = "html") -> list[object]:
    """Return what is wrong with what is shown.

    The rules it breaks, widths at which it doesn't fit, and what of a dialog hides that it has
    the focus.
    """
    found: list[object] = []
    for size in (SMALL_PHONE, PHONE, MEDIUM, WIDE):
        page.set_viewport_size(size)
        if size in (PHONE, MEDIUM, WIDE):
            look(page, f"{what.strip('/').replace('/', '-')[:60] or 'home'}-{size['width']}")
        if size in (PHONE, WIDE):
            found += [(what, size["width"], each) for each in violations(page, within)]
        width = width_of(page)
        if width != size["width"]:
            found.append((what, size["width"], f"is {width} wide"))
    if within == "dialog[open]":
        found += [(what, "no ring", each) for each in lost_rings(page, within)]
    return found


@pytest.mark.long
def test_no_page_breaks_a_rule_of_accessibility_and_each_fits(
    seen: Page, live_server, everything, producer, sign_in
):
    listed = pages(sign_in(producer), everything)
    assert {"home", "board", "generation", "recipes", "trash", "queue", "spend"} <= set(listed)
    found = []
    for name in listed:
        if name in THE_BOARD | PARTS:
            continue
        for address in everything.addresses(name):
            seen.goto(live_server.url + address)
            if name != "board":  # whose menus lie over it: they are opened one by one
                seen.evaluate(OPEN_ALL, "main")
            found += broken(seen, address)
    assert found == []


def test_the_doors_break_no_rule(watched: Page, live_server, db):
    for name in ("account_login", "account_reset_password"):
        watched.goto(live_server.url + reverse(name))
        assert broken(watched, name) == []


def test_the_pages_of_allauth_break_no_rule(seen: Page, live_server, project):
    for name in (
        "account_email",
        "account_change_password",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "usersessions_list",
        "account_logout",
    ):
        seen.goto(live_server.url + reverse(name))
        assert broken(seen, name) == []


def test_what_is_offered_to_a_viewer_breaks_no_rule(
    browser, live_server, everything, enter, complaints
):
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    enter(context, member(everything.project, Role.VIEWER))
    page = context.new_page()
    listen(page, complaints)
    ready = everything.takes[State.COMPLETED]
    for address in ("/projects/desert-light/", reverse("generation", args=[ready.uuid])):
        page.goto(live_server.url + address)
        assert broken(page, f"viewer {address}") == []
    context.close()
    assert complaints == []


@pytest.mark.long
def test_nothing_that_opens_on_the_board_breaks_a_rule(
    seen: Page,
    live_server,
    everything,
    helper,  # noqa: F811
):
    helper.says("A red fox at dawn")
    page, found = seen, []
    page.goto(f"{live_server.url}/projects/desert-light/")
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        found += [(size["width"], "no ring", each) for each in lost_rings(page)]
    words = page.get_by_label("What is seen, and how it moves")
    words.fill("A fox at {dawn|noon}, {time of day}")
    ready = everything.takes[State.COMPLETED]
    card = page.locator(f"#take-{ready.uuid}")

    for summary in (
        page.locator(".finder summary").first,
        page.locator(".finder summary").last,
        page.locator("#moves summary"),
        page.locator(".tools summary"),
    ):
        summary.press("Enter")
        found += broken(page, f"menu {summary.inner_text()}")
        page.keyboard.press("Escape")
    card.locator(".frame__open").focus()
    card.get_by_label("More for take").press("Enter")
    found += broken(page, "menu of a card")
    page.keyboard.press("Escape")

    for tool, shows in (
        ("Structure", "Put it in place of the words"),
        ("Recipes", "Opening"),
        ("Several prompts", "Correct"),
        ("Bake-off", "Choose two to eight"),
        ("Improve", "Accept"),
    ):
        page.get_by_text("Prompt help").click()
        page.get_by_role("button", name=tool, exact=True).click()
        dialog = page.get_by_role("dialog", name="Prompt help")
        if tool == "Several prompts":
            dialog.get_by_label("One prompt a line").fill("prompt,duration\nDunes,7\nFog,5")
        expect(dialog.get_by_role("button", name=shows).first).to_be_visible()
        page.evaluate(OPEN_ALL, "dialog[open]")
        found += broken(page, f"dialog {tool}", "dialog[open]")
        if tool == "Recipes":
            dialog.get_by_role("button", name="Opening").first.click()
            expect(dialog.get_by_label("Subject")).to_be_visible()
            found += broken(page, "dialog a recipe", "dialog[open]")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Prompt history").click()
    expect(page.get_by_label("Search your earlier prompts")).to_be_focused()
    found += broken(page, "dialog history", "dialog[open]")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Takes and stills for the start frame").click()
    expect(page.locator("#picks")).to_be_visible()
    found += broken(page, "picks")
    page.keyboard.press("Escape")

    for each in (ready, everything.takes[State.FAILED], everything.takes[State.UNCONFIRMED]):
        page.locator(f"#take-{each.uuid} .take__words a").click()
        drawer = page.locator("dialog[open]")
        expect(drawer.locator(f"[data-film='{each.uuid}']")).to_be_visible()
        page.evaluate(OPEN_ALL, "dialog[open]")
        found += broken(page, f"drawer {each.state}", "dialog[open]")
        page.keyboard.press("Escape")

    card.get_by_role("checkbox").check()
    page.locator(f"#take-{everything.takes[State.FAILED].uuid}").get_by_role("checkbox").check()
    expect(page.locator("#chosen")).to_contain_text("2 chosen")
    expect(page.locator(".chosen__why").first).to_be_visible()
    found += broken(page, "chosen")
    assert found == []
