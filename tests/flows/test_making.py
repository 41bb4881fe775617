"""Images in the composer, from a picture to a video, and what is made from a take."""

import os
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.catalogue import catalogue
from generations.kinds import Kind
from generations.models import Generation, State
from tests.factories import drawn, still, take, tiny_poster, version
from tests.flows.test_looks import PHONE, violations
from tests.flows.widths import width_of


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


def look(page: Page, name: str) -> None:
    """Keep a picture of the page where LOOKS names a directory."""
    if directory := os.environ.get("LOOKS"):
        page.screenshot(path=Path(directory) / f"{name}.png")


def test_an_image_is_composed_with_references(board, project, artist):
    still(project)
    page = board()
    page.get_by_label("What is seen").fill("A teal lighthouse at dawn")
    page.get_by_role("button", name="Image", exact=True).click()
    expect(page.get_by_label("Format")).to_be_visible()
    expect(page.get_by_label("What is seen")).to_have_value("A teal lighthouse at dawn")
    page.get_by_label("Takes and stills for picture 1", exact=True).click()
    page.locator(".pick").first.click()
    expect(page.locator("#slot-ref0 img")).to_be_visible()
    page.locator("input[name=ref1]").set_input_files(tiny_poster())
    page.get_by_label("Picture 2 is for").select_option("style")
    page.get_by_label("Weight of picture 2").fill("0.4")
    look(page, "image")
    assert violations(page) == []
    page.locator("#generate").click()
    expect(page.locator("#takes article:not([data-sending])")).to_have_count(1)
    ordered = Generation.objects.get()
    roles = {each.role: each.weight for each in ordered.references.all()}
    assert {role: float(weight) for role, weight in roles.items()} == {"image": 0.85, "style": 0.4}
    page.reload()
    expect(page.locator("input[name=kind]")).to_have_value("image")


def test_a_picture_is_animated_in_two_clicks(board, project, artist):
    shown = drawn(project, author=artist)
    page = board()
    card = page.locator(f"#take-{shown.uuid}")
    card.hover()
    card.get_by_label("Animate").click()
    expect(page.locator("#slot-start img")).to_be_visible()
    look(page, "animate")
    page.locator("#generate").click()
    expect(page.locator("#takes article:not([data-sending])")).to_have_count(2)
    assert Generation.objects.latest("pk").keyframes.get().still.source == shown


def test_a_take_is_reframed_from_its_cards_menu(board, made):
    page = board()
    page.locator(f"#take-{made.uuid}").hover()
    page.get_by_label("More for take 1").click()
    look(page, "menu")
    assert violations(page) == []
    page.get_by_role("link", name="Reframe").click()
    expect(page.locator("#slot-source")).to_contain_text("Source: take 1")
    page.get_by_label("New ratio").select_option("1:1")
    page.locator("select[name=row]").select_option("0")
    expect(page.locator("#canvas")).to_have_attribute("viewBox", "0 0 960 960")
    expect(page.locator("#canvas image")).to_have_attribute("y", "0")
    look(page, "reframe")
    assert violations(page) == []
    page.locator("#generate").click()
    expect(page.locator("#notices")).to_contain_text("The reframed take 1 is in line.")
    expect(page.locator("input[name=kind]")).to_have_value("reframe")
    assert made.versions.get().prompt.placement.y_start == 0


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_a_take_is_modified_in_the_composer_and_the_draft_survives(board, made, viewport):
    page = board()
    if viewport:
        page.set_viewport_size(viewport)
    page.get_by_label(re.compile("What is seen")).fill("In clay")
    page.get_by_role("button", name="Modify", exact=True).click()
    expect(page.locator("[name=source]")).to_be_attached()
    page.locator("#generate").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the take that is to be modified")
    expect(page.locator("[name=source]")).to_be_focused()
    page.get_by_role("button", name="Takes and stills for the source").click()
    page.get_by_role("button", name="Take 1", exact=True).click()
    expect(page.locator("#price")).to_contain_text("$")
    page.get_by_label("How far it may go").select_option("reimagine_2")
    page.reload()
    expect(page.locator("#slot-source")).to_contain_text("Source: take 1")
    expect(page.get_by_label("How far it may go")).to_have_value("reimagine_2")
    look(page, f"modify-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    page.locator("#composer-words").press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(2)
    assert Generation.objects.latest("pk").prompt.mode == "reimagine_2"


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_the_pages_of_the_verbs_break_no_rule(studio, live_server, project, artist, made, viewport):
    if viewport:
        studio.set_viewport_size(viewport)
    size = "phone" if viewport else "wide"
    shown = drawn(project, author=artist)
    version(made, Kind.UPSCALE)
    for name, generation in (
        *[(name, made) for name in ("upscale", "sound", "reframe", "modify", "generation")],
        *(("generation", shown), ("reframe", shown)),
    ):
        studio.goto(live_server.url + reverse(name, args=[generation.uuid]))
        look(studio, f"{name}-{generation.take_number}-{size}")
        assert violations(studio) == [], name
        width = width_of(studio)
        assert width <= studio.viewport_size["width"], name
    studio.goto(f"{live_server.url}/projects/{project.slug}/compose/?make=image")
    look(studio, f"image-{size}")
    assert violations(studio) == []


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_the_places_for_pictures_are_alike_and_say_when_they_are_full(
    studio, live_server, project, viewport
):
    if viewport:
        studio.set_viewport_size(viewport)
    studio.goto(f"{live_server.url}/projects/{project.slug}/compose/?make=image")
    uses = catalogue().models["photon-1"].kinds[Kind.IMAGE].references
    places = sum(uses.values())
    full = studio.get_by_text(f"All {places} places are taken.")
    shown = studio.locator(".reference:visible")
    for number in range(places):
        expect(full).to_be_hidden()
        expect(shown).to_have_count(number + 1)  # the next free one
        studio.locator(f"input[name=ref{number}]").set_input_files(tiny_poster())
        heights = {box.bounding_box()["height"] for box in shown.all()}
        assert len(heights) == 1
    expect(full).to_be_visible()
    look(studio, f"references-{'phone' if viewport else 'wide'}")
    studio.get_by_label("Picture 1 is for").select_option("character")
    assert violations(studio) == []
    width = width_of(studio)
    assert width <= studio.viewport_size["width"]


def test_a_price_to_modify_comes_with_the_mode(studio, live_server, made):
    studio.goto(live_server.url + reverse("modify", args=[made.uuid]))
    price = studio.get_by_role("button", name=re.compile(r"Modify with Ray 2, \$"))
    expect(price).to_be_hidden()
    expect(studio.get_by_text("Choose how far it may go: then the price is here.")).to_be_visible()
    studio.locator(".mode").nth(1).click()
    expect(price).to_be_visible()
    expect(studio.get_by_text("then the price is here")).to_be_hidden()
