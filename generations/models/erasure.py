"""A job that a person wants deleted at its provider."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """Questions about many erasures."""

    def due(self, now: datetime) -> Self:
        """Those to try now, and those whose worker died."""
        return self.filter(next_at__lte=now).order_by("next_at")

    def under_way(self) -> Self:
        """Those that were neither done nor given up."""
        return self.filter(next_at__isnull=False)


class Erasure(models.Model):
    """A job to be deleted at its provider: asked for by a person, tried until it is done.

    While a worker tries it, `next_at` is the end of its lease; afterwards there is none. It was
    given up where it isn't done either; `error` then says why.
    """

    attempt = models.OneToOneField(
        "generations.Attempt", on_delete=models.CASCADE, related_name="erasure"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects: ClassVar[ErasureQuerySet] = ErasureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(next_at__isnull=True),
                name="erasure_done_is_not_due",
            ),
        ]
        indexes = [
            # generations.sweeping: what is due
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="erasure_due"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.attempt_id}"
