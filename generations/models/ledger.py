"""Money: reserved, charged, released or corrected."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, When

from generations.models.attempt import Attempt
from generations.queries import WrittenOnce

if TYPE_CHECKING:
    from generations.models.reconciliation import Reconciliation

_FOUR_PLACES = Decimal("0.0001")


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    """Sums over many entries."""

    def spending(self) -> Self:
        """Only what was spent: charges and the corrections of charges."""
        return self.filter(kind__in=LedgerEntry.SPENT)

    def holding(self) -> Self:
        """Only the entries of attempts whose price is still reserved.

        The entries of all others cancel each other out, so that this sums up to what is reserved
        in the whole ledger, and stays quick however long that has become.
        """
        held = Attempt.objects.filter(is_reserved=True)
        return self.filter(attempt__in=held.values("pk"))  # a join would begin with the ledger

    def of_month(self, year: int, month: int) -> Self:
        """Only the entries of a calendar month (UTC)."""
        start = datetime(year, month, 1, tzinfo=UTC)
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return self.filter(at__gte=start, at__lt=end)

    def spent_usd(self) -> Decimal:
        """Dollars charged, and what corrections made of them."""
        return exact(self.spending().aggregate(total=Sum("amount_usd"))["total"])

    def reserved_usd(self) -> Decimal:
        """Dollars reserved and neither charged nor released yet."""
        return exact(self.holding().aggregate(total=Sum(HELD))["total"])

    def spent_within(self, field: str) -> Subquery:
        """Dollars spent, for a query whose rows each stand for one value of a field."""
        return WrittenOnce(
            self.spending()
            .order_by()
            .values(field)
            .annotate(total=Sum("amount_usd"))
            .values("total")
        )

    def spent_by(self, field: str) -> dict[Any, Decimal]:
        """Dollars spent, by the values of a field."""
        rows = self.spending().order_by().values_list(field).annotate(total=Sum("amount_usd"))
        return {value: exact(total) for value, total in rows}

    def reserved_by(self, field: str) -> dict[Any, Decimal]:
        """Dollars still reserved, by the values of a field."""
        rows = self.holding().order_by().values_list(field).annotate(total=Sum(HELD))
        return {value: exact(total) for value, total in rows}


class LedgerEntry(models.Model):
    """A line of the ledger. Append-only: the database refuses to change or delete one.

    An attempt's price is reserved once, and then either charged or released, once. A correction
    belongs to the reconciliation that found the difference, and so to its account and period; it
    alone may be negative.
    """

    class Kind(models.TextChoices):
        """What happened to the money."""

        RESERVED = "reserved"
        CHARGED = "charged"
        RELEASED = "released"
        ADJUSTED = "adjusted"

    SPENT = (Kind.CHARGED, Kind.ADJUSTED)

    team = models.ForeignKey("studio.Team", on_delete=models.PROTECT, related_name="ledger")
    project = models.ForeignKey(
        "studio.Project", on_delete=models.PROTECT, null=True, related_name="ledger"
    )
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.PROTECT, null=True, related_name="ledger"
    )
    attempt = models.ForeignKey(
        "generations.Attempt", on_delete=models.PROTECT, null=True, related_name="ledger"
    )
    reconciliation = models.OneToOneField(
        "generations.Reconciliation", on_delete=models.PROTECT, null=True, related_name="correction"
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
            models.CheckConstraint(
                condition=Q(amount_usd__gte=0) | Q(kind="adjusted"), name="ledger_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("reserved", "charged", "released", "adjusted")),
                name="ledger_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="adjusted",
                    reconciliation__isnull=False,
                    attempt__isnull=True,
                    generation__isnull=True,
                    project__isnull=True,
                )
                | ~Q(kind="adjusted")
                & Q(
                    reconciliation__isnull=True,
                    attempt__isnull=False,
                    generation__isnull=False,
                    project__isnull=False,
                ),
                name="ledger_of_attempt_or_correction",
            ),
        ]
        # Not partial: SQLite finds none by an IN whose values are parameters.
        indexes = [
            # spend: what was spent in a month; whole in the index for the budgets' sums
            models.Index(
                fields=["team", "kind", "at", "project", "amount_usd"], name="ledger_of_team"
            ),
            # budgets of a project
            models.Index(fields=["project", "kind", "at", "amount_usd"], name="ledger_of_project"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ${self.amount_usd}"

    @classmethod
    def write(cls, kind: "LedgerEntry.Kind", attempt: Attempt) -> "LedgerEntry":
        """Reserve, charge or release an attempt's price. Call in the transition's transaction."""
        generation = attempt.generation
        reserves = kind == cls.Kind.RESERVED
        if attempt.is_reserved != reserves:  # one that is made with its entry says so already
            attempt.is_reserved = reserves
            attempt.save(update_fields=["is_reserved"])
        return cls.objects.create(
            team_id=generation.project.team_id,
            project_id=generation.project_id,
            generation=generation,
            attempt=attempt,
            kind=kind,
            amount_usd=attempt.price_usd,
        )

    @classmethod
    def correct(cls, reconciliation: "Reconciliation") -> "LedgerEntry":
        """Book the difference that a reconciliation found. Call in the correction's transaction."""
        return cls.objects.create(
            team_id=reconciliation.account.team_id,
            reconciliation=reconciliation,
            kind=cls.Kind.ADJUSTED,
            amount_usd=-reconciliation.difference_usd,
        )


def reserved_in_team(team: OuterRef) -> Subquery:
    """Dollars still reserved in a team, for a query whose rows each know their team.

    Of a long ledger PostgreSQL would read all to find the entries of `holding`: what an attempt
    has reserved is its price.
    """
    held = Attempt.objects.filter(is_reserved=True, account__team=team).order_by()
    sums = held.values("account__team").annotate(total=Sum("price_usd"))
    return WrittenOnce(sums.values("total"))


HELD = Case(
    When(kind=LedgerEntry.Kind.RESERVED, then=F("amount_usd")),
    When(kind=LedgerEntry.Kind.ADJUSTED, then=Decimal(0)),
    default=-F("amount_usd"),
)


def exact(total: Decimal | None) -> Decimal:
    """Return a sum to four places: SQLite adds decimals as floating point numbers."""
    return (total or Decimal(0)).quantize(_FOUR_PLACES)
