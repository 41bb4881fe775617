"""Databases of their own, for processes that tests and benchmarks start.

The migrations take 12 s of CPU, more than most test files: SQLite's are run once for all.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).parents[1]


def empty_sqlite() -> Path:
    """Return an SQLite file with every table and no row, as `migrate` makes it.

    It outlives the run, in a directory among the temporary files that is of these migrations and
    of these dependencies' alone.
    """
    sources = [ROOT / "requirements.txt", *sorted(ROOT.glob("*/migrations/*.py"))]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    directory = Path(tempfile.gettempdir(), f"dailies-tables-{os.getuid()}-{digest[:12]}")
    directory.mkdir(mode=0o700, exist_ok=True)
    made = directory / "dailies.sqlite3"
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _migrate(made)
    return made


def make_tables() -> None:
    """Make the tables of the database that Django is set up for, before anything is asked of it."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        shutil.copy(empty_sqlite(), connection.settings_dict["NAME"])
    else:
        call_command("migrate", verbosity=0)


def _migrate(made: Path) -> None:
    making = made.with_name("being-made.sqlite3")
    making.unlink(missing_ok=True)  # of a run that was killed
    env = os.environ | {
        "DATA_DIR": str(made.parent),
        "DATABASE_URL": f"sqlite:///{making}",
        "REDIS_URL": "",
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True, cwd=ROOT, env=env)
    making.rename(made)


@contextmanager
def own_postgresql(server_url: str) -> Iterator[str]:
    """Make a database on a PostgreSQL server, give its URL, and drop it at the end."""
    parts = urlsplit(server_url)
    # After the server's own name: who may drop the one may know the other by it.
    name = f"{parts.path.strip('/')}_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
