"""Commits that survive a power cut."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def durable() -> Iterator[None]:
    """Run a transaction whose commit is on disk when it returns.

    SQLite's WAL with synchronous=NORMAL may lose the last commit at power loss;
    PostgreSQL syncs every commit. Nested in another transaction (tests are), it is a plain one.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")
