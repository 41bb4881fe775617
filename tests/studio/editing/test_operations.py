"""Changing a cut: what each change does, what it refuses, and that any of them keeps it whole."""

from dataclasses import replace
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generations.refusal import Refused
from studio.editing import operations, written
from studio.editing.cut import (
    FPS,
    Clip,
    Cut,
    Into,
    Join,
    Lengths,
    Place,
    Role,
    SoundClip,
    Title,
    length_of,
    placed,
)

ONE, TWO, THREE = uuid4(), uuid4(), uuid4()
LENGTHS = Lengths({ONE: 121, TWO: 217, THREE: 10})


def cut_of(*takes: UUID) -> Cut:
    """A cut of whole takes with the keys a, b, c …"""
    return Cut(clips=tuple(Clip("abcdefgh"[at], take) for at, take in enumerate(takes)))


def keys(cut):
    return "".join(clip.key for clip in cut.clips)


def refused(change):
    with pytest.raises(Refused) as error:
        change()
    return str(error.value)


def test_clips_stand_one_after_the_other():
    spots = placed(cut_of(ONE, TWO, ONE), LENGTHS)
    assert [(spot.begins, spot.ends) for spot in spots] == [(0, 121), (121, 338), (338, 459)]


def test_a_crossfade_makes_the_sequence_shorter_and_a_dip_does_not():
    cut = operations.join(cut_of(ONE, TWO), "a", Into(Join.CROSSFADE, 12), LENGTHS)
    assert length_of(cut, LENGTHS) == 121 + 217 - 12
    cut = operations.join(cut, "a", Into(Join.BLACK, 12), LENGTHS)
    assert length_of(cut, LENGTHS) == 121 + 217


@pytest.mark.parametrize(("most", "joins"), [(9, Join.CROSSFADE), (18, Join.BLACK)])
def test_a_transition_longer_than_its_clip_is_refused_with_what_fits(most, joins):
    cut = cut_of(ONE, THREE)
    assert operations.join(cut, "a", Into(joins, most), LENGTHS)
    words = refused(lambda: operations.join(cut, "a", Into(joins, most + 1), LENGTHS))
    assert f"at most {most} fit" in words


def test_two_transitions_share_the_clip_between_them():
    cut = operations.join(cut_of(ONE, THREE, TWO), "a", Into(Join.CROSSFADE, 5), LENGTHS)
    assert operations.join(cut, "b", Into(Join.CROSSFADE, 4), LENGTHS)
    refused(lambda: operations.join(cut, "b", Into(Join.CROSSFADE, 5), LENGTHS))


def test_the_last_clip_has_nothing_to_go_over_into():
    words = refused(lambda: operations.join(cut_of(ONE), "a", Into(Join.CROSSFADE, 5), LENGTHS))
    assert "no next one" in words


def test_a_trimmed_clip_keeps_its_points_and_one_at_the_end_follows_the_take():
    cut = operations.trim(cut_of(ONE), "a", 12, 100, LENGTHS)
    assert (cut.clip("a").in_frame, cut.clip("a").out_frame) == (12, 100)
    cut = operations.trim(cut, "a", 0, 121, LENGTHS)
    assert cut == cut_of(ONE)


@pytest.mark.parametrize(("begin", "out"), [(5, 5), (6, 5), (-1, 5), (121, 121)])
def test_in_after_out_is_refused(begin, out):
    words = refused(lambda: operations.trim(cut_of(ONE), "a", begin, out, LENGTHS))
    assert "after the in point" in words


def test_an_out_point_beyond_the_take_is_refused_with_its_length():
    words = refused(lambda: operations.trim(cut_of(ONE), "a", 0, 122, LENGTHS))
    assert "only 121 frames" in words


def test_a_clip_isnt_trimmed_shorter_than_its_transitions():
    cut = operations.join(cut_of(ONE, TWO), "a", Into(Join.CROSSFADE, 24), LENGTHS)
    refused(lambda: operations.trim(cut, "b", 0, 24, LENGTHS))
    assert operations.trim(cut, "b", 0, 25, LENGTHS)


def test_both_parts_of_a_split_clip_are_the_clip():
    joined = operations.join(cut_of(ONE, TWO), "a", Into(Join.CROSSFADE, 12), LENGTHS)
    cut = operations.split(joined, "a", 48, LENGTHS)
    first, second, _ = cut.clips
    assert (first.in_frame, first.out_frame, first.into) == (0, 48, Into())
    assert (second.in_frame, second.out_frame, second.into) == (48, None, Into(Join.CROSSFADE, 12))
    assert length_of(cut, LENGTHS) == length_of(joined, LENGTHS)


@pytest.mark.parametrize("frame", [0, 121, -3, 500])
def test_a_clip_isnt_split_at_its_ends(frame):
    words = refused(lambda: operations.split(cut_of(ONE), "a", frame, LENGTHS))
    assert "inside the clip" in words


@pytest.mark.parametrize(
    ("moved", "place", "after"),
    [("a", 3, "bcad"), ("d", 0, "dabc"), ("ab", 4, "cdab"), ("ad", 2, "badc"), ("b", 1, "abcd")],
)
def test_clips_move_together_before_a_place(moved, place, after):
    assert keys(operations.move(cut_of(ONE, TWO, ONE, TWO), list(moved), place)) == after


def test_a_removed_clip_leaves_no_gap_and_no_transition_into_nothing():
    cut = operations.join(cut_of(ONE, TWO), "a", Into(Join.CROSSFADE, 12), LENGTHS)
    cut = operations.remove(cut, ["b"])
    assert cut == cut_of(ONE)


