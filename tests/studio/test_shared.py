"""Guest links as guests see them: what shows, what never does, and how a link ends."""

import logging
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from generations import discarding
from generations.models import State
from studio import guests, reviewing
from studio.editing import exporting
from studio.editing.cut import Clip, Cut
from studio.models import Collection, Export, Membership, Role, Sequence, Share, Verdict
from tests.factories import ProjectFactory, drawn, member, take, version
from tests.studio.shared import approve, ask, files, link
from tests.studio.test_media import body

GONE = "This link isn't good any more, or never was"


@pytest.fixture
def producer(project):
    return member(project, Role.PRODUCER)


@pytest.fixture
def made(project, artist, producer):
    """An approved take."""
    made = take(project, State.COMPLETED, author=artist, words="Fog over a secret harbour")
    approve(made, producer)
    return made


@pytest.fixture
def waiting(project, artist):
    """A take that nobody has judged."""
    return take(project, State.COMPLETED, author=artist, words="A fox in the snow")


@pytest.fixture
def reel(project, artist, made, waiting):
    found = Collection.begin(project.team, artist, "Best of autumn", "For the client")
    found.add([made, waiting], artist)
    return found


@pytest.fixture
def sequence(project, artist, made, waiting):
    clips = (Clip("a", made.uuid, in_frame=12, out_frame=36), Clip("b", waiting.uuid))
    return Sequence.begin(project, artist, "Trailer", Cut(clips=clips))


@pytest.fixture
def film(sequence, artist):
    """A finished export of the sequence."""
    Export.objects.create(
        sequence=sequence, edit=sequence.head, author=artist, kind=Export.Kind.MP4
    )
    assert exporting.export_due() == 1
    return Export.objects.get()


def look(guest, address) -> str:
    answer = guest.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# --- what shows ------------------------------------------------------------------------------


def test_a_guest_sees_an_approved_take_and_nothing_else_of_the_team(client, anonymous, made):
    page = look(anonymous, link(client, made))
    assert "Take 1, Desert Light" in page
    assert f"Shared by {made.author} of {made.project.team}, until" in page
    for hidden in ("secret harbour", "$", "/projects/", f'"/media/{made.uuid}', "Download"):
        assert hidden not in page
    assert 'class="rail"' not in page
    video, poster = files(page)
    whole = made.assets.get(kind="video").file.read_bytes()
    assert body(anonymous.get(video)) == whole
    part = anonymous.get(video, headers={"Range": "bytes=100-199"})
    assert (part.status_code, body(part)) == (206, whole[100:200])
    assert anonymous.get(poster)["Content-Type"] == "image/jpeg"
    assert anonymous.get(reverse("media", args=[made.uuid, "video"])).status_code == 302


def test_what_is_not_approved_shows_only_where_that_was_chosen(client, anonymous, waiting):
    asked = link(client, waiting)
    page = look(anonymous, asked)
    assert "Nothing to see yet" in page
    assert files(page) == []
    guessed = f"{asked}media/{waiting.uuid}/video"
    assert anonymous.get(guessed).status_code == 404
    shown = look(anonymous, link(client, waiting, shows_unapproved="on"))
    assert anonymous.get(files(shown)[0]).status_code == 200


def test_a_verdict_that_is_taken_back_hides_the_take(client, anonymous, made, producer):
    address = link(client, made)
    [video, _] = files(look(anonymous, address))
    reviewing.undo(made, producer, Role.PRODUCER)
    assert "Nothing to see yet" in look(anonymous, address)
    assert anonymous.get(video).status_code == 404


def test_prompts_and_prices_show_only_where_that_was_chosen(client, anonymous, made):
    page = look(anonymous, link(client, made, shows_prompts="on", shows_prices="on"))
    assert "Fog over a secret harbour" in page
    assert "$" in page


def test_a_download_is_offered_only_where_that_was_chosen(client, anonymous, made):
    without = files(look(anonymous, link(client, made)))[0]
    assert anonymous.get(without, {"download": 1}).status_code == 404
    page = look(anonymous, link(client, made, may_download="on"))
    answer = anonymous.get(files(page)[0], {"download": 1})
    assert answer["Content-Disposition"] == 'attachment; filename="desert-light-take-1.mp4"'
    named = look(anonymous, link(client, made, may_download="on", shows_prompts="on"))
    answer = anonymous.get(files(named)[0], {"download": 1})
    assert "fog-over-a-secret-harbour" in answer["Content-Disposition"]


