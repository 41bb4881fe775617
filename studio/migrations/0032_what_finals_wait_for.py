"""A final may wait for two others: one that lies between two drafts."""

from django.db import migrations, models


def _carry_over(apps, schema_editor):
    Final = apps.get_model("studio", "Final")
    for final in Final.objects.exclude(after=None).iterator():
        final.waits_for.add(final.after_id)


class Migration(migrations.Migration):

    dependencies = [
        ('studio', '0031_finals'),
    ]

    operations = [
        migrations.AddField(
            model_name='final',
            name='waits_for',
            field=models.ManyToManyField(related_name='+', to='studio.final'),
        ),
        migrations.RunPython(_carry_over, migrations.RunPython.noop),
    ]