def test_what_somebody_removed_meanwhile_is_refused_whole():
    cut = cut_of(ONE, TWO)
    for change in (
        lambda: operations.remove(cut, ["a", "z"]),
        lambda: operations.move(cut, ["z"], 0),
        lambda: operations.duplicate(cut, ["a", "z"]),
        lambda: operations.trim(cut, "z", 0, 1, LENGTHS),
    ):
        assert "isn't in the sequence any more" in refused(change)


def test_copies_stand_behind_what_they_are_copies_of():
    cut = operations.duplicate(cut_of(ONE, TWO, ONE), ["a", "b"])
    assert [clip.take for clip in cut.clips] == [ONE, TWO, ONE, TWO, ONE]
    assert len({clip.key for clip in cut.clips}) == 5


def test_a_swapped_take_keeps_the_points_that_it_has_room_for():
    cut = operations.trim(cut_of(ONE), "a", 12, 100, LENGTHS)
    assert operations.swap(cut, "a", TWO, LENGTHS).clip("a") == replace(cut.clip("a"), take=TWO)
    card = replace(cut.clip("a"), take=None, words="Missing: A001", more_words="B", out_frame=40)
    slated = operations.swap(cut.with_clip(card), "a", TWO, LENGTHS).clip("a")
    assert slated == replace(cut.clip("a"), take=TWO, out_frame=40)
    short = operations.swap(cut, "a", THREE, LENGTHS).clip("a")
    assert (short.in_frame, short.out_frame) == (9, None)


def test_a_take_that_turned_out_shorter_still_has_a_frame():
    spots = placed(
        operations.join(cut_of(ONE, TWO), "a", Into(Join.CROSSFADE, 100), LENGTHS),
        Lengths({ONE: 10, TWO: 217}),
    )
    assert [(spot.frames, spot.overlap) for spot in spots] == [(10, 9), (217, 0)]


def test_a_sequence_is_at_most_three_hours():
    cut = Cut(clips=(Clip("a", words="The end", out_frame=3 * 3600 * FPS), Clip("b", ONE)))
    assert "three hours" in refused(lambda: operations.checked(cut, LENGTHS))


def test_a_cut_is_kept_and_read_as_it_is():
    cut = Cut(
        clips=(
            Clip("a", ONE, 3, 50, Into(Join.CROSSFADE, 12), -3.5, muted=True, only_new=True),
            Clip("b", words="Part two", out_frame=48),
        ),
        titles=(Title("t", 10, 48, "Mia", "Pilot", Place.LOWER_THIRD, 4, 8),),
        sounds=(SoundClip("s", TWO, 5, 0, 500, Role.VOICE, 1.5, 12, 24),),
        duck_db=-9.0,
    )
    assert written.read(written.write(cut)) == cut


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"clips": [{"key": "a", "take": "nothing"}]},
        {"clips": [{"key": "a", "take": str(ONE), "in_frame": 5, "out_frame": 5}]},
        {"clips": [{"key": "a", "take": str(ONE), "in_frame": -1}]},
        {"clips": [{"key": "a", "take": str(ONE), "in_frame": True}]},
        {"clips": [{"key": "a", "take": str(ONE)}, {"key": "a", "take": str(ONE)}]},
        {"clips": [{"key": "a"}]},
        {"clips": [{"key": "../a", "take": str(ONE)}]},
        {"clips": [{"key": "a", "take": str(ONE), "into": {"join": "wipe", "frames": 3}}]},
        {"clips": [{"key": "a", "take": str(ONE), "into": {"join": "crossfade"}}]},
        {"clips": [{"key": "a", "take": str(ONE), "gain_db": 90}]},
        {"clips": [{"key": "a", "take": str(ONE)}] * 1001},
        {"titles": [{"key": "t", "at": 0, "frames": 0, "words": "x"}]},
        {"titles": [{"key": "t", "at": 0, "frames": 9, "words": "x", "fade_in": 10}]},
        {"sounds": [{"key": "s", "sound": str(ONE), "at": 10**9}]},
        {"clips": "abc"},
    ],
)
def test_what_isnt_a_cut_is_not_read(document):
    with pytest.raises(written.Unreadable):
        written.read(document)


CHANGES = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 9), st.integers(0, 230), st.integers(0, 230)),
    max_size=12,
)


@given(CHANGES)
def test_whatever_is_done_to_a_cut_it_stays_whole(changes):
    cut = cut_of(ONE, TWO, THREE, ONE)
    for what, which, one, two in changes:
        if not cut.clips:
            break
        key = cut.clips[which % len(cut.clips)].key
        calls = (
            lambda c, k: operations.move(c, [k], one % 9),  # noqa: B023
            lambda c, k: operations.trim(c, k, one, two or None, LENGTHS),  # noqa: B023
            lambda c, k: operations.split(c, k, one, LENGTHS),  # noqa: B023
            lambda c, k: operations.duplicate(c, [k]),
            lambda c, k: operations.remove(c, [k]),
            lambda c, k: operations.swap(c, k, (ONE, TWO, THREE)[one % 3], LENGTHS),  # noqa: B023
            lambda c, k: operations.join(c, k, Into(Join.CROSSFADE, one), LENGTHS),  # noqa: B023
            lambda c, k: operations.join(c, k, Into(Join.BLACK, one), LENGTHS),  # noqa: B023
        )
        try:
            cut = calls[what](cut, key)
        except Refused:
            continue
    assert written.read(written.write(cut)) == cut
    spots = placed(cut, LENGTHS)
    for before, after in pairwise(spots):
        assert after.begins == before.ends - before.overlap
        assert after.begins > before.begins
        assert after.ends > before.ends
    assert all(0 <= spot.in_frame < spot.out_frame for spot in spots)
