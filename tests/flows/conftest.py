"""A real browser on a real server."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from studio.models import Project, User
from tests.plainly import UNBLURRED

# Playwright's synchronous interface runs an event loop in this thread, where the tests use the
# ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Without a window's own pages, which cost as much as ours, where Debian's package of that is there.
CHROMIUM = (
    os.environ.get("CHROMIUM_BIN")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HERE = Path(__file__).parent
# What is waited for is there or it isn't: how long a busy machine takes says nothing about that.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None and os.environ.get("REQUIRE_BROWSER"):
        raise pytest.UsageError("REQUIRE_BROWSER is set, and there is no Chromium on PATH.")
    absent = pytest.mark.skip(reason="no Chromium on PATH, nor in CHROMIUM_BIN")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(absent)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": {"width": 1440, "height": 960}}


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Browser:
    """The browser, which draws plainly, except where pictures of it are kept."""
    made = browser.new_context

    def plain(**choices: Any) -> BrowserContext:
        context = made(**choices)
        if not os.environ.get("LOOKS"):
            context.add_init_script(UNBLURRED)
        return context

    browser.new_context = plain
    return browser


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """The browser's context, as patient with a page as a busy machine needs."""
    context.set_default_navigation_timeout(90_000)
    return context


@pytest.fixture
def enter(live_server, sign_in) -> Callable[[BrowserContext, User], None]:
    """Signs a person in without the form."""

    def as_(context: BrowserContext, user: User) -> None:
        client: Client = sign_in(user)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return as_


@pytest.fixture
def complaints() -> list[str]:
    """What the console said; a test that expects some of it takes it out."""
    return []


@pytest.fixture
def watched(page: Page, complaints: list[str]) -> Iterator[Page]:
    """A page of nobody; every error in its console, of the policy too, fails the test."""
    listen(page, complaints)
    yield page
    assert complaints == []


@pytest.fixture
def studio(watched: Page, artist: User, enter) -> Page:
    """The artist's page."""
    enter(watched.context, artist)
    return watched


@pytest.fixture
def board(studio: Page, live_server, project: Project) -> Callable[[], Page]:
    """Opens the board."""

    def open_() -> Page:
        studio.goto(f"{live_server.url}/projects/{project.slug}/")
        return studio

    return open_


@pytest.fixture
def storyboard(studio: Page, live_server, project: Project) -> Callable[[], Page]:
    """Opens the storyboard."""

    def open_() -> Page:
        studio.goto(f"{live_server.url}/projects/{project.slug}/storyboard/")
        return studio

    return open_


def listen(page: Page, complaints: list[str]) -> None:
    """Write down every error of a page's console."""

    def note(message: ConsoleMessage) -> None:
        # A newer request that replaces an older one (hx-sync): htmx writes the abort as an error.
        # A request that fails is written as htmx:sendError or htmx:responseError besides.
        if message.text.startswith(("htmx:afterRequest", "htmx:sendAbort")):
            return
        if message.type in ("error", "warning"):
            complaints.append(f"{message.text} ({message.location.get('url')})")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
