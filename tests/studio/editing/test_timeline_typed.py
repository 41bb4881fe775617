"""What was typed at a sequence and not saved stays in its fields, with the reason beside them."""

import pytest
from django.urls import reverse

from studio.models import Sequence
from tests import factories
from tests.studio.editing.test_timeline_page import HTMX, post, said, sequence, takes  # noqa: F401

REFUSED = [
    ("change_title", {"words": "Mia Ray", "length": "soon"}, "length", "as a timecode"),
    ("change_title", {"words": "Mia Ray", "fade_in": "9:00"}, "fade_out", "fades together"),
    ("change_sound", {"gain_db": "90"}, "gain_db", "Choose a gain between"),
    ("change_sound", {"out": "1:00:00", "gain_db": "-3"}, "out", "has only 96 frames"),
    ("change_card", {"words": "x" * 201, "more_words": "Pilot"}, "words", "at most 200"),
    ("trim_clip", {"in": "2:00", "out": "1:00"}, "out", "at least one frame after"),
    ("add_title", {"words": "", "more_words": "A pilot"}, "words", "Write the words"),
    ("add_card", {"words": "", "more_words": "A pilot"}, "words", "Write the words"),
    ("split_clip", {"at": "here"}, "at", "as a timecode"),
    ("sound_clip", {"gain_db": "loud"}, "gain_db", "as a number"),
    ("join_clip", {"join": "crossfade", "frames": "9:00"}, "frames", "are too long"),
    ("duck", {"duck_db": "loud"}, "duck_db", "as a number"),
]


def cut(sequence):  # noqa: F811
    return Sequence.objects.get(pk=sequence.pk).cut


@pytest.fixture
def pieces(client, sequence, project, tmp_path):  # noqa: F811
    """A title, music and a voice of four seconds, and a card before the three clips."""
    file = tmp_path / "theme.wav"
    file.write_bytes(bytes(44 + 4 * 48000 * 2))
    theme = factories.sound(project, file)
    post(client, sequence, "add_title", words="Mia", at="0")
    for role in ("music", "voice"):
        post(client, sequence, "add_sound", sound=str(theme.uuid), role=role)
    post(client, sequence, "add_card", words="The end", place="0")
    return cut(sequence)


def about(pieces, verb):
    """What a form of the page says besides what is typed in it."""
    clip, card = pieces.clips[1].key, pieces.clips[0].key
    title, sound = pieces.titles[0].key, pieces.sounds[0].key
    named = {"change_title": {"piece": title}, "change_sound": {"piece": sound}}
    named |= {"change_card": {"clip": card}}
    return named.get(verb, {"clip": clip} if verb.endswith("_clip") else {})


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["scripts", "plain"])
def test_what_is_refused_stays_in_its_fields_with_the_reason(client, sequence, pieces, headers):  # noqa: F811
    for verb, typed, field, words in REFUSED:
        sent = {"version": Sequence.objects.get().version, "is_typed": "yes"}
        url = reverse(verb, args=[sequence.uuid])
        answer = client.post(url, sent | about(pieces, verb) | typed, headers=headers)
        assert answer.status_code == (200 if headers else 422), verb
        page = said(answer)
        reason = page.partition(f'id="{field}-error">')[2].partition("<")[0]
        assert words in reason, verb
        assert page.count(words) == 1, verb  # and no notice that says it again
        for name, value in typed.items():
            chosen = " checked data-saves-on-change" if name == "join" else ""
            assert f'value="{value}"{chosen}' in page, (verb, name)
        assert "data-kept" in page
    assert cut(sequence) == pieces


def test_what_was_typed_too_late_stays_in_its_fields(client, sequence, pieces):  # noqa: F811
    sent = {"version": 1, "is_typed": "yes", "words": "Mia Ray"} | about(pieces, "change_title")
    url = reverse("change_title", args=[sequence.uuid])
    for headers in (HTMX, {}):
        late = client.post(url, sent, headers=headers)
        assert late.status_code == 409
        assert 'value="Mia Ray"' in said(late)
    assert cut(sequence).titles[0].words == "Mia"


def test_what_a_hand_does_is_refused_in_a_notice(client, sequence, pieces):  # noqa: F811
    sent = {"version": Sequence.objects.get().version, "clip": pieces.clips[1].key}
    url = reverse("trim_clip", args=[sequence.uuid])
    page = said(client.post(url, sent | {"in": "48", "out": "24"}, headers=HTMX))
    assert "at least one frame after" in page.partition('id="notices"')[2].partition("</div>")[0]
    assert "data-kept" not in page


def test_a_piece_that_is_set_shorter_than_its_fades_has_shorter_ones(client, sequence, pieces):  # noqa: F811
    title, sound = pieces.titles[0].key, pieces.sounds[0]
    asked_of_sound = {"piece": sound.key, "role": str(sound.role)}
    fades = {"fade_in": "1:00", "fade_out": "0:12"}
    for length in ("3:00", "0:18"):
        asked = {"piece": title, "words": "Mia", "length": length}
        post(client, sequence, "change_title", **asked, **fades)
        post(client, sequence, "change_sound", out=length, **asked_of_sound, **fades)
    for piece in (cut(sequence).titles[0], cut(sequence).sounds[0]):
        assert (piece.fade_in, piece.fade_out) == (12, 6)
