"""One POST for a generation."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q


class Attempt(models.Model):
    """One POST for a generation: to whom, under which nonce and lease, at what price.

    It is made, and its price reserved, before it is sent; at most one per generation is open.
    `provider_id` is the provider's own id; `owns_id` is False only where a provider answers
    under the parent's id (upscale and audio may, luma-dream-machine-v1 sheet §2). `is_reserved`
    while its price is reserved in the ledger, and neither charged nor released yet.
    """

    ledger: Any  # the other end of its foreign key

    class Outcome(models.TextChoices):
        """What became of the POST, and then of the job."""

        PREPARED = "prepared"  # not sent yet
        SENDING = "sending"  # the intent is durable; the POST may be under way
        UNCONFIRMED = "unconfirmed"  # sent, the answer was lost
        ACCEPTED = "accepted"  # the provider works on it
        COMPLETED = "completed"
        FAILED = "failed"  # accepted, then failed; the provider refunds it in full (§11)
        TURNED_AWAY = "turned_away"  # not taken, may be sent again
        REFUSED = "refused"  # not taken, for good
        ABSENT = "absent"  # certainly never arrived
        WITHDRAWN = "withdrawn"  # cancelled before it was sent
        LOST = "lost"  # accepted or unconfirmed, never seen again

    OPEN = (Outcome.PREPARED, Outcome.SENDING, Outcome.UNCONFIRMED, Outcome.ACCEPTED)
    # The job may stand in the provider's list, and nobody knows which it is.
    DOUBTFUL = (Outcome.SENDING, Outcome.UNCONFIRMED)
    # Closed without a job that we know of; one may turn up in the provider's list all the same.
    UNSEEN = (Outcome.LOST, Outcome.ABSENT, Outcome.TURNED_AWAY, Outcome.REFUSED)

    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.PROTECT, related_name="attempts"
    )
    number = models.PositiveIntegerField()
    account = models.ForeignKey(
        "generations.Account", on_delete=models.PROTECT, related_name="attempts"
    )
    nonce = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    price_usd = models.DecimalField(max_digits=12, decimal_places=4)
    is_reserved = models.BooleanField(default=False)  # LedgerEntry.write says so
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.PREPARED)
    provider_id = models.CharField(max_length=80, blank=True)
    owns_id = models.BooleanField(default=True)
    callback_url = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["generation", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["generation"],
                condition=Q(outcome__in=("prepared", "sending", "unconfirmed", "accepted")),
                name="attempt_one_open",
            ),
            models.UniqueConstraint(
                fields=["account", "provider_id"],
                condition=~Q(provider_id="") & Q(owns_id=True),
                name="attempt_claims_id_once",
            ),
            models.CheckConstraint(
                condition=Q(price_usd__gte=0), name="attempt_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=(
                        "prepared",
                        "sending",
                        "unconfirmed",
                        "accepted",
                        "completed",
                        "failed",
                        "turned_away",
                        "refused",
                        "absent",
                        "withdrawn",
                        "lost",
                    )
                ),
                name="attempt_known_outcome",
            ),
        ]
        indexes = [
            # generations.lining.room_at: creates in the last minute
            models.Index(fields=["account", "sent_at"], name="attempt_sent"),
            # LedgerQuerySet.holding and reserved_in_team: what is reserved
            models.Index(
                fields=["account", "price_usd"],
                condition=Q(is_reserved=True),
                name="attempt_reserved",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.generation_id}: {self.outcome}"

    def was_not_sent(self) -> None:
        """Learn that its POST never began: it isn't one of its account's creates in a minute.

        Call in the transaction of the generation's move, after it.
        """
        self.sent_at = None
        self.save(update_fields=["sent_at"])

    def is_booked(self) -> bool:
        """Tell whether its price was charged."""
        return bool(self.ledger.filter(kind="charged").exists())

    def take_id(self, provider_id: str, *, owns_id: bool) -> None:
        """Learn the provider's id of a closed attempt. Raises IntegrityError where it is taken."""
        self.provider_id, self.owns_id = provider_id, owns_id
        self.save(update_fields=["provider_id", "owns_id"])

    def close(self, outcome: "Attempt.Outcome", **fields: Any) -> None:
        """Learn the outcome. Call in the transaction of the generation's move."""
        self.outcome = outcome
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=["outcome", *fields])
