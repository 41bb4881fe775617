"""Signing in: one door, with a second factor and a limit for each person who tries."""

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

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
