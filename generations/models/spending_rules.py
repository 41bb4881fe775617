"""How a team decides about spending."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class SpendingRulesQuerySet(models.QuerySet["SpendingRules"]):
    """Questions about the rules."""

    def need_approval(self, team_id: int, price_usd: Decimal) -> bool:
        """Tell whether a price is above what a team's artists may spend by themselves."""
        return self.filter(team_id=team_id, approval_above_usd__lt=price_usd).exists()


class SpendingRules(models.Model):
    """A team's rules: above which price of what one press orders a producer has to approve it.

    None: artists spend freely, within the budgets.
    """

    team = models.OneToOneField(
        "studio.Team", on_delete=models.CASCADE, primary_key=True, related_name="spending_rules"
    )
    approval_above_usd = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[SpendingRulesQuerySet] = SpendingRulesQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "spending rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(approval_above_usd__gte=0), name="approval_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"approval above ${self.approval_above_usd}"
