"""Pictures pinned to frames, under a person's hands: dropped, moved, taken out, refused, sent."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations import sweeping
from generations.models import Account, Generation, State, Still
from tests.factories import AccountFactory, still, take, tiny_poster
from tests.flows.test_composer import WORDS
from tests.flows.test_looks import PHONE, violations
from tests.flows.test_making import look
from tests.flows.test_slots import DROP, file
from tests.flows.test_take import open_take
from tests.studio.test_board import ASKED

DROP_AT = """
(line, { share, carried, files }) => {
  const carrier = new DataTransfer();
  for (const [type, value] of Object.entries(carried)) carrier.setData(type, value);
  for (const { name, type, bytes } of files) carrier.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const { left, top, width } = line.getBoundingClientRect();
  const pad = parseFloat(getComputedStyle(line.parentElement).getPropertyValue("--pad")) * 16;
  const where = { clientX: left + pad + share * (width - 2 * pad), clientY: top + 20 };
  for (const kind of ["dragover", "drop"]) {
    line.dispatchEvent(new DragEvent(kind, { dataTransfer: carrier, bubbles: true, cancelable: true, ...where }));
  }
}
"""  # noqa: E501


@pytest.fixture
def agents(project) -> Account:
    """The team's account at Luma Agents."""
    return AccountFactory(team=project.team, provider="luma-agents", name="Agents")


@pytest.fixture
def pinning(board, agents, project, artist):
    """Opens the board with a model that takes pinned pictures, and words."""

    def open_(viewport=None) -> Page:
        page = board()
        if viewport:
            page.set_viewport_size(viewport)
        page.get_by_label(WORDS).fill("A dune walks to the sea")
        page.locator("#composer-model").select_option("ray-3.2")
        expect(page.locator("[data-strip][data-ready]")).to_be_visible()
        return page

    return open_


def drop(page: Page, share: float, *, files=(), **carried) -> None:
    """Drop a still or files at a share of the clip's length."""
    carried = {f"application/x-dailies-{what}": str(each) for what, each in carried.items()}
    dropped = {"share": share, "carried": carried, "files": list(files)}
    page.locator("[data-strip-line]").evaluate(DROP_AT, dropped)


