"""Headers and cookies: what every answer says to a browser, over TLS and without it."""

from typing import Any

import pytest
from django.contrib.messages.storage import default_storage
from django.test import Client, RequestFactory
from django.urls import reverse

from generations.models import State
from tests.factories import PASSWORD, UserFactory, take
from tests.running.test_environment import read

LOGIN = reverse("account_login")
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OVER_TLS = (
    *("SECURE", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS"),
    *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SECURE_SSL_REDIRECT"),
    *("COOKIE_PREFIX", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"),
)


@pytest.fixture
def over_tls(settings, tmp_path):
    """As a server is whose PUBLIC_URL is https."""
    found = read(tmp_path, *OVER_TLS, PUBLIC_URL="https://dailies.example.com")
    for name, value in found.items():
        setattr(settings, name, value)


@pytest.fixture
def answers(client, project) -> dict[str, Any]:
    """An answer of each kind, over TLS or as the client came."""
    made = take(project, State.COMPLETED)
    admin, staff = Client(), UserFactory(is_staff=True, is_superuser=True)
    admin.force_login(staff, "allauth.account.auth_backends.AuthenticationBackend")

    def of(**how: Any) -> dict[str, Any]:
        return {
            "page": client.get("/", **how),
            "sign-in": Client().get(LOGIN, **how),
            "media": client.get(reverse("media", args=[made.uuid, "video"]), **how),
            "part": client.get(
                reverse("media", args=[made.uuid, "video"]), headers={"Range": "bytes=0-9"}, **how
            ),
            "second factors": client.get(reverse("mfa_index"), **how),
            "sessions": client.get(reverse("usersessions_list"), **how),
            "admin": admin.get("/admin/", **how),
            "admin's list": admin.get("/admin/studio/auditentry/", **how),
            "guest's": Client().get(reverse("shared", args=["no-such-token"]), **how),
            "csv": client.get(reverse("spend_download"), **how),
            "404": client.get("/projects/no-such-film/", **how),
            "405": client.get(reverse("pause_line"), **how),
            "413": client.post("/", CONTENT_LENGTH=str(10**10), **how),
            "script": Client().get("/static/js/rail.js", **how),
            "picture": Client().get("/static/favicon.svg", **how),
            "healthz": Client().get("/healthz", **how),
        }

    return of


def test_every_answer_has_the_headers(answers):
    for kind, answer in answers().items():
        assert {name: answer.get(name) for name in EVERYWHERE} == EVERYWHERE, kind
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, kind
        assert "frame-ancestors 'none'" in policy, kind
        assert "base-uri 'none'" in policy, kind
        assert "form-action 'self'" in policy, kind
        assert "unsafe" not in policy, kind
        assert "*" not in policy, kind
        for device in ("camera", "microphone", "geolocation"):
            assert f"{device}=()" in answer["Permissions-Policy"], kind
        assert "Access-Control-Allow-Origin" not in answer, kind
        assert "Strict-Transport-Security" not in answer, kind


def test_over_tls_every_answer_asks_for_tls_for_a_year(over_tls, answers):
    for kind, answer in answers(secure=True).items():
        said = answer["Strict-Transport-Security"]
        assert said == "max-age=31536000; includeSubDomains; preload", kind
    assert Client().get("/")["Location"].startswith("https://")


def signed_in(secure: bool) -> Client:
    """Sign a new person in, by the form and with its token."""
    client, person = Client(enforce_csrf_checks=True), UserFactory()
    page = client.get(LOGIN, secure=secure)
    token = page.content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {"csrfmiddlewaretoken": token, "login": person.email, "password": PASSWORD}
    referer = {"Referer": "https://testserver/"} if secure else {}
    answer = client.post(LOGIN, form, secure=secure, headers=referer)
    assert answer.status_code == 302
    assert client.get(reverse("new_team"), secure=secure).status_code == 200
    return client


def test_over_tls_all_cookies_are_this_hosts_alone(over_tls, db):
    cookies = signed_in(secure=True).cookies
    assert {"__Host-sessionid", "__Host-csrftoken"} <= set(cookies)
    for name, cookie in cookies.items():
        assert name.startswith("__Host-")
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert cookie["samesite"] == "Lax"
    assert cookies["__Host-sessionid"]["httponly"]


def test_a_message_waits_in_such_a_cookie_too(over_tls, client, project, artist):
    asked = RequestFactory().get("/")
    asked.session = client.session
    made = take(project, State.COMPLETED, author=artist)
    answer = client.post(reverse("cancel", args=[made.uuid]), secure=True)
    assert answer.status_code == 302
    waiting = answer.cookies["__Host-messages"]
    assert waiting["secure"]
    asked.COOKIES["__Host-messages"] = waiting.value
    assert len(list(default_storage(asked))) == 1
    client.get(answer["Location"], secure=True)
    assert client.cookies["__Host-messages"].value == ""


def test_plain_http_on_a_local_network_signs_in(db):
    cookies = signed_in(secure=False).cookies
    assert {"sessionid", "csrftoken"} <= set(cookies)
    assert not any(cookie["secure"] for cookie in cookies.values())


@pytest.mark.parametrize(
    ("env", "prefix"),
    [
        ({}, ""),
        ({"PUBLIC_URL": "http://192.168.1.20:8000"}, ""),
        ({"PUBLIC_URL": "https://dailies.example.com"}, "__Host-"),
        ({"PUBLIC_URL": "https://dailies.example.com", "SECURE": "0"}, ""),
        ({"SECURE": "1"}, "__Host-"),
    ],
)
def test_cookies_are_named_for_tls_where_there_is_tls(tmp_path, env, prefix):
    found = read(tmp_path, *OVER_TLS, **({"PUBLIC_URL": ""} | env))
    assert found["SESSION_COOKIE_NAME"] == f"{prefix}sessionid"
    assert found["CSRF_COOKIE_NAME"] == f"{prefix}csrftoken"
    assert found["SESSION_COOKIE_SECURE"] == found["SECURE"] == bool(prefix)
