"""Signing in: one door, with a second factor and a limit for each person who tries."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from studio.models import User
from tests.factories import PASSWORD, UserFactory

LOGIN = reverse("account_login")
ADMIN = "/admin/login/"


def test_the_admin_has_no_sign_in_of_its_own(db, anonymous):
    staff = UserFactory(is_staff=True)
    TOTP.activate(staff, generate_totp_secret())
    answer = anonymous.post(ADMIN, {"username": staff.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)
    assert anonymous.get(reverse("home"))["Location"].startswith(LOGIN)
    answer = anonymous.post(LOGIN, {"login": staff.email, "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")


def test_staff_reaches_the_admin_by_the_front_door(db, sign_in):
    assert sign_in(UserFactory(is_staff=True)).get("/admin/").status_code == 200
    assert sign_in(UserFactory()).get(ADMIN).status_code == 403


def test_people_behind_the_proxies_have_a_limit_each(db, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    victim = UserFactory()

    def sign_in(address, email, password):
        typed = {"login": email, "password": password}
        headers = {"X-Forwarded-For": f"203.0.113.99, {address}, 192.0.2.1"}  # the first is a lie
        return Client().post(LOGIN, typed, headers=headers, REMOTE_ADDR="172.18.0.5")

    for number in range(12):
        refused = sign_in("198.51.100.6", f"nobody{number}@example.com", "wrong")
    assert "Too many" in refused.content.decode()
    assert "Too many" in sign_in("198.51.100.6", victim.email, PASSWORD).content.decode()
    assert sign_in("198.51.100.7", victim.email, PASSWORD).status_code == 302


def signed_in(user, agent="A browser"):
    client = Client(headers={"user-agent": agent})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def test_a_person_sees_their_sessions_and_signs_out_everywhere_else(project, artist):
    here, there = signed_in(artist), signed_in(artist)
    page = here.get(reverse("usersessions_list")).content.decode()
    assert page.count(">A browser<") == 2
    assert page.count("this one") == 1
    here.post(reverse("usersessions_list"))
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert "There is no other." in here.get(reverse("usersessions_list")).content.decode()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari on an iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Firefox on a Mac",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "An unknown browser"),
    ],
)
def test_a_session_is_told_by_its_browser_in_words(project, artist, agent, words):
    here = signed_in(artist, agent)
    assert f">{words}<" in here.get(reverse("usersessions_list")).content.decode()


def test_who_is_disabled_is_signed_out_at_once(project, artist):
    here = signed_in(artist)
    assert here.get("/").status_code == 200
    User.objects.filter(pk=artist.pk).update(is_active=False)
    assert here.get("/").status_code == 302
    assert signed_in(artist).get("/").status_code == 302
