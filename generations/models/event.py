"""What happened, in order: the history of every take and the live page's counter."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from generations.models.states import Reason, State
from generations.waking import wake_followers

KINDS = (
    *State.values,
    # Why it stays where it is, and that this is over.
    *(reason for reason in Reason.values if reason),
    "answered",
    # How it came, other than by an order.
    *("imported", "stray", "copied"),
    # In line: the take's own, then its line's.
    *("paused", "resumed", "prioritised", "reordered", "edited", "moved", "told"),
    *("line_paused", "line_resumed", "account_down", "account_up"),
    # Its money, its files and which of them plays.
    *("released", "fetching", "stored", "store_failed", "version_stored", "chosen"),
    *("stored_beside", "overdue"),
    # What people say of it.
    *("sent_to_review", "taken_from_review", "verdict_undone"),
    *("approved", "changes_wanted", "rejected", "noted", "guest_judged", "final_accepted"),
    # The trash, and deleting at its provider.
    *("trashed", "restored", "purged"),
    *("erase_asked", "erase_withdrawn", "erased", "erase_failed"),
)
"""What may have happened to a take: the database knows no other."""

# Steps on its way, of which nobody is told: whoever follows the events isn't woken for them.
_ON_THE_WAY = {
    State.WAITING,
    State.SUBMITTING,
    State.QUEUED,
    State.DREAMING,
    State.COMPLETED,
    "answered",
}


class Counter(models.Model):
    """A project's counters: its events, its takes, and how many of these are in the trash.

    Raising one locks the project's row until the transaction ends.
    That lock is why the numbers are seen in order: a later number can't be committed before an
    earlier one.
    """

    project = models.OneToOneField(
        "studio.Project", on_delete=models.CASCADE, primary_key=True, related_name="counter"
    )
    events = models.PositiveBigIntegerField(default=0)
    takes = models.PositiveIntegerField(default=0)
    trashed = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.events} events, {self.takes} takes"

    @classmethod
    def next(cls, project_id: int, field: str) -> int:
        """Raise a counter by one and return it. Call inside the transaction that uses it."""
        if not cls.objects.filter(pk=project_id).update(**{field: F(field) + 1}):
            cls.objects.get_or_create(pk=project_id)
            cls.objects.filter(pk=project_id).update(**{field: F(field) + 1})
        return int(cls.objects.values_list(field, flat=True).get(pk=project_id))

    @classmethod
    def lower(cls, project_id: int, field: str) -> None:
        """Lower a counter by one. Call inside the transaction that undoes what raised it."""
        cls.objects.filter(pk=project_id).update(**{field: F(field) - 1})


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about many events."""

    def since(self, number: int) -> Self:
        """Events after a number, in order."""
        return self.filter(number__gt=number).order_by("number")


class Event(models.Model):
    """Something that happened to a take. Append-only: the database refuses to change or delete it.

    Numbered within its project. `kind` is one of KINDS: the state that was reached, or what
    happened without a move.
    """

    project = models.ForeignKey("studio.Project", on_delete=models.PROTECT, related_name="events")
    number = models.PositiveBigIntegerField()
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(max_length=20)
    previous = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Event"]] = EventQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="event_number_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="event_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.kind}"

    @classmethod
    def record(cls, generation: Any, kind: str, **fields: Any) -> "Event":
        """Write down what happened, with the project's next number. Call in its transaction.

        Who follows the events is woken when that is committed.
        """
        if kind not in _ON_THE_WAY:
            wake_followers()
        number = Counter.next(generation.project_id, "events")
        return cls.objects.create(
            project_id=generation.project_id,
            number=number,
            generation=generation,
            kind=kind,
            **fields,
        )
