"""No line of the audit log is replaced, either: SQLite's INSERT OR REPLACE asks no other trigger."""

from django.db import migrations

from generations.migrations import _guards

_TABLE = "studio_auditentry"


def _guard(apps, schema_editor):
    _guards.no_replacing(schema_editor, _TABLE, "audit entries are append-only")


def _unguard(apps, schema_editor):
    _guards.replacing(schema_editor, _TABLE)


class Migration(migrations.Migration):

    dependencies = [
        ('studio', '0002_squashed'),
    ]

    operations = [
        migrations.RunPython(_guard, _unguard),
    ]
