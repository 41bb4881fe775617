"""A stage to run commands on, and the demo team."""

from pathlib import Path

import pytest
from pytest_django import Settings

from studio import provider_accounts
from studio.demo import team
from studio.models import Project
from tests.running.stages import fresh_stage, stage  # noqa: F401, fixtures


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
