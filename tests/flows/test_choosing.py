"""Choosing many takes: with the mouse, with keys, and what the bar offers for them."""

import hashlib
import re
import zipfile

from playwright.sync_api import Page, expect

from generations.models import Asset, State
from studio import reviewing
from studio.models import Favourite, Role, Verdict
from tests.factories import member, take
from tests.flows.test_finding import numbers

CHOSEN = "[...document.querySelectorAll('[data-choose]:checked')].map(each => each.ariaLabel)"


def chosen(page: Page) -> list[int]:
    return [int(each.split()[-1]) for each in page.evaluate(CHOSEN)]


def box(page: Page, number: int):
    return page.get_by_label(f"Choose take {number}", exact=True)


def bar(page: Page):
    return page.get_by_role("form", name="Chosen takes")


def test_shift_chooses_a_run_by_mouse(board, project, artist):
    for _ in range(8):
        take(project, State.FAILED, author=artist)
    page = board()
    expect(bar(page)).to_be_hidden()
    page.locator("[data-take='7']").hover()
    box(page, 7).click()
    expect(bar(page)).to_contain_text("1 chosen")
    box(page, 4).click(modifiers=["Shift"])
    assert chosen(page) == [7, 6, 5, 4]
    box(page, 6).click(modifiers=["Shift"])
    assert chosen(page) == [7, 6]
    page.keyboard.press("Escape")
    assert chosen(page) == []
    expect(bar(page)).to_be_hidden()


def test_shift_chooses_a_run_by_keyboard(board, project, artist):
    for _ in range(8):
        take(project, State.FAILED, author=artist)
    page = board()
    page.locator("[data-take='7'] a").first.focus()
    page.keyboard.press("Space")
    assert chosen(page) == [7]
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert chosen(page) == [7, 6, 5]
    page.keyboard.press("Shift+ArrowLeft")
    assert chosen(page) == [7, 6]
    page.keyboard.press("Control+a")
    assert len(chosen(page)) == 8
    expect(bar(page)).to_contain_text("8 chosen")


def test_the_bar_explains_itself_and_what_is_chosen_survives_a_refresh(board, project, artist):
    take(project, State.COMPLETED, author=artist)
    working = take(project, State.QUEUED, author=artist)
    page = board()
    for number in (1, 2):
        page.locator(f"[data-take='{number}']").hover()
        box(page, number).click()
    can = "downloaded, compared, sent to review, collected, made into finals or copied"
    expect(bar(page)).to_contain_text(f"1 of 2 can be {can}: 1 has no file here.")
    assert working.dream(next_at=working.created_at)
    expect(page.locator("[data-take='2']")).to_contain_text("Dreaming")
    expect(box(page, 2)).to_be_checked()
    assert chosen(page) == [2, 1]
    bar(page).get_by_role("button", name="Favourite").click()
    expect(page.locator("[data-take='1'] .star button")).to_have_attribute("aria-pressed", "true")
    assert Favourite.objects.filter(user=artist).count() == 2


def test_the_bar_is_one_row_over_the_head_at_1440(board, project, artist):
    for _ in range(3):
        take(project, State.COMPLETED, author=artist)
    page = board()
    page.locator("[data-take='3']").hover()
    box(page, 3).click()
    box(page, 1).click(modifiers=["Shift"])
    verbs = bar(page).get_by_role("button")
    expect(verbs).to_have_count(11)
    places = [verb.bounding_box() for verb in verbs.all()]
    assert len({place["y"] for place in places}) == 1
    whole, finder = bar(page).bounding_box(), page.locator("#find").bounding_box()
    assert whole["y"] + whole["height"] <= finder["y"]


def test_what_is_chosen_comes_down_as_one_zip(board, project, artist):
    takes = [take(project, State.COMPLETED, author=artist) for _ in range(3)]
    page = board()
    page.locator("[data-take='3']").hover()
    box(page, 3).click()
    box(page, 1).click(modifiers=["Shift"])
    with page.expect_download() as coming:
        bar(page).get_by_role("button", name="Download as ZIP").click()
    with zipfile.ZipFile(coming.value.path()) as packed:
        found = sorted(hashlib.sha256(packed.read(name)).hexdigest() for name in packed.namelist())
    kept = Asset.objects.filter(generation__in=takes, kind="video")
    assert found == sorted(kept.values_list("sha256", flat=True))
    assert chosen(page) == [3, 2, 1]


