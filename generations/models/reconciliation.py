"""An account's balance at the provider, held against the ledger."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from generations.catalogue import dollars
from generations.models.ledger import LedgerEntry

_WORDS = {
    "first": "The first reading: the next one is compared with it.",
    "agrees": "The balance and the ledger agree.",
    "under_way": "{off} differ, which what is under way explains; the next reading says more.",
    "more": "{off} more were taken than the ledger says.",
    "less": (
        "{off} less were taken than the ledger says, or as much was added to the account meanwhile."
    ),
    "topped_up": (
        "Credits were added to the account: the balance is {off} above what the ledger expects. "
        "Whether all of that was added can't be told; the next reading starts from here."
    ),
}


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    """Questions about many readings."""

    def to_be_looked_at(self, since: datetime) -> Self:
        """Each account's last difference since a moment that nobody has booked, newest first."""
        off = Reconciliation.objects.filter(verdict__in=Reconciliation.DIFFERENCES)
        of_it = off.filter(account=OuterRef("account"), at__gte=since, corrected_at=None)
        return self.filter(pk=Subquery(of_it.order_by("-id").values("pk")[:1]))


class Reconciliation(models.Model):
    """One reading of an account's balance, and how it differs from what the ledger expects.

    Luma takes its credits when a job is created and refunds a failed one in full
    (luma-dream-machine-v1 sheet §11), so what it should hold of ours is what was charged and
    what is reserved for the jobs that it works on: `taken_usd`, since the account was opened.
    `at_work_usd` of it may be refunded without our knowing yet, and `doubtful_usd` may have been
    taken by attempts whose answer is lost. `since` is the reading that it is compared with.
    """

    class Verdict(models.TextChoices):
        """What the difference says."""

        FIRST = "first", "First reading"
        AGREES = "agrees", "Agrees"
        UNDER_WAY = "under_way", "Within what is under way"
        MORE = "more", "More was taken"
        LESS = "less", "Less was taken"
        TOPPED_UP = "topped_up", "Credits were added"

    DIFFERENCES = (Verdict.MORE, Verdict.LESS)
    BASES = (Verdict.FIRST, Verdict.AGREES, Verdict.MORE, Verdict.LESS, Verdict.TOPPED_UP)

    account = models.ForeignKey(
        "generations.Account", on_delete=models.CASCADE, related_name="reconciliations"
    )
    since = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    balance_usd = models.DecimalField(max_digits=14, decimal_places=4)
    taken_usd = models.DecimalField(max_digits=14, decimal_places=4)
    at_work_usd = models.DecimalField(max_digits=14, decimal_places=4)
    doubtful_usd = models.DecimalField(max_digits=14, decimal_places=4)
    expected_usd = models.DecimalField(max_digits=14, decimal_places=4)
    difference_usd = models.DecimalField(max_digits=14, decimal_places=4)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    shared = models.BooleanField(default=False)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    corrected_at = models.DateTimeField(null=True)

    objects: ClassVar[ReconciliationQuerySet] = ReconciliationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    verdict__in=("first", "agrees", "under_way", "more", "less", "topped_up")
                ),
                name="reconciliation_known_verdict",
            ),
        ]
        indexes = [
            # reconciling: an account's last reading; spend: its recent ones
            models.Index(fields=["account", "-at"], name="reconciliation_last"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} at {self.at:%Y-%m-%d}: {self.difference_usd}"

    @property
    def words(self) -> str:
        """What was found, for a person."""
        off = dollars(abs(self.difference_usd))
        said = _WORDS[self.verdict].format(off=off)
        if self.is_difference and (self.at_work_usd or self.doubtful_usd):
            open_usd = dollars(self.at_work_usd + self.doubtful_usd)
            said += f" {open_usd} of takes were under way, which may explain some of it."
        if self.is_difference and self.shared:
            said += " Several teams spent with this key, so that it can't be told whose it is."
        return said

    @property
    def can_be_corrected(self) -> bool:
        """Whether the ledger may be brought to what the provider really took."""
        return self.is_difference and not self.shared and self.corrected_at is None

    @property
    def is_difference(self) -> bool:
        """Whether more or less was taken than the ledger says."""
        return self.verdict in self.DIFFERENCES

    @property
    def in_a_line(self) -> str:
        """The difference in a few words."""
        more = "more" if self.verdict == self.Verdict.MORE else "less"
        off = dollars(abs(self.difference_usd))
        return f"{off} {more} were taken at {self.account.name} than the ledger says"

    @property
    def correction_usd(self) -> Decimal:
        """What a correction books: dollars that were taken beyond the ledger, or fewer."""
        return -self.difference_usd

    def correct(self, actor: Any) -> bool:
        """Book the difference in the ledger, once. True for the caller that did."""
        if not self.can_be_corrected:
            return False
        now = timezone.now()
        with transaction.atomic():
            mine = Reconciliation.objects.filter(pk=self.pk, corrected_at__isnull=True)
            if not mine.update(corrected_by=actor, corrected_at=now):
                return False
            LedgerEntry.correct(self)
            self.corrected_by, self.corrected_at = actor, now
            return True
