"""A cut goes out to another editor from the page, and comes back through it."""

import zipfile
from pathlib import Path

import opentimelineio as otio
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from generations.models import State
from studio.editing.cut import Clip, Cut, Into, Join, Title
from studio.models import Sequence
from tests.factories import take, tiny_video
from tests.flows.test_looks import PHONE, SMALL_PHONE, violations
from tests.flows.test_making import look
from tests.flows.widths import width_of

FOLDER = "desert-light-rough-cut"
FORMATS = {"otio": "OpenTimelineIO", "fcpxml": "FCPXML", "edl": "CMX 3600 EDL"}
KNOWN = "001  TAKE0001 V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n"
STRANGE = "002  A001C003 V     C        00:00:00:00 00:00:01:00 00:00:01:00 00:00:02:00\n"
NAMED = "* FROM CLIP NAME:  harbour.mov\n"


@pytest.fixture
def sequence(project, artist) -> Sequence:
    a, b = (take(project, State.COMPLETED, author=artist).uuid for _ in range(2))
    clips = (Clip("a", a, 0, 40, Into(Join.CROSSFADE, 8)), Clip("b", b), Clip("c", a, 10, 30))
    cut = Cut(clips, titles=(Title("t", 4, 24, "Iceland"),))
    return Sequence.begin(project, artist, "Rough cut", cut)


@pytest.fixture
def leaving(studio: Page, live_server, sequence) -> Page:
    """The page on which a cut is taken along, reached from the timeline."""
    studio.goto(live_server.url + reverse("sequence", args=[sequence.uuid]))
    studio.locator("summary", has_text="Rough cut").click()
    studio.get_by_role("link", name="Open it in another editor").click()
    return studio


def fetched(page: Page, kind: str, to: Path) -> zipfile.ZipFile:
    """Download a cut with its media, as a person does."""
    page.get_by_role("radio", name=FORMATS[kind]).check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == f"{FOLDER}.zip"
    download.value.save_as(to / f"{kind}.zip")
    return zipfile.ZipFile(to / f"{kind}.zip")


def bring(page: Page, name: str, data: bytes, **typed: str) -> None:
    """Choose a file on the page that imports, and send it."""
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.get_by_label("OTIO, FCPXML or EDL file").set_input_files(file)
    for label, words in typed.items():
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Import", exact=True).click()


def newest() -> Sequence:
    return Sequence.objects.latest("pk")


def keyless(cut: Cut) -> list[tuple]:
    """The clips without their keys, which only OTIO keeps."""
    return [(it.take, it.in_frame, it.out_frame, it.into) for it in cut.clips]


def test_a_cut_goes_out_in_each_format_and_comes_back_as_it_was(leaving, sequence, tmp_path):
    page = leaving
    assert violations(page) == []
    packed = {kind: fetched(page, kind, tmp_path) for kind in FORMATS}
    for kind, files in packed.items():
        assert files.testzip() is None
        cut, _readme, *media = files.namelist()
        assert cut == f"{FOLDER}/{FOLDER}.{kind}"
        assert [files.read(it) for it in media] == [tiny_video().read_bytes()] * 2
    written = packed["otio"].read(f"{FOLDER}/{FOLDER}.otio").decode()
    clips = list(otio.adapters.read_from_string(written, "otio_json").find_clips())
    assert len(clips) == 3
    assert all(it.metadata["dailies"] for it in clips)

    for kind, files in packed.items():
        page.get_by_role("link", name="Import a timeline").click()
        bring(page, f"back.{kind}", files.read(f"{FOLDER}/{FOLDER}.{kind}"), Name=f"From {kind}")
        expect(page.locator("#main").get_by_role("status")).to_contain_text(
            "3 clips, 3 of them known takes."
        )
        assert newest().name == f"From {kind}"
        assert keyless(newest().cut) == keyless(sequence.cut)
        assert violations(page) == []
        page.get_by_role("link", name="Open the sequence").click()
        page.locator("[data-tracks][data-ready]").wait_for()
        expect(page.locator("[data-clip]")).to_have_count(3)
        page.locator("summary", has_text=f"From {kind}").click()
        page.get_by_role("link", name="Open it in another editor").click()
    assert Sequence.objects.count() == 1 + len(FORMATS)
    assert Sequence.objects.get(pk=sequence.pk).cut == sequence.cut


