"""No line of the audit log is replaced, either: SQLite's INSERT OR REPLACE asks no other trigger."""

from django.db import migrations

_TRIGGER, _TABLE = "studio_auditentry_no_replace", "studio_auditentry"


def _guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {_TRIGGER} BEFORE INSERT ON {_TABLE} "
            f"WHEN EXISTS (SELECT 1 FROM {_TABLE} WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"
        )


def _unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {_TRIGGER}")


class Migration(migrations.Migration):

    dependencies = [
        ('studio', '0002_squashed'),
    ]

    operations = [
        migrations.RunPython(_guard, _unguard),
    ]