def test_the_best_version_plays_once_it_was_judged(client, anonymous, made, producer):
    own = made.assets.get(kind="video").file.read_bytes()
    better = version(made)
    made.refresh_from_db()
    assert made.best_version == better
    better.assets.get(kind="video").file.write_bytes(b"better")
    page = look(anonymous, link(client, made))
    assert str(better.uuid) not in page
    assert body(anonymous.get(files(page)[0])) == own  # nobody has judged the version yet
    whatever = look(anonymous, link(client, made, shows_unapproved="on"))
    assert body(anonymous.get(files(whatever)[0])) == b"better"
    reviewing.judge(made, Verdict.APPROVED, producer, seen=Verdict.APPROVED)
    assert body(anonymous.get(files(page)[0])) == b"better"


def test_a_picture_is_shown_as_one(client, anonymous, project, artist, producer):
    picture = drawn(project, author=artist)
    approve(picture, producer)
    page = look(anonymous, link(client, picture))
    [address] = [each for each in files(page) if each.endswith("/image")]
    assert anonymous.get(address)["Content-Type"] == "image/jpeg"


def test_a_collection_plays_as_a_reel_of_what_is_approved(client, anonymous, reel, made, waiting):
    page = look(anonymous, link(client, reel))
    assert "Best of autumn" in page
    assert "For the client" in page
    assert page.count("data-reel-take") == 1
    assert str(made.uuid) in page
    assert str(waiting.uuid) not in page
    both = look(anonymous, link(client, reel, shows_unapproved="on", shows_prices="on"))
    assert both.count("data-reel-take") == 2
    assert "in all" in both


def test_a_sequence_shows_the_parts_that_its_clips_show(client, anonymous, sequence, made, waiting):
    page = look(anonymous, link(client, sequence))
    assert f"/media/{made.uuid}/video#t=0.500,1.500" in page
    assert 'data-from="0.500"' in page
    assert str(waiting.uuid) not in page
    both = look(anonymous, link(client, sequence, shows_unapproved="on"))
    assert both.count("data-reel-take") == 2


def test_a_sequence_shows_its_newest_film_once_all_in_it_is_approved(
    client, anonymous, sequence, film, waiting, producer
):
    address = link(client, sequence)
    assert str(film.uuid) not in look(anonymous, address)
    approve(waiting, producer)
    page = look(anonymous, address)
    [file] = files(page)
    assert file.endswith(f"/media/{film.uuid}/export")
    part = anonymous.get(file, headers={"Range": "bytes=4-7"})
    assert (part.status_code, body(part)) == (206, b"ftyp")
    taken = file.replace(f"{film.uuid}/export", f"{waiting.uuid}/video")
    assert anonymous.get(taken).status_code == 404


def test_an_export_is_shown_once_all_in_it_is_approved(client, anonymous, film, waiting, producer):
    address = link(client, film, may_download="on")
    assert "Nothing to see yet" in look(anonymous, address)
    approve(waiting, producer)
    page = look(anonymous, address)
    answer = anonymous.get(files(page)[0], {"download": 1})
    assert "desert-light-trailer" in answer["Content-Disposition"]
    assert b"ftyp" in body(answer)


def test_a_link_opens_nothing_but_what_it_is_to(client, anonymous, made, project, artist, producer):
    other = take(project, State.COMPLETED, author=artist)
    approve(other, producer)
    theirs = take(ProjectFactory(), State.COMPLETED)
    address = link(client, made)
    for uuid in (other.uuid, theirs.uuid, uuid4()):
        for kind in ("video", "poster", "preview", "image", "export", "still", "sound"):
            assert anonymous.get(f"{address}media/{uuid}/{kind}").status_code == 404
    assert anonymous.get(f"{address}media/{made.uuid}/preview").status_code == 404


def test_a_take_in_the_trash_is_not_shown(client, anonymous, made, artist):
    address = link(client, made)
    discarding.discard([made], artist)
    assert "Nothing to see yet" in look(anonymous, address)


# --- how it ends -----------------------------------------------------------------------------


def gone(guest, address) -> str:
    """Return what is said where a link isn't there, without the form's token, always another."""
    answer = guest.get(address)
    assert answer.status_code == 404
    assert GONE in answer.content.decode()
    return re.sub(r'"X-CSRFToken": "\w+"', "", answer.content.decode())


def test_expired_revoked_and_unknown_links_answer_alike(client, anonymous, made, time_machine):
    address = link(client, made)
    [video, _] = files(look(anonymous, address))
    client.post(reverse("revoke_share", args=[Share.objects.get().uuid]))
    revoked = gone(anonymous, address)
    assert anonymous.get(video).status_code == 404
    short = link(client, made, days="1")
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    assert gone(anonymous, short) == revoked
    assert gone(anonymous, f"/share/{'A' * 43}/") == revoked
    assert gone(anonymous, f"/share/{'A' * 43}/media/{made.uuid}/video") == revoked


