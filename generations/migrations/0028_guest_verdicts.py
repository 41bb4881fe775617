"""What guests think of a take is in its history too."""

from django.db import migrations, models

_EVENT = "generations_event"
_WORDS = "events are append-only"
# The actor is left out: it becomes null when the person is deleted.
_FACTS = "project_id, number, generation_id, kind, previous, reason, detail, at"
_BEFORE = (
    *("requested", "waiting", "submitting", "unconfirmed", "queued", "dreaming"),
    *("completed", "failed", "declined", "cancelled"),
    *("content", "frames", "request", "provider", "key", "credits", "unreachable", "busy"),
    *("absent", "unsure", "undecided", "switched_off", "lost", "answered"),
    *("imported", "stray", "copied"),
    *("paused", "resumed", "prioritised", "reordered", "edited", "moved", "told"),
    *("line_paused", "line_resumed", "account_down", "account_up"),
    *("released", "fetching", "stored", "store_failed", "version_stored", "chosen"),
)
_REVIEW = (
    *("sent_to_review", "taken_from_review", "verdict_undone"),
    *("approved", "changes_wanted", "rejected", "noted", "guest_judged"),
)
_AFTER = (
    *("trashed", "restored", "purged"),
    *("erase_asked", "erase_withdrawn", "erased", "erase_failed"),
)
_KINDS = (*_BEFORE, *_REVIEW, *_AFTER)


def _guard(apps, schema_editor):
    """SQLite makes the table anew for a constraint, and it loses its triggers (0005_money)."""
    if schema_editor.connection.vendor != "sqlite":
        return
    for name, moment in (("append_only", f"UPDATE OF {_FACTS}"), ("no_delete", "DELETE")):
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {_EVENT}_{name} BEFORE {moment} ON {_EVENT} "
            f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
        )


class Migration(migrations.Migration):
    dependencies = [("generations", "0027_past_ledger")]
    operations = [
        migrations.RunPython(migrations.RunPython.noop, _guard),
        migrations.RemoveConstraint(model_name="event", name="event_known_kind"),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=_KINDS), name="event_known_kind"
            ),
        ),
        migrations.RunPython(_guard, migrations.RunPython.noop),
    ]
