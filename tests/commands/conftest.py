"""A stage to run commands on, and the demo team."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from studio import provider_accounts
from studio.demo import team
from studio.models import Project
from tests.running.stage import Stage


@pytest.fixture
def fresh_stage(tmp_path: Path) -> Iterator[Stage]:
    """Nothing was ever started there."""
    with Stage.on_what_the_suite_runs_on(tmp_path) as made:
        yield made


@pytest.fixture
def stage(fresh_stage: Stage, empty_database: Path) -> Stage:
    return fresh_stage.migrated(empty_database)


@pytest.fixture
def film(db: None, settings: Settings, tmp_path: Path) -> Project:
    """The demo's project, with the simulator's account."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.LUMA_API_KEY = ""
    settings.OUTBOUND_LOOPBACK = True
    demo = team.make()
    assert demo is not None
    provider_accounts.sync(demo)
    return Project.objects.get(slug=team.SLUG)