def test_what_is_sent_to_review_is_found_by_where_its_review_stands(board, project, artist):
    first = take(project, State.COMPLETED, author=artist)
    take(project, State.COMPLETED, author=artist)
    take(project, State.FAILED, author=artist)
    reviewing.send([first], artist)
    page = board()
    page.locator("[data-take='1'] a").first.focus()
    page.keyboard.press("Control+a")
    expect(bar(page)).to_contain_text("1 of 3 can be sent to review")
    expect(bar(page)).to_contain_text("1 is in review already")
    bar(page).get_by_role("button", name="Send to review").click()
    expect(page.get_by_text("Sent 1 take to review.")).to_be_visible()
    expect(bar(page)).to_be_hidden()
    page.get_by_label("Filter by review").select_option("In review")
    numbers(page, 2, 1)
    reviewing.judge(first, Verdict.APPROVED, member(project, Role.REVIEWER), seen=Verdict.WAITING)
    page.get_by_label("Filter by review").select_option("Approved")
    numbers(page, 1)
    expect(page).to_have_url(re.compile(r"\?review=approved$"))
    page.reload()
    numbers(page, 1)
    expect(page.locator("[data-take='1']")).to_contain_text("Approved")
    expect(page.get_by_label("Filter by review")).to_have_value("approved")


def test_three_are_tagged_deleted_and_brought_back(board, project, artist):
    for _ in range(5):
        take(project, State.COMPLETED, author=artist)
    page = board()
    page.locator("[data-take='4']").hover()
    box(page, 4).click()
    box(page, 2).click(modifiers=["Shift"])
    field = bar(page).get_by_label("Tags for the chosen takes")
    field.fill("!!!")
    field.press("Enter")
    expect(page.get_by_text("isn't a tag")).to_be_visible()
    expect(field).to_have_value("!!!")
    assert chosen(page) == [4, 3, 2]
    field.fill("dusk")
    field.press("Enter")
    expect(page.locator(".take__tags", has_text="dusk")).to_have_count(3)
    expect(bar(page)).to_be_hidden()
    expect(page.locator("[data-take='4']:focus-within")).to_have_count(1)
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert chosen(page) == [4, 3, 2]
    bar(page).get_by_role("button", name="Delete").click()
    expect(page.locator("[data-take]")).to_have_count(2)
    expect(bar(page)).to_be_hidden()
    expect(page.locator("#take-count")).to_have_text("2 takes")
    expect(page.locator("[data-take]:focus-within")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-take]")).to_have_count(5)
    assert chosen(page) == []
    assert page.locator("#chosen-tags option").count() == 1
    page.get_by_label("Filter by tag").select_option("dusk")
    numbers(page, 4, 3, 2)
    expect(page).to_have_url(re.compile(r"\?tag=dusk$"))


def test_no_more_are_chosen_than_can_be_and_that_is_said(board, project, artist, monkeypatch):
    monkeypatch.setattr("studio.selecting.MOST", 3)
    for _ in range(5):
        take(project, State.FAILED, author=artist)
    page = board()
    page.locator("[data-take='5'] a").first.focus()
    page.keyboard.press("Control+a")
    assert chosen(page) == [5, 4, 3]
    expect(bar(page)).to_contain_text("3 chosen")
    expect(bar(page)).to_contain_text("At most 3 takes can be chosen at once.")
    box(page, 1).click()
    assert chosen(page) == [5, 4, 3]
    page.keyboard.press("Escape")
    box(page, 5).click()
    expect(bar(page)).not_to_contain_text("At most 3")
    box(page, 1).click(modifiers=["Shift"])
    assert chosen(page) == [5, 4, 3]
    expect(bar(page)).to_contain_text("At most 3 takes can be chosen at once.")
