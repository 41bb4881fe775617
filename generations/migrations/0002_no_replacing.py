"""No event, entry of a ledger or prompt is replaced, either, which SQLite alone could do."""

from django.db import migrations

from generations.migrations import _guards


def _guard(apps, schema_editor):
    for table, words in _guards.KEPT:
        _guards.no_replacing(schema_editor, table, words)


def _unguard(apps, schema_editor):
    for table, _ in _guards.KEPT:
        _guards.replacing(schema_editor, table)


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0001_squashed'),
    ]

    operations = [
        migrations.RunPython(_guard, _unguard),
    ]
