"""Titles, cards and sounds of a cut: what each change does, and what it refuses."""

from dataclasses import replace
from uuid import uuid4

import pytest

from generations.refusal import Refused
from studio.editing import pieces
from studio.editing.cut import Cut, Place, Role, SoundClip, Title

THEME = uuid4()
LENGTHS = {THEME: 240}
TITLE = Title("t", 24, 48, "Mia", "Pilot")
SOUND = SoundClip("s", THEME, 0)


def refused(change):
    with pytest.raises(Refused) as error:
        change()
    return str(error.value)


def with_sound(**changes):
    return pieces.put_sound(Cut(), replace(SOUND, **changes), LENGTHS)


def test_titles_stand_in_the_order_of_the_film():
    cut = pieces.put_title(Cut(), TITLE)
    cut = pieces.put_title(cut, Title("u", 0, 24, "Before"))
    assert [title.key for title in cut.titles] == ["u", "t"]
    changed = pieces.put_title(cut, replace(TITLE, words="Mia Ray"))
    assert [title.words for title in changed.titles] == ["Before", "Mia Ray"]


def test_titles_of_one_place_never_overlap():
    cut = pieces.put_title(Cut(), TITLE)
    assert "stands there already" in refused(
        lambda: pieces.put_title(cut, Title("u", 71, 24, "Too soon"))
    )
    assert len(pieces.put_title(cut, Title("u", 72, 24, "After")).titles) == 2
    centred = Title("u", 30, 24, "At once", place=Place.CENTRE)
    assert len(pieces.put_title(cut, centred).titles) == 2


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (Title("t", 0, 0, "x"), "at least one frame"),
        (Title("t", 0, 24, ""), "Write the words"),
        (Title("t", 0, 24, "x" * 201), "at most 200"),
        (Title("t", 3 * 3600 * 24, 1, "x"), "three hours"),
        (Title("t", 0, 24, "x", fade_in=12, fade_out=13), "longer than the title"),
    ],
)
def test_a_title_that_cant_be_is_refused_in_words(title, words):
    assert words in refused(lambda: pieces.put_title(Cut(), title))


def test_a_sound_up_to_its_end_follows_its_file():
    assert with_sound(out_frame=240).sounds == (SOUND,)
    assert with_sound(out_frame=200).sounds[0].out_frame == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"out_frame": 241}, "has only 240 frames"),
        ({"in_frame": 240}, "at least one frame"),
        ({"in_frame": 100, "out_frame": 100}, "at least one frame"),
        ({"fade_in": 200, "fade_out": 41}, "fades together are longer"),
        ({"gain_db": 12.5}, "gain between -60 and 12"),
        ({"sound": uuid4()}, "isn't there any more"),
    ],
)
def test_a_sound_that_cant_be_is_refused_in_words(changes, words):
    assert words in refused(lambda: with_sound(**changes))


def test_two_sounds_of_one_role_never_play_at_once_but_music_and_a_voice_do():
    cut = with_sound()
    other = replace(SOUND, key="u", at=239)
    assert "Another music plays there" in refused(lambda: pieces.put_sound(cut, other, LENGTHS))
    assert len(pieces.put_sound(cut, replace(other, at=240), LENGTHS).sounds) == 2
    voice = replace(other, role=Role.VOICE)
    assert len(pieces.put_sound(cut, voice, LENGTHS).sounds) == 2


def test_trimming_a_sounds_beginning_leaves_what_is_heard_where_it_is():
    cut = pieces.reach(with_sound(at=100), "s", 124, 300, LENGTHS)
    assert cut.sounds == (replace(SOUND, at=124, in_frame=24, out_frame=200),)
    back = pieces.reach(cut, "s", 50, 400, LENGTHS)
    assert back.sounds == (replace(SOUND, at=100),)


def test_a_title_is_dragged_by_its_edges_and_as_a_whole():
    cut = pieces.put_title(Cut(), TITLE)
    assert pieces.reach(cut, "t", 12, 36, {}).titles == (replace(TITLE, at=12, frames=24),)
    assert pieces.shift(cut, "t", 100, {}).titles == (replace(TITLE, at=100),)
    assert "at least one frame" in refused(lambda: pieces.reach(cut, "t", 36, 36, {}))


def test_what_somebody_removed_meanwhile_is_told():
    for change in (
        lambda: pieces.remove(Cut(), "t"),
        lambda: pieces.shift(Cut(), "t", 0, {}),
        lambda: pieces.reword(Cut(), "t", "x", ""),
    ):
        assert "isn't in the sequence any more" in refused(change)


def test_a_free_place_is_behind_all_that_stands_in_the_way():
    assert pieces.free_place([(0, 10), (10, 10), (30, 5)], 5, 8) == 20
    assert pieces.free_place([(10, 5)], 0, 10) == 0