def test_an_otio_file_without_media_brings_back_titles_too(leaving, sequence, tmp_path):
    page = leaving
    page.get_by_label("With the media beside it").uncheck()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == f"{FOLDER}.otio"
    page.get_by_role("link", name="Import a timeline").click()
    bring(page, "back.otio", download.value.path().read_bytes())
    expect(page.locator("#main").get_by_role("status")).to_contain_text(
        "Everything was known and fitted."
    )
    assert newest().pk != sequence.pk
    assert newest().cut == sequence.cut


def test_what_is_not_here_is_named_and_left_out_only_when_that_is_chosen(
    studio, live_server, complaints, project, artist
):
    here, coming = take(project, State.COMPLETED), take(project, State.DREAMING)
    cut = Cut((Clip("a", here.uuid), Clip("b", coming.uuid)))
    sequence = Sequence.begin(project, artist, "Rough cut", cut)
    page = studio
    page.goto(live_server.url + reverse("interchange", args=[sequence.uuid]))
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("alert")).to_contain_text("Leave it out, or see to it.")
    expect(page.locator("#main").get_by_role("status")).to_contain_text(
        "Clip 2: take 2 is still being made"
    )
    assert violations(page) == []
    page.get_by_label("Leave out what isn't here").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    readme = zipfile.ZipFile(download.value.path()).read(f"{FOLDER}/README.txt").decode()
    assert "Clip 2: take 2 is still being made" in readme
    complaints[:] = [said for said in complaints if "422" not in said]  # the browser's own


def test_unknown_reels_are_named_and_what_is_no_cut_is_refused_in_words(
    leaving, complaints, sequence
):
    page = leaving
    page.get_by_role("link", name="Import a timeline").click()
    refused = {
        "cut.mp4": (tiny_video().read_bytes(), "comes in as an .otio, .edl or .fcpxml file"),
        "film.otio": (tiny_video().read_bytes(), "isn't JSON"),
        "film.edl": (b"Dear diary,\n", "isn't a CMX 3600"),
        "strange.edl": ((STRANGE + NAMED).encode(), "Nothing in it is a take of Desert Light"),
    }
    for name, (data, words) in refused.items():
        bring(page, name, data, Name="Kept words")
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.get_by_label("Name")).to_have_value("Kept words")
        assert violations(page) == []
    expect(page.get_by_role("alert")).to_contain_text("harbour.mov")
    look(page, "import-refused")
    assert Sequence.objects.count() == 1

    bring(page, "half.edl", (KNOWN + STRANGE + NAMED).encode(), Name="Half")
    expect(page.locator("#main").get_by_role("status")).to_contain_text(
        "2 clips, 1 of them known takes."
    )
    expect(page.get_by_text("left as a slate: clip 2 (harbour.mov)")).to_be_visible()
    assert violations(page) == []
    look(page, "import-brought")
    page.get_by_role("link", name="Open the sequence").click()
    expect(page.locator("[data-clip]").nth(1)).to_contain_text("Missing: harbour.mov")
    complaints[:] = [said for said in complaints if "422" not in said]  # the browser's own


def test_they_fit_a_phone_and_break_no_rule_there(leaving, complaints, sequence):
    page = leaving
    page.set_viewport_size(SMALL_PHONE)
    assert_fits(page)
    look(page, "interchange-phone")
    page.get_by_role("link", name="Import a timeline").click()
    assert_fits(page)
    bring(page, "cut.edl", (KNOWN + STRANGE + NAMED.replace("harbour", "harbour" * 20)).encode())
    expect(page.locator("#main").get_by_role("status")).to_contain_text("1 of them known")
    assert_fits(page)
    look(page, "brought-phone")
    page.get_by_role("link", name="Import another").click()
    bring(page, "a-name-of-a-file-without-end" * 6 + ".mp4", b"x")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_fits(page)
    look(page, "refused-phone")
    complaints[:] = [said for said in complaints if "422" not in said]  # the browser's own


def assert_fits(page: Page) -> None:
    for size in (SMALL_PHONE, PHONE):
        page.set_viewport_size(size)
        assert width_of(page) == size["width"]
    assert violations(page) == []
