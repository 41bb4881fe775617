"""That a final was accepted is in its history too."""

from importlib import import_module

from django.conf import settings
from django.db import migrations, models


def _guard_again(apps, schema_editor):
    """SQLite makes the table of events anew, also backwards, and it loses its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        import_module("generations.migrations.0028_guest_verdicts")._guard(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0035_overdue'),
        ('studio', '0031_finals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, _guard_again),
        migrations.RemoveConstraint(
            model_name='event',
            name='event_known_kind',
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('requested', 'waiting', 'submitting', 'unconfirmed', 'queued', 'dreaming', 'completed', 'failed', 'declined', 'cancelled', 'content', 'frames', 'request', 'provider', 'key', 'credits', 'unreachable', 'busy', 'absent', 'unsure', 'undecided', 'switched_off', 'lost', 'answered', 'imported', 'stray', 'copied', 'paused', 'resumed', 'prioritised', 'reordered', 'edited', 'moved', 'told', 'line_paused', 'line_resumed', 'account_down', 'account_up', 'released', 'fetching', 'stored', 'store_failed', 'version_stored', 'chosen', 'stored_beside', 'overdue', 'sent_to_review', 'taken_from_review', 'verdict_undone', 'approved', 'changes_wanted', 'rejected', 'noted', 'guest_judged', 'final_accepted', 'trashed', 'restored', 'purged', 'erase_asked', 'erase_withdrawn', 'erased', 'erase_failed'))), name='event_known_kind'),
        ),
        migrations.RunPython(_guard_again, migrations.RunPython.noop),
    ]
