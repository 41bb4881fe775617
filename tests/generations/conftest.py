"""The engine against a real simulator over real HTTP."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from generations import clocks, respites, sweeping
from generations.catalogue import catalogue
from generations.models import Account, Asset, Generation
from generations.ordering import accept
from generations.orders import Order
from generations.simulator.testing import KEY, TestSimulator, running
from studio.models import Membership, Project, Role, Team, User

WORDS = "A lighthouse in a storm at night"


@pytest.fixture(autouse=True)
def _fast(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.OUTBOUND_LOOPBACK = True
    settings.POLL_AFTER_S = 0.0
    settings.LOCAL_URL = "http://127.0.0.1:9"  # the discard port: nobody answers callbacks
    settings.PUBLIC_URL = ""
    clocks.clock.forget()


@pytest.fixture
def leaves() -> Iterator[Callable[[str], object]]:
    """Takes a model out of the catalogue, for this test; its order stays as it was."""
    models = catalogue().models
    kept = dict(models)
    yield models.pop
    models.clear()
    models.update(kept)


@pytest.fixture
def simulate(tmp_path: Path) -> Iterator[Callable[..., TestSimulator]]:
    with ExitStack() as stack:

        def start(**options: object) -> TestSimulator:
            directory = tmp_path / f"simulator-{len(stack._exit_callbacks)}"
            return stack.enter_context(running(directory, **{"renderers": 1, **options}))

        yield start


@pytest.fixture
def simulator(simulate) -> TestSimulator:
    return simulate()


@dataclass
class Studio:
    """A team with one project and an account at a simulator."""

    simulator: TestSimulator
    person: User
    project: Project
    account: Account

    def order(self, words: str = WORDS, **settings: Any) -> Generation:
        settings.setdefault("resolution", "540p")
        return accept(self.project, self.person, Order(words=words, **settings))

    def work(self, *generations: Generation, until: str, timeout_s: float = 60) -> None:
        """Do the worker's share until all of them are in a state, or `stored`."""
        end = time.monotonic() + timeout_s
        while True:
            sweeping.work_once()
            for generation in generations:
                generation.refresh_from_db()
            if all(self._is(generation, until) for generation in generations):
                return
            assert time.monotonic() < end, [(g.state, g.reason, g.words) for g in generations]
            self.simulator.wait_for_renders(timeout_s=0.25)
            time.sleep(0.02)

    def _is(self, generation: Generation, state: str) -> bool:
        if state == "stored":
            return generation.assets.filter(kind="video", state=Asset.State.STORED).exists()
        return generation.state == state

    def books(self) -> dict[str, Any]:
        return self.simulator.books(KEY)

    def paid(self) -> list[dict[str, Any]]:
        """The simulator's generations that were charged and not refunded."""
        return [each for each in self.books()["generations"] if not each["refunded"]]


@pytest.fixture
def studio(db, simulator) -> Studio:
    return make_studio(simulator)


def make_studio(simulator: TestSimulator, key: str = KEY, **account: Any) -> Studio:
    person = User.objects.create_user("jo@example.com", "a long password")
    team = Team.objects.create(name="Team")
    Membership.objects.create(team=team, user=person, role=Role.OWNER)
    project = Project.objects.create(team=team, name="Film", slug="film")
    made = Account(
        team=team,
        provider="luma",
        name="Simulator",
        simulated=True,
        base_url=simulator.url,
        **account,
    )
    made.set_key(key)
    made.key_since = timezone.now() - timedelta(days=1)
    made.save()
    return Studio(simulator, person, project, made)


def another_account(
    studio: Studio, name: str = "Spare", key: str = "luma-spare", rank: int = 5
) -> Account:
    """Give the team another account at the same simulator."""
    made = Account(
        team=studio.project.team,
        provider="luma",
        name=name,
        simulated=True,
        base_url=studio.simulator.url,
        rank=rank,
    )
    made.set_key(key)
    made.save()
    return made


def fresh(*rows: Any) -> Any:
    """Return the rows as they are now: one, or all of several."""
    for row in rows:
        row.refresh_from_db()
    return rows if len(rows) > 1 else rows[0]


def due_now() -> None:
    """Let all waiting times end, an account's probe included."""
    now = timezone.now()
    Generation.objects.filter(next_at__isnull=False).update(next_at=now)
    Account.objects.filter(probe_at__isnull=False).update(probe_at=now)
    respites.forget_after(now)


@pytest.fixture
def two(db: None, simulate: Callable[..., TestSimulator]) -> Callable[..., Any]:
    """A team whose preferred account has a bad name, and whose spare one works."""

    def make(key: str = KEY, url: str = "") -> tuple[Studio, Account]:
        studio = make_studio(simulate(), key)
        if url:
            studio.account.base_url = url
            studio.account.save()
        return studio, another_account(studio)

    return make
