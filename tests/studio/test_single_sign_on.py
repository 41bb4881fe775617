"""Single sign-on at an OpenID Connect server, from the button to the first page, and refusals."""

import html
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.test import Client
from django.urls import reverse

from studio.models import AuditEntry, Role, User
from tests.factories import PASSWORD, UserFactory, member
from tests.running.test_environment import read
from tests.studio.openid import ANOTHER_KEY, CLIENT_ID, SECRET, OpenIdServer

LOGIN = reverse("account_login")
BEGIN = reverse("openid_connect_login", args=["sso"])
BACK = reverse("openid_connect_callback", args=["sso"])
CONNECTIONS = reverse("socialaccount_connections")
ADA = {"sub": "ada-7", "email": "ada@example.com", "email_verified": True, "name": "Ada L."}


@pytest.fixture
def server(settings, db) -> Iterator[OpenIdServer]:
    with OpenIdServer(dict(ADA)) as server:
        settings.OIDC_SERVER_URL = server.url
        settings.OIDC_NAME = "Studio ID"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, SECRET
        yield server


@pytest.fixture
def ada(project) -> User:
    person = member(project, Role.ARTIST)
    person.email = "ada@example.com"
    person.save()
    return person


def confirmed(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)
    return user


def lead(client: Client, **form: str):
    """Press the button; return the address that the page goes on to."""
    page = client.post(BEGIN, form)
    assert page.status_code == 200, page
    address = page.headers["Refresh"].removeprefix("0; url=")
    assert html.escape(address) in page.content.decode()
    return address