def numbers(page: Page) -> list[str]:
    return [each.input_value() for each in page.locator("[data-pin] .pin__number").all()]


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_pictures_are_dropped_moved_taken_out_and_put_back(pinning, project, viewport):
    kept = still(project)
    page = pinning(viewport)
    look(page, f"strip-empty-{'phone' if viewport else 'wide'}")
    drop(page, 0.5, still=kept.uuid)
    pin = page.get_by_role("slider", name="Pinned picture")
    expect(pin).to_be_focused()
    expect(pin).to_have_attribute("aria-valuetext", "Frame 60, 2.50 s")
    drop(page, 0.2, files=[file("a.jpg", "image/jpeg")])
    expect(page.locator("[data-pin]")).to_have_count(2)
    assert numbers(page) == ["24", "60"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert numbers(page) == ["73", "60"]
    look(page, f"strip-pins-{'phone' if viewport else 'wide'}")
    assert violations(page) == []
    page.keyboard.press("Delete")
    assert numbers(page) == ["60"]
    expect(page.get_by_text("The picture at frame 73 is out.")).to_be_visible()
    look(page, f"strip-out-{'phone' if viewport else 'wide'}")
    page.get_by_role("button", name="Put it back").click()
    assert sorted(numbers(page)) == ["60", "73"]
    expect(page.get_by_label(WORDS)).to_have_value("A dune walks to the sea")


def test_a_second_picture_on_a_frame_is_refused_at_its_field_and_the_simulator_gets_the_others(
    pinning, project, agents, simulator
):
    Account.objects.filter(pk=agents.pk).update(base_url=simulator.agents_url)
    first, second = still(project), still(project)
    page = pinning()
    drop(page, 0.5, still=first.uuid)
    expect(page.locator("[data-pin]")).to_have_count(1)
    drop(page, 0.5, still=second.uuid)
    refused = page.get_by_text("Two pictures stand at frame 60. Move one, or take it out.")
    expect(refused).to_be_visible()
    fields = page.locator("[data-pin] .pin__number")
    for field in fields.all():
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_attribute("aria-describedby", "keyframes-error")
    page.get_by_label(WORDS).press("Control+Enter")
    expect(fields.first).to_be_focused()
    expect(refused).to_be_visible()
    expect(fields).to_have_count(2)
    assert violations(page) == []
    assert not Generation.objects.exists()
    page.get_by_role("slider", name="Pinned picture").last.press("ArrowLeft")
    expect(refused).to_have_count(0)
    expect(fields.first).not_to_have_attribute("aria-invalid", "true")
    page.locator("#generate").click()
    expect(page.locator(".take:not([data-sending])")).to_have_count(1)
    made = Generation.objects.get()
    pinned = made.keyframes.order_by("frame")
    assert [(each.frame, each.still) for each in pinned] == [(59, second), (60, first)]
    sweeping.work_once()
    job = simulator.engine.store.latest(made.attempt().provider_id)
    assert job.request["video"]["keyframe_indexes"] == [59, 60]
    assert len(job.request["video"]["keyframes"]) == 2
    expect(page.locator("[data-pin]")).to_have_count(0)


def test_what_a_shorter_clip_cant_hold_is_said_and_kept(pinning, project):
    page = pinning()
    page.get_by_label("Duration").select_option("10")
    drop(page, 0.75, still=still(project).uuid)
    expect(page.locator("[data-pin]")).to_have_count(1)
    assert numbers(page) == ["180"]
    page.get_by_label("Duration").select_option("5")
    expect(page.get_by_text("Frame 180 isn't in 5 s. Choose one from 0 to 120.")).to_be_visible()
    assert numbers(page) == ["180"]
    page.get_by_role("slider", name="Pinned picture").press("End")
    assert numbers(page) == ["120"]
    expect(page.locator("#keyframes-error")).to_have_text("")
    expect(page.locator("#price")).to_contain_text("$0.30")


def test_another_model_keeps_the_pins_aside_and_a_reload_brings_them_back(pinning, project):
    page = pinning()
    drop(page, 0.5, still=still(project).uuid)
    expect(page.locator("[data-pin]")).to_have_count(1)
    model = page.locator("#composer-model")
    model.select_option("ray-2")
    expect(page.locator("#composer-note")).to_contain_text("A pinned picture waits for a model")
    expect(page.locator("[data-strip]")).to_have_count(0)
    expect(page.locator("#slot-start")).to_be_visible()
    page.reload()
    expect(model).to_have_value("ray-2")
    model.select_option("ray-3.2")
    expect(page.locator("#composer-note")).to_have_text("Back: a pinned picture.")
    assert numbers(page) == ["60"]
    page.reload()
    expect(page.locator("[data-pin]")).to_have_count(1)
    assert numbers(page) == ["60"]
    expect(page.get_by_label(WORDS)).to_have_value("A dune walks to the sea")


def test_a_place_is_chosen_by_keyboard_and_filled_from_the_takes(pinning, project, artist):
    take(project, State.COMPLETED, author=artist)
    kept = still(project)
    page = pinning()
    place = page.get_by_role("slider", name="Frame to pin a picture at")
    place.press("Shift+ArrowRight")
    place.press("ArrowRight")
    expect(page.locator("#pin-at")).to_have_value("25")
    place.press("Enter")
    expect(page.get_by_role("button", name="Still 1", exact=True)).to_be_visible()
    look(page, "strip-picks")
    page.get_by_role("button", name="Still 1", exact=True).click()
    expect(page.get_by_role("slider", name="Pinned picture")).to_be_focused()
    assert numbers(page) == ["25"]
    assert page.locator("[name=pin0_still]").input_value() == str(kept.uuid)
    # A later order goes where orders go.
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(2)
    assert Generation.objects.latest("pk").keyframes.get().frame == 25


def test_pins_are_dragged_with_the_pointer_and_typed(pinning, project):
    page = pinning()
    drop(page, 0.25, still=still(project).uuid)
    pin = page.get_by_role("slider", name="Pinned picture")
    box, line = pin.bounding_box(), page.locator("[data-strip-line]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(line["x"] + line["width"] / 2, box["y"] + 10, steps=4)
    page.mouse.up()
    assert numbers(page) == ["60"]
    field = page.get_by_role("spinbutton", name="Frame", exact=True)
    field.fill("96")
    field.press("Enter")
    expect(pin).to_have_attribute("aria-valuetext", "Frame 96, 4.00 s")
    expect(pin).to_be_focused()
    assert not Generation.objects.exists()


def test_files_that_find_no_room_are_said(pinning):
    page = pinning()
    drop(page, 0.7, files=[file(f"{number}.jpg", "image/jpeg") for number in range(4)])
    expect(page.locator("[data-pin]")).to_have_count(2)
    expect(page.get_by_text("There is no room for 2.jpg, 3.jpg.")).to_be_visible()
    assert numbers(page) == ["84", "108"]
    drop(page, 0.1, files=[file("a.pdf", "application/pdf")])
    expect(page.get_by_text("isn't a picture that can be read")).to_be_visible()
    assert Still.objects.count() == 2


def test_where_one_file_is_no_picture_none_of_them_goes_up(pinning):
    page = pinning()
    drop(page, 0.5, files=[file("a.pdf", "application/pdf"), file("b.jpg", "image/jpeg")])
    expect(page.get_by_text("isn't a picture that can be read")).to_be_visible()
    drop(page, 0.25, files=[file("c.jpg", "image/jpeg")])
    expect(page.locator("[data-pin]")).to_have_count(1)
    assert numbers(page) == ["30"]
    assert Still.objects.count() == 1


def test_a_file_that_was_refused_is_in_no_orders_way(pinning):
    page = pinning()
    chosen = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    page.locator("[data-pin-file]").set_input_files(chosen)
    expect(page.get_by_text("isn't a picture that can be read")).to_be_visible()
    page.locator("#generate").click()
    expect(page.locator(".take")).to_have_count(1)


def test_a_slot_still_takes_what_is_dropped_beside_the_strip(pinning):
    page = pinning()
    page.locator("#composer-words").evaluate(DROP, [file("a.jpg", "image/jpeg")])
    expect(page.locator("#slot-start img")).to_be_visible()
    page.locator("[data-pin-file]").set_input_files(tiny_poster())
    expect(page.locator("[data-pin]")).to_have_count(1)
    beside = "Ray 3.2 can't combine a start frame with pinned pictures. Take one of them out."
    expect(page.locator("#slot-start img")).to_be_visible()  # the file is still chosen
    page.locator("#generate").click()
    expect(page.get_by_text(beside)).to_be_visible()
    expect(page.locator("[data-pin]")).to_have_count(1)
    assert not Generation.objects.exists()


@pytest.mark.usefixtures("agents")
def test_64_pictures_are_moved_priced_and_sent_again_and_no_more_are_taken(
    studio, live_server, project, client
):
    kept = still(project)
    full = {f"pin{place}_still": str(kept.uuid) for place in range(64)}
    full |= {f"pin{place}_frame": str(place) for place in range(64)}
    typed = ASKED | {"model": "ray-3.2", "words": "A dune walks to the sea"} | full
    client.post(reverse("generate", args=[project.slug]), typed)
    page = studio
    page.goto(f"{live_server.url}/generations/{Generation.objects.get().uuid}/remix/")
    expect(page.locator("[data-strip][data-full][data-ready]")).to_be_visible()
    expect(page.locator("#pin-at")).to_be_hidden()
    drop(page, 0.9, still=kept.uuid)
    expect(page.get_by_text("No more can be pinned. Take one out first.")).to_be_visible()
    page.get_by_role("slider", name="Pinned picture").last.press("End")
    expect(page.locator("#keyframes-error")).to_have_text("")
    expect(page.locator("#price")).to_contain_text("$0.30")
    look(page, "strip-full")
    page.get_by_label(WORDS).press("Control+Enter")
    expect(page.locator(".take:not([data-sending])")).to_have_count(2)
    again = Generation.objects.latest("pk").keyframes.order_by("frame")
    assert [each.frame for each in again] == [*range(63), 120]

    page.goto(f"{live_server.url}/generations/{Generation.objects.first().uuid}/remix/")
    expect(page.locator("[data-strip][data-full][data-ready]")).to_be_visible()
    page.get_by_role("slider", name="Pinned picture").first.press("Delete")
    drop(page, 1, still=kept.uuid)
    expect(page.get_by_role("slider", name="Pinned picture").last).to_be_focused()
    assert numbers(page) == [*map(str, range(1, 64)), "120"]


def test_the_frame_on_the_screen_is_pinned(pinning, project, artist):
    made = take(project, State.COMPLETED, author=artist)
    page = pinning()
    drop(page, 0, take=made.uuid)
    expect(page.locator("[data-pin]")).to_have_count(1)
    pin = page.get_by_role("slider", name="Pinned picture")
    first = page.locator("[name=pin0_still]").input_value()
    page.get_by_role("button", name="Last", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Last", exact=True, pressed=True)).to_be_visible()
    expect(pin).to_be_focused()
    assert page.locator("[name=pin0_still]").input_value() != first
    page.get_by_role("spinbutton", name="Frame of take 1").fill("3")
    look(page, "strip-which")
    assert violations(page) == []
    page.get_by_role("spinbutton", name="Frame of take 1").press("Enter")
    chosen = page.get_by_role("button", name="Last", exact=True, pressed=False)
    expect(chosen).to_be_visible()
    expect(pin).to_be_focused()
    third = Still.objects.get(source=made, frame=3)
    assert page.locator("[name=pin0_still]").input_value() == str(third.uuid)
    assert not Generation.objects.filter(keyframes__frame__isnull=False).exists()
    drawer = open_take(page, 1)
    for _ in range(3):
        page.keyboard.press(".")
    drawer.get_by_role("button", name="Pin it").click()
    expect(drawer).to_be_hidden()
    expect(page.locator("[data-pin]")).to_have_count(2)
    assert numbers(page) == ["0", "24"]
    kept = Still.objects.get(source=made, frame=3)
    assert page.locator("[name=pin1_still]").input_value() == str(kept.uuid)
    expect(page.get_by_label(WORDS)).to_have_value("A dune walks to the sea")
