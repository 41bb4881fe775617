"""What a team pays where it isn't the catalogue's price."""

from django.db import models
from django.db.models import Q

from generations.kinds import Kind


class PriceOverride(models.Model):
    """An account's own price of a model and kind: another rate, or a price for a whole take.

    `rate_usd` replaces the catalogue's rate, in the catalogue's unit (per million pixels, per
    second or per take); `price_usd` is for one take, whatever its size. Exactly one of the two.
    """

    account = models.ForeignKey(
        "generations.Account", on_delete=models.CASCADE, related_name="price_overrides"
    )
    model = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    rate_usd = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    price_usd = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "model", "kind"], name="price_override_once"
            ),
            models.CheckConstraint(
                condition=Q(rate_usd__gte=0, price_usd__isnull=True)
                | Q(rate_usd__isnull=True, price_usd__gte=0),
                name="price_override_rate_or_price",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="price_override_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.kind} at {self.account_id}"
