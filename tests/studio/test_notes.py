"""Notes on takes: left at a frame, answered, resolved, deleted; and what is no note."""

import json
import uuid
from html import unescape

import pytest
from django.urls import reverse

from generations.models import State
from studio.models import Note, Role
from studio.noting import MOST
from tests.factories import member, take
from tests.studio.test_live import newest_event

HTMX = {"HX-Request": "true"}


@pytest.fixture
def made(project, artist):
    return take(project, State.COMPLETED, author=artist)


@pytest.fixture
def reviewer(project, sign_in):
    return sign_in(member(project, Role.REVIEWER))


def post(client, name, made, **said):
    return client.post(reverse(name, args=[made.uuid]), said, headers=HTMX)


def add(client, made, words="Mist rolls in the wrong way", **said):
    return post(client, "add_note", made, words=words, **said)


def test_a_note_stands_at_its_frame(reviewer, made):
    answer = add(reviewer, made, frame="10")
    [note] = Note.objects.all()
    assert (note.frame, note.words) == (10, "Mist rolls in the wrong way")
    said = answer.content.decode()
    assert 'data-go="10"' in said
    assert "0:00.4" in said
    assert made.events.filter(kind="noted").count() == 1
    page = reviewer.get(reverse("review"), {"take": made.uuid}).content.decode()
    assert "Mist rolls in the wrong way" in page
    assert 'class="mark"' in page


def test_a_note_may_be_on_the_whole(reviewer, made):
    add(reviewer, made, frame="")
    assert Note.objects.get().frame is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"words": "  "}, "Write a note, or draw on the frame."),
        ({"words": "x" * 2001}, "at most 2,000 characters, and this has 2,001"),
        ({"words": "Late", "frame": "100000"}, "and the note is at 100000"),
        ({"words": "Late", "frame": "-1"}, "isn&#x27;t a number"),
        ({"words": "Late", "frame": "٣"}, "isn&#x27;t a number"),
        ({"words": "", "drawing": "[[1,2,3]]"}, "can&#x27;t be read"),
        ({"words": "", "drawing": "[[1,2,3,1001]]"}, "can&#x27;t be read"),
        ({"words": "", "drawing": '[["a",2,3,4]]'}, "can&#x27;t be read"),
        ({"words": "", "drawing": "[" * 100_000}, "can&#x27;t be read"),
        ({"words": "", "drawing": "{"}, "can&#x27;t be read"),
        ({"words": "", "drawing": json.dumps([[1, 2, 3, 4]] * 61)}, "at most 60 strokes"),
    ],
)
def test_what_is_no_note_is_refused_logged_and_kept(reviewer, made, said, words, caplog):
    answer = add(reviewer, made, **said)
    assert words in answer.content.decode()
    assert unescape(words) in caplog.text
    assert said["words"].strip() in answer.content.decode()
    assert not Note.objects.exists()
    assert not made.events.filter(kind="noted").exists()


def test_the_last_frame_has_notes_and_the_one_behind_has_none(reviewer, made):
    frames = reviewer.get(reverse("generation", args=[made.uuid])).context["take"].frames_long
    add(reviewer, made, frame=str(frames - 1))
    add(reviewer, made, frame=str(frames))
    assert [note.frame for note in Note.objects.all()] == [frames - 1]


def test_a_drawing_alone_is_a_note(reviewer, made):
    add(reviewer, made, words="", drawing="[[0,0,500,1000]]", frame="3")
    assert Note.objects.get().drawing == [[0, 0, 500, 1000]]
    page = reviewer.get(reverse("review"), {"take": made.uuid}).content.decode()
    assert 'data-drawing="[[0, 0, 500, 1000]]"' in page


def test_a_reply_stands_under_its_note_and_a_reply_to_it_too(reviewer, client, made):
    add(reviewer, made, frame="10")
    head = Note.objects.get()
    post(client, "reply", made, note=head.uuid, words="It is from the left")
    answer = Note.objects.get(answers=head)
    post(reviewer, "reply", made, note=answer.uuid, words="Agreed")
    assert Note.objects.filter(answers=head).count() == 2
    assert "Write a note" in post(client, "reply", made, note=head.uuid, words=" ").content.decode()


def test_a_note_is_resolved_and_opened_again(reviewer, client, made):
    add(reviewer, made)
    note = Note.objects.get()
    since = newest_event(made.project)
    said = post(client, "resolve_note", made, note=note.uuid).content.decode()
    assert "resolved by" in said
    assert "Open again" in said
    assert newest_event(made.project) > since  # every open page shows it
    post(client, "reopen_note", made, note=note.uuid)
    note.refresh_from_db()
    assert note.resolved_at is None


def test_who_left_it_deletes_it_and_a_producer(reviewer, client, sign_in, project, made):
    add(reviewer, made)
    note = Note.objects.get()
    said = post(client, "delete_note", made, note=note.uuid).content.decode()
    assert "deleted by who left it, or by a producer" in said
    assert Note.objects.exists()
    post(sign_in(member(project, Role.PRODUCER)), "delete_note", made, note=note.uuid)
    assert not Note.objects.exists()
    said = post(reviewer, "delete_note", made, note=note.uuid).content.decode()
    assert "isn&#x27;t there any more" in said


def test_a_note_of_another_take_isnt_there(reviewer, project, made):
    other = take(project, State.COMPLETED)
    add(reviewer, other)
    note = Note.objects.get()
    for name in ("reply", "resolve_note", "reopen_note", "delete_note"):
        said = post(reviewer, name, made, note=note.uuid, words="Hello").content.decode()
        assert "isn&#x27;t there any more" in said
    note.refresh_from_db()
    assert note.resolved_at is None
    assert not note.replies.exists()
    assert "isn&#x27;t there" in post(reviewer, "reply", made, note="x", words="y").content.decode()
    assert "isn&#x27;t there" in post(reviewer, "reply", made, note=uuid.uuid4()).content.decode()


def test_viewers_and_strangers_leave_none(viewer, stranger, made):
    assert add(viewer, made).status_code == 403
    assert add(stranger, made).status_code == 404
    assert not Note.objects.exists()


def test_what_is_in_the_trash_gets_no_notes(client, made):
    client.post(reverse("discard", args=[made.uuid]))
    assert "is in the trash" in add(client, made).content.decode()
    assert not Note.objects.exists()


def test_a_take_has_so_many_notes_and_no_more(reviewer, artist, made):
    Note.objects.bulk_create(
        Note(generation=made, author=artist, words=str(number)) for number in range(MOST)
    )
    assert f"has {MOST} notes" in add(reviewer, made).content.decode()
    assert Note.objects.count() == MOST


def test_without_scripts_a_note_comes_back_to_the_room(reviewer, made):
    address = reverse("review") + f"?take={made.uuid}"
    answer = reviewer.post(
        reverse("add_note", args=[made.uuid]),
        {"words": "Hold it"},
        headers={"Referer": f"http://testserver{address}"},
    )
    assert answer["Location"] == address
