"""Single sign-on in a browser: the button, the server's page, and back."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.flows.test_rules import broken
from tests.studio.openid import OpenIdServer
from tests.studio.test_single_sign_on import ada, confirmed, server  # noqa: F401, fixtures

LOGIN = reverse("account_login")


@pytest.fixture
def login(watched: Page, live_server, server: OpenIdServer) -> Page:  # noqa: F811
    watched.goto(f"{live_server.url}{LOGIN}?next=/queue/")
    return watched


def test_a_person_signs_in_at_the_server(login: Page, live_server, ada):  # noqa: F811
    confirmed(ada)
    assert broken(login, LOGIN) == []
    login.get_by_role("button", name="Sign in with Studio ID").click()
    expect(login).to_have_url(f"{live_server.url}/queue/")
    login.goto(live_server.url + reverse("socialaccount_connections"))
    expect(login.get_by_text("at Studio ID")).to_be_visible()
    assert broken(login, "single sign-on") == []


def test_somebody_unknown_is_told_what_to_do(login: Page, complaints):
    login.get_by_role("button", name="Sign in with Studio ID").click()
    expect(login.get_by_text("Ask a team's owner for an invitation")).to_be_visible()
    assert broken(login, "single sign-on refused") == []
    login.get_by_role("link", name="Back to signing in").click()
    expect(login.get_by_role("heading", name="Sign in")).to_be_visible()
    complaints[:] = [each for each in complaints if "403" not in each]


def test_a_server_that_is_away_is_said(login: Page, server, complaints):  # noqa: F811
    server.paths["/.well-known/openid-configuration"] = (503, {}, b"")
    login.get_by_role("button", name="Sign in with Studio ID").click()
    expect(login.get_by_role("heading", name="That didn't work")).to_be_visible()
    assert broken(login, "single sign-on away") == []
    complaints[:] = [each for each in complaints if "401" not in each]
