"""What the one before held is held by the many; on the way back, by one of them."""

from django.db import migrations


def _carry_back(apps, schema_editor):
    Final = apps.get_model("studio", "Final")
    for final in Final.objects.exclude(waits_for=None).distinct().iterator():
        final.after_id = final.waits_for.order_by("-pk").values_list("pk", flat=True)[0]
        final.save(update_fields=["after"])


class Migration(migrations.Migration):

    dependencies = [
        ('studio', '0032_what_finals_wait_for'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, _carry_back),
        migrations.RemoveField(
            model_name='final',
            name='after',
        ),
    ]
