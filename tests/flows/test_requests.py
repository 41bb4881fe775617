"""A producer goes through the requests with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from generations.models import Budget, Generation, LedgerEntry, State
from studio.models import Role
from tests.factories import member, still, take


@pytest.fixture
def producer(watched: Page, project, enter) -> Page:
    enter(watched.context, member(project, Role.PRODUCER))
    return watched


def test_requests_are_decided_by_keys(producer: Page, live_server, project, artist):
    Budget.objects.create(team=project.team, limit_usd=50)
    first, second, third = (
        take(project, State.REQUESTED, author=artist, words=f"Shot {n}: fog", start=still(project))
        for n in (1, 2, 3)
    )
    producer.goto(f"{live_server.url}/requests/")
    shown = producer.locator("[data-request]")
    expect(shown).to_have_count(3)
    expect(shown.first).to_be_focused()
    producer.keyboard.press("j")
    expect(shown.nth(1)).to_be_focused()
    producer.keyboard.press("d")
    producer.keyboard.type("Not ajar: keep it a quiet day")  # keys are letters in a field
    producer.keyboard.press("Enter")
    expect(shown).to_have_count(2)
    expect(shown.nth(1)).to_be_focused()
    producer.keyboard.press("k")
    producer.keyboard.press("a")
    expect(shown).to_have_count(1)
    states = dict(Generation.objects.values_list("pk", "state"))
    assert states == {
        first.pk: State.WAITING,
        second.pk: State.DECLINED,
        third.pk: State.REQUESTED,
    }
    assert LedgerEntry.objects.reserved_usd() == first.price_usd
    producer.keyboard.press("d")
    producer.keyboard.press("Enter")
    expect(producer.get_by_role("alert")).to_have_text(re.compile("^Say why"))
    expect(producer.get_by_label("Why take 3 is declined")).to_be_focused()


def test_the_button_says_that_it_asks(board, project, artist):
    take(project, State.REQUESTED, author=artist)  # the team has a threshold
    page = board()
    expect(page.get_by_role("button", name="Request, $0.71")).to_be_visible()
    page.locator("#composer").get_by_label("Model").select_option("Ray 2 Flash")
    expect(page.get_by_role("button", name="Request, $0.25")).to_be_visible()
    page.get_by_label("What is seen").fill("Rain on a window at night")
    page.get_by_role("button", name="Request, $0.25").click()
    card = page.locator(".take", has_text="Rain on a window")
    expect(card).to_contain_text("A producer has to approve it first")
    card.get_by_role("button", name="Withdraw").click()
    expect(card).to_contain_text("Nothing was charged.")
