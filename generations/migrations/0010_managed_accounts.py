"""Which accounts the settings made: only those are switched by them."""

from django.db import migrations, models


def _tell(apps, schema_editor):
    """Until now the settings made and switched exactly those of these names."""
    accounts = apps.get_model("generations", "Account").objects.filter(provider="luma")
    accounts.filter(name="Luma", simulated=False).update(managed="now")
    accounts.filter(name="Simulator", simulated=True).update(managed="now")
    accounts.filter(managed="now", enabled=False).update(managed="before")
    accounts.filter(name__startswith="Luma …", enabled=False).update(managed="before")


class Migration(migrations.Migration):
    dependencies = [("generations", "0009_indexes")]
    operations = [
        migrations.AddField(
            "account",
            "managed",
            models.CharField(
                blank=True,
                choices=[
                    ("", "by people"),
                    ("now", "the settings ask for it"),
                    ("before", "the settings asked for it earlier"),
                ],
                default="",
                editable=False,
                max_length=6,
            ),
        ),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(
                condition=models.Q(managed__in=("", "now", "before")),
                name="account_known_managed",
            ),
        ),
        migrations.RunPython(_tell, migrations.RunPython.noop),
    ]
