"""No own price of nothing: budgets and approval would be blind to what it makes."""

import logging

from django.db import migrations, models
from django.db.models import Q

log = logging.getLogger(__name__)

_FREE = (
    "A price must be above $0: a free take would be asked about, reserved and charged as nothing. "
    "Give what it costs, or leave it to the published price."
)


def _forget_free(apps, schema_editor):
    """The published price counts again; what was booked by the ledger stays as it was booked."""
    overrides = apps.get_model("generations", "PriceOverride").objects
    for own in overrides.filter(Q(rate_usd=0) | Q(price_usd=0)).select_related("account"):
        log.warning(
            "account=%s (%s): its own price of $0 for %s by %s is removed; the published price "
            "counts again. Give another under Accounts.",
            own.account_id, own.account.name, own.kind, own.model,
        )  # fmt: skip
        own.delete()


class Migration(migrations.Migration):
    dependencies = [("generations", "0011_plain_addresses")]
    operations = [
        migrations.RunPython(_forget_free, migrations.RunPython.noop),
        migrations.RemoveConstraint("priceoverride", "price_override_rate_or_price"),
        migrations.AddConstraint(
            "priceoverride",
            models.CheckConstraint(
                condition=Q(rate_usd__isnull=False, price_usd__isnull=True)
                | Q(rate_usd__isnull=True, price_usd__isnull=False),
                name="price_override_rate_or_price",
                violation_error_message="Give either a rate or a price for a whole take.",
            ),
        ),
        migrations.AddConstraint(
            "priceoverride",
            models.CheckConstraint(
                condition=Q(rate_usd__isnull=True) | Q(rate_usd__gt=0),
                name="price_override_rate_above_zero",
                violation_error_message=_FREE,
            ),
        ),
        migrations.AddConstraint(
            "priceoverride",
            models.CheckConstraint(
                condition=Q(price_usd__isnull=True) | Q(price_usd__gt=0),
                name="price_override_price_above_zero",
                violation_error_message=_FREE,
            ),
        ),
    ]
