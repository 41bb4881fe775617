from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generations.simulator.clock import ManualClock
from generations.simulator.testing import TestSimulator, running
from tests.simulator.footage import clip
from tests.simulator.peers import LIGHTHOUSE, Outside, ask, somewhere_else

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
    with somewhere_else() as somewhere:
        yield somewhere


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that other jobs start from."""
    return clip(tmp_path_factory.mktemp("takes") / "take.mp4")


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture with hard edges, of another ratio than the clips."""
    y, x = np.mgrid[0:400, 0:600]
    checks = ((x // 60 + y // 50) % 2 * 120 + 60).astype(np.uint8)
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    Image.fromarray(np.stack([checks, checks // 2 + 40, 200 - checks], -1)).save(path)
    return path
