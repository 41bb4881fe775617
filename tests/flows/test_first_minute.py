"""The first minute: an empty project, and its first take."""

from playwright.sync_api import expect

from generations.models import Generation
from tests.flows.test_looks import PHONE, violations
from tests.flows.widths import width_of


def test_a_press_on_an_example_orders_it(board):
    page = board()
    assert violations(page) == []
    page.get_by_label("What is seen").fill("My own idea")
    page.get_by_role("button", name="Generate, $0.71").first.click()
    expect(page.locator(".take")).to_contain_text("A lighthouse in a storm")
    expect(page.locator(".starters")).to_be_hidden()
    expect(page.get_by_label("What is seen")).to_have_value("My own idea")
    assert Generation.objects.count() == 1


def test_an_example_can_be_changed_first_also_on_a_phone(board):
    page = board()
    page.set_viewport_size(PHONE)
    assert width_of(page) == PHONE["width"]
    page.get_by_role("link", name="Change it first").nth(1).click()
    expect(page.get_by_label("What is seen")).to_have_value(
        "Slow push in over desert dunes as the sun breaks the horizon"
    )
    assert not Generation.objects.exists()
