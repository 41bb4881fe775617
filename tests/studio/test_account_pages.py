"""The account's pages: one accent each, and titles written as sentences."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from studio.templatetags.dailies import title_as_sentence
from tests.factories import PASSWORD
from tests.studio.test_resealing import ACTIVATE, code_of


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Make Primary", "Make primary"),
        ("\n  Two-Factor Authentication\n", "Two-factor authentication"),
        ("New Password (Again)", "New password (again)"),
        ("Scan the QR Code", "Scan the QR code"),
        ("Remove", "Remove"),
        ("", ""),
    ],
)
def test_a_title_is_written_as_a_sentence(title, sentence):
    assert title_as_sentence(title) == sentence


def test_the_page_of_addresses_has_one_accent(client):
    page = client.get(reverse("account_email")).content.decode()
    buttons = re.findall(r'<button class="button([^"]*)"[^>]*>([^<]*)<', page)
    assert {words for accent, words in buttons if accent} == {"Add email"}
    assert {"Make primary", "Re-send verification", "Remove"} < {words for _, words in buttons}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_email", ["Email addresses", "Add email address"]),
        ("account_change_password", ["Change password", "Current password"]),
        ("mfa_index", ["Two-factor authentication", "Authenticator app", "Recovery codes"]),
    ],
)
def test_the_accounts_pages_are_written_as_sentences(client, name, words):
    page = client.get(reverse(name)).content.decode()
    said = [line.strip() for line in strip_tags(page).splitlines()]
    assert [each for each in words if each not in said] == []
    assert f"{words[0]} · Dailies" in said


def test_a_password_is_reset_by_mail_in_words_and_once(anonymous, artist, settings):
    ask, said = reverse("account_reset_password"), "another long password"
    assert "Look in your mail" in anonymous.post(ask, {"email": artist.email}, follow=True).text
    assert mail.outbox[0].subject == "A new password for Dailies"
    key = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
    form = anonymous.get(key)["Location"]
    assert "too short" in anonymous.post(form, {"password1": "short", "password2": "short"}).text
    done = anonymous.post(form, {"password1": said, "password2": said}, follow=True).text
    assert f'href="{reverse("account_login")}">Sign in' in done
    assert "was used already" in anonymous.get(key).text
    typed = {"login": artist.email, "password": said}
    assert anonymous.post(reverse("account_login"), typed)["Location"] == "/"
    # Nobody learns from the page who has an account; the mail tells its reader.
    known = anonymous.post(ask, {"email": artist.email}, follow=True).text
    unknown = anonymous.post(ask, {"email": "nobody@example.com"}, follow=True).text
    assert strip_tags(known) == strip_tags(unknown)
    assert "ask the owner of your team for an invitation" in mail.outbox[-1].body
    assert "signup" not in mail.outbox[-1].body
    settings.SIGNUP_OPEN = True
    Client().post(ask, {"email": "nobody@example.com"})
    assert "signup" in mail.outbox[-1].body
    for each in mail.outbox:
        assert each.body.rstrip().endswith("Dailies at testserver")
        assert "&" not in each.body


def test_where_no_mail_is_sent_none_is_said_to_be_on_its_way(anonymous, artist, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    asked = {"email": artist.email}
    page = anonymous.post(reverse("account_reset_password"), asked, follow=True).text
    assert "Ask whoever runs this server" in page
    assert "Look in your mail" not in page
    printed = re.search(r"http://testserver(\S+)", capsys.readouterr().out)[1]
    assert anonymous.get(printed, follow=True).status_code == 200
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    typed = {"login": artist.email, "password": PASSWORD}
    artist.emailaddress_set.update(verified=False)
    page = anonymous.post(reverse("account_login"), typed, follow=True).text
    assert "This server sends no mail" in page
    assert "on its way" not in page


def test_an_app_is_added_with_its_codes_and_taken_away_in_words(artist):
    client = Client()
    client.post(reverse("account_login"), {"login": artist.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(ACTIVATE).text
    secret = re.search(r">([A-Z2-7]{32})<", page)[1]  # whole, for who can't scan it
    assert re.search(r'class="qr"[^>]*>\s*(<\?xml[^>]*>)?\s*<svg', page)
    assert "Incorrect code." in client.post(ACTIVATE, {"code": "000000"}).text
    codes = client.post(ACTIVATE, {"code": code_of(secret)}, follow=True).text
    assert "10 of 10 are left." in codes
    assert len(re.findall(r"^(?:<pre.*>)?\d{8}$", codes, re.MULTILINE)) == 10
    away = reverse("mfa_deactivate_totp")
    assert "Without a passkey your password alone lets you in" in client.get(away).text
    client.post(away)
    assert not Authenticator.objects.filter(user=artist).exists()
