"""What is about to be paid for is on disk before it is sent."""

import pytest
from django.db import connection

from generations import submitting
from generations.models import Generation
from generations.providers.luma import Luma
from tests.generations.conftest import make_studio

NORMAL, FULL = 1, 2  # https://sqlite.org/pragma.html#pragma_synchronous


def synchronous():
    """How safely this connection commits: SQLite's number, or PostgreSQL's word."""
    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        cursor.execute("PRAGMA synchronous" if sqlite else "SHOW synchronous_commit")
        return cursor.fetchone()[0]


def test_the_intent_to_send_survives_a_power_cut(transactional_db, simulator, monkeypatch):
    studio = make_studio(simulator)
    take = studio.order()
    begin, create, seen = Generation.begin, Luma.create, []

    def beginning(self, *times):
        seen.append(("intent", synchronous(), connection.in_atomic_block))
        return begin(self, *times)

    def creating(self, request):
        seen.append(("create", synchronous(), connection.in_atomic_block))
        return create(self, request)

    monkeypatch.setattr(Generation, "begin", beginning)
    monkeypatch.setattr(Luma, "create", creating)
    before = synchronous()
    assert submitting.submit_due(studio.account.pk) == 1
    take.refresh_from_db()
    assert take.state == "queued"
    safe, quick = (FULL, NORMAL) if connection.vendor == "sqlite" else ("on", "on")
    assert seen == [("intent", safe, True), ("create", quick, False)]
    assert before == synchronous() == quick


def test_a_failure_leaves_the_connection_as_it_was(transactional_db):
    from generations.durability import durable

    before = synchronous()
    with pytest.raises(RuntimeError), durable():
        raise RuntimeError
    assert synchronous() == before