@pytest.mark.parametrize("how", ["leaves", "is made a viewer", "is shut out", "loses the project"])
def test_a_link_ends_when_its_maker_may_not_share_any_more(
    client, anonymous, made, artist, producer, how
):
    address = link(client, made)
    mine = Membership.objects.filter(user=artist)
    if how == "leaves":
        mine.delete()
    elif how == "is made a viewer":
        mine.update(role=Role.VIEWER)
    elif how == "is shut out":
        type(artist).objects.filter(pk=artist.pk).update(is_active=False)
    else:
        made.project.make_private([], producer)
    gone(anonymous, address)


def test_a_collection_shows_a_guest_no_project_that_its_sharer_is_not_in(
    client, anonymous, reel, made, producer
):
    address = link(client, reel)
    assert str(made.uuid) in look(anonymous, address)
    made.project.make_private([], producer)
    assert str(made.uuid) not in look(anonymous, address)


def test_nothing_of_a_link_is_kept_by_caches_or_found_by_search(client, anonymous, made):
    page = anonymous.get(link(client, made))
    assert "no-store" in page["Cache-Control"]
    file = anonymous.get(files(page.content.decode())[0])
    assert file["Cache-Control"] == "private, no-cache"
    assert page["X-Robots-Tag"] == file["X-Robots-Tag"] == "noindex, nofollow"


# --- views -----------------------------------------------------------------------------------


def views() -> int:
    return Share.objects.get().views


def test_a_view_is_counted_once_for_each_session_of_a_guest(client, viewer, anonymous, made):
    address = link(client, made)
    anonymous.head(address)
    Client().get(address, headers={"Sec-Purpose": "prefetch;prerender"})
    assert views() == 0
    for _ in range(3):
        for each in [address, *files(look(anonymous, address))]:
            anonymous.get(each)
    assert views() == 1
    look(Client(), address)
    assert views() == 2
    look(viewer, address)  # one of the team
    assert views() == 2
    assert "2 views" in client.get(reverse("share_take", args=[made.uuid])).content.decode()


# --- passwords -------------------------------------------------------------------------------

WORD = " open sesame "


@pytest.fixture
def locked(client, made):
    return link(client, made, password=WORD)


def enter(guest, address, password):
    return guest.post(f"{address}enter/", {"password": password})


def test_a_password_stands_before_everything_and_is_asked_once_a_session(anonymous, locked, made):
    page = look(anonymous, locked)
    assert "Behind a password" in page
    assert "Take 1" not in page
    file = f"{locked}media/{made.uuid}/video"
    assert anonymous.get(file).status_code == 404
    assert views() == 0
    wrong = enter(anonymous, locked, "open sesame")
    assert wrong.status_code == 422
    assert "That isn&#x27;t the password" in wrong.content.decode()
    assert enter(anonymous, locked, "").status_code == 422
    assert enter(anonymous, locked, WORD)["Location"] == locked
    assert "Take 1" in look(anonymous, locked)
    assert anonymous.get(file).status_code == 200
    assert views() == 1
    assert "Behind a password" in look(Client(), locked)


def test_a_password_opens_its_own_link_alone_and_is_kept_hashed(client, anonymous, locked, made):
    other = link(client, made, password="another password")
    enter(anonymous, locked, WORD)
    assert "Behind a password" in look(anonymous, other)
    assert not Share.objects.filter(password__contains="sesame").exists()


def test_wrong_passwords_are_limited_by_address_and_logged(anonymous, locked, caplog):
    most = guests.PASSWORDS.most
    statuses = [enter(anonymous, locked, f"guess {n}").status_code for n in range(most + 5)]
    assert statuses == [422] * most + [429] * 5
    assert "Too many tries" in enter(anonymous, locked, WORD).content.decode()
    assert f"limit={guests.PASSWORDS.name} reached" in caplog.text
    assert "guess 1" not in caplog.text
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert enter(elsewhere, locked, WORD).status_code == 302


# --- guessing --------------------------------------------------------------------------------


