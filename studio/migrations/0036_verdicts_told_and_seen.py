"""People are told of verdicts on their takes, and which notices they haven't seen yet."""

from django.db import migrations, models


def _tell_of_verdicts(apps, schema_editor):
    """Whoever chose what they are told chose before there was this."""
    for rules in apps.get_model("studio", "NoticeRules").objects.all():
        rules.kinds = [*rules.kinds, "verdict"]
        rules.save(update_fields=["kinds"])


def _begin_with_what_comes(apps, schema_editor):
    """Nobody could say of what was told before that they had seen it."""
    newest = apps.get_model("studio", "Notice").objects.aggregate(pk=models.Max("pk"))["pk"] or 0
    apps.get_model("studio", "User").objects.update(notice_seen=newest)


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0038_hdr_access'),
        ('studio', '0035_guests_told_apart'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_known_kind',
        ),
        migrations.AddField(
            model_name='user',
            name='notice_seen',
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('finished', 'A take of mine is finished'), ('failed', 'A take of mine failed'), ('requested', 'A take needs my approval'), ('review', 'A take waits for my verdict'), ('verdict', 'Somebody judged a take of mine'), ('mention', 'My name stands in a note'), ('guest', 'A guest says something of a take of mine, or by a link of mine'), ('budget', 'Four fifths of a budget are gone')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('finished', 'failed', 'requested', 'review', 'verdict', 'mention', 'guest', 'budget'))), name='notice_known_kind'),
        ),
        migrations.RunPython(_tell_of_verdicts, migrations.RunPython.noop),
        migrations.RunPython(_begin_with_what_comes, migrations.RunPython.noop),
    ]
