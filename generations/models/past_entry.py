"""Money of before a project came here."""

from django.db import models
from django.db.models import Q


class PastEntry(models.Model):
    """A line of the ledger of the installation that a take was made at, brought with its project.

    It tells what was paid there. No sum of this installation counts it: not a budget's, not a
    month's, not an account's. Append-only, as the ledger.
    """

    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.PROTECT, related_name="past_ledger"
    )
    attempt = models.ForeignKey(
        "generations.Attempt", on_delete=models.PROTECT, related_name="past_ledger"
    )
    kind = models.CharField(max_length=8)
    amount_usd = models.DecimalField(max_digits=12, decimal_places=4)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "past entries"
        constraints = [
            models.UniqueConstraint(fields=["attempt", "kind"], name="past_kind_once"),
            models.CheckConstraint(condition=Q(amount_usd__gte=0), name="past_not_negative"),
            models.CheckConstraint(
                condition=Q(kind__in=("reserved", "charged", "released")), name="past_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ${self.amount_usd}"
