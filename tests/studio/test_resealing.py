"""Secrets at rest: sealed, also those of second factors, and sealed anew with another key."""

import json
import re
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from studio.models import Webhook
from tests.factories import PASSWORD

LOGIN = reverse("account_login")
ACTIVATE = reverse("mfa_activate_totp")
SECOND = reverse("mfa_authenticate")
INDEX = reverse("mfa_index")
OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture(autouse=True)
def _no_time_passes():
    """A code is good for half a minute, in which a busy machine may not get to use it."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.fixture
def browser(artist, settings):
    """The artist's, who has just typed the password."""
    settings.ENCRYPTION_KEYS = [OLD]
    client = Client()
    client.post(LOGIN, {"login": artist.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def secret(browser):
    """What an authenticator app was told, with which the second factor was switched on."""
    page = browser.get(ACTIVATE).content.decode()
    told = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert told, page
    assert browser.post(ACTIVATE, {"code": code_of(told[0])}).status_code == 302
    return told[0]


def code_of(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def recovery_code(browser):
    text = browser.get(reverse("mfa_download_recovery_codes")).content.decode()
    return text.split()[0]


def second_page(artist, code):
    """Sign in anew by password and code; what is answered to the code."""
    cache.clear()  # a code is taken once, and a minute is too long for a test
    client = Client()
    client.post(LOGIN, {"login": artist.email, "password": PASSWORD})
    return client.post(SECOND, {"code": code})


def kept():
    return json.dumps(list(Authenticator.objects.values_list("data", flat=True)))


def test_the_secrets_of_second_factors_are_sealed(browser, artist, secret):
    assert secret not in kept()
    assert len(re.findall(r'"gAAAA', kept())) == 2  # the app's, and the recovery codes' seed
    assert second_page(artist, code_of(secret)).status_code == 302
    assert second_page(artist, recovery_code(browser)).status_code == 302
    assert second_page(artist, "000000").status_code == 200


def test_another_key_in_front_seals_everything_anew(
    browser, artist, secret, project, settings, capsys
):
    webhook = Webhook(team=project.team, url="https://example.com/told", events=[])
    webhook.renew_secret()
    webhook.save()
    signs, spare = webhook.key(), recovery_code(browser)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    account = project.team.accounts.get()
    account.set_key("luma-test")
    account.save()
    call_command("rotate_keys")
    said = capsys.readouterr().out
    assert "provider keys: 1, webhooks' secrets: 1, second factors: 2" in said
    settings.ENCRYPTION_KEYS = [NEW]
    account.refresh_from_db()
    assert account.reveal_key() == "luma-test"
    assert Webhook.objects.get().key() == signs
    assert second_page(artist, code_of(secret)).status_code == 302
    assert second_page(artist, spare).status_code == 302


def test_what_cannot_be_opened_any_more_is_named(browser, artist, secret, project, settings):
    webhook = Webhook(team=project.team, url="https://example.com/told", events=[])
    webhook.renew_secret()
    webhook.save()
    before = kept()
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError) as caught:
        call_command("rotate_keys")
    assert "the webhook to example.com" in str(caught.value)
    assert f"the second factor of {artist}" in str(caught.value)
    assert kept() == before


def test_a_code_that_cannot_be_checked_any_more_is_said(browser, artist, secret, settings):
    settings.ENCRYPTION_KEYS = [NEW]
    refused = second_page(artist, code_of(secret))
    assert refused.status_code == 200
    assert "Codes can&#x27;t be checked" in refused.content.decode()
    page = browser.get(INDEX)  # where they can be made anew
    assert page.status_code == 200
    assert "They can’t be read" in page.content.decode()


def test_recovery_codes_that_cannot_be_read_are_said_and_made_anew(
    browser, artist, secret, settings
):
    settings.ENCRYPTION_KEYS = [NEW]
    assert "They can’t be read" in browser.get(reverse("mfa_index")).text
    for name in ("view", "download", "generate"):
        answer = browser.get(reverse(f"mfa_{name}_recovery_codes"))
        assert answer.status_code == 409
        assert "Your recovery codes can’t be read" in answer.text
    assert browser.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert second_page(artist, recovery_code(browser)).status_code == 302