def sent_back(address: str) -> str:
    """Do what a browser does there; return where it is sent back to."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    location = connection.getresponse().headers["Location"]
    connection.close()
    assert location.startswith(f"http://testserver{BACK}?")
    return location.removeprefix("http://testserver")


def enter(client: Client, **form: str):
    """Sign in there, and come back."""
    return client.get(sent_back(lead(client, **form)))


HERE = reverse("new_team")  # a page that is anybody's who is signed in


def is_in(client: Client) -> bool:
    return client.get(HERE).status_code == 200


def person_in(client: Client) -> User:
    return client.get(HERE).context["user"]


# --- who is let in ----------------------------------------------------------------------------


def test_who_is_known_by_a_verified_address_is_let_in(server, ada, anonymous):
    confirmed(ada)
    server.claims["email"] = "Ada@Example.COM"
    assert "Sign in with Studio ID" in anonymous.get(LOGIN).content.decode()
    answer = enter(anonymous, next="/queue/")
    assert (answer.status_code, answer["Location"]) == (302, "/queue/")
    assert person_in(anonymous) == ada
    assert AuditEntry.objects.filter(words="Signed in", actor=ada).exists()
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)
    assert User.objects.filter(email__iexact=ada.email).count() == 1


def test_the_next_time_they_are_known_by_the_servers_id_for_them(server, ada):
    confirmed(ada)
    enter(Client())
    server.claims |= {"email": "ada@elsewhere.example", "email_verified": False}
    client = Client()
    enter(client)
    assert person_in(client) == ada


def test_a_password_that_whoever_claimed_the_address_chose_is_worth_nothing_afterwards(server, ada):
    """The address was never confirmed here: somebody else may have made the account."""
    claimed = Client()
    claimed.post(LOGIN, {"login": ada.email, "password": PASSWORD})
    assert is_in(claimed)
    client = Client()
    enter(client)
    assert person_in(client) == ada
    assert not is_in(claimed)
    claimed.post(LOGIN, {"login": ada.email, "password": PASSWORD})
    assert not is_in(claimed)


def test_an_address_that_somebody_only_claims_to_have_leads_to_nobody(server, ada, settings):
    mallory = confirmed(UserFactory())
    EmailAddress.objects.create(user=mallory, email="ada@example.com", verified=False)
    client = Client()
    enter(client)
    assert person_in(client) == ada
    ada.delete()
    settings.OIDC_CREATE_PEOPLE = True
    client = Client()
    enter(client)
    assert person_in(client) not in (mallory, ada)
    assert not mallory.emailaddress_set.filter(email="ada@example.com").exists()


@pytest.mark.parametrize(
    ("said", "known"),
    [("\u212aim@example.com", "kim@example.com"), ("k\u0131m@example.com", "kim@example.com")],
)
def test_letters_that_a_database_takes_for_others_are_not_the_same(server, anonymous, said, known):
    confirmed(UserFactory(email=known))
    server.claims["email"] = said
    assert enter(anonymous).status_code in (403, 401)
    assert not is_in(anonymous)


def test_the_second_factor_is_still_asked_for(server, ada, anonymous):
    confirmed(ada)
    TOTP.activate(ada, generate_totp_secret())
    assert enter(anonymous)["Location"] == reverse("mfa_authenticate")
    assert not is_in(anonymous)


# --- who isn't --------------------------------------------------------------------------------


@pytest.mark.parametrize("verified", [False, None, "false", "no", 1, []])
def test_an_address_that_is_not_verified_opens_nothing(server, ada, settings, verified):
    settings.OIDC_CREATE_PEOPLE = True
    confirmed(ada)
    server.claims["email_verified"] = verified
    client = Client()
    page = enter(client)
    assert page.status_code == 403
    assert "Your address isn't confirmed" in page.content.decode()
    assert not is_in(client)
    assert not SocialAccount.objects.exists()
    assert "Failed to sign in" in AuditEntry.objects.filter(actor=ada).first().words


def test_no_address_opens_nothing(server, anonymous):
    del server.claims["email"]
    page = enter(anonymous)
    assert page.status_code == 403
    assert "There is no address" in page.content.decode()


def test_somebody_unknown_is_told_to_ask_for_an_invitation(server, anonymous):
    page = enter(anonymous)
    assert page.status_code == 403
    assert "Ask a team's owner for an invitation" in page.content.decode()
    assert not User.objects.filter(email=ADA["email"]).exists()
    assert AuditEntry.objects.get().who == ADA["email"]
    assert not is_in(anonymous)


def test_somebody_unknown_is_let_in_where_the_setting_says_so(server, anonymous, settings):
    settings.OIDC_CREATE_PEOPLE = True
    assert enter(anonymous).status_code == 302
    made = User.objects.get(email=ADA["email"])
    assert person_in(anonymous) == made
    assert (made.name, made.has_usable_password()) == ("Ada L.", False)
    assert made.emailaddress_set.get().verified
    assert not made.memberships.exists()


def test_an_invitation_opens_it_to_somebody_unknown(server, project, sign_in):
    owning = sign_in(member(project, Role.OWNER))
    page = owning.post(reverse("invite"), {"role": "artist", "days": "7"}).content.decode()
    address = re.search(r"http://testserver(/invitations/[^<]+)<", page)[1]
    guest = Client()
    guest.get(address)
    assert enter(guest, next=address)["Location"] == address
    guest.post(f"{address}join/")
    assert project.team.members.filter(email=ADA["email"]).exists()


def test_who_is_disabled_stays_out(server, ada, anonymous):
    confirmed(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    enter(anonymous)
    assert not is_in(anonymous)


# --- what is not believed -----------------------------------------------------------------------


def fails(client: Client) -> None:
    page = enter(client)
    assert page.status_code == 401, page
    assert "That didn't work" in page.content.decode()
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        *({"aud": "another"}, {"iss": "https://id.example.com"}, {"exp": 1}, {"sub": "eve-1"}),
        *({"nonce": "of-another-sign-in"}, {"nonce": None}),
    ],
)
def test_a_token_for_somebody_else_is_refused(server, ada, anonymous, claims):
    confirmed(ada)
    server.token_claims = claims
    fails(anonymous)


def test_a_token_that_another_key_signed_is_refused(server, ada, anonymous):
    confirmed(ada)
    server.key = ANOTHER_KEY
    fails(anonymous)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/token", (200, {}, b"[]")),
        ("/token", (200, {}, b"{}")),
        ("/token", (200, {}, b'{"access_token": "x"}')),
        ("/token", (200, {}, b'{"access_token": "x", "id_token": 7}')),
        ("/token", (500, {}, b"")),
        ("/token", (307, {"Location": "http://127.0.0.1:9/token"}, b"")),
        ("/userinfo", (200, {}, b"{}")),
        ("/userinfo", (200, {}, b"<html>")),
        ("/userinfo", (200, {}, b"[" * 100_000)),
        ("/userinfo", (200, {}, b" " * 2_000_000)),
        ("/keys", (200, {}, b'{"keys": {}}')),
        ("/keys", (200, {}, b'{"keys": [{}]}')),
        ("/keys", (404, {}, b"")),
    ],
)
def test_what_is_no_openid_is_refused(server, ada, anonymous, path, answer):
    confirmed(ada)
    server.paths[path] = answer
    fails(anonymous)


@pytest.mark.parametrize("answer", [(200, {}, b"{}"), (200, {}, b"[]"), (503, {}, b"")])
def test_a_server_that_is_away_or_none_is_said(server, anonymous, answer):
    server.paths["/.well-known/openid-configuration"] = answer
    page = anonymous.post(BEGIN)
    assert page.status_code == 401
    assert "That didn't work" in page.content.decode()


def test_an_endpoint_inside_that_is_not_the_servers_own_is_not_asked(server, ada, anonymous):
    """The server named it, not whoever runs the installation."""
    confirmed(ada)
    with OpenIdServer(dict(ADA)) as other:
        server.discovery = {"token_endpoint": f"{other.url}/token"}
        fails(anonymous)
        assert other.asked == []


def test_who_calls_it_off_is_told_that_nothing_has_changed(server, anonymous):
    server.refuses = "access_denied"
    answer = enter(anonymous)
    assert "Nothing has changed." in anonymous.get(answer["Location"]).content.decode()


def test_a_way_back_that_nobody_went_out_on_leads_nowhere(server, ada, anonymous):
    confirmed(ada)
    address = sent_back(lead(anonymous))
    assert Client().get(address).status_code == 401
    assert anonymous.get(f"{BACK}?code=x&state=y").status_code == 401
    assert anonymous.get(BACK).status_code == 401
    assert anonymous.get(address).status_code == 302
    assert Client().get(address).status_code == 401


# --- the door ---------------------------------------------------------------------------------


def test_it_begins_by_a_button_and_never_by_a_link(server, anonymous):
    assert anonymous.get(BEGIN).status_code == 405
    assert anonymous.post(BACK).status_code == 405
    assert server.asked == []
    assert Client(enforce_csrf_checks=True).post(BEGIN).status_code == 403


def test_without_a_server_there_is_nothing_of_it(anonymous, client):
    assert anonymous.post(BEGIN).status_code == 404
    assert anonymous.get(BACK).status_code == 404
    for page in (anonymous.get(LOGIN), client.get(reverse("mfa_index"))):
        assert "ingle sign-on" not in page.content.decode()
    assert client.get(CONNECTIONS).status_code == 200


def test_servers_in_the_database_are_nobodys(server, anonymous, sign_in):
    app = {"provider": "openid_connect", "provider_id": "evil", "client_id": "x", "name": "Evil"}
    SocialApp.objects.create(**app, settings={"server_url": server.url})
    assert anonymous.post(reverse("openid_connect_login", args=["evil"])).status_code == 404
    assert "Evil" not in anonymous.get(LOGIN).content.decode()
    admin = sign_in(UserFactory(is_staff=True, is_superuser=True))
    assert admin.get("/admin/socialaccount/socialapp/").status_code == 404


def test_who_presses_too_often_is_stopped(server, anonymous):
    for _ in range(30):
        anonymous.post(BEGIN)
    assert anonymous.post(BEGIN).status_code == 429


# --- connecting ---------------------------------------------------------------------------------


def test_a_person_connects_their_account_and_disconnects_it(server, ada):
    confirmed(ada)
    server.claims |= {"email": "al@elsewhere.example", "email_verified": False}
    client = Client()
    client.post(LOGIN, {"login": ada.email, "password": PASSWORD})
    asked = client.post(BEGIN, {"process": "connect"})
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    again = client.post(asked["Location"], {"password": PASSWORD})
    address = again.headers["Refresh"].removeprefix("0; url=")
    assert client.get(sent_back(address))["Location"] == CONNECTIONS
    page = client.get(CONNECTIONS).content.decode()
    assert "al@elsewhere.example" in page
    assert "It is connected" in page
    assert AuditEntry.objects.first().words == "Connected an account of another service"
    enter(here := Client())
    assert person_in(here) == ada
    client.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()
    assert enter(Client()).status_code == 403


def test_the_last_way_in_is_not_disconnected(server, anonymous, settings):
    settings.OIDC_CREATE_PEOPLE = True
    enter(anonymous)
    mine = SocialAccount.objects.get()
    page = anonymous.post(CONNECTIONS, {"account": mine.pk}).content.decode()
    assert "no password" in page
    assert SocialAccount.objects.exists()


def test_nobody_connects_what_is_anothers(server, ada, project, sign_in):
    confirmed(ada)
    enter(Client())
    other = member(project)
    client = Client()
    client.post(LOGIN, {"login": other.email, "password": PASSWORD})
    asked = client.post(BEGIN, {"process": "connect"})
    again = client.post(asked["Location"], {"password": PASSWORD})
    client.get(sent_back(again.headers["Refresh"].removeprefix("0; url=")))
    assert SocialAccount.objects.get().user == ada
    assert "somebody else" in client.get(CONNECTIONS).content.decode()


# --- secrets ------------------------------------------------------------------------------------


def test_no_secret_is_kept_shown_or_logged(server, ada, anonymous, caplog, sign_in):
    caplog.set_level("DEBUG")
    confirmed(ada)
    pages = [anonymous.post(BEGIN).content.decode(), anonymous.get(LOGIN).content.decode()]
    enter(anonymous)
    server.paths["/userinfo"] = (500, {}, SECRET.encode())
    pages.append(enter(Client()).content.decode())
    pages.append(anonymous.get(CONNECTIONS).content.decode())
    said = "\n".join([*pages, caplog.text])
    for secret in (SECRET, "at-canary", "code_verifier"):
        assert secret not in said
    assert "single sign-on failed" in caplog.text
    assert not SocialToken.objects.exists()
    kept = repr(list(SocialAccount.objects.values()))
    assert SECRET not in kept
    assert "at-canary" not in kept


# --- settings ------------------------------------------------------------------------------------


def test_it_is_off_unless_it_is_set(tmp_path):
    names = ("OIDC_SERVER_URL", "OIDC_CREATE_PEOPLE")
    assert read(tmp_path, *names) == {"OIDC_SERVER_URL": "", "OIDC_CREATE_PEOPLE": False}
    url = "https://id.example.com/realms/studio"
    found = read(tmp_path, *names, OIDC_SERVER_URL=f"{url}/", OIDC_CLIENT_ID="dailies")
    assert found == {"OIDC_SERVER_URL": url, "OIDC_CREATE_PEOPLE": False}
