"""The database refuses to change a line of the ledger or of the history."""

from django.db import migrations

_TABLES = {
    "generations_ledgerentry": (
        "ledger entries are append-only",
        "team_id, project_id, generation_id, attempt_id, kind, amount_usd, at",
    ),
    # The actor is left out: it becomes null when the person is deleted.
    "generations_event": (
        "events are append-only",
        "project_id, number, generation_id, kind, previous, reason, detail, at",
    ),
}
_POSTGRESQL = """
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{words}'; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {columns} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
"""
_SQLITE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {columns} ON {table}
BEGIN SELECT RAISE(ABORT, '{words}'); END
"""


def _add(apps, schema_editor):
    template = _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE
    for table, (words, columns) in _TABLES.items():
        schema_editor.execute(template.format(table=table, words=words, columns=columns))


def _remove(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in _TABLES:
        on = f" ON {table}" if postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {table}_append_only{on}")
        if postgresql:
            schema_editor.execute(f"DROP FUNCTION {table}_append_only()")


class Migration(migrations.Migration):
    dependencies = [("generations", "0002_initial")]
    operations = [migrations.RunPython(_add, _remove)]
