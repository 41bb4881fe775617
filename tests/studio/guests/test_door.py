"""The door of guest links: passwords, guesses, and what locks nobody out."""

import logging
from dataclasses import replace

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio import guests
from studio.models import Share
from tests.studio.shared import link, look, views

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


def test_many_addresses_guess_a_password_no_faster(client, made, monkeypatch):
    address = link(client, made, password="long enough")
    monkeypatch.setattr(guests, "PASSWORDS_OF_LINK", replace(guests.PASSWORDS_OF_LINK, most=3))
    statuses = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(f"{address}enter/", {"password": f"wrong {n}"})
        for n in range(5)
    ]
    assert [answer.status_code for answer in statuses] == [422] * 3 + [429] * 2
