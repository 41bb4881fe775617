"""Databases of their own, for processes that tests and benchmarks start.

Making all tables takes seconds of CPU, more than most tests: it is done once for all.
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
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).parents[1]


def empty_sqlite() -> Path:
    """Return an SQLite file with every table and no row, as `migrate` makes it.

    It outlives the run, in a directory among the temporary files that is of these migrations and
    of these dependencies' alone.
    """
    with _alone(_digest()) as directory:
        made = directory / "dailies.sqlite3"
        if not made.exists():
            making = directory / "being-made.sqlite3"
            making.unlink(missing_ok=True)  # of a run that was killed
            _migrate(f"sqlite:///{making}", directory)
            making.rename(made)
    return made


def empty_postgresql(server_url: str) -> str:
    """Return the name of a database with every table and no row, to make others from.

    It outlives the run, as SQLite's file does; those of earlier migrations are dropped, unless
    another checkout's tests use them just then. Nobody may be connected to it while another is
    made from it.
    """
    digest = _digest()
    ours = f"{_name_in(server_url)}_tables_"
    made, making = ours + digest, f"{_name_in(server_url)}_making_{digest}"
    with _alone(digest) as directory, psycopg.connect(server_url, autocommit=True) as server:
        found = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [ours]
        )
        names = {name for (name,) in found}
        if made not in names:
            server.execute(f'DROP DATABASE IF EXISTS "{making}"')  # of a run that was killed
            server.execute(f'CREATE DATABASE "{making}"')
            _migrate(urlunsplit(urlsplit(server_url)._replace(path=f"/{making}")), directory)
            server.execute(f'ALTER DATABASE "{making}" RENAME TO "{made}"')
            for name in names:
                with suppress(psycopg.errors.ObjectInUse):
                    server.execute(f'DROP DATABASE "{name}"')
    return made


@contextmanager
def own_postgresql(server_url: str, *, is_empty: bool = False) -> Iterator[str]:
    """Make a database on a PostgreSQL server, give its URL, and drop it at the end.

    It has every table and no row; or, where `is_empty`, not even tables.
    """
    # After the server's own name: who may drop the one may know the other by it.
    name = f"{_name_in(server_url)}_{uuid.uuid4().hex[:12]}"
    template = "template1" if is_empty else empty_postgresql(server_url)
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def make_tables() -> None:
    """Make the tables of the database that Django is set up for, before anything is asked of it."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        shutil.copy(empty_sqlite(), connection.settings_dict["NAME"])
    else:
        call_command("migrate", verbosity=0)


def _digest() -> str:
    """Tell these migrations and dependencies from others."""
    sources = [ROOT / "requirements.txt", *sorted(ROOT.glob("*/migrations/*.py"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]


@contextmanager
def _alone(digest: str) -> Iterator[Path]:
    """Give a directory for what is made once, while no other process makes the same."""
    directory = Path(tempfile.gettempdir(), f"dailies-tables-{os.getuid()}-{digest}")
    directory.mkdir(mode=0o700, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield directory


def _migrate(database_url: str, data_dir: Path) -> None:
    env = os.environ | {"DATA_DIR": str(data_dir), "DATABASE_URL": database_url, "REDIS_URL": ""}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True, cwd=ROOT, env=env)


def _name_in(server_url: str) -> str:
    return urlsplit(server_url).path.strip("/")
