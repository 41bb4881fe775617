"""A stage to run commands on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage.on_what_the_suite_runs_on(tmp_path) as made:
        yield made
