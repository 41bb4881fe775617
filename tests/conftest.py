"""What every test may use: people, a project, and a client of each."""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache
from django.test import Client

from generations.models import Account
from generations.simulator.testing import TestSimulator, running
from studio.models import Project, Role, User
from tests.append_only import let_flushes_through
from tests.factories import AccountFactory, ProjectFactory, UserFactory, member
from tests.migrated import django_db_setup  # noqa: F401, a fixture


def pytest_configure(config: pytest.Config) -> None:
    # The tests' settings are loaded; the processes that tests start want the real ones.
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    let_flushes_through()
    # How slow a machine is says nothing about what is generated or found on it.
    hypothesis.settings.register_profile(
        "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("any machine")
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # A shell lets what runs in its background ignore Ctrl-C, and so would all we start.
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: at the end all processes would wait for one of these."""
    items.sort(key=lambda item: "long" not in item.keywords)


def pytest_collection_finish() -> None:
    """Leave thousands of collected tests out of every later search for garbage."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in words what was left out for want of a browser: a row of `s` says it to nobody."""
    unseen = [it for it in terminalreporter.stats.get("skipped", []) if "browser" in it.keywords]
    if unseen:
        terminalreporter.write_line(
            f"{len(unseen)} browser tests were skipped: there is no Chromium on PATH. "
            "On Debian: apt install chromium-headless-shell; "
            "elsewhere name one: CHROMIUM_BIN=/path/to/chromium",
            yellow=True,
        )


def forget(cache: BaseCache) -> None:
    """Empty a cache; of a Redis only this process's part: the other test processes share it."""
    if isinstance(cache, RedisCache):
        redis = cache._cache.get_client(write=True)
        mine = list(redis.scan_iter(match=f"{cache.key_prefix}:*"))
        if mine:
            redis.delete(*mine)
    else:
        cache.clear()


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    for alias in caches:
        forget(caches[alias])


@pytest.fixture
def project(db) -> Project:
    project = ProjectFactory(name="Desert Light", slug="desert-light")
    AccountFactory(team=project.team)
    return project


@pytest.fixture
def artist(project: Project) -> User:
    return member(project)


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Returns the client of a person."""

    def as_(user: User) -> Client:
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_


@pytest.fixture
def client(artist: User, sign_in) -> Client:
    """An artist of the project's team."""
    return sign_in(artist)


@pytest.fixture
def viewer(project: Project, sign_in) -> Client:
    """A member who may only watch."""
    return sign_in(member(project, Role.VIEWER))


@pytest.fixture
def stranger(db, sign_in) -> Client:
    """Somebody of another team."""
    other = ProjectFactory()
    return sign_in(member(other, Role.OWNER))


@pytest.fixture
def anonymous() -> Client:
    """Nobody: not signed in."""
    return Client()


@pytest.fixture
def newcomer(db, sign_in) -> Client:
    """Somebody without a team."""
    return sign_in(UserFactory())


@pytest.fixture
def simulator(tmp_path: Path, project: Project, live_server, settings) -> Iterator[TestSimulator]:
    """What the project's account speaks to."""
    settings.OUTBOUND_LOOPBACK = True
    settings.POLL_AFTER_S = 0.0
    settings.LOCAL_URL = live_server.url
    with running(tmp_path / "simulator", renderers=1) as simulator:
        Account.objects.update(base_url=simulator.url)
        yield simulator
