"""People are told what guests think of their takes, and webhooks of budgets."""

from django.db import migrations, models


def _tell_of_guests(apps, schema_editor):
    """Whoever chose what they are told chose before there was this."""
    for rules in apps.get_model("studio", "NoticeRules").objects.all():
        rules.kinds = [*rules.kinds, "guest"]
        rules.save(update_fields=["kinds"])


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0028_guest_verdicts'),
        ('studio', '0026_api_tokens'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_known_kind',
        ),
        migrations.AddField(
            model_name='webhook',
            name='budget_warning',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('finished', 'A take of mine is finished'), ('failed', 'A take of mine failed'), ('requested', 'A take needs my approval'), ('review', 'A take waits for my verdict'), ('mention', 'My name stands in a note'), ('guest', 'A guest judges a take of mine, or by a link of mine'), ('budget', 'Four fifths of a budget are gone')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('finished', 'failed', 'requested', 'review', 'mention', 'guest', 'budget'))), name='notice_known_kind'),
        ),
        migrations.RunPython(_tell_of_guests, migrations.RunPython.noop),
    ]
