"""The queue in a browser: by pointer, by keys, and while others change it."""

import pytest
from playwright.sync_api import Page, expect

from generations import queueing
from generations.models import Generation, State
from studio.models import Role
from tests.factories import member, take

WORDS = ("Rain over the harbour", "Snow on the pass", "Fog in the pines")


@pytest.fixture
def waiting(project, artist):
    return [take(project, author=artist, words=words) for words in WORDS]


@pytest.fixture
def queue(studio: Page, live_server, waiting):
    studio.goto(f"{live_server.url}/queue/")
    return studio


def order(page: Page) -> list[str]:
    return page.locator(".wait__words").all_inner_texts()


def row(page: Page, words: str):
    return page.locator("[data-row]", has_text=words)


def test_the_arrows_walk_and_with_shift_reorder(queue):
    queue.keyboard.press("j")
    queue.keyboard.press("j")
    expect(row(queue, WORDS[1])).to_be_focused()
    queue.keyboard.press("Shift+ArrowUp")
    expect(queue.locator(".wait__words").first).to_have_text(WORDS[1])
    expect(row(queue, WORDS[1])).to_be_focused()
    queue.keyboard.press("Shift+ArrowDown")
    expect(queue.locator(".wait__words").first).to_have_text(WORDS[0])


def test_a_take_is_paused_by_key_and_goes_on_by_its_button(queue):
    row(queue, WORDS[0]).focus()
    queue.keyboard.press("p")
    expect(row(queue, WORDS[0])).to_contain_text("Paused; it keeps its place.")
    row(queue, WORDS[0]).get_by_role("button", name="Go on").click()
    expect(row(queue, WORDS[0])).not_to_contain_text("Paused")


def test_what_others_do_shows_by_itself(queue, waiting, artist):
    waiting[0].cancel(artist)
    expect(row(queue, WORDS[0])).to_have_count(0)
    queueing.move_up(waiting[2], artist, over_others=False)
    expect(queue.locator(".wait__words").first).to_have_text(WORDS[2])


def test_a_producer_stops_the_line(watched, live_server, project, waiting, enter):
    enter(watched.context, member(project, Role.PRODUCER))
    watched.goto(f"{live_server.url}/queue/")
    watched.get_by_role("button", name="Pause the line").click()
    expect(watched.locator("#queue")).to_contain_text("The line is paused")
    row(watched, WORDS[2]).get_by_role("button", name="To the front").click()
    expect(watched.locator(".wait__words").first).to_have_text(WORDS[2])
    watched.get_by_role("button", name="Let the line go on").click()
    expect(watched.get_by_role("button", name="Pause the line")).to_be_visible()


def test_a_waiting_take_is_changed_from_the_queue(queue, waiting):
    row(queue, WORDS[1]).get_by_role("link", name="Edit").click()
    composer = queue.locator("#composer")
    expect(composer).to_contain_text("Changing take 2")
    composer.get_by_label("Model").select_option("Ray 2 Flash")
    expect(queue.locator("#price")).not_to_have_text("$0.71")
    expect(queue.locator("#generate")).to_contain_text("Save")
    queue.locator("#composer-words").fill("Sun on the pass")
    queue.get_by_role("button", name="Save").click()
    expect(row(queue, "Sun on the pass")).to_be_visible()
    queue.goto(queue.url.split("/queue")[0] + "/projects/desert-light/")
    expect(queue.locator(f"#take-{waiting[1].uuid}")).to_contain_text("Sun on the pass")
    expect(composer).not_to_contain_text("Changing")
    changed = Generation.objects.get(pk=waiting[1].pk)
    assert changed.prompt.model == "ray-flash-2"
    assert changed.state == State.WAITING


def test_a_reload_while_changing_a_take_goes_on_changing_it(queue):
    row(queue, WORDS[1]).get_by_role("link", name="Edit").click()
    queue.wait_for_url("**/edit/?back=queue")  # and its scripts
    queue.locator("#composer-words").fill("Sun on the pass")
    queue.goto(queue.url.split("/generations")[0] + "/projects/desert-light/")
    expect(queue.locator("#composer")).to_contain_text("Changing take 2")
    expect(queue.locator("#composer-words")).to_have_value("Sun on the pass")
    queue.get_by_role("link", name="Leave it as it is").click()
    queue.wait_for_url("**/queue/?team=*")
    queue.get_by_role("link", name="Desert Light").first.click()
    expect(queue.locator("#composer-words")).to_have_value("")
    expect(queue.locator("#composer")).not_to_contain_text("Changing")


def test_the_ends_of_the_line_cant_be_pressed_and_an_edit_leads_back(queue):
    first, last = row(queue, WORDS[0]), row(queue, WORDS[-1])
    expect(first.get_by_role("button", name="Up: take 1; nothing of yours")).to_be_disabled()
    expect(last.get_by_role("button", name="Down: take 3; nothing of yours")).to_be_disabled()
    first.focus()
    queue.keyboard.press("Shift+ArrowUp")
    assert order(queue)[0] == WORDS[0]
    first.get_by_role("link", name="Edit take 1").click()
    queue.get_by_label("What is seen, and how it moves").fill("Hail on the roofs")
    queue.get_by_role("button", name="Save").click()
    queue.wait_for_url("**/queue/?team=*")
    expect(queue.locator(".wait__words").first).to_have_text("Hail on the roofs")
