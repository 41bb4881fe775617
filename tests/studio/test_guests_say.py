"""What guests say of takes by a link: notes and a verdict, beside the team's."""

import pytest
from django.test import Client
from django.urls import reverse

from generations.models import State
from generations.redacting import redact
from studio import guests, guests_say
from studio.models import (
    AuditEntry,
    Collection,
    GuestVerdict,
    Mention,
    Note,
    Notice,
    Review,
    Role,
    Sequence,
    Share,
)
from studio.notices import following
from tests.factories import drawn, member, take
from tests.studio.shared import approve, ask, link

BOTH = {"takes_notes": "on", "takes_verdicts": "on"}


@pytest.fixture
def producer(project):
    return member(project, Role.PRODUCER)


@pytest.fixture
def made(project, artist, producer):
    made = take(project, State.COMPLETED, author=artist)
    approve(made, producer)
    return made


@pytest.fixture
def address(client, made):
    return link(client, made, **BOTH)


def say(visitor, address, made, **said):
    return visitor.post(f"{address}takes/{made.uuid}/say/", {"guest": "Ari Vance", **said})


def page(guest, address) -> str:
    return guest.get(address).content.decode()


def test_a_guests_note_stands_among_the_teams_under_their_name(
    anonymous, client, sign_in, producer, address, made
):
    answer = say(anonymous, address, made, words="The fog @Person is lovely", at_s="1.5")
    assert answer["Location"] == address
    [note] = Note.objects.all()
    assert (note.who, note.initials, note.frame) == ("Ari Vance (guest)", "AV", 36)
    assert note.share == Share.objects.get()
    assert not Mention.objects.exists()
    for asked in (
        reverse("generation", args=[made.uuid]),
        reverse("review") + f"?take={made.uuid}",
    ):
        seen = page(sign_in(producer), asked)
        assert "Ari Vance (guest)" in seen
        assert "is lovely" in seen
    assert "Ari Vance (guest) left a note" in page(client, reverse("generation", args=[made.uuid]))


def test_what_a_guest_says_is_told_to_its_artist_and_to_who_made_the_link(
    anonymous, sign_in, project, producer, made
):
    sharing = member(project)
    address = link(sign_in(sharing), made, **BOTH)
    say(anonymous, address, made, words="Lovely fog", verdict="changes")
    sign_in(producer).post(reverse("add_note", args=[made.uuid]), {"words": "It is"})
    following.follow_all()
    told = {
        person: [each.words for each in Notice.objects.of(person).filter(kind="guest")]
        for person in (made.author, sharing, producer)
    }
    said = [
        "Take 1 of Desert Light: Ari Vance (guest) said “changes wanted” by a guest link.",
        "Take 1 of Desert Light: Ari Vance (guest) left a note.",
    ]
    assert told == {made.author: said, sharing: said, producer: []}


def test_a_guests_verdict_stands_beside_the_teams_and_not_in_its_place(
    anonymous, sign_in, producer, address, made
):
    say(anonymous, address, made, verdict="rejected")
    say(anonymous, address, made, verdict="changes")
    assert GuestVerdict.objects.get().verdict == "changes"
    assert Review.objects.get(generation=made).verdict == "approved"
    for asked in (
        reverse("generation", args=[made.uuid]),
        reverse("review") + f"?take={made.uuid}",
    ):
        assert "by Ari Vance (guest)" in page(sign_in(producer), asked)
    newest = AuditEntry.objects.filter(kind=AuditEntry.Kind.VERDICT).first()
    assert newest.words == "Said “changes wanted” by a guest link to take 1 of Desert Light"
    assert (newest.who, newest.actor, newest.address) == ("Ari Vance (guest)", None, "127.0.0.1")


def test_two_guests_of_one_name_have_a_verdict_each(anonymous, sign_in, producer, address, made):
    other = Client()
    say(anonymous, address, made, verdict="rejected")
    say(other, address, made, verdict="approved")
    say(anonymous, address, made, verdict="changes")
    said = GuestVerdict.objects.order_by("pk").values_list("guest", "verdict")
    assert list(said) == [("Ari Vance", "changes"), ("Ari Vance", "approved")]
    in_team = page(sign_in(producer), reverse("generation", args=[made.uuid]))
    for seen in (page(anonymous, address), in_team):
        told = seen.split('aria-label="What guests say">')[1].split("</ul>")[0]
        newest, earlier = told.split("<li>")[1:]
        assert "Changes wanted" in newest
        assert "of that name" not in newest
        assert "Approved" in earlier
        assert "in an earlier visit or by somebody else of that name" in earlier
    say(other, address, made, guest="Bo", verdict="rejected")  # looks along at one screen
    assert GuestVerdict.objects.count() == 3


