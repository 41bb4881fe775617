"""What another editor sends back becomes a cut of this project's takes, or is refused in words."""

from contextlib import suppress
from dataclasses import replace

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.editing import operations
from studio.editing.cut import Clip, Cut, Into, Join, Title
from studio.editing.footage import lengths_of
from studio.editing.interchange.bringing import bring
from studio.editing.interchange.laying import span, time
from studio.editing.interchange.reading import MOST_BYTES, read
from studio.editing.interchange.refusing import NotReadable
from tests.factories import ProjectFactory, take
from tests.studio.editing.interchanged import (
    LENGTHS,
    SOUND,
    every_kind,
    laid_out,
    made_takes,
    written_as,
)

HEAD = "TITLE: From Resolve\nFCM: NON-DROP FRAME\n"


@pytest.fixture
def takes(project):
    return made_takes(project)


def brought(project, kind, text, **how):
    data = text if isinstance(text, bytes) else text.encode()
    return bring(read(f"cut.{kind}", data, **how), project, {SOUND: 480})


def keyless(cut):
    """The clips without their keys, which only OTIO keeps."""
    return [replace(clip, key="") for clip in cut.clips]


def edl(*lines):
    return HEAD + "\n".join(lines) + "\n"


def test_an_otio_file_comes_back_as_the_cut_that_it_was(project, takes):
    cut = every_kind(takes)
    found = brought(project, "otio", written_as("otio", project, cut))
    assert found.cut == replace(cut, sounds=(cut.sounds[0], cut.sounds[2], cut.sounds[1]))
    assert (found.name, found.known, found.remarks) == ("Rough cut", 5, [])


@pytest.mark.parametrize("kind", ["edl", "fcpxml"])
def test_an_edl_and_fcpxml_come_back_with_every_clip_and_transition(project, takes, kind):
    cut = every_kind(takes)
    found = brought(project, kind, written_as(kind, project, cut))
    assert keyless(found.cut) == keyless(cut)
    assert found.name == "Rough cut"


def test_a_clip_that_was_left_out_comes_back_as_its_take(project, takes):
    cut = every_kind(takes)
    timeline = laid_out(project, cut, without=(takes[1].uuid, takes[3].uuid))
    text = otio.adapters.write_to_string(timeline, "otio_json")
    assert brought(project, "otio", text).cut.clips == cut.clips


joins = st.sampled_from(list(Join))


@st.composite
def cuts(draw):
    """Random cuts as the timeline would keep them; the takes are told by their place."""
    clips = []
    for number in range(draw(st.integers(1, 7))):
        place = draw(st.integers(-1, 3))
        into = (draw(joins), draw(st.integers(1, 30)))
        if place < 0:
            card = Clip(f"k{number}", None, 0, draw(st.integers(1, 80)), words="Later, in Ghent")
            clips.append((place, card, into))
            continue
        begin = draw(st.integers(0, LENGTHS[place] - 1))
        out = draw(st.none() | st.integers(begin + 1, LENGTHS[place]))
        clip = Clip(f"k{number}", None, begin, None if out == LENGTHS[place] else out)
        muted, gain = draw(st.booleans()), draw(st.sampled_from([0.0, -6.0, 3.5]))
        clips.append((place, replace(clip, muted=muted, gain_db=gain), into))
    return clips


def kept(drawn, takes, lengths_of_cut):
    """The cut of what was drawn, with those transitions that the timeline would accept."""
    clips = tuple(
        clip if place < 0 else replace(clip, take=takes[place].uuid) for place, clip, _ in drawn
    )
    if all(clip.is_card for clip in clips):
        clips = (*clips, Clip("last", takes[0].uuid))
    cut = Cut(clips)
    lengths = lengths_of_cut(cut)
    for (_, clip, (join, frames)), _ in zip(drawn, clips[1:], strict=False):
        into = Into() if join is Join.CUT else Into(join, frames)
        least = operations.SHORTEST_DIP if join is Join.BLACK else 1
        if (
            least
            <= into.frames
            <= operations.room_for(
                cut.with_clip(replace(cut.clip(clip.key), into=into)), clip.key, lengths
            )
        ):
            cut = operations.join(cut, clip.key, into, lengths)
    return cut


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=cuts())
def test_any_cut_comes_back_from_every_format(project, takes_once, drawn):
    takes, lengths = takes_once
    cut = kept(drawn, takes, lambda cut: lengths)
    for kind in ("otio", "edl", "fcpxml"):
        found = brought(project, kind, written_as(kind, project, cut))
        assert keyless(found.cut) == keyless(cut), kind
        assert found.remarks == []


