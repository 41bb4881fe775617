"""A database with every table and no row, made once for all processes of a run.

The migrations take 12 s of CPU: more than all tests of most files.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the SQLite file that `migrate` made."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = shared / "migrated" / "dailies.sqlite3"
    with (shared / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _migrate(made)
    return made


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the tests' database as pytest-django does; SQLite's from a copy of the migrated one."""
    database = settings.DATABASES["default"]
    is_copied = database["ENGINE"].endswith("sqlite3")
    if is_copied:
        shutil.copy(request.getfixturevalue("empty_database"), database["TEST"]["NAME"])
    # No test asks for Django's own permissions: half of what emptying the tables would cost.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    with django_db_blocker.unblock():
        made = setup_databases(0, interactive=False, aliases={"default"}, keepdb=is_copied)
        yield
        teardown_databases(made, 0)


def _migrate(made: Path) -> None:
    directory = made.parent
    directory.mkdir()
    env = os.environ | {
        "DATA_DIR": str(directory),
        "DATABASE_URL": f"sqlite:///{directory}/being-made.sqlite3",
        "REDIS_URL": "",
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True, cwd=settings.BASE_DIR, env=env)
    (directory / "being-made.sqlite3").rename(made)
