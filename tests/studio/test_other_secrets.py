"""Secrets that aren't a provider's key: in no log, and in no row as they are."""

import logging
import re

from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from generations.models import State
from studio.models import Role
from tests.factories import PASSWORD, member, take
from tests.generations.test_canary import dump
from tests.studio.shared import approve, link
from tests.studio.test_resealing import ACTIVATE, LOGIN, code_of

GUESTS_PASSWORD = "a canary for guests 4f1d"


def test_no_secret_of_people_webhooks_or_guests_is_written_down(project, caplog):
    caplog.set_level(logging.DEBUG)
    owner, browser = member(project, Role.OWNER), Client()
    browser.post(LOGIN, {"login": owner.email, "password": PASSWORD})
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    totp = _found(r"\b[A-Z2-7]{32}\b", browser.get(ACTIVATE))
    assert browser.post(ACTIVATE, {"code": code_of(totp)}).status_code == 302
    asked = {"url": "https://example.com/hook", "events": ["take.failed"]}
    webhook = _found(r"whsec_([\w+/=]+)", browser.post(reverse("add_webhook"), asked))
    made = approved_take(project)
    address = link(browser, made, password=GUESTS_PASSWORD)
    guest = Client()
    assert guest.post(f"{address}enter/", {"password": "another canary"}).status_code == 422
    assert guest.post(f"{address}enter/", {"password": GUESTS_PASSWORD}).status_code == 302
    sessions = [each.cookies[site.SESSION_COOKIE_NAME].value for each in (browser, guest)]

    secrets = [totp, webhook, PASSWORD, GUESTS_PASSWORD, "another canary"]
    rows = list(dump())
    for secret in secrets:
        assert not [row for row in rows if secret in row], secret
    for secret in [*secrets, *sessions]:
        for record in caplog.records:
            assert secret not in record.getMessage() + repr(vars(record)), secret


def approved_take(project):
    """Return a take that guests may see."""
    made = take(project, State.COMPLETED)
    approve(made, member(project, Role.PRODUCER))
    return made


def _found(pattern, answer) -> str:
    found = re.search(pattern, answer.content.decode())
    assert found, answer
    return found[found.lastindex or 0]