def test_guests_of_a_link_see_what_was_said_by_it_and_nothing_that_the_team_said(
    client, anonymous, sign_in, producer, address, made
):
    sign_in(producer).post(reverse("add_note", args=[made.uuid]), {"words": "Too dear for us"})
    other = link(client, made, **BOTH)
    say(anonymous, address, made, words="Hold it longer", verdict="approved")
    seen = page(anonymous, address)
    assert "Hold it longer" in seen
    assert 'value="Ari Vance"' in seen  # remembered
    assert "Too dear for us" not in seen
    assert "Hold it longer" in page(Client(), address)
    assert "Hold it longer" not in page(Client(), other)


def test_the_takes_of_a_collection_have_pages_to_say_it_on(client, anonymous, made, project):
    waiting = take(project, State.COMPLETED, author=made.author)
    collection = Collection.begin(project.team, made.author, "Best")
    collection.add([made, waiting], made.author)
    address = link(client, collection, takes_notes="on")
    own = f"{address}takes/{made.uuid}/"
    assert own in page(anonymous, address)
    assert "Best</a>" in page(anonymous, own)
    assert say(anonymous, address, made, words="Yes")["Location"] == own
    assert anonymous.get(f"{address}takes/{waiting.uuid}/").status_code == 404
    assert say(anonymous, address, waiting, words="Yes").status_code == 404
    assert Note.objects.count() == 1


def test_a_link_takes_only_what_its_maker_chose(client, anonymous, made):
    neither = link(client, made)
    assert "Your name" not in page(anonymous, neither)
    for said in ({"words": "Hello"}, {"verdict": "approved"}):
        assert say(anonymous, neither, made, **said).status_code == 422
    notes = link(client, made, takes_notes="on")
    assert "What you say of it" not in page(anonymous, notes)
    assert say(anonymous, notes, made, verdict="approved").status_code == 422
    assert not Note.objects.exists()
    assert not GuestVerdict.objects.exists()


def test_nothing_is_said_before_the_password(client, anonymous, made):
    address = link(client, made, password="open sesame", **BOTH)
    assert say(anonymous, address, made, words="Hello").status_code == 404
    assert "Behind a password" in page(anonymous, f"{address}takes/{made.uuid}/")
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Write a note, or say"),
        ({"guest": " ", "words": "Hello"}, "Say who you are"),
        ({"guest": "x" * 61, "words": "Hello"}, "at most 60 characters"),
        ({"words": "x" * 2001}, "at most 2,000 characters"),
        ({"words": "Hello", "at_s": "2.5"}, "is 2.0 s long, and the note is at 2.5 s"),
        ({"words": "Hello", "at_s": "-1"}, "A moment is a number"),
        ({"words": "Hello", "at_s": "nan"}, "A moment is a number"),
        ({"verdict": "waiting"}, "Choose from the list"),
        ({"words": "a\0b"}, "Null characters"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(anonymous, address, made, said, words):
    answer = say(anonymous, address, made, **said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Note.objects.exists()
    assert not GuestVerdict.objects.exists()


def test_a_guests_note_beyond_the_end_is_logged_without_the_links_token(
    anonymous, address, made, caplog
):
    say(anonymous, address, made, words="Hello", at_s="2.5")
    assert "is 2.0 s long, and the note is at 2.5 s" in caplog.text
    assert address.split("/")[2] not in redact(caplog.text)


def test_a_picture_is_talked_of_as_a_whole(client, anonymous, project, artist, producer):
    picture = drawn(project, author=artist)
    approve(picture, producer)
    address = link(client, picture, takes_notes="on")
    assert "At second" not in page(anonymous, address)
    say(anonymous, address, picture, words="Warmer", at_s="3")
    assert Note.objects.get().frame is None


def test_so_much_is_said_from_an_address_and_by_a_link_and_no_more(
    anonymous, address, made, monkeypatch
):
    monkeypatch.setattr(guests, "SAYINGS", guests.Limit("some", 2, 60))
    for _ in range(2):
        assert say(anonymous, address, made, words="Again").status_code == 302
    assert "Go on a little later" in say(anonymous, address, made, words="Again").content.decode()
    assert Note.objects.count() == 2
    monkeypatch.setattr(guests_say, "MOST_VERDICTS", 1)
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    say(elsewhere, address, made, verdict="approved")
    assert say(elsewhere, address, made, guest="Bo", verdict="approved").status_code == 422


def test_films_are_not_judged_by_guests(client, project, artist):
    sequence = Sequence.begin(project, artist, "Trailer")
    answer = client.get(reverse("share_sequence", args=[sequence.uuid])).content.decode()
    assert "Guests may leave notes" not in answer
    ask(client, sequence, **BOTH)
    share = Share.objects.get()
    assert share.terms == "approved work only"


def test_a_producer_deletes_a_guests_note(client, sign_in, anonymous, producer, address, made):
    say(anonymous, address, made, words="Hello")
    named = {"note": str(Note.objects.get().uuid)}
    client.post(reverse("delete_note", args=[made.uuid]), named)
    assert Note.objects.exists()
    sign_in(producer).post(reverse("delete_note", args=[made.uuid]), named)
    assert not Note.objects.exists()
    newest = AuditEntry.objects.filter(kind=AuditEntry.Kind.DELETION).first()
    assert "a note by Ari Vance (guest)" in newest.words
