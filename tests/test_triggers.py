"""What the database guards by triggers: SQLite loses them wherever a migration remakes a table."""

import pytest
from django.db import connection

APPEND_ONLY = (
    *("generations_event", "generations_ledgerentry", "generations_pastentry"),
    "studio_auditentry",
)
GUARDS = {f"{table}_append_only" for table in APPEND_ONLY} | {
    *("generations_prompt_never_edited", "generations_prompt_keeps_origin"),
    "generations_ledgerentry_held_first",
}
# PostgreSQL finds words by an index of its own, and its append-only guard refuses deletions, too.
ON_SQLITE = {f"{table}_no_delete" for table in APPEND_ONLY} | {
    *("generations_prompt_found", "generations_prompt_lost", "generations_prompt_no_replace"),
    *(f"{table}_no_replace" for table in APPEND_ONLY),
}
ON_POSTGRESQL = {f"{table}_no_truncate" for table in APPEND_ONLY}


@pytest.mark.django_db
def test_every_guard_has_outlived_the_migrations():
    asked, own = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal", ON_POSTGRESQL
    if connection.vendor == "sqlite":
        asked, own = "SELECT name FROM sqlite_master WHERE type = 'trigger'", ON_SQLITE
    with connection.cursor() as cursor:
        cursor.execute(asked)
        assert {name for (name,) in cursor.fetchall()} == GUARDS | own
