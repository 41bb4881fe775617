"""Indexes that SQLite uses as well: it can't tell that a list of parameters is an index's list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generations", "0008_known_words")]
    operations = [
        migrations.RemoveIndex("generation", "generation_due"),
        migrations.AddIndex(
            "generation",
            models.Index(
                fields=["next_at"],
                condition=models.Q(next_at__isnull=False),
                name="generation_due",
            ),
        ),
        migrations.RemoveIndex("generation", "generation_in_flight"),
        migrations.AddIndex(
            "generation", models.Index(fields=["account", "state"], name="generation_in_flight")
        ),
    ]