@pytest.fixture
def takes_once(project, takes):
    return takes, lengths_of(project, Cut(tuple(Clip(str(it.pk), it.uuid) for it in takes)))


def test_reels_and_file_names_are_enough_to_find_a_take(project, takes):
    found = brought(
        project,
        "edl",
        edl(
            "001  TAKE0003 V     C        00:00:01:00 00:00:02:00 01:00:00:00 01:00:01:00",
            "002  AX       V     C        00:00:00:12 00:00:01:00 01:00:01:00 01:00:01:12",
            "* FROM CLIP NAME:  desert-light-take-2-other-words.mov",
            "003  A003C001 V     C        00:00:00:00 00:00:01:00 01:00:01:12 01:00:02:12",
            "* FROM CLIP NAME:  Take 4: dunes",
        ),
    )
    assert [clip.take for clip in found.cut.clips] == [takes[it].uuid for it in (2, 1, 3)]
    assert [(it.in_frame, it.out_frame) for it in found.cut.clips] == [(24, 48), (12, 24), (0, 24)]
    assert found.remarks == []


def test_unknown_reels_are_named_and_stand_as_slates_of_their_length(project, takes):
    found = brought(
        project,
        "edl",
        edl(
            "001  TAKE0001 V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00",
            "002  A001C003 V     C        10:00:00:00 10:00:02:00 00:00:01:00 00:00:03:00",
            "003  TAKE0999 V     C        00:00:00:00 00:00:01:00 00:00:03:00 00:00:04:00",
        ),
    )
    slate, other = found.cut.clips[1:]
    assert (slate.take, slate.words, slate.out_frame) == (None, "Missing: 002", 48)
    assert other.is_card
    assert found.remarks == ["Not known here, and left as a slate: clips 2 (002), 3 (003)."]


def test_a_file_that_knows_none_of_the_takes_is_refused_with_its_reels(project, takes):
    line = "001  A001C003 V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00"
    with pytest.raises(NotReadable, match=r"Nothing in it is a take of Desert Light: 1 \(001\)"):
        brought(
            project, "edl", edl(line, "002  BL V C 00:00:00:00 00:00:01:00 00:00:01:00 00:00:02:00")
        )


def test_a_take_of_another_project_is_not_found_by_its_id_nor_by_its_reel(project, takes):
    other = ProjectFactory(team=project.team, slug="elsewhere")
    theirs = take(other)
    cut = Cut((Clip("a", takes[0].uuid, 0, 24), Clip("b", takes[1].uuid, 0, 24)))
    for kind in ("otio", "edl", "fcpxml"):
        text = written_as(kind, project, cut).replace(str(takes[1].uuid), str(theirs.uuid))
        found = brought(project, kind, text)
        assert [it.take for it in found.cut.clips] == [takes[0].uuid, None], kind
        assert len(found.remarks) == 1


def test_points_beyond_a_take_are_held_within_it(project, takes):
    found = brought(
        project,
        "edl",
        edl(
            "001  TAKE0002 V     C        00:00:01:00 00:00:04:00 00:00:00:00 00:00:03:00",
            "002  TAKE0002 V     C        00:01:00:00 00:01:01:00 00:00:03:00 00:00:04:00",
        ),
    )
    assert [(it.in_frame, it.out_frame) for it in found.cut.clips] == [(24, None), (47, None)]
    assert found.remarks == [
        "Longer than its take, and held within it: "
        "clips 1 (take 2, 48 frames), 2 (take 2, 48 frames)."
    ]


@pytest.mark.parametrize(("rate", "frames"), [(24, 36), (25, 36), (30, 34), (50, 30)])
def test_an_edl_of_another_rate_is_counted_over(project, takes, rate, frames):
    line = "001  TAKE0001 V     C        00:00:00:00 00:00:01:12 00:00:00:00 00:00:01:12"
    if rate == 50:
        line = line.replace(":12", ":13")
    assert brought(project, "edl", edl(line), rate=rate).cut.clips[0].out_frame == frames


def test_otio_of_another_rate_is_counted_over(project, takes):
    timeline = laid_out(project, Cut((Clip("a", takes[0].uuid, 24, 72),)))
    clip = timeline.tracks[0][0]
    at = otio.opentime.RationalTime
    clip.source_range = otio.opentime.TimeRange(at(25, 25), at(50, 25))
    clip.media_reference.available_range = otio.opentime.TimeRange(at(0, 25), at(125, 25))
    found = brought(project, "otio", otio.adapters.write_to_string(timeline, "otio_json"))
    assert (found.cut.clips[0].in_frame, found.cut.clips[0].out_frame) == (24, 72)


