"""What a team pays where it isn't the catalogue's price."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from generations.kinds import Kind
from generations.models.account import Account

FREE = (
    "A price must be above $0: a free take would be asked about, reserved and charged as nothing. "
    "Give what it costs, or leave it to the published price."
)
_ONE = "Give either a rate or a price for a whole take."


class PriceOverrideQuerySet(models.QuerySet["PriceOverride"]):
    """Questions about many own prices."""

    def that_count(self) -> Self:
        """Only those of the accounts that get orders now, one of each provider in a team."""
        rivals = Account.objects.filter(
            team=OuterRef("account__team"), provider=OuterRef("account__provider")
        )
        return self.filter(account=Subquery(rivals.in_order_of_choice().values("pk")[:1]))


class PriceOverride(models.Model):
    """An account's own price of a model and kind: another rate, or a price for a whole take.

    `rate_usd` replaces the catalogue's rate, in the catalogue's unit (per million pixels, per
    second or per take); `price_usd` is for one take, whatever its size. Exactly one of the two, and
    above zero: a free take would make budgets and approval blind.
    """

    account = models.ForeignKey(
        "generations.Account", on_delete=models.CASCADE, related_name="price_overrides"
    )
    model = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    rate_usd = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    price_usd = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)

    objects: ClassVar[PriceOverrideQuerySet] = PriceOverrideQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "model", "kind"], name="price_override_once"
            ),
            models.CheckConstraint(
                condition=Q(rate_usd__isnull=False, price_usd__isnull=True)
                | Q(rate_usd__isnull=True, price_usd__isnull=False),
                name="price_override_rate_or_price",
                violation_error_message=_ONE,
            ),
            models.CheckConstraint(
                condition=Q(rate_usd__isnull=True) | Q(rate_usd__gt=0),
                name="price_override_rate_above_zero",
                violation_error_message=FREE,
            ),
            models.CheckConstraint(
                condition=Q(price_usd__isnull=True) | Q(price_usd__gt=0),
                name="price_override_price_above_zero",
                violation_error_message=FREE,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="price_override_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.kind} at {self.account_id}"
