"""Getting in, in a browser: an authenticator app, a forgotten password, every session's end."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.factories import PASSWORD
from tests.flows.conftest import listen
from tests.flows.test_making import look
from tests.flows.test_rules import broken
from tests.studio.test_resealing import code_of

LOGIN = reverse("account_login")
FACTORS = reverse("mfa_index")


class Visitor:
    """Somebody with a browser of their own, on their way in."""

    def __init__(self, page: Page, site: str, email: str) -> None:
        self.page, self.site, self.email = page, site, email

    def go(self, path: str) -> None:
        self.page.goto(self.site + path)

    def type_password(self, password: str = PASSWORD) -> None:
        self.go(LOGIN)
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def type_code(self, code: str) -> None:
        self.page.get_by_label("Code of your authenticator app").fill(code)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def confirm_password(self) -> None:
        """Type it again, which what matters most asks for."""
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Confirm").click()

    def sign_out(self) -> None:
        self.go(reverse("account_logout"))
        self.page.get_by_role("main").get_by_role("button", name="Sign out").click()
        expect(self.page).to_have_url(self.site + LOGIN)


@pytest.fixture
def visitor(watched: Page, live_server, project, artist) -> Visitor:
    return Visitor(watched, live_server.url, artist.email)


@pytest.mark.long
def test_an_authenticator_app_is_added_asked_for_stood_in_for_and_removed(visitor, artist):
    page = visitor.page
    visitor.type_password()
    visitor.go(FACTORS)
    page.get_by_role("link", name="Activate an authenticator app").click()
    visitor.confirm_password()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    look(page, "totp-add")
    secret = page.locator("code.codes").inner_text()
    page.get_by_label("Code of the app").fill("000000")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    assert page.locator("code.codes").inner_text() == secret  # the app needn't scan it again
    page.get_by_label("Code of the app").fill(code_of(secret))
    page.get_by_role("button", name="Add it").click()

    # The codes that stand in for a lost app come with it.
    visitor.go(reverse("mfa_view_recovery_codes"))
    assert broken(page, "recovery codes") == []
    spare = re.findall(r"\b[0-9a-f]{8,}\b", page.get_by_role("main").inner_text())[0]

    visitor.sign_out()
    visitor.type_password()
    expect(page.get_by_role("heading", name="One more thing")).to_be_visible()
    cache.clear()  # a code is taken once, and the next one is half a minute away
    visitor.type_code(code_of(secret))
    expect(page).to_have_url(visitor.site + "/")

    visitor.sign_out()
    visitor.type_password()
    visitor.type_code(spare)
    expect(page).to_have_url(visitor.site + "/")
    visitor.sign_out()
    visitor.type_password()
    visitor.type_code(spare)
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    cache.clear()
    visitor.type_code(code_of(secret))
    expect(page).to_have_url(visitor.site + "/")

    visitor.go(FACTORS)
    expect(page.get_by_text("9 of 10 are left")).to_be_visible()
    page.get_by_role("link", name="Deactivate the authenticator app").click()
    if page.get_by_role("button", name="Confirm").is_visible():
        visitor.confirm_password()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("link", name="Activate an authenticator app")).to_be_visible()
    assert not Authenticator.objects.filter(user=artist, type="totp").exists()
    visitor.sign_out()
    visitor.type_password()
    expect(page).to_have_url(visitor.site + "/")


def test_a_forgotten_password_is_replaced_by_mail_once(visitor, complaints, settings):
    page = visitor.page
    settings.SIGNUP_OPEN = True
    visitor.go(reverse("account_signup"))
    expect(page.get_by_label("Email")).to_be_visible()
    assert broken(page, "sign up") == []
    visitor.type_password("not the password")
    expect(page.get_by_role("alert")).to_contain_text("not correct")
    page.get_by_role("link", name=re.compile("forgot", re.IGNORECASE)).click()
    page.get_by_label("Email").fill(visitor.email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()
    assert broken(page, "a mail is on its way") == []
    [asked] = mail.outbox
    address = re.findall(r"http\S+", asked.body)[0]

    page.goto(address)
    new = "a lighthouse in the fog 7"
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("New password (again)").fill("another one")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("same password each time")).to_be_visible()
    assert broken(page, "a new password") == []
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("New password (again)").fill(new)
    page.get_by_role("button", name="Use it").click()
    page.get_by_role("link", name="Sign in").click()
    visitor.type_password(new)
    expect(page).to_have_url(visitor.site + "/")
    visitor.sign_out()
    page.goto(address)
    expect(page.get_by_text("This link was used already")).to_be_visible()


def test_who_tries_too_many_passwords_has_to_wait(visitor):
    page = visitor.page
    for number in range(6):
        visitor.type_password(f"a guess {number}")
        expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_role("alert").first).to_contain_text("Too many failed login attempts")
    visitor.type_password()
    expect(page.get_by_role("alert").first).to_contain_text("Too many failed login attempts")
    assert broken(page, "too many tries") == []


def test_signing_out_everywhere_else_ends_the_other_browser(visitor, browser: Browser, complaints):
    context = browser.new_context()
    other = Visitor(context.new_page(), visitor.site, visitor.email)
    listen(other.page, complaints)
    other.type_password()
    visitor.type_password()
    visitor.go(reverse("usersessions_list"))
    expect(visitor.page.get_by_role("main").get_by_role("listitem")).to_have_count(2)
    assert broken(visitor.page, "sessions") == []
    visitor.page.get_by_role("button", name="Sign out everywhere else").click()
    expect(visitor.page.get_by_text("There is no other.")).to_be_visible()
    other.go("/queue/")
    expect(other.page).to_have_url(f"{visitor.site}{LOGIN}?next=/queue/")
    visitor.go("/queue/")
    expect(visitor.page).to_have_url(f"{visitor.site}/queue/")
    context.close()
