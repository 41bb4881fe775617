"""What is kept of a generation, and the questions about one."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generations.kinds import Kind
from generations.models.asset import Asset
from generations.models.generation_queries import GenerationQuerySet
from generations.models.states import SCHEDULED, UNFINISHED, Reason, State

if TYPE_CHECKING:
    from generations.models.account import Account

_MADE = {
    Kind.UPSCALE: "upscaled",
    Kind.REFRAME_VIDEO: "reframed",
    Kind.REFRAME_IMAGE: "reframed",
    Kind.LAYERS: "taken apart",
}
OVERDUE_AFTER = timedelta(minutes=15)  # luma-dream-machine-v1 sheet §13


class GenerationRecord(models.Model):
    """The row of a generation: its fields, what the database holds of it, and what can be asked.

    `order_key` names the order as its sender knows it, so that sending it again orders nothing.
    `next_at` is the schedule: when the engine has to look at it again (the end of its lease
    while it is being sent). `last_event` is the number of its newest Event. `expected_s` is how
    long the last takes of its kind needed, when it was accepted by the provider, and eight of ten
    were ready between `usual_from_s` and `usual_to_s`. `best_version` is the version that plays
    instead of the take's own file, if one is better.

    `shown_usd` is the price that a person was shown, where it has moved to another one since.

    `priority`, `turn` and `waiting_since` are its place in line (GenerationQuerySet.waiting);
    a paused one keeps it. `no_room_since` is since when its account has been at its limits each
    time that it was looked at. `notice` tells a person what became different from what was asked.

    What is in the trash was put there at `trashed_at`; from `purged_at` on its files are gone for
    good. From `erased_at` on its provider isn't relied on to have it: it was to be deleted there.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(
        "studio.Project", on_delete=models.CASCADE, related_name="generations"
    )
    prompt = models.ForeignKey(
        "generations.Prompt", on_delete=models.PROTECT, related_name="generations"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    account = models.ForeignKey(
        "generations.Account", on_delete=models.PROTECT, related_name="generations"
    )
    version_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="versions"
    )
    best_version = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    take_number = models.PositiveIntegerField(null=True, blank=True)
    order_key = models.UUIDField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=12, choices=Reason.choices, default="", blank=True)
    words = models.CharField(
        max_length=500, blank=True, help_text="The reason in words for a person"
    )
    price_usd = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(0))
    shown_usd = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    next_at = models.DateTimeField(null=True)
    last_event = models.PositiveBigIntegerField(default=0)
    expected_s = models.FloatField(null=True)
    usual_from_s = models.FloatField(null=True)
    usual_to_s = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    waiting_since = models.DateTimeField(null=True)
    turn = models.BigIntegerField(default=0)
    priority = models.SmallIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    no_room_since = models.DateTimeField(null=True)
    notice = models.CharField(max_length=500, blank=True)
    accepted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    trashed_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects: ClassVar[GenerationQuerySet] = GenerationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["project", "take_number"], name="take_number_once"),
            models.UniqueConstraint(fields=["project", "order_key"], name="generation_order_once"),
            models.CheckConstraint(
                condition=Q(version_of__isnull=True, take_number__isnull=False)
                | Q(version_of__isnull=False, take_number__isnull=True),
                name="generation_take_or_version",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="generation_known_state"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=Reason.values), name="generation_known_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SCHEDULED) | Q(next_at__isnull=False),
                name="generation_unfinished_is_scheduled",
            ),
            models.CheckConstraint(
                condition=Q(price_usd__gte=0), name="generation_price_not_negative"
            ),
        ]
        indexes = [
            # generations.sweeping: the schedule
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="generation_due"
            ),
            # for_cards: the place in line; submitting: the next in line
            models.Index(
                fields=["account", "-priority", "turn", "waiting_since", "id"],
                condition=Q(state="waiting"),
                name="generation_line",
            ),
            # lining.room_at: how many slots are taken
            models.Index(fields=["account", "state"], name="generation_in_flight"),
            # requests: what waits for a producer
            models.Index(
                fields=["project"], condition=Q(state="requested"), name="generation_requested"
            ),
            # home: what failed since somebody looked
            models.Index(
                fields=["project", "-finished_at"],
                condition=Q(state__in=("failed", "declined")),
                name="generation_ended_badly",
            ),
            # for_cards: a take's versions. The index of every foreign key, those that are nobody's
            # version included, is one that SQLite's statistics advise against: it would read all.
            models.Index(
                fields=["version_of", "last_event"],
                condition=Q(version_of__isnull=False),
                name="generation_versions",
            ),
            # the board's head: how many takes are dreaming
            models.Index(
                fields=["project"], condition=Q(state="dreaming"), name="generation_dreaming"
            ),
            # the live page: what changed since
            models.Index(fields=["project", "last_event"], name="generation_changed"),
            # the team's gallery: each project's takes, the newest first
            models.Index(
                fields=["project", "id"],
                condition=Q(version_of__isnull=True, trashed_at__isnull=True),
                name="generation_gallery",
            ),
            # the trash of a project
            models.Index(
                fields=["project", "trashed_at"],
                condition=Q(trashed_at__isnull=False),
                name="generation_trash",
            ),
            # discarding.purge_due
            models.Index(
                fields=["trashed_at"],
                condition=Q(trashed_at__isnull=False, purged_at__isnull=True),
                name="generation_purge_due",
            ),
        ]

    def __str__(self) -> str:
        return f"take {self.take_number}" if self.take_number else f"version {self.uuid}"

    @property
    def name(self) -> str:
        """What a sentence calls it: `take 3`, `the upscaled take 3`, `take 3 with sound`."""
        if self.version_of is None:
            return f"take {self.take_number}"
        if self.prompt.kind == Kind.AUDIO:
            return f"{self.version_of.name} with sound"
        return f"the {_MADE[Kind(self.prompt.kind)]} {self.version_of.name}"

    @property
    def most_usd(self) -> Decimal:
        """The price that a person was shown: nothing dearer is ever made of it."""
        return self.price_usd if self.shown_usd is None else self.shown_usd

    @property
    def is_unfinished(self) -> bool:
        """Whether it is still on its way."""
        return self.state in UNFINISHED

    @property
    def is_paused(self) -> bool:
        """Whether a person holds it back in the line."""
        return self.state == State.WAITING and self.paused_at is not None

    @property
    def needs_decision(self) -> bool:
        """Whether its answer is lost for good, so that a person has to say what became of it."""
        return self.state == State.UNCONFIRMED and self.reason == Reason.UNDECIDED

    @property
    def is_unreleased(self) -> bool:
        """Whether it was given up as lost with its money still reserved."""
        return self.state == State.FAILED and self.reason == Reason.LOST

    @property
    def is_written_off(self) -> bool:
        """Whether a person gave it up, its price booked as spent."""
        return self.state == State.FAILED and self.reason == Reason.UNSURE

    @property
    def may_go_again(self) -> bool:
        """Whether sending it again, once it has ended, pays for nothing twice and shows it."""
        return not self.is_unreleased and self.trashed_at is None

    @property
    def is_in_trash(self) -> bool:
        """Whether it was deleted, or the take was that it is a version of."""
        take = self.version_of
        return self.trashed_at is not None or (take is not None and take.trashed_at is not None)

    def stored(self, kind: Asset.Kind) -> Asset | None:
        """Return its file of a kind, if that is here; of many takes it is there by `with_parts`."""
        files: models.QuerySet[Asset] = self.assets  # type: ignore[attr-defined]
        if "assets" not in getattr(self, "_prefetched_objects_cache", {}):
            return files.filter(kind=kind, state=Asset.State.STORED).first()
        here = (it for it in files.all() if it.state == Asset.State.STORED)
        return next((it for it in here if it.kind == kind), None)

    def is_known_at(self, account: "Account") -> bool:
        """Whether an account's provider can be told of it by its id there; a copy has none."""
        here = self.account_id == account.pk and self.erased_at is None
        return here and self.was_made_by_a_provider

    @property
    def was_made_by_a_provider(self) -> bool:
        """Whether some provider made it: it is no copy, and wasn't rendered here."""
        made: models.QuerySet[Any] = self.attempts  # type: ignore[attr-defined]
        if "attempts" in getattr(self, "_prefetched_objects_cache", {}):
            return any(attempt.provider_id for attempt in made.all())
        return made.exclude(provider_id="").exists()

    @property
    def elapsed_s(self) -> float:
        """Seconds since it was asked for, until now or until it was finished."""
        return ((self.finished_at or timezone.now()) - self.created_at).total_seconds()