def test_a_title_that_was_made_shorter_elsewhere_stays_without_its_fades(project, takes):
    title = Title("t", 12, 48, "Mia", fade_in=12, fade_out=24)
    timeline = laid_out(project, Cut((Clip("a", takes[0].uuid),), titles=(title,)))
    whole = otio.adapters.write_to_string(timeline, "otio_json")
    assert brought(project, "otio", whole).cut.titles == (title,)
    timeline.tracks.markers[0].marked_range = span(12, 32)
    shorter = otio.adapters.write_to_string(timeline, "otio_json")
    assert brought(project, "otio", shorter).cut.titles == (Title("t", 12, 20, "Mia"),)


def test_media_that_begin_at_a_timecode_are_counted_from_their_first_frame(project, takes):
    timeline = laid_out(project, Cut((Clip("a", takes[0].uuid, 24, 72),)))
    clip = timeline.tracks[0][0]
    clip.media_reference.available_range = span(86400, 86520)
    clip.source_range = span(86424, 86472)
    found = brought(project, "otio", otio.adapters.write_to_string(timeline, "otio_json"))
    assert (found.cut.clips[0].in_frame, found.cut.clips[0].out_frame) == (24, 72)


def test_a_transition_without_frames_behind_the_cut_is_shortened(project, takes):
    timeline = laid_out(project, Cut((Clip("a", takes[1].uuid), Clip("b", takes[0].uuid))))
    dissolve = otio.schema.Transition(in_offset=time(12), out_offset=time(12))
    timeline.tracks[0].insert(1, dissolve)
    found = brought(project, "otio", otio.adapters.write_to_string(timeline, "otio_json"))
    assert found.cut.clips[0].into == Into()
    timeline.tracks[0][0].source_range = span(0, 40)
    found = brought(project, "otio", otio.adapters.write_to_string(timeline, "otio_json"))
    assert found.cut.clips[0].into == Into(Join.CROSSFADE, 8)
    assert found.cut.clips[0].out_frame is None


def test_a_sound_of_no_said_length_is_left_out_and_told(project, takes):
    timeline = laid_out(project, Cut((Clip("a", takes[0].uuid),)))
    track = otio.schema.Track(name="A", kind=otio.schema.TrackKind.Audio)
    track.extend([otio.schema.Clip(name="song"), otio.schema.Clip(name="voice")])
    timeline.tracks.append(track)
    found = brought(project, "otio", otio.adapters.write_to_string(timeline, "otio_json"))
    assert (len(found.cut.clips), found.cut.sounds) == (1, ())
    assert found.remarks == ["2 sounds aren't known here, and left out."]


def test_more_rows_speeds_and_gaps_are_told(project, takes):
    cut = Cut((Clip("a", takes[0].uuid, 0, 24), Clip("b", takes[1].uuid, 0, 24)))
    timeline = laid_out(project, cut)
    above = otio.schema.Track(name="V2", kind=otio.schema.TrackKind.Video)
    above.append(otio.schema.Clip(name="logo", source_range=span(0, 10)))
    timeline.tracks.append(above)
    timeline.tracks[0][1].effects.append(otio.schema.LinearTimeWarp(time_scalar=2))
    timeline.tracks[0].insert(1, otio.schema.Gap(source_range=span(0, 12)))
    found = brought(project, "otio", otio.adapters.write_to_string(timeline, "otio_json"))
    assert [clip.words for clip in found.cut.clips] == ["", "Gap", ""]
    assert found.remarks == [
        "Track V2 wasn't brought in (1 clip): a sequence has one row of pictures.",
        "At its own speed again: clip 3.",
        "A gap, and a card that says “Gap” now: clip 2.",
    ]


def test_an_edl_whose_record_times_contradict_each_other_is_put_in_a_row(project, takes):
    found = brought(
        project,
        "edl",
        edl(
            "* a remark of the editor's before anything",
            "001  TAKE0001 V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00",
            "002  TAKE0002 V     C        00:00:00:00 00:00:01:00 00:00:00:12 00:00:01:12",
        ),
    )
    assert len(found.cut.clips) == 2
    assert found.remarks[0].startswith("Its record times contradict each other")


