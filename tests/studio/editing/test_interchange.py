"""A cut goes out as OTIO, EDL and FCPXML, and the libraries' own readers find it there whole."""

import json
from dataclasses import replace

import opentimelineio as otio
import pytest

from studio import reviewing
from studio.editing.cut import Clip, Cut, Into, Join, SoundClip, length_of
from studio.editing.interchange import fcpxml
from studio.editing.interchange.laying import to_otio
from studio.editing.interchange.telling import one_line, reel_of, told
from tests.studio.editing.interchanged import (
    LENGTHS,
    SIZE,
    SONG,
    SOUND,
    every_kind,
    laid_out,
    made_takes,
    material_of,
    takes_in,
    written_as,
)

Crossfade = Join.CROSSFADE
READERS = {"otio": "otio_json", "edl": "cmx_3600", "fcpxml": "fcpx_xml"}


def read_back(kind, text):
    return otio.adapters.read_from_string(text, READERS[kind])


def ranges(track):
    """Of each clip and gap: where it begins in its source, and how many frames it shows."""
    return [
        (round(it.trimmed_range().start_time.value), round(it.duration().value))
        for it in track
        if isinstance(it, otio.core.Item)
    ]


def offsets(track):
    return [
        (round(it.in_offset.value), round(it.out_offset.value))
        for it in track
        if isinstance(it, otio.schema.Transition)
    ]


def clips(track):
    return [it for it in track if isinstance(it, otio.schema.Clip)]


@pytest.fixture
def takes(project):
    return made_takes(project)


@pytest.fixture
def cut(takes):
    return every_kind(takes)


def test_an_otio_file_holds_pictures_transitions_titles_and_sounds(project, cut):
    found = read_back("otio", written_as("otio", project, cut))
    pictures, own, music, voice = found.tracks
    assert ranges(pictures) == [
        (10, 83),  # of its 90 frames seven are the crossfade's second half
        (6, 34),
        (0, 8),  # the black of the dip, between its two dissolves
        (0, 36),
        (30, 158),
        (0, 12),
        (5, 73),
        (36, 84),
    ]
    assert offsets(pictures) == [(6, 7), (0, 8), (0, 7), (0, 12), (0, 12), (12, 12)]
    assert {it.duration().rate for it in pictures if isinstance(it, otio.core.Item)} == {24}
    assert [it.marked_range.duration.value for it in found.tracks.markers] == [48]
    assert found.tracks.markers[0].name == "Title: Iceland"
    assert [it.name for it in clips(own)] == ["desert-light-take-3.mp4"]
    assert own.duration() == pictures.duration()
    assert [(it.kind, ranges(it)) for it in (music, voice)] == [
        ("Audio", [(0, 12), (24, 216), (0, 480)]),
        ("Audio", [(0, 100), (0, 60)]),
    ]


def test_a_clip_tells_its_take_prompt_model_and_cost_but_not_the_account(project, cut, takes):
    reviewing.send([takes[1]], takes[1].author)
    text = written_as("otio", project, cut)
    found = read_back("otio", text)
    facts = clips(found.tracks[0])[1].media_reference.metadata["dailies"]
    assert facts["verdict"] == "waiting"
    assert "DAILIES VERDICT: waiting" in written_as("edl", project, cut)
    assert "com.dailies.verdict" in written_as("fcpxml", project, cut)
    assert facts["take"] == str(takes[1].uuid)
    assert facts["prompt"] == takes[1].prompt.words
    assert (facts["model"], facts["cost_usd"]) == ("ray-2", str(takes[1].price_usd))
    assert dict(facts["settings"]) == {
        "kind": "video",
        "duration_s": 5,
        "resolution": "720p",
        "ratio": "16:9",
    }
    for kind in READERS:
        said = written_as(kind, project, cut)
        assert takes[0].account.name not in said
        assert takes[0].author.email not in said
        assert takes[0].prompt.words in said


def test_media_are_named_relative_to_the_file_by_project_take_and_words(project, cut):
    first, second, *_ = clips(laid_out(project, cut).tracks[0])
    path = "media/desert-light-take-1-fog-lifts-through-a-pine-valley.mp4"
    assert first.media_reference.target_url == path
    assert first.media_reference.available_range.duration.value == LENGTHS[0]
    assert first.name == path.removeprefix("media/")
    assert second.markers[0].name.startswith("Take 2: A rocket's “flame”")


def test_an_edl_is_non_drop_and_holds_the_same_frames_and_dissolves(project, cut, takes):
    text = written_as("edl", project, cut)
    assert text.splitlines()[:2] == ["TITLE: Rough cut", "FCM: NON-DROP FRAME"]
    found = read_back("edl", text)
    (pictures,) = found.tracks
    assert ranges(pictures) == [  # an EDL has a dissolve begin with its second clip
        (10, 77),
        (0, 40),
        (0, 8),
        (0, 36),
        (30, 158),
        (0, 12),
        (5, 61),
        (24, 96),
    ]
    assert offsets(pictures) == [(0, 13), (0, 8), (0, 7), (0, 12), (0, 12), (0, 24)]
    assert length_of(cut, material_of(project, cut).lengths) == pictures.duration().value
    kept = clips(pictures)
    assert kept[1].name.startswith("desert-light-take-2-")
    assert [it.metadata["cmx_3600"]["reel"] for it in kept] == [
        "TAKE0001",
        "TAKE0002",
        "BL",
        "BL",
        "TAKE0003",
        "BL",
        "TAKE0004",
        "TAKE0001",
    ]
    said = kept[1].metadata["cmx_3600"]["comments"]
    assert f"DAILIES TAKE: {takes[1].uuid}" in said
    assert f"DAILIES COST_USD: {takes[1].price_usd}" in said
    assert [it for it in said if "PROMPT" in it] == [
        "DAILIES PROMPT: A rocket's “flame” & <smoke> 001 BL V C rises"
    ]