def test_guesses_are_answered_404_and_then_429_in_words(client, anonymous, made):
    address = link(client, made)
    known = Client()
    look(known, address)
    most = guests.GUESSES.most
    answers = [anonymous.get(f"/share/guess-{n}/") for n in range(most + 10)]
    assert [answer.status_code for answer in answers] == [404] * most + [429] * 10
    assert "Wait ten minutes" in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "600"
    # A right guess after so many wrong ones isn't told from a wrong one.
    assert anonymous.get(address).status_code == 429
    assert anonymous.get(f"{address}media/{made.uuid}/video").status_code == 429
    # Who had it open keeps it, and so does who is somewhere else.
    assert look(known, address)
    assert look(Client(REMOTE_ADDR="192.0.2.9"), address)


def test_ten_thousand_guesses_ask_the_database_twenty_times_and_are_logged(db, caplog):
    caplog.set_level(logging.WARNING)
    factory, outcomes = RequestFactory(), []
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for n in range(10_000):
            request = factory.get(f"/share/guess-{n}/")
            request.session = SessionStore()
            try:
                guests.share_at(request, f"guess-{n}")
            except (guests.NotThere, guests.TooManyTries) as refused:
                outcomes.append(type(refused))
    most = guests.GUESSES.most
    assert outcomes == [guests.NotThere] * most + [guests.TooManyTries] * (10_000 - most)
    assert len(queries) == most
    assert f"limit={guests.GUESSES.name} reached by 127.0.0.1" in caplog.text
    assert caplog.text.count("a guest link that isn't there was tried") == most


def test_a_guesser_is_known_by_the_network_where_addresses_are_plenty(db):
    for n in range(guests.GUESSES.most):
        Client(REMOTE_ADDR=f"2001:db8::{n + 1:x}").get(f"/share/guess-{n}/")
    assert Client(REMOTE_ADDR="2001:db8::beef").get("/share/guess/").status_code == 429
    assert Client(REMOTE_ADDR="2001:db9::1").get("/share/guess/").status_code == 404


def test_a_token_is_looked_up_by_its_hash_and_kept_nowhere(client, anonymous, made, caplog):
    caplog.set_level(logging.INFO)
    address = link(client, made)
    token = address.split("/")[2]
    with CaptureQueriesContext(connection) as queries:
        look(anonymous, address)
    assert not [each for each in queries if token in each["sql"]]
    assert token not in Share.objects.get().token_digest
    assert token not in client.get(reverse("share_take", args=[made.uuid])).content.decode()
    assert token not in caplog.text


def test_a_page_of_a_link_that_ended_locks_nobody_out(client, anonymous, made):
    ended = link(client, made)
    Share.objects.update(revoked_at=timezone.now())
    for _ in range(guests.GUESSES.most + 1):  # its pictures, asked for again and again
        assert anonymous.get(ended).status_code == 404
    assert Client().get(link(client, made)).status_code == 200


def test_a_storyboard_goes_out_only_with_its_prompts(client, sequence, artist, anonymous):
    Export.objects.create(
        sequence=sequence, edit=sequence.head, author=artist, kind=Export.Kind.PDF
    )
    assert exporting.export_due() == 1
    paper = Export.objects.get()
    refused = ask(client, paper, may_download="on", shows_unapproved="on")
    assert "A storyboard has the prompts in it." in refused.content.decode()
    terms = {"may_download": "on", "shows_unapproved": "on", "shows_prompts": "on"}
    address = link(client, paper, **terms)
    assert "download=1" in look(anonymous, address)
    Share.objects.update(shows_prompts=False)
    assert "download=1" not in look(anonymous, address)


def test_a_guest_whose_form_is_too_old_is_told_in_a_guests_words(client, anonymous, made):
    address = link(client, made, takes_notes="on")
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"{address}takes/{made.uuid}/say/", {"guest": "Ann", "words": "Hm"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "open for too long, or this browser keeps no cookies" in page
    assert "signed in" not in page
    assert ">Home<" not in page


def test_who_shares_a_sequence_without_a_film_is_told_what_guests_get(client, sequence, film):
    page = client.get(reverse("share_sequence", args=[sequence.uuid])).content.decode()
    assert "There is no film of it yet" not in page
    film.delete()
    page = client.get(reverse("share_sequence", args=[sequence.uuid])).content.decode()
    assert "Their browser gets these whole, also what is cut away here" in page


def test_many_addresses_guess_a_password_no_faster(client, made, monkeypatch):
    address = link(client, made, password="long enough")
    monkeypatch.setattr(guests, "PASSWORDS_OF_LINK", replace(guests.PASSWORDS_OF_LINK, most=3))
    statuses = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(f"{address}enter/", {"password": f"wrong {n}"})
        for n in range(5)
    ]
    assert [answer.status_code for answer in statuses] == [422] * 3 + [429] * 2