DEEP = "[" * 200 + "]" * 200
BAD = {
    "no ending": ("cut", b"{}", "comes in as an .otio, .edl or .fcpxml file"),
    "another kind": ("cut.mp4", b"", "this is “cut.mp4”"),
    "too large": ("cut.otio", b" " * (MOST_BYTES + 1), "over 2 MB"),
    "no json": ("cut.otio", b"TITLE: x", "isn't JSON"),
    "no utf-8": ("cut.otio", b"\xff\xfe{", "isn't JSON"),
    "deep": ("cut.otio", DEEP.encode(), "nested deeper"),
    "very deep": ("cut.otio", b"[" * 1_000_000, "isn't JSON"),
    "not finite": ("cut.otio", b'{"a": NaN}', "isn't JSON"),
    "many": ("cut.otio", b"[" + b"0," * 500_000 + b"0]", "more than a timeline"),
    "a bin": ("cut.otio", b'{"OTIO_SCHEMA": "Gap.1", "name": "x"}', "no timeline in it"),
    "no schema": ("cut.otio", b'{"name": "x"}', "no timeline in it"),
    "a loop": (
        "cut.otio",
        b'{"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "Timeline-1"}',
        "refers from one part",
    ),
    "no rate": (
        "cut.otio",
        b'{"OTIO_SCHEMA": "RationalTime.1", "value": 1, "rate": 0}',
        "without a frame rate",
    ),
    "wrong types": (
        "cut.otio",
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Track.1", "children": 3}}',
        "can't read it",
    ),
    "empty": (
        "cut.otio",
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}}',
        "no pictures in it",
    ),
    "no events": ("cut.edl", b"TITLE: nothing\n", "isn't a CMX 3600"),
    "drop frame": ("cut.edl", b"FCM: DROP FRAME\n001 A V C", "drop-frame timecode"),
    "half an event": ("cut.edl", b"001  A V C 00:00:00:00\n", "couldn't be read as a CMX 3600"),
    "beyond the rate": (
        "cut.edl",
        b"001  A V C 00:00:00:28 00:00:01:00 00:00:00:28 00:00:01:00\n",
        "Choose the rate that it was exported at",
    ),
    "too many events": (
        "cut.edl",
        b"001  A V C 00:00:00:00 00:00:00:01 00:00:00:00 00:00:00:01\n" * 5001,
        "over 5000 events",
    ),
    "no xml": ("cut.fcpxml", b"<fcpxml", "isn't XML that can be read"),
    "no sequence": ("cut.fcpxml", b"<fcpxml><resources/></fcpxml>", "no sequence in it"),
    "entities": (
        "cut.fcpxml",
        b'<!DOCTYPE fcpxml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><fcpxml>&b;</fcpxml>',
        "defines entities or names a DTD",
    ),
    "an outside dtd": (
        "cut.fcpxml",
        b'<!DOCTYPE fcpxml SYSTEM "file:///etc/passwd"><fcpxml/>',
        "defines entities or names a DTD",
    ),
    "an outside entity": (
        "cut.fcpxml",
        b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><fcpxml>&x;</fcpxml>',
        "defines entities or names a DTD",
    ),
    "a bad time": (
        "cut.fcpxml",
        b'<fcpxml><project><sequence><spine><clip duration="1e99999999s"/></spine></sequence>'
        b"</project></fcpxml>",
        "is no time",
    ),
    "many elements": ("cut.fcpxml", b"<a>" + b"<b/>" * 60_000 + b"</a>", "over 50000 elements"),
}


@pytest.mark.parametrize(("name", "data", "words"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_words(name, data, words):
    with pytest.raises(NotReadable, match=words):
        read(name, data)


@pytest.mark.parametrize("schema", ["Evil.1", "SchemaDef.1", "os.system.1"])
def test_a_schema_that_the_library_does_not_know_runs_nothing_and_stays_data(
    project, takes, schema
):
    timeline = laid_out(project, Cut((Clip("a", takes[0].uuid),)))
    text = otio.adapters.write_to_string(timeline, "otio_json")
    strange = text.replace(
        '"dailies": {', f'"strange": {{"OTIO_SCHEMA": "{schema}", "x": 1}}, "dailies": {{', 1
    )
    assert strange != text
    assert brought(project, "otio", strange).known == 1


@pytest.mark.parametrize("kind", ["otio", "edl", "fcpxml"])
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(place=st.floats(0, 1), rest=st.binary(max_size=12), length=st.integers(0, 40))
def test_a_file_with_a_broken_place_is_read_or_refused_in_words(
    project, takes_once, kind, place, rest, length
):
    takes, _ = takes_once
    data = written_as(kind, project, every_kind(takes)).encode()
    at = int(place * len(data))
    broken = data[:at] + rest + data[at + length :]
    with suppress(NotReadable):
        assert bring(read(f"cut.{kind}", broken), project).known
