"""Passkeys, with the browser's own virtual device (Chrome DevTools Protocol, WebAuthn domain)."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from studio.models import AuditEntry
from tests.factories import PASSWORD
from tests.flows.test_making import look
from tests.flows.test_rules import broken

FACTORS = reverse("mfa_index")


class Door:
    """The page of somebody with a phone in their hand, which keeps passkeys."""

    def __init__(self, page: Page, site: str, email: str) -> None:
        self.page, self.site, self.email = page, site, email
        self.protocol = page.context.new_cdp_session(page)
        self.protocol.send("WebAuthn.enable")
        options = {
            **{"protocol": "ctap2", "transport": "internal", "hasResidentKey": True},
            **{"hasUserVerification": True, "isUserVerified": True},
            "automaticPresenceSimulation": True,
        }
        made = self.protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.device = made["authenticatorId"]

    def kept(self) -> list[dict[str, Any]]:
        """Return what the device keeps."""
        asked = {"authenticatorId": self.device}
        return self.protocol.send("WebAuthn.getCredentials", asked)["credentials"]

    def go(self, path: str) -> None:
        self.page.goto(self.site + path)

    def type_password(self) -> None:
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def sign_out(self) -> None:
        self.go(reverse("account_logout"))
        self.page.get_by_role("main").get_by_role("button", name="Sign out").click()
        expect(self.page).to_have_url(self.site + reverse("account_login"))

    def add(self, name: str, *, alone: bool) -> None:
        """Add a passkey, from the page of second factors on."""
        self.go(FACTORS)
        self.page.get_by_role("link", name="Add a passkey").click()
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Confirm").click()
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Sign in with it alone").set_checked(alone)
        look(self.page, "passkey-add")
        self.page.get_by_role("button", name="Add it").click()


@pytest.fixture
def door(watched: Page, live_server, project, artist) -> Door:
    return Door(watched, live_server.url, artist.email)


def test_a_passkey_is_added_named_and_signs_in_alone_until_it_is_removed(door, artist):
    page = door.page
    door.go(reverse("account_login"))
    look(page, "passkey-sign-in")
    door.type_password()
    door.add("My phone", alone=True)
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    assert [it["isResidentCredential"] for it in door.kept()] == [True]
    door.go(FACTORS)
    expect(page.get_by_role("listitem").filter(has_text="My phone")).to_contain_text(
        "Signs in alone"
    )
    assert broken(page, FACTORS) == []

    page.get_by_role("link", name="Rename My phone").click()
    page.get_by_label("Name").fill("The phone <b>")
    page.get_by_role("button", name="Rename it").click()
    expect(page.get_by_role("listitem").filter(has_text="The phone <b>")).to_be_visible()

    door.sign_out()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(door.site + "/")
    assert AuditEntry.objects.first().words == "Signed in"
    assert AuditEntry.objects.filter(words="Added a passkey", actor=artist).exists()

    door.go(FACTORS)
    expect(page.get_by_role("listitem").filter(has_text="The phone")).to_contain_text(
        "used just now"
    )
    page.get_by_role("link", name="Remove The phone").click()
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Remove The phone")).to_be_visible()
    assert broken(page, "passkey-remove") == []
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    assert not Authenticator.objects.filter(type="webauthn").exists()

    door.sign_out()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That passkey isn't known here.")).to_be_visible()
    expect(page).to_have_url(door.site + reverse("account_login"))


def test_a_key_that_cannot_sign_in_alone_is_asked_for_after_the_password(door, artist):
    page = door.page
    door.go(reverse("account_login"))
    door.type_password()
    door.add("", alone=False)
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    door.go(FACTORS)
    expect(page.get_by_role("listitem").filter(has_text="Passkey 1")).to_contain_text(
        "Asked for after the password"
    )
    door.sign_out()
    door.type_password()
    expect(page.get_by_role("heading", name="One more thing")).to_be_visible()
    assert broken(page, "second-factor") == []
    page.get_by_label("Code of your authenticator app").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    assert AuditEntry.objects.first().words.startswith("Failed at the second factor")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(door.site + "/")


def test_what_the_device_calls_off_is_said_and_changes_nothing(door, artist):
    page = door.page
    door.go(reverse("account_login"))
    door.type_password()
    door.protocol.send(
        "WebAuthn.setUserVerified", {"authenticatorId": door.device, "isUserVerified": False}
    )
    door.add("My phone", alone=True)
    expect(page.get_by_role("alert").filter(has_text="Nothing has changed.")).to_be_visible()
    assert broken(page, "passkey-trouble") == []
    assert not Authenticator.objects.exists()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing has changed.")).to_be_visible()
