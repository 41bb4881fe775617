"""Money: reserved, charged or released."""

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Case, F, Q, Sum, When

if TYPE_CHECKING:
    from generations.models.attempt import Attempt

_FOUR_PLACES = Decimal("0.0001")


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    """Sums over many entries."""

    def spent_usd(self) -> Decimal:
        """Dollars charged."""
        charged = self.filter(kind=LedgerEntry.Kind.CHARGED)
        return _exact(charged.aggregate(total=Sum("amount_usd"))["total"])

    def reserved_usd(self) -> Decimal:
        """Dollars reserved and neither charged nor released yet."""
        signed = Case(
            When(kind=LedgerEntry.Kind.RESERVED, then=F("amount_usd")), default=-F("amount_usd")
        )
        return _exact(self.aggregate(total=Sum(signed))["total"])

    def of_month(self, year: int, month: int) -> Self:
        """Only the entries of a calendar month (UTC)."""
        return self.filter(at__year=year, at__month=month)


class LedgerEntry(models.Model):
    """A line of the ledger. Append-only: the database refuses to change one.

    An attempt's price is reserved once, and then either charged or released, once.
    """

    class Kind(models.TextChoices):
        """What happened to the money."""

        RESERVED = "reserved"
        CHARGED = "charged"
        RELEASED = "released"

    team = models.ForeignKey("studio.Team", on_delete=models.PROTECT, related_name="ledger")
    project = models.ForeignKey("studio.Project", on_delete=models.PROTECT, related_name="ledger")
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.PROTECT, related_name="ledger"
    )
    attempt = models.ForeignKey(
        "generations.Attempt", on_delete=models.PROTECT, related_name="ledger"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    amount_usd = models.DecimalField(max_digits=12, decimal_places=4)
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["LedgerEntry"]] = LedgerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["attempt", "kind"], name="ledger_kind_once"),
            models.UniqueConstraint(
                fields=["attempt"],
                condition=Q(kind__in=("charged", "released")),
                name="ledger_charged_or_released",
            ),
            models.CheckConstraint(condition=Q(amount_usd__gte=0), name="ledger_not_negative"),
            models.CheckConstraint(
                condition=Q(kind__in=("reserved", "charged", "released")), name="ledger_known_kind"
            ),
        ]
        indexes = [models.Index(fields=["team", "at"], name="ledger_of_month")]

    def __str__(self) -> str:
        return f"{self.kind} ${self.amount_usd}"

    @classmethod
    def write(cls, kind: "LedgerEntry.Kind", attempt: "Attempt") -> "LedgerEntry":
        """Reserve, charge or release an attempt's price. Call in the transition's transaction."""
        generation = attempt.generation
        return cls.objects.create(
            team_id=generation.project.team_id,
            project_id=generation.project_id,
            generation=generation,
            attempt=attempt,
            kind=kind,
            amount_usd=attempt.price_usd,
        )


def _exact(total: Decimal | None) -> Decimal:
    """Return a sum to four places: SQLite adds decimals as floating point numbers."""
    return (total or Decimal(0)).quantize(_FOUR_PLACES)
