"""A simulator within the process of a test, on a free port, with everything at hand."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from generations.simulator import rendering
from generations.simulator.agents import routes as agents_routes
from generations.simulator.clock import Clock, ManualClock
from generations.simulator.engine import Engine
from generations.simulator.faults import Faults
from generations.simulator.gateway import routes as gateway_routes
from generations.simulator.openai import routes as openai_routes
from generations.simulator.server import Simulator
from generations.simulator.settings import Settings
from generations.simulator.store import account_of

KEY = "luma-test"
"""Any key is good unless it begins with "bad"; one that begins with "broke" owns nothing."""

LONGEST_WAIT_S = 180.0
"""How long a test waits for a render, on a machine that may be busy with others."""


PAINTED_PIXELS = 130_000
"""How finely clips are painted for tests: that takes half of the time, and few look closely."""


@cache
def shared_renders(painted_pixels: int | None = PAINTED_PIXELS) -> Path:
    """Return the render cache that tests share, so that an equal request is rendered once.

    It outlives the run: SIMULATOR_RENDERS, else a directory among the temporary files that is this
    renderer's own, so that a change to the renderer is seen at once.
    """
    if named := os.environ.get("SIMULATOR_RENDERS"):
        return Path(named)
    sources = sorted(Path(rendering.__file__).parent.rglob("*.py"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return Path(
        tempfile.gettempdir(),
        f"dailies-renders-{os.getuid()}-{digest[:12]}-{painted_pixels or 'fine'}",
    )


class TestSimulator:
    """What a test can see and turn."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    @property
    def url(self) -> str:
        """The API's base URL."""
        return self._simulator.url

    @property
    def agents_url(self) -> str:
        """The base URL of Luma Agents' API."""
        return f"{self.address}{agents_routes.PREFIX}"

    @property
    def openai_url(self) -> str:
        """The base URL of OpenAI's images API."""
        return f"{self.address}{openai_routes.PREFIX}"

    @property
    def gateway_url(self) -> str:
        """The address of the gateway."""
        return f"{self.address}{gateway_routes.PREFIX}"

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return self._simulator.address

    @property
    def engine(self) -> Engine:
        """What is behind the socket."""
        return self._simulator.engine

    def faults(self, **switches: object) -> None:
        """Replace all faults, as `POST /_control/faults` does; without any, behave."""
        self.engine.dice.switch(Faults.parse(switches))

    def struck(self, name: str) -> int:
        """Return how often a fault has struck since it was switched on."""
        return int(self.engine.dice.report()["struck"].get(name, 0))

    def books(self, key: str = KEY) -> dict[str, Any]:
        """Return a key's generations and money, in cents, as `GET /_control/books` does."""
        return self._books(account_of(key))

    def agents_books(self, key: str = KEY) -> dict[str, Any]:
        """Return a key's generations and money at Luma Agents."""
        return self._books(agents_routes.name_of(key))

    def openai_books(self, key: str = KEY) -> dict[str, Any]:
        """Return a key's pictures and money at OpenAI's images API."""
        return self._books(openai_routes.name_of(key))

    def gateway_books(self, key: str = KEY) -> dict[str, Any]:
        """Return a key's clips, pictures and money at the gateway."""
        return self._books(gateway_routes.name_of(key))

    def _books(self, name: str) -> dict[str, Any]:
        self.engine.timeline.run_due()
        self.engine.store.account(name)
        return next(each for each in self.engine.store.books() if each["account"] == name)

    def advance(self, seconds: float) -> None:
        """Move the clock (it must be a ManualClock) and do everything that is due then."""
        clock = self.engine.clock
        assert isinstance(clock, ManualClock)  # noqa: S101
        clock.advance(seconds)
        self.engine.timeline.run_due()

    def wait_for_end(self, generation_id: str, timeout_s: float = LONGEST_WAIT_S) -> str:
        """Wait until a generation has ended, its render included; return its state.

        Raises TimeoutError, and KeyError for an unknown id.
        """
        store = self.engine.store
        generation = store.latest(generation_id)
        if not self.engine.wait(generation, timeout_s):
            raise TimeoutError(f"{generation_id} is {generation.state} after {timeout_s:g} s")
        return generation.state

    def wait_for_render(self, generation_id: str, timeout_s: float = LONGEST_WAIT_S) -> None:
        """Wait until a generation's file exists, whatever the clock says; raises TimeoutError."""
        if not self.engine.wait_rendered(self.engine.store.latest(generation_id), timeout_s):
            raise TimeoutError(f"{generation_id} isn't rendered after {timeout_s:g} s")

    def wait_for_renders(self, timeout_s: float = LONGEST_WAIT_S) -> bool:
        """Wait until no file is being made; return whether none is. To poll instead is costly."""
        ordered = self.engine.store.unfinished()

        def are_made() -> bool:
            return all(
                each.rendered is not None or each.failure is not None or not each.in_flight
                for each in ordered
            )

        with self.engine.changed:
            return self.engine.changed.wait_for(are_made, timeout_s)

    def stop(self) -> None:
        """End it; its directory stays."""
        self._simulator.stop()


def start(
    directory: Path,
    *,
    clock: Clock | None = None,
    faults: Mapping[str, object] | None = None,
    painted_pixels: int | None = PAINTED_PIXELS,
    **settings: Any,
) -> TestSimulator:
    """Start a simulator that keeps its state in `directory`; stop it yourself.

    Everything happens at once (speed 0) and limits are out of the way unless `settings` (fields of
    Settings) say otherwise.
    """
    chosen: dict[str, Any] = {
        "speed": 0.0,
        "concurrent": 100_000,
        "per_minute": 100_000,
        "agents_concurrent": 100_000,
        "agents_per_minute": 100_000,
        "painted_pixels": painted_pixels,
        "renders": shared_renders(painted_pixels),
        **settings,
    }
    simulator = Simulator(
        Settings(directory=directory.resolve(), faults=Faults.parse(faults or {}), **chosen), clock
    )
    simulator.start()
    return TestSimulator(simulator)


@contextmanager
def running(directory: Path, **settings: Any) -> Iterator[TestSimulator]:
    """Run a simulator for the length of a block; arguments as of `start`."""
    simulator = start(directory, **settings)
    try:
        yield simulator
    finally:
        simulator.stop()
