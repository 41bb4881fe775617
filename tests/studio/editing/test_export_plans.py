"""Plans: which frames of a cut are taken over, and which are encoded."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from studio.editing.avc import Differing, spare_id, together
from studio.editing.cut import Clip, Cut, Into, Join, Lengths, Title, length_of
from studio.editing.looks import Look, Source
from studio.editing.planning import Fade, plan, size_of

ONE, TWO, ODD = uuid4(), uuid4(), uuid4()
LOOK = Look("h264", "High", 1280, 720, "yuv420p", parameters=b"\x01one")
# Two seconds from key frame to key frame; every third frame stands before the two between.
GROUP = 48


def order(frames):
    """Frames as an encoder with two frames between others writes them."""
    found: list[int] = []
    for begin in range(0, frames, GROUP):
        end = min(begin + GROUP, frames)
        found.append(begin)
        for at in range(begin + 1, end, 3):
            last = min(at + 2, end - 1)
            found += [last, *range(at, last)]
    return tuple(found)


def source(frames=120, look=LOOK):
    keys = frozenset(range(0, frames, GROUP))
    return Source(Path("take.mp4"), look, frames, order(frames), keys)


SOURCES = {
    ONE: source(),
    TWO: source(),
    ODD: source(look=replace(LOOK, width=640, height=360, parameters=b"\x01odd")),
}
LENGTHS = Lengths(dict.fromkeys(SOURCES, 120))


def planned(*clips, titles=(), **asked):
    cut = Cut(clips=clips, titles=titles)
    made = plan(cut, LENGTHS, SOURCES, **asked)
    assert made.frames == length_of(cut, LENGTHS)
    ends = [piece.ends for piece in made.pieces]
    assert [piece.begins for piece in made.pieces] == [0, *ends[:-1]]
    return made


def told(made):
    """Each piece as a word: its first frame of the take, how many, and whether it is copied."""
    return [
        (piece.shown[0].in_frame, piece.frames, "copied" if piece.is_copied else "encoded")
        for piece in made.pieces
    ]


def test_clips_that_match_are_copied():
    made = planned(Clip("a", ONE), Clip("b", TWO))
    assert told(made) == [(0, 120, "copied"), (0, 120, "copied")]
    assert made.look == LOOK


def test_only_the_odd_one_is_encoded():
    made = planned(Clip("a", ONE), Clip("b", ODD), Clip("c", TWO))
    assert told(made) == [(0, 120, "copied"), (0, 120, "encoded"), (0, 120, "copied")]


def test_parameters_alone_make_a_clip_odd():
    sources = SOURCES | {TWO: source(look=replace(LOOK, parameters=b"\x01other"))}
    cut = Cut(clips=(Clip("a", ONE), Clip("b", TWO), Clip("c", ONE)))
    made = plan(cut, LENGTHS, sources)
    assert [piece.is_copied for piece in made.pieces] == [True, False, True]


def test_a_trim_is_encoded_up_to_the_next_key_frame_and_copied_from_there():
    assert told(planned(Clip("a", ONE, 40))) == [(40, 8, "encoded"), (48, 72, "copied")]


def test_an_out_point_between_frames_that_need_each_other_is_encoded_alone():
    whole, between = planned(Clip("a", ONE, 0, 100)), planned(Clip("a", ONE, 0, 98))
    assert told(whole) == [(0, 100, "copied")]
    assert told(between) == [(0, 97, "copied"), (97, 1, "encoded")]


def test_a_trim_without_a_key_frame_in_it_is_encoded_whole():
    assert told(planned(Clip("a", ONE, 1, 40), Clip("b", TWO)))[0] == (1, 39, "encoded")


def test_a_run_too_short_to_be_worth_it_is_encoded_with_the_rest():
    assert told(planned(Clip("a", ONE, 85, 110), Clip("b", TWO)))[0] == (85, 25, "encoded")


def test_around_a_crossfade_the_rest_stays_copied():
    made = planned(Clip("a", ONE, into=Into(Join.CROSSFADE, 12)), Clip("b", TWO))
    assert told(made) == [
        (0, 106, "copied"),
        (106, 2, "encoded"),
        (108, 12, "encoded"),
        (12, 36, "encoded"),
        (48, 72, "copied"),
    ]
    assert [len(piece.shown) for piece in made.pieces] == [1, 1, 2, 1, 1]


def test_a_dip_fades_either_side():
    made = planned(Clip("a", ONE, into=Into(Join.BLACK, 13)), Clip("b", TWO))
    fades = [(piece.fade, piece.frames) for piece in made.pieces if piece.fade]
    assert fades == [(Fade.OUT, 7), (Fade.IN, 6)]


def test_a_title_has_only_its_own_frames_encoded():
    made = planned(Clip("a", ONE), titles=(Title("t", at=50, frames=20, words="Mia"),))
    encoded = [piece for piece in made.pieces if piece.letters]
    assert [(piece.begins, piece.frames) for piece in encoded] == [(50, 20)]
    assert made.copied == 49 + 24


def test_a_title_over_a_cut_goes_on_behind_it():
    made = planned(Clip("a", ONE), Clip("b", TWO), titles=(Title("t", 110, 20, "Mia"),))
    pieces = [piece for piece in made.pieces if piece.letters]
    assert [(piece.begins, piece.letters[0].first) for piece in pieces] == [(110, 0), (120, -10)]


@pytest.mark.parametrize("asked", [{"height": 360}, {"may_copy": False}])
def test_another_size_or_kind_encodes_everything(asked):
    made = planned(Clip("a", ONE), Clip("b", TWO, 30), **asked)
    assert told(made) == [(0, 120, "encoded"), (30, 90, "encoded")]
    assert made.look is None


def test_the_size_that_the_takes_have_is_no_other():
    assert planned(Clip("a", ONE), height=720).copied == 120


@pytest.mark.parametrize(
    "look",
    [
        replace(LOOK, codec="hevc"),
        replace(LOOK, pixels="yuv420p10le"),
        replace(LOOK, parameters=b"\0\0\0\1"),
        replace(LOOK, width=1279),
    ],
)
def test_what_players_dont_know_is_encoded_even_where_it_matches(look):
    made = plan(Cut(clips=(Clip("a", ONE),)), LENGTHS, {ONE: source(look=look)})
    assert made.copied == 0
    assert made.width % 2 == made.height % 2 == 0


def test_frames_that_arent_24_a_second_are_encoded():
    other = replace(source(), order=(), keys=frozenset())
    assert plan(Cut(clips=(Clip("a", ONE),)), LENGTHS, {ONE: other}).copied == 0


def test_cards_alone_make_a_film():
    made = plan(Cut(clips=(Clip("a", words="The end", out_frame=48),)), Lengths({}), {})
    assert (made.frames, made.width, made.height) == (48, 1920, 1080)


def test_a_take_with_fewer_frames_than_was_said_is_encoded():
    made = plan(Cut(clips=(Clip("a", ONE),)), Lengths({ONE: 130}), {ONE: source()})
    assert told(made) == [(0, 120, "copied"), (120, 10, "encoded")]


@pytest.mark.parametrize(
    ("size", "height", "is_"),
    [
        ((1280, 720), 1080, (1920, 1080)),
        ((720, 1280), 1080, (1080, 1920)),
        ((1552, 656), 540, (1278, 540)),
        ((1280, 720), None, (1280, 720)),
    ],
)
def test_the_height_is_that_of_the_shorter_side(size, height, is_):
    assert size_of(replace(LOOK, width=size[0], height=size[1]), height) == is_


# SPS and PPS with the number 0 (ue 1…) and with 1 (ue 010…).
SPS, OTHER_SPS = b"\x67\x64\x00\x1e\xac", b"\x67\x64\x00\x1e\x56"
PPS, OTHER_PPS = b"\x68\xee\x3c", b"\x68\x5e\x3c"


def box(sps, pps, lengths=3):
    sets = b"\xe1" + len(sps).to_bytes(2, "big") + sps
    pictures = b"\x01" + len(pps).to_bytes(2, "big") + pps
    return b"\x01\x64\x00\x1e" + bytes([0xFC | lengths]) + sets + pictures + b"tail"


def test_the_parameters_of_two_encoders_stand_in_one_box():
    both = together([box(SPS, PPS), box(OTHER_SPS, OTHER_PPS)])
    assert all(each in both for each in (SPS, OTHER_SPS, PPS, OTHER_PPS))
    assert both.endswith(b"tail")
    assert together([both]) == both
    assert together([box(SPS, PPS)] * 2) == box(SPS, PPS)


def test_a_number_that_is_free_is_found():
    assert spare_id(box(SPS, PPS)) == 1
    assert spare_id(together([box(SPS, PPS), box(OTHER_SPS, OTHER_PPS)])) == 2


@pytest.mark.parametrize(
    "other", [box(SPS + b"x", PPS), box(SPS, PPS + b"x"), box(SPS, PPS, 1), b"\x01", box(b"", b"x")]
)
def test_what_cant_stand_together_is_told(other):
    with pytest.raises(Differing):
        together([box(SPS, PPS), other])
