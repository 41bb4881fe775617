"""Stages, as fixtures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.stage import Stage


@pytest.fixture
def fresh_stage(tmp_path: Path) -> Iterator[Stage]:
    """Nothing was ever started there."""
    with Stage.on_what_the_suite_runs_on(tmp_path, is_fresh=True) as made:
        yield made


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Its tables are there, and nothing runs."""
    with Stage.on_what_the_suite_runs_on(tmp_path) as made:
        yield made
