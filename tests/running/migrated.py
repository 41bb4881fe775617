"""A database with every table and no row, made once for all tests of a process."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.running.stage import Stage


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the SQLite file that `migrate` made."""
    stage = Stage(tmp_path_factory.mktemp("migrated"))
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    stage.data.mkdir()
    subprocess.run(command, check=True, cwd=settings.BASE_DIR, env=stage.env)
    return stage.data / "dailies.sqlite3"
