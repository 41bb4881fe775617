"""A video begins on a picture: made beside the composer's empty slot, picked, and animated."""

import re

from playwright.sync_api import expect

from generations.models import Generation, State, Still
from tests.factories import AccountFactory, bring
from tests.flows.test_looks import violations
from tests.flows.test_making import look
from tests.flows.widths import width_of

WORDS = "A teal lighthouse at dawn, waves crash"


def test_a_first_frame_is_made_picked_and_animated(board, project):
    page = board()
    page.get_by_label("What is seen, and how it moves").fill(WORDS)
    page.locator("#options select[name=resolution]").select_option("540p")
    offer = page.get_by_role("button", name="Make a first frame")
    look(page, "first-frame")
    assert violations(page, "#composer") == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert width_of(page) <= 390
    look(page, "first-frame-phone")
    page.set_viewport_size({"width": 1440, "height": 960})

    offer.click()
    expect(page.locator("#options select[name=count]")).to_have_value("4")
    expect(page.get_by_text("choose Animate at the best")).to_be_visible()
    expect(page.get_by_label("What is seen", exact=True)).to_have_value(WORDS)
    look(page, "first-frame-pictures")
    page.locator("#generate").click()
    expect(page.locator("#takes article:not([data-sending])")).to_have_count(4)

    pictures = list(Generation.objects.order_by("pk"))
    for it in pictures:
        bring(it, State.COMPLETED)
    third = page.locator(f"#take-{pictures[2].uuid}")
    third.hover()
    third.get_by_label("Animate take 3").click()
    expect(page.locator("#slot-start img")).to_be_visible()
    expect(page.get_by_label("What is seen, and how it moves")).to_have_value(WORDS)
    expect(page.locator("#options select[name=resolution]")).to_have_value("540p")
    expect(page.locator("#options select[name=count]")).to_have_value("1")
    expect(offer).to_be_hidden()
    look(page, "first-frame-animated")
    page.locator("#generate").click()
    expect(page.locator("#takes article:not([data-sending])")).to_have_count(5)
    video = Generation.objects.latest("pk")
    assert video.prompt.resolution == "540p"
    assert video.keyframes.get().still.source == pictures[2]


def test_a_picture_of_uni_1_is_a_first_frame_too(board, project):
    AccountFactory(team=project.team, provider="luma-agents")
    page = board()
    page.get_by_label("What is seen, and how it moves").fill(WORDS)
    page.get_by_role("button", name="Make a first frame").click()
    page.locator("#options select[name=model]").select_option("uni-1")
    page.locator("#options select[name=count]").select_option("1")
    page.locator("#generate").click()
    expect(page.locator("#takes article:not([data-sending])")).to_have_count(1)
    picture = Generation.objects.get()
    assert (picture.prompt.model, picture.account.provider) == ("uni-1", "luma-agents")
    bring(picture, State.COMPLETED)
    card = page.locator(f"#take-{picture.uuid}")
    card.hover()
    card.get_by_label("Animate take 1").click()
    in_slot = page.locator("#slot-start img")
    expect(in_slot).to_be_visible()
    still = Still.objects.get(source=picture)
    expect(in_slot).to_have_attribute("src", re.compile(str(still.uuid)))
    look(page, "first-frame-uni-1")
