"""Another installation, with a database of its own."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.databases import empty_sqlite
from tests.factories import own_folder


class Elsewhere:
    """Another installation: a database and a directory of its own, and processes that use them."""

    def __init__(self, folder: Path, *, people: bool = True) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.database = folder / "dailies.sqlite3"
        shutil.copyfile(_peopled() if people else empty_sqlite(), self.database)
        self._environment = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")},
            **{"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "studio.settings"},
            **{"LOG_LEVEL": "WARNING", "LUMA_API_KEY": ""},
        }

    def begin(self, *command: str) -> subprocess.Popen[str]:
        """Start a command there."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=Path(__file__).parents[3],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str) -> str:
        """Run a command there, and return what it says."""
        begun = self.begin(*command)
        said, complained = begun.communicate()
        assert begun.returncode == 0, complained
        return said


@cache
def _peopled() -> Path:
    """Return a database with a team and its owner, made once."""
    first = Elsewhere(own_folder("dailies-elsewhere-"), people=False)
    first.run(
        "shell",
        "-c",
        "from studio.models import *; t = Team.objects.create(name='Elsewhere');"
        "u = User.objects.create_user('owner@example.com', 'x', name='Olga');"
        "Membership.objects.create(team=t, user=u, role='owner')",
    )
    return first.database
