"""A bundle from another installation, and a team that takes it in."""

from pathlib import Path

import pytest

from studio.models import Role, Team
from tests.factories import MembershipFactory, TeamFactory
from tests.studio.leaving.elsewhere import Elsewhere


@pytest.fixture(scope="session")
def brought(tmp_path_factory) -> Path:
    """A bundle of a project of another installation, which runs on SQLite."""
    tmp_path = tmp_path_factory.mktemp("brought")
    there = Elsewhere(tmp_path / "there")
    there.run(
        "shell",
        "-c",
        "from pathlib import Path; from studio.models import Team, Project;"
        "from tests.factories import AccountFactory; from tests.studio.leaving.filled import fill;"
        "team = Team.objects.get(); AccountFactory(team=team);"
        "film = Project.objects.create(team=team, name='Night Film', slug='night-film');"
        f"fill(film, Path({str(tmp_path / 'tones')!r}))",
    )
    there.run("export_project", "night-film", str(tmp_path / "night.zip"))
    return tmp_path / "night.zip"


@pytest.fixture
def team(db) -> Team:
    team = TeamFactory(name="Here")
    MembershipFactory(team=team, role=Role.OWNER)
    return team
