"""Titles and sounds on the timeline's page: added, changed, moved and removed, or refused."""

import pytest
from django.urls import reverse

from studio.editing.cut import Place, Role
from studio.models import Sequence
from tests import factories
from tests.studio.editing.test_timeline_page import HTMX, post, said, sequence, takes  # noqa: F401


def cut(sequence):  # noqa: F811
    return Sequence.objects.get(pk=sequence.pk).cut


@pytest.fixture
def theme(project, tmp_path):
    """Four seconds of sound."""
    file = tmp_path / "theme.wav"
    file.write_bytes(bytes(44 + 4 * 48000 * 2))
    return factories.sound(project, file)


def test_a_title_is_added_changed_moved_and_removed(client, sequence):  # noqa: F811
    post(client, sequence, "add_title", words=" Mia ", more_words="Pilot", at="24")
    (title,) = cut(sequence).titles
    assert (title.words, title.more_words, title.at) == ("Mia", "Pilot", 24)
    page = said(client.get(reverse("sequence", args=[sequence.uuid]), {"clip": title.key}))
    assert f'data-piece="{title.key}"' in page
    assert 'value="Pilot"' in page

    asked = {"piece": title.key, "words": "Mia Ray", "at": "2.0", "length": "1:12"}
    asked |= {"fade_in": "0:06", "fade_out": "0:12"}
    post(client, sequence, "change_title", stands="centre", **asked)
    (title,) = cut(sequence).titles
    assert (title.words, title.at, title.frames, title.place) == ("Mia Ray", 48, 36, Place.CENTRE)
    assert (title.fade_in, title.fade_out) == (6, 12)
    assert 'data-fade-out="12"' in said(client.get(reverse("sequence", args=[sequence.uuid])))
    post(client, sequence, "shift_piece", piece=title.key, at="60")
    post(client, sequence, "reach_piece", piece=title.key, begins="60", ends="80")
    assert (cut(sequence).titles[0].at, cut(sequence).titles[0].frames) == (60, 20)
    post(client, sequence, "remove_piece", piece=title.key)
    assert cut(sequence).titles == ()
    post(client, sequence, "undo")
    assert cut(sequence).titles[0].words == "Mia Ray"


def test_a_title_that_would_stand_on_another_goes_behind_it(client, sequence):  # noqa: F811
    for words in ("One", "Two"):
        post(client, sequence, "add_title", words=words, at="0")
    assert [(title.words, title.at) for title in cut(sequence).titles] == [("One", 0), ("Two", 72)]


def test_a_card_is_a_clip_whose_words_can_be_changed(client, sequence):  # noqa: F811
    post(client, sequence, "add_card", words="The end")
    card = cut(sequence).clips[-1]
    assert (card.is_card, card.words, card.out_frame) == (True, "The end", 72)
    post(client, sequence, "change_card", clip=card.key, words="Fin", more_words="2026")
    assert (cut(sequence).clips[-1].words, cut(sequence).clips[-1].more_words) == ("Fin", "2026")


def test_a_sound_is_placed_trimmed_faded_and_made_a_voice(client, sequence, theme):  # noqa: F811
    post(client, sequence, "add_sound", sound=str(theme.uuid), at="12")
    (music,) = cut(sequence).sounds
    assert (music.sound, music.at, music.role) == (theme.uuid, 12, Role.MUSIC)
    page = said(client.get(reverse("sequence", args=[sequence.uuid])))
    assert reverse("media", args=[theme.uuid, "sound"]) in page
    asked = {"at": "0", "in": "12", "out": "72", "fade_in": "6", "fade_out": "12"}
    post(client, sequence, "change_sound", piece=music.key, gain_db="-3", role="voice", **asked)
    (voice,) = cut(sequence).sounds
    assert (voice.at, voice.in_frame, voice.out_frame, voice.gain_db) == (0, 12, 72, -3.0)
    assert (voice.fade_in, voice.fade_out, voice.role) == (6, 12, Role.VOICE)
    post(client, sequence, "duck", duck_db="9")
    assert cut(sequence).duck_db == -9


@pytest.mark.parametrize(
    ("verb", "asked", "words"),
    [
        ("add_title", {"words": " "}, "Write the words of the title."),
        ("change_title", {"piece": "gone", "words": "x"}, "isn't in the sequence any more"),
        ("add_sound", {"sound": "x"}, "Choose a sound"),
        ("shift_piece", {"piece": "gone", "at": "3"}, "isn't in the sequence any more"),
        ("duck", {"duck_db": "loud"}, "as a number of decibels"),
        ("add_title", {"words": "x", "at": "soon"}, "as a timecode"),
    ],
)
def test_what_cant_be_is_refused_in_words(client, sequence, verb, asked, words):  # noqa: F811
    before = cut(sequence)
    assert words in said(post(client, sequence, verb, follow=True, **asked))
    assert cut(sequence) == before


def test_a_viewer_and_a_stranger_change_nothing(client, viewer, stranger, sequence):  # noqa: F811
    for verb in ("add_title", "add_card", "add_sound", "shift_piece", "remove_piece", "duck"):
        assert post(viewer, sequence, verb, words="x").status_code == 403
        assert post(stranger, sequence, verb, words="x").status_code == 404


def test_a_sound_of_another_project_cant_be_added(client, sequence, project, tmp_path):  # noqa: F811
    file = tmp_path / "other.wav"
    file.write_bytes(bytes(48044))
    other = factories.sound(factories.ProjectFactory(team=project.team), file)
    post(client, sequence, "add_sound", sound=str(other.uuid))
    assert cut(sequence).sounds == ()


def test_a_sound_that_was_deleted_is_told_where_it_was(client, sequence, theme):  # noqa: F811
    post(client, sequence, "add_sound", sound=str(theme.uuid))
    key = cut(sequence).sounds[0].key
    theme.delete()
    page = said(client.get(reverse("sequence", args=[sequence.uuid]), {"clip": key}))
    assert "This sound is gone." in page
    post(client, sequence, "remove_piece", piece=key)
    assert cut(sequence).sounds == ()


def test_the_second_of_two_is_told(client, sequence):  # noqa: F811
    post(client, sequence, "add_title", words="One")
    late = post(client, sequence, "add_title", version=1, words="Two")
    assert late.status_code == 409
    assert [title.words for title in cut(sequence).titles] == ["One"]


def test_a_piece_that_would_end_before_it_begins_is_refused(client, sequence, theme):  # noqa: F811
    post(client, sequence, "add_title", words="Mia", at="24")
    post(client, sequence, "add_sound", sound=str(theme.uuid), at="40")
    before = cut(sequence)
    for piece in (before.titles[0], before.sounds[0]):
        asked = {"piece": piece.key, "begins": "20", "ends": "10"}
        assert "In after out" in said(post(client, sequence, "reach_piece", follow=True, **asked))
    asked = {"piece": before.sounds[0].key, "begins": "10", "ends": "20"}  # before it has any
    assert "at least one frame" in said(post(client, sequence, "reach_piece", follow=True, **asked))
    assert cut(sequence) == before
