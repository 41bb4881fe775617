"""Exports in a browser: begun, followed without a reload, and fetched."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.models import State
from studio.editing import exporting
from studio.editing.cut import Clip, Cut, Into, Join
from studio.models import Edit, Export, Sequence
from tests.factories import sound, take
from tests.flows.test_looks import PHONE, SMALL_PHONE, violations
from tests.flows.widths import width_of
from tests.studio.editing.filmed import clip, filmed

SIZES = [PHONE, SMALL_PHONE, {"width": 1024, "height": 768}, {"width": 1440, "height": 960}]

REFRESH = "() => htmx.trigger(document.querySelector('[data-live]'), 'live')"


@pytest.fixture
def sequence(project, artist):
    made = take(project, State.COMPLETED, author=artist)
    return Sequence.begin(project, artist, "Trailer", Cut(clips=(Clip("a", made.uuid),)))


@pytest.fixture
def opened(studio: Page, live_server):
    """Opens a page of the site as the artist."""

    def open_(address: str) -> Page:
        studio.goto(live_server.url + address)
        return studio

    return open_


def test_an_export_is_followed_to_its_end_and_fetched(opened, sequence):
    page = opened(reverse("exports", args=[sequence.uuid]))
    page.get_by_label("Size").select_option("540p")
    page.get_by_role("button", name="Export", exact=True).click()
    row = page.get_by_role("listitem").filter(has_text="MP4")
    expect(row).to_contain_text("Waiting for a worker")
    assert exporting.export_due() == 1
    expect(row).to_contain_text("Ready", timeout=10_000)
    expect(row).to_contain_text("960 × 540")
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.startswith("desert-light-trailer-")
    assert download.value.path().stat().st_size == Export.objects.get().size_bytes


@pytest.mark.parametrize(
    ("kind", "size", "estimate", "starts", "suffix"),
    [
        ("ProRes 422, MOV", "540p", "0:02 long", b"ftypqt", ".mov"),
        ("WebM, VP9", "540p", "0:02 long", b"\x1a\x45\xdf\xa3", ".webm"),
        ("GIF", "As the takes are", "0:02 long", b"GIF89a", ".gif"),
        ("PNG frames of a clip, ZIP", "", "48 pictures", b"PK\x03\x04", ".zip"),
        ("Contact sheet, JPEG", "", "2 clips", b"\xff\xd8\xff", ".jpg"),
        ("Storyboard, PDF", "", "2 clips", b"%PDF", ".pdf"),
    ],
)
def test_every_kind_is_chosen_estimated_made_and_fetched(
    opened, complaints, artist, sequence, kind, size, estimate, starts, suffix
):
    shown = sequence.cut.clips[0]
    both = Cut(clips=(shown, Clip("t", words="Two hours later", out_frame=12)))
    sequence.change(sequence.version, artist, "Added a card", lambda _: both)
    page = opened(reverse("exports", args=[sequence.uuid]))
    page.get_by_label("What").select_option(kind)
    if size:
        page.get_by_label("Size").select_option(size)
    if "frames" in kind:
        page.get_by_role("button", name="Export", exact=True).click()
        expect(page.get_by_text("Choose the clip whose frames you want")).to_be_visible()
        complaints[:] = [said for said in complaints if "422" not in said]  # the browser's own
        page.get_by_label("Clip").select_option(index=1)
    expect(page.locator("#ready")).to_contain_text(f"{estimate}, ready ")
    page.get_by_role("button", name="Export", exact=True).click()
    row = page.get_by_role("listitem").filter(has_text=kind)
    expect(row).to_contain_text("Waiting for a worker")
    assert exporting.export_due() == 1
    expect(row).to_contain_text("Ready", timeout=10_000)
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(suffix)
    data = download.value.path().read_bytes()
    assert starts in data[:12]
    assert len(data) == Export.objects.get().size_bytes


def test_frames_of_a_clip_are_exported_while_another_dreams(opened, project, artist, sequence):
    there, dreaming = sequence.cut.clips[0], take(project, State.DREAMING, author=artist)
    both = Cut(clips=(Clip("d", dreaming.uuid), there))
    sequence.change(sequence.version, artist, "Added a take", lambda _: both)
    page = opened(reverse("exports", args=[sequence.uuid]))
    expect(page.get_by_text(f"Clip 1: {dreaming.name} is still being made")).to_be_visible()
    assert page.get_by_label("What").locator("option").all_inner_texts() == [
        "PNG frames of a clip, ZIP"
    ]
    page.get_by_label("Clip").select_option(index=1)
    expect(page.locator("#ready")).to_contain_text("48 pictures")
    page.get_by_role("button", name="Export", exact=True).click()
    row = page.get_by_role("listitem").filter(has_text="PNG frames of a clip, ZIP: clip 2")
    assert exporting.export_due() == 1
    expect(row).to_contain_text("Ready", timeout=10_000)


def test_what_stood_in_the_way_goes_from_the_page_by_itself(opened, project, artist, sequence):
    there, dreaming = sequence.cut.clips[0], take(project, State.DREAMING, author=artist)
    both = Cut(clips=(Clip("d", dreaming.uuid), there))
    sequence.change(sequence.version, artist, "Added a take", lambda _: both)
    page = opened(reverse("exports", args=[sequence.uuid]))
    expect(page.get_by_text(f"Clip 1: {dreaming.name} is still being made")).to_be_visible()
    expect(page.get_by_label("Loudness")).to_have_count(0)
    finished = take(project, State.COMPLETED, author=artist)
    whole = Cut(clips=(Clip("d", finished.uuid), there))
    sequence.change(sequence.version, artist, "Swapped it", lambda _: whole)
    expect(page.locator("#ready")).to_contain_text("0:04 long, ready")
    page.get_by_label("What").select_option("WebM, VP9")
    page.get_by_label("Size").select_option("540p")
    page.get_by_label("Loudness").select_option("As it is")
    longer = Cut(clips=(*whole.clips, Clip("e", dreaming.uuid)))
    sequence.change(sequence.version, artist, "Added a take", lambda _: longer)
    page.evaluate(REFRESH)
    expect(page.get_by_text(f"Clip 3: {dreaming.name} is still being made")).to_be_visible()
    sequence.change(sequence.version, artist, "Removed it", lambda _: whole)
    page.evaluate(REFRESH)
    expect(page.get_by_label("Size")).to_have_value("540")
    expect(page.get_by_label("Loudness")).to_have_value("")
    expect(page.get_by_label("What")).to_have_value("webm")
    page.get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="WebM")).to_be_visible()


def test_a_waiting_export_is_cancelled_and_deleted(opened, sequence):
    page = opened(reverse("exports", args=[sequence.uuid]))
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    row = page.get_by_role("listitem").filter(has_text="Cancelled")
    row.get_by_role("link", name="Delete the export").click()
    page.get_by_role("button", name="Delete the export").click()
    expect(page.get_by_text("Nothing is exported yet")).to_be_visible()


def test_a_film_is_cancelled_in_the_middle_and_nothing_of_it_stays(opened, project, artist):
    made = filmed(project, clip(0, frames=240))
    clips = tuple(Clip(f"c{at}", made.uuid, into=Into(Join.CROSSFADE, 12)) for at in range(12))
    long = Sequence.begin(project, artist, "Trailer", Cut(clips=clips))
    page = opened(reverse("exports", args=[long.uuid]))
    page.get_by_label("Size").select_option("1080p")
    page.get_by_role("button", name="Export", exact=True).click()
    with ThreadPoolExecutor() as worker:
        rendering = worker.submit(exported)
        bar = page.get_by_role("progressbar")
        expect(bar).to_have_attribute("value", re.compile("^[1-9]"), timeout=120_000)
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("listitem").filter(has_text="Cancelled")).to_be_visible()
        assert rendering.result(120) == 0
    assert Export.objects.get().state == Export.State.CANCELLED
    kept = [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]
    assert [file.name for file in kept if "export" in str(file)] == []


def exported() -> int:
    """Do a worker's share in a thread of its own."""
    try:
        return exporting.export_due()
    finally:
        connection.close()