def test_markers_of_an_edl_stand_at_the_time_of_the_record(project, cut):
    found = read_back("edl", written_as("edl", project, cut))
    first = clips(found.tracks[0])[0]
    assert [(it.name, round(it.marked_range.start_time.value)) for it in first.markers] == [
        ("TAKE 1: FOG LIFTS THROUGH A PINE VALLEY", 0),
        ("TITLE: ICELAND", 40),
    ]
    marked = [it for it in written_as("edl", project, cut).splitlines() if it.startswith("* LOC")]
    assert len(marked) == len(set(marked)) == 6


@pytest.mark.parametrize(
    ("number", "reel"), [(7, "TAKE0007"), (9999, "TAKE9999"), (10_000, "T0010000")]
)
def test_a_reel_has_eight_characters_whatever_the_number(takes, number, reel):
    takes[0].take_number = number
    assert reel_of(takes[0]) == reel


def test_fcpxml_holds_the_same_clips_and_its_markers(project, cut, takes):
    # Without dips and cards, which are gaps there: the reader leaves a gap out at the end of a row.
    plain = Cut(clips=(cut.clips[0], cut.clips[1], cut.clips[3]))
    text = written_as("fcpxml", project, plain)
    found = read_back("fcpxml", text)
    pictures = found.tracks[0]
    assert clips(pictures)[0].name.startswith("desert-light-take-1-fog")
    assert text.count("<transition ") == 3
    first = clips(pictures)[0]
    assert first.media_reference.target_url.startswith("media/desert-light-take-1")
    kept = {
        k: v for it in first.media_reference.metadata["fcpx"]["metadata"] for k, v in it.items()
    }
    assert kept["com.dailies.take"] == str(takes[0].uuid)
    assert kept["com.dailies.cost_usd"] == str(takes[0].price_usd)
    assert first.markers[0].name == "Take 1: Fog lifts through a pine valley"
    assert ranges(pictures)[:2] == [(10, 83), (6, 34)]


def test_fcpxml_says_where_transitions_titles_and_sounds_are(project, cut):
    text = written_as("fcpxml", project, cut)
    assert '<transition name="Cross Dissolve" offset="77/24s" duration="13/24s"' in text
    assert 'value="Title: Iceland"' in text
    assert '<format id="r1" frameDuration="25/600s" width="1280" height="720"' in text
    assert text.count('role="dialogue"') == 1  # the one take that has a sound
    sounds = read_back("fcpxml", text).tracks
    names = {it.name for track in sounds for it in clips(track) if it.name}
    assert "song.mp3" in names


@pytest.mark.parametrize("name", ["Don't stop [remix].mp3", "'] | x", "a\x01b\x0b\ufffe", ""])
def test_fcpxml_is_written_whatever_things_are_called(project, takes, name):
    cut = Cut((Clip("a", takes[0].uuid),), sounds=(SoundClip("s", SOUND, 0),))
    material = material_of(project, cut)
    named = replace(material, sounds={SOUND: replace(SONG, name=name)})
    text = fcpxml.write(to_otio(cut, named, name), takes_in(named), SIZE)
    found = read_back("fcpxml", text)
    called = one_line(name) or "Untitled"
    assert found.name == called
    sounds = [it for track in found.audio_tracks() for it in clips(track)]
    assert [it.name for it in sounds] == [called]


def test_a_clip_that_is_left_out_is_a_gap_of_its_length(project, cut, takes):
    timeline = laid_out(project, cut, without=(takes[1].uuid,))
    items = [it for it in timeline.tracks[0] if isinstance(it, otio.core.Item)]
    assert isinstance(items[1], otio.schema.Gap)
    assert items[1].duration().value == 34
    assert items[1].metadata["dailies"]["take"] == str(takes[1].uuid)
    assert len(items) == len(ranges(laid_out(project, cut).tracks[0]))


def test_a_take_that_turned_out_too_short_for_its_dip_is_cut_to(project, takes):
    one, other = Clip("a", takes[0].uuid, 0, 1, Into(Join.BLACK, 24)), Clip("b", takes[1].uuid)
    timeline = laid_out(project, Cut((one, other)))
    assert offsets(timeline.tracks[0]) == []
    assert ranges(timeline.tracks[0]) == [(0, 1), (0, 48)]


def test_what_is_told_of_a_take_is_plain_data(takes):
    assert json.loads(json.dumps(told(takes[1])))["take_number"] == 2
