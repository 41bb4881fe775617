"""Bringing in what a key already made."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generations.models.event import Counter
from generations.models.generation import Generation

if TYPE_CHECKING:
    from generations.models.prompt import Prompt


class ImportQuerySet(models.QuerySet["Import"]):
    """Questions about many imports."""

    def due(self, now: datetime) -> Self:
        """Imports that somebody has to go on with."""
        return self.filter(state__in=Import.OPEN, next_at__lte=now).order_by("next_at")


class Import(models.Model):
    """One look through an account's jobs, and the bringing in of those that we don't know.

    Looking counts what would come; bringing makes the takes. `counts` has `ready` (finished and
    unknown to us), `versions` of these, `known`, `unfinished`, `failed` and `other`; `done` of
    `ready` are brought in, `versions_done` of these as versions. While a worker is at it,
    `next_at` is the end of its lease.
    """

    class State(models.TextChoices):
        """How far it is."""

        LOOKING = "looking"
        LOOKED = "looked"
        BRINGING = "bringing"
        DONE = "done"
        FAILED = "failed"

    OPEN = (State.LOOKING, State.BRINGING)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey("studio.Project", on_delete=models.CASCADE, related_name="imports")
    account = models.ForeignKey(
        "generations.Account", on_delete=models.CASCADE, related_name="imports"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.LOOKING)
    words = models.CharField(max_length=300, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    done = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Import"]] = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=("looking", "bringing")),
                name="import_one_open_per_project",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("looking", "looked", "bringing", "done", "failed")),
                name="import_known_state",
            ),
        ]
        indexes = [
            # generations.sweeping: imports to go on with
            models.Index(
                fields=["next_at"],
                condition=Q(state__in=("looking", "bringing")),
                name="import_due",
            ),
        ]

    def __str__(self) -> str:
        return f"import into {self.project_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether a worker goes on with it."""
        return self.state in self.OPEN

    @property
    def ready(self) -> int:
        """How many jobs would come, or come."""
        return int(self.counts.get("ready", 0))

    def take_over(
        self,
        prompt: "Prompt",
        provider_id: str,
        *,
        version_of: Generation | None = None,
        owns_id: bool = True,
        detail: dict[str, Any],
    ) -> Generation:
        """Take over a job that was made and paid for without us: `completed` from the start.

        It is a take, or a take's version. Nothing is reserved or charged: the ledger begins with
        what we send. Call in a transaction; raises IntegrityError when an attempt of the account
        has that id.
        """
        return Generation.imported(
            prompt,
            self.account,
            provider_id,
            owns_id=owns_id,
            detail=detail,
            author=self.author,
            version_of=version_of,
            take_number=None if version_of else Counter.next(prompt.project_id, "takes"),
        )

    def count(self, **more: int) -> None:
        """Add to the counts. Only whoever holds the lease may."""
        added = {name: self.counts.get(name, 0) + number for name, number in more.items()}
        self.counts = {**self.counts, **added}
        self.save(update_fields=["counts"])

    def move(self, to: "Import.State", *from_: "Import.State", **fields: Any) -> bool:
        """Change the state by compare-and-set; an open one is due at once."""
        fields |= {"state": to, "next_at": timezone.now() if to in self.OPEN else None}
        if not Import.objects.filter(pk=self.pk, state__in=from_).update(**fields):
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        return True