def test_the_pages_break_no_rule_and_fit(opened, project, artist, sequence):
    for state in Export.State:
        more = {"path": "x", "size_bytes": 5, "sha256": "x", "duration_s": 2.0, "width": 1280}
        Export.objects.create(
            sequence=sequence,
            edit=sequence.head,
            author=artist,
            kind="mp4",
            state=state,
            words="The disk is full. Make room." if state == Export.State.FAILED else "",
            **(more if state == Export.State.DONE else {}),
        )
    dreaming = Cut(clips=(Clip("b", take(project, State.DREAMING).uuid),))
    other = Sequence.begin(project, artist, "Rough cut", dreaming)
    music = sound(project)
    addresses = [
        reverse("exports", args=[sequence.uuid]),
        reverse("exports", args=[other.uuid]),
        reverse("discard_export", args=[Export.objects.first().uuid]),
        reverse("sounds", args=[project.slug]),
        reverse("discard_sound", args=[music.uuid]),
    ]
    for address in addresses:
        page = opened(address)
        assert violations(page) == [], address
        for size in SIZES:
            page.set_viewport_size(size)
            width = width_of(page)
            assert width == size["width"], (address, size)


def test_a_sequence_that_cant_be_read_breaks_no_rule_and_fits(opened, project, artist, sequence):
    bad = Sequence.begin(project, artist, "A long name for a rough cut of the second day")
    Edit.objects.filter(sequence=bad).update(document={"clips": [{"key": "a", "in_frame": -5}]})
    page = opened(reverse("sequence", args=[bad.uuid]))
    expect(page.get_by_role("heading", name="can’t be read")).to_be_visible()
    assert violations(page) == []
    for size in SIZES:
        page.set_viewport_size(size)
        assert width_of(page) == size["width"], size
    page.get_by_role("link", name="Trailer").click()
    page.locator("[data-tracks][data-ready]").wait_for()


PLAYED = """(address) => new Promise((done) => {
  const video = document.createElement("video");
  document.body.append(video);
  let frames = 0;
  const count = () => { frames += 1; video.requestVideoFrameCallback(count); };
  video.requestVideoFrameCallback(count);
  video.addEventListener("ended", () => done({ at: video.currentTime, frames, error: "" }));
  video.addEventListener("error", () => done({ at: 0, frames, error: video.error.message }));
  video.muted = true;
  video.src = address;
  video.play();
})"""


def test_a_browser_plays_frames_of_two_encoders_from_one_file(opened, project, artist):
    usual = filmed(project, clip(0, frames=72))
    odd = filmed(project, clip(100, more=("-refs", "1", "-bf", "0")))
    clips = (Clip("a", usual.uuid), Clip("b", odd.uuid), Clip("c", usual.uuid, 7))
    cut = Cut(clips=clips)
    sequence = Sequence.begin(project, artist, "Trailer", cut)
    made = Export.objects.create(sequence=sequence, edit=sequence.head, kind="mp4")
    exporting.export_due()
    made.refresh_from_db()
    assert made.frames_copied
    assert made.frames_rendered
    page = opened(reverse("exports", args=[sequence.uuid]))
    played = page.evaluate(PLAYED, reverse("media", args=[made.uuid, "export"]))
    assert played["error"] == ""
    assert abs(played["at"] - (72 + 48 + 65) / 24) < 0.05
    assert played["frames"] > 30
