"""What people made isn't managed, although it is called as the settings' accounts are."""

from django.db import migrations
from django.db.models import F, Q


def _give_back(apps, schema_editor):
    """Take out of the settings' hands what certainly was made on the page.

    0010 knew the settings' accounts by their names alone. Those have no address of their own,
    and none of them was tested before it was there; a key that a person gives always is.
    """
    accounts = apps.get_model("generations", "Account").objects
    guessed = accounts.filter(simulated=False).exclude(managed="")
    guessed.filter(~Q(base_url="") | Q(tested_at__lte=F("created_at"))).update(managed="")


class Migration(migrations.Migration):
    dependencies = [("generations", "0012_prices_above_zero")]
    operations = [migrations.RunPython(_give_back, migrations.RunPython.noop)]
