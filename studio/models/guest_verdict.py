"""What guests say of takes: it stands beside the team's verdict, and never in its place."""

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import Q

from studio.models.note import LONGEST_GUEST, guest_called
from studio.models.review import Verdict
from studio.models.share import Share

SAYABLE = (Verdict.APPROVED, Verdict.CHANGES, Verdict.REJECTED)
"""What can be said of a take."""


class GuestVerdict(models.Model):
    """A guest's verdict on a take, by a link; the last one that they said under that name.

    `visit` tells guests of one name apart: it is their browser session's own, and empty for what
    was brought in or said before visits were told apart.
    """

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="verdicts")
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="guest_verdicts"
    )
    guest = models.CharField(max_length=LONGEST_GUEST)
    visit = models.CharField(max_length=32, blank=True, editable=False)
    verdict = models.CharField(max_length=10, choices=[(it.value, it.label) for it in SAYABLE])
    said_at = models.DateTimeField()
    is_earlier = False  # whether what was said later under that name stands beside it

    objects: ClassVar[models.Manager["GuestVerdict"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["share", "generation", "guest", "visit"],
                condition=~Q(visit=""),
                name="guest_verdict_once",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=[it.value for it in SAYABLE]), name="guest_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.verdict}"

    @staticmethod
    def newest_first(said: "Iterable[GuestVerdict]") -> "list[GuestVerdict]":
        """Return them as they are told: nobody knows whether one name is one person."""
        names: set[str] = set()
        told = sorted(said, key=lambda it: (it.said_at, it.pk), reverse=True)
        for each in told:
            each.is_earlier = each.guest.casefold() in names
            names.add(each.guest.casefold())
        return told

    @property
    def who(self) -> str:
        """Who said it."""
        return guest_called(self.guest)
