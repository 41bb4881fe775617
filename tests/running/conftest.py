"""A stage to run commands on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.stage import Stage


@pytest.fixture
def fresh_stage(tmp_path: Path) -> Iterator[Stage]:
    """Nothing was ever started there."""
    with Stage.on_what_the_suite_runs_on(tmp_path) as made:
        yield made


@pytest.fixture
def stage(fresh_stage: Stage, empty_database: Path) -> Stage:
    return fresh_stage.migrated(empty_database)
