"""A cut grows in the page: a clip is extended and bridged, dreams in its place, and is a take."""

import re

import pytest
from playwright.sync_api import Page, expect

from generations.models import Account, Generation
from generations.ordering import accept
from generations.orders import Order
from generations.simulator.testing import running
from studio.editing.cut import Clip, Cut
from studio.models import Sequence
from tests.flows.test_looks import violations
from tests.flows.test_making import look
from tests.flows.test_whole_path import stored, work_until

LONG_S = 240
SHOWN_MS = 30_000
WORDS = "Dunes at dawn, the camera pushes in"


@pytest.fixture
def sequence(tmp_path, project, artist, live_server, settings, studio):
    """Two takes that have nothing in common, one after the other."""
    settings.OUTBOUND_LOOPBACK = True
    settings.POLL_AFTER_S = 0.0
    settings.LOCAL_URL = live_server.url
    with running(tmp_path / "simulator", renderers=1) as simulator:
        Account.objects.update(base_url=simulator.url)
        said = (WORDS, "A green aurora over snowy mountains")
        takes = [accept(project, artist, Order(words, resolution="540p")) for words in said]
        work_until(studio, lambda: stored() == 2, LONG_S)
        clips = tuple(Clip(key, made.uuid) for key, made in zip("ab", takes, strict=True))
        yield Sequence.begin(project, artist, "Rough cut", Cut(clips))


def clips(page: Page):
    return page.locator("[data-clip]")


@pytest.mark.long
def test_a_cut_grows_and_shows_how_its_clips_join(studio, live_server, sequence):
    page: Page = studio
    page.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    # Two takes that have nothing in common: the lane says so before anything is chosen.
    expect(clips(page).first).to_have_attribute("data-seam", "jump", timeout=SHOWN_MS)
    opened = clips(page).first.locator(".clip__open")

    opened.click()
    grow = page.get_by_role("region", name="Joins, and growing the cut")
    expect(grow.get_by_text("a visible jump")).to_be_visible(timeout=SHOWN_MS)
    expect(grow.get_by_alt_text("Last frame of clip 1")).to_be_visible()
    after = grow.get_by_role("button", name="Extend after this clip $0.40")
    expect(after).to_be_visible()
    grow.get_by_label("What is seen, and how it moves").fill(f"{WORDS} on")
    grow.get_by_label("Length").select_option("9")
    expect(grow.get_by_role("button", name="Extend after this clip $0.72")).to_be_visible()
    expect(grow.get_by_label("What is seen, and how it moves")).to_have_value(f"{WORDS} on")
    grow.get_by_label("Length").select_option("5")
    expect(after).to_be_visible()
    assert violations(page) == []
    look(page, "growing")

    after.press("Enter")
    expect(clips(page)).to_have_count(3)
    expect(page.locator(".clip--dreaming")).to_have_count(1)
    expect(page.get_by_text("Take 3 is in line, and has its place.").first).to_be_visible()
    expect(grow.get_by_text("It can grow once its take is here.")).to_be_visible()
    look(page, "growing-dreams")

    # It plays while the take is made, and goes on when it is there.
    page.get_by_role("button", name="Play", exact=True).click()
    work_until(page, lambda: stored() == 3, LONG_S)
    expect(page.locator(".clip--dreaming")).to_have_count(0, timeout=SHOWN_MS)
    expect(clips(page).nth(1)).to_have_attribute("data-src", f"/media/{newest().uuid}/video")
    expect(clips(page).first).to_have_attribute("data-seam", "seamless", timeout=SHOWN_MS)
    assert newest().keyframes.get().source.take_number == 1
    expect(page.locator(".money strong")).to_have_text("$1.20")
    expect(page.locator(".bin__take")).to_have_count(3)

    # From there to the next clip.
    clips(page).nth(1).locator(".clip__open").click()
    bridge = grow.get_by_role("button", name="Bridge to the next clip $0.40")
    expect(bridge).to_be_visible(timeout=SHOWN_MS)
    bridge.click()
    expect(clips(page)).to_have_count(4)
    work_until(page, lambda: stored() == 4, LONG_S)
    expect(page.locator(".clip--dreaming")).to_have_count(0, timeout=SHOWN_MS)
    for place in (1, 2):
        mark = clips(page).nth(place)
        expect(mark).to_have_attribute("data-seam", "seamless", timeout=SHOWN_MS)
    clips(page).nth(2).locator(".clip__open").click()
    expect(grow.locator(".seam--seamless")).to_have_count(2, timeout=SHOWN_MS)
    assert violations(page) == []
    look(page, "growing-bridged")


def test_a_clip_is_led_up_to_by_a_take_that_ends_on_its_first_frame(
    studio, live_server, project, artist, simulator
):
    page: Page = studio
    made = accept(project, artist, Order(WORDS, resolution="540p"))
    work_until(page, lambda: stored() == 1, LONG_S)
    sequence = Sequence.begin(project, artist, "Rough cut", Cut((Clip("a", made.uuid),)))
    page.goto(f"{live_server.url}/sequences/{sequence.uuid}/")
    clips(page).first.locator(".clip__open").click()
    grow = page.get_by_role("region", name="Joins, and growing the cut")
    grow.get_by_role("button", name="Extend before this clip $0.40").press("Enter")
    expect(clips(page)).to_have_count(2)
    first = clips(page).first
    expect(first).to_have_class(re.compile("clip--dreaming"))
    expect(page.get_by_text("Take 2 is in line, and has its place.").first).to_be_visible()

    work_until(page, lambda: stored() == 2, LONG_S)
    expect(page.locator(".clip--dreaming")).to_have_count(0, timeout=SHOWN_MS)
    expect(first).to_have_attribute("data-src", f"/media/{newest().uuid}/video")
    expect(clips(page).nth(1)).to_have_attribute("data-src", f"/media/{made.uuid}/video")
    expect(first).to_have_attribute("data-seam", "seamless", timeout=SHOWN_MS)
    kept = Sequence.objects.get().cut.clips
    assert [clip.take for clip in kept] == [newest().uuid, made.uuid]
    assert newest().keyframes.get().position == "end"


def newest() -> Generation:
    return Generation.objects.latest("pk")
