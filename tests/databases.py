"""Databases of their own, for processes that tests and benchmarks start."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg


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
