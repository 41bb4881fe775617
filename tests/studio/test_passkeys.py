"""Passkeys, as far as no device is needed: what is refused, and what the pages hold."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from studio.models import AuditEntry
from tests.factories import PASSWORD, UserFactory

LOGIN = reverse("account_login")
ALONE = reverse("mfa_login_webauthn")
ADD = reverse("mfa_add_webauthn")
SECOND = reverse("mfa_authenticate")
AGAIN = reverse("mfa_reauthenticate_webauthn")
JSON = {"Accept": "application/json"}

PLAIN = {"id": "YQ", "rawId": "YQ", "type": "public-key", "clientExtensionResults": {}}
NO_PASSKEYS = [
    *("", "{", "null", "[]", "7", '"x"', "{}", "[" * 100_000, "\0"),
    json.dumps({"id": 5}),
    json.dumps(PLAIN),
    json.dumps(PLAIN | {"response": 5}),
    json.dumps(PLAIN | {"response": {}}),
    json.dumps(PLAIN | {"response": {"clientDataJSON": "e30", "attestationObject": "oA"}}),
    json.dumps(PLAIN | {"response": {"clientDataJSON": "\0", "userHandle": ["x"]}}),
    json.dumps(PLAIN | {"clientExtensionResults": [], "response": {}}),
]


@pytest.fixture
def here(artist):
    """The artist's own browser, who has just typed the password."""
    client = Client()
    client.post(LOGIN, {"login": artist.email, "password": PASSWORD})
    again = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert again.status_code == 302
    return client


def given(user, name="Phone") -> Authenticator:
    """A row as a passkey leaves it."""
    data = {"name": name, "credential": PLAIN | {"response": {}}}
    return Authenticator.objects.create(user=user, type="webauthn", data=data)


@pytest.mark.parametrize("said", NO_PASSKEYS)
def test_what_is_no_passkey_is_refused_in_words(here, anonymous, artist, said):
    here.get(ADD)
    page = here.post(ADD, {"name": "Phone", "credential": said})
    assert page.status_code == 200
    assert "The browser sent no passkey" in page.content.decode()
    assert anonymous.get(ALONE, headers=JSON).json()["request_options"]["publicKey"]
    answer = anonymous.post(ALONE, {"credential": said})
    assert (answer.status_code, answer["Location"]) == (302, LOGIN)
    assert "The browser sent no passkey" in anonymous.get(LOGIN).content.decode()
    assert here.post(AGAIN, {"credential": said}).status_code == 302
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("said", NO_PASSKEYS)
def test_as_a_second_factor_too(db, said):
    person = UserFactory()
    TOTP.activate(person, generate_totp_secret())
    client = Client()
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    page = client.post(SECOND, {"credential": said})
    assert page.status_code == 200
    assert client.get("/").status_code == 302


def test_a_passkey_is_asked_of_nobody_without_one_and_a_code_of_everybody(db):
    person = UserFactory()
    TOTP.activate(person, generate_totp_secret())
    client = Client()
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    page = client.get(SECOND).content.decode()
    assert "Use a passkey" not in page
    assert "Code of your authenticator app" in page
    client.post(SECOND, {"code": "no code"})
    assert AuditEntry.objects.filter(actor=person).get().words.startswith("Failed at the second")


def test_adding_one_wants_the_password_again(client):
    assert client.get(ADD)["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(ADD, {"credential": "{}"}).status_code == 302


def test_nobody_renames_or_removes_anothers(here, artist):
    theirs = given(UserFactory())
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        address = reverse(name, args=[theirs.pk])
        assert here.get(address).status_code == 404
        assert here.post(address, {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Phone"


def test_the_pages_work_without_a_script_of_their_own(here, artist):
    """Every script is a file; without scripts the page says what works instead."""
    for address in (reverse("mfa_index"), reverse("mfa_list_webauthn"), ADD, AGAIN, LOGIN):
        client = Client() if address == LOGIN else here
        page = client.get(address).content.decode()
        assert page.count("<script") == page.count("<script src=")
        assert not re.search(r"\son[a-z]+=", page)
        assert " style=" not in page
    page = here.get(ADD).content.decode()
    assert "An authenticator app works everywhere." in page
    options = json.loads(re.search(r'data-options="([^"]*)"', page)[1].replace("&quot;", '"'))
    assert options["publicKey"]["rp"] == {"name": "Dailies", "id": "testserver"}


def test_who_tries_passkeys_too_often_is_stopped(anonymous, db):
    for _ in range(10):
        anonymous.post(ALONE, {"credential": "{}"})
    assert anonymous.post(ALONE, {"credential": "{}"}).status_code == 429
