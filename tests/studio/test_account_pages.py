"""The account's pages: one accent each, and titles written as sentences."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from studio.templatetags.dailies import title_as_sentence


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
