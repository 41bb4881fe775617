"""A picture from one's own disk, which a page that is loaded anew doesn't hold any more."""

import pytest
from playwright.sync_api import Page, expect

from generations.models import Generation
from tests.factories import PASSWORD, member, tiny_poster
from tests.flows.test_composer import WORDS
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look

ASKS = "choose the picture again"


def begun(page: Page) -> Page:
    """Words and a start frame from the disk, not sent yet."""
    page.get_by_label(WORDS).fill("The fog lifts")
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    expect(page.locator("#slot-start img")).to_be_visible()
    return page


def nothing_is_sent(page: Page) -> None:
    """The key is refused at the slot, in words."""
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator("[name=start]")).to_be_focused()
    page.locator("#generate").click()
    expect(page.locator("[name=start]")).to_be_focused()
    expect(page.locator("#start-error")).to_contain_text(ASKS)
    assert sent == []
    assert not Generation.objects.exists()


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_after_a_reload_nothing_is_ordered_before_the_picture_is_chosen_again(board, viewport):
    page = begun(board())
    if viewport:
        page.set_viewport_size(viewport)
    for _ in range(2):
        page.reload()
        expect(page.get_by_role("alert")).to_contain_text(ASKS)
    expect(page.get_by_label(WORDS)).to_have_value("The fog lifts")
    nothing_is_sent(page)
    look(page, f"unkept-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    page.get_by_label("Start frame", exact=True).set_input_files(tiny_poster())
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(1)
    assert Generation.objects.get().keyframes.get().position == "start"
    page.reload()
    expect(page.locator(".take")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_picture_that_a_reload_took_may_be_left_out(board):
    page = begun(board())
    page.reload()
    nothing_is_sent(page)
    page.get_by_label("Duration").select_option("9")  # the price comes, and what was said stays
    expect(page.locator("#start-error")).to_contain_text(ASKS)
    page.get_by_role("button", name="Take the start frame out").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.reload()
    expect(page.get_by_label(WORDS)).to_have_value("The fog lifts")
    expect(page.locator("#price")).to_have_text("$1.28")  # of 9 s
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(1)
    assert not Generation.objects.get().keyframes.exists()


def test_after_signing_in_again_the_picture_is_asked_for(board, artist):
    page = begun(board())
    page.context.clear_cookies(name="sessionid")
    page.get_by_label(WORDS).press("Control+Enter")
    page.get_by_label("Email").fill(artist.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label(WORDS)).to_have_value("The fog lifts")
    nothing_is_sent(page)


def test_references_that_a_reload_took_are_asked_for_each(board):
    page = board()
    page.get_by_role("button", name="Image", exact=True).click()
    expect(page.get_by_label("Format")).to_be_visible()
    page.get_by_label("What is seen").fill("A lighthouse")
    for slot in ("ref1", "ref2"):
        page.locator(f"[name={slot}]").set_input_files(tiny_poster())
        expect(page.locator(f"#slot-{slot} img")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Format")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(2)
    page.get_by_label("What is seen").press("Control+Enter")
    expect(page.locator("[name=ref1]")).to_be_focused()
    look(page, "unkept-references")
    for _ in range(2):
        page.locator("#composer [data-clear]:visible").first.click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_label("What is seen").press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(1)


def test_a_draft_is_nobody_elses_who_signs_in_next(board, project, artist, enter, live_server):
    page = board()
    page.get_by_label(WORDS).fill("A secret idea")
    page.context.clear_cookies(name="sessionid")
    enter(page.context, member(project))
    page.goto(f"{live_server.url}/projects/{project.slug}/")
    expect(page.get_by_label("Duration")).to_be_visible()
    assert page.get_by_label(WORDS).input_value() == ""
    page.context.clear_cookies(name="sessionid")
    enter(page.context, artist)
    page.goto(f"{live_server.url}/projects/{project.slug}/")
    expect(page.get_by_label(WORDS)).to_have_value("A secret idea")
