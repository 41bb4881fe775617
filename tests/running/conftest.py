"""A stage to run commands on."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    if os.environ.get("TEST_DATABASE_URL"):
        pytest.skip("runs on SQLite and a broker of its own, whatever the suite runs on")
    made = Stage(tmp_path)
    yield made
    made.close()
