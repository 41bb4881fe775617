from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from generations.simulator.clock import ManualClock
from generations.simulator.testing import TestSimulator, running
from tests.simulator.peers import LIGHTHOUSE, Outside, ask, serve_outside

Simulate = Callable[..., TestSimulator]


@pytest.fixture
def simulate(tmp_path: Path) -> Iterator[Simulate]:
    """Starts simulators; they end with the test. By default nothing is rendered."""
    with ExitStack() as stack:

        def start(directory: Path = tmp_path / "simulator", **settings: object) -> TestSimulator:
            return stack.enter_context(running(directory, **{"renderers": 0, **settings}))

        yield start


@pytest.fixture
def sim(simulate: Simulate) -> TestSimulator:
    """A simulator on which everything happens at once, except rendering."""
    return simulate()


@pytest.fixture
def timed(simulate: Simulate) -> TestSimulator:
    """A simulator whose clock stands until a test moves it."""
    return simulate(clock=ManualClock(1_800_000_000.0), speed=1.0)


@pytest.fixture(scope="session")
def lighthouse(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The lighthouse's request, with its render in the shared cache: it can complete anywhere."""
    with running(tmp_path_factory.mktemp("lighthouse"), renderers=1) as simulator:
        made = ask("POST", f"{simulator.url}/generations/video", LIGHTHOUSE).json
        assert simulator.wait_for_end(made["id"]) == "completed"
    return LIGHTHOUSE


@pytest.fixture
def outside() -> Iterator[Outside]:
    somewhere = Outside()
    server = serve_outside(somewhere)
    yield somewhere
    server.shutdown()
    server.server_close()
