"""One paid job at a provider. On the page it is a take."""

import logging
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from generations.models.asset import Asset
from generations.models.attempt import Attempt
from generations.models.event import Event
from generations.models.ledger import LedgerEntry

if TYPE_CHECKING:
    from generations.models.account import Account

log = logging.getLogger(__name__)

OVERDUE_AFTER = timedelta(minutes=15)  # luma-dream-machine-v1 sheet §13
LOST_AFTER = timedelta(days=1)


class State(models.TextChoices):
    """Where a generation is in its life (DESIGN, A generation's life)."""

    REQUESTED = "requested", "Requested"
    WAITING = "waiting", "Waiting"
    SUBMITTING = "submitting", "Sending"
    UNCONFIRMED = "unconfirmed", "Unconfirmed"
    QUEUED = "queued", "Queued"
    DREAMING = "dreaming", "Dreaming"
    COMPLETED = "completed", "Ready"
    FAILED = "failed", "Not generated"
    DECLINED = "declined", "Declined"
    CANCELLED = "cancelled", "Cancelled"


class Reason(models.TextChoices):
    """Why a generation failed, or what it waits for."""

    NONE = "", "none"
    CONTENT = "content", "refused by moderation"
    FRAMES = "frames", "a frame couldn't be used"
    REQUEST = "request", "the request was refused"
    PROVIDER = "provider", "the provider failed"
    KEY = "key", "the key was refused"
    CREDITS = "credits", "out of credits"
    UNREACHABLE = "unreachable", "the provider can't be reached"
    BUSY = "busy", "the provider is at its limit"
    ABSENT = "absent", "it never arrived"
    UNSURE = "unsure", "can't be known"
    LOST = "lost", "never seen again"


IN_FLIGHT = (State.SUBMITTING, State.UNCONFIRMED, State.QUEUED, State.DREAMING)
AT_PROVIDER = (State.QUEUED, State.DREAMING)
UNFINISHED = (State.REQUESTED, State.WAITING, *IN_FLIGHT)
_SCHEDULED = (State.WAITING, *IN_FLIGHT)


class GenerationQuerySet(models.QuerySet["Generation"]):
    """Questions about many generations."""

    def takes(self) -> Self:
        """Without the versions that were made from a take."""
        return self.filter(version_of__isnull=True)

    def unfinished(self) -> Self:
        """Still on their way."""
        return self.filter(state__in=UNFINISHED)

    def waiting(self) -> Self:
        """In our own queue, the first in line first."""
        return self.filter(state=State.WAITING).order_by("waiting_since", "id")

    def in_flight(self) -> Self:
        """Holding one of their account's slots."""
        return self.filter(state__in=IN_FLIGHT)

    def due(self, now: datetime) -> Self:
        """Whose time has come, whatever is to be done."""
        return self.filter(state__in=_SCHEDULED, next_at__lte=now).order_by("next_at")

    def visible_to(self, user: Any) -> Self:
        """Only those of the teams that the person belongs to."""
        return self.filter(project__team__memberships__user=user)

    def for_cards(self) -> Self:
        """With everything that a card shows, in one query."""
        files = Asset.objects.filter(generation=OuterRef("pk"))
        video = files.filter(kind=Asset.Kind.VIDEO)
        from generations.models.keyframe import Keyframe  # keyframe refers to this module's model

        start = Keyframe.objects.filter(generation=OuterRef("pk"), position="start")
        ahead = Generation.objects.filter(
            Q(waiting_since__lt=OuterRef("waiting_since"))
            | Q(waiting_since=OuterRef("waiting_since"), id__lt=OuterRef("id")),
            account=OuterRef("account"),
            state=State.WAITING,
        )
        count = ahead.order_by().values("state").annotate(n=models.Count("*")).values("n")
        return self.select_related("prompt", "author", "project").annotate(
            video_state=Subquery(video.values("state")[:1]),
            video_duration_s=Subquery(video.values("duration_s")[:1]),
            has_poster=Exists(files.filter(kind=Asset.Kind.POSTER, state=Asset.State.STORED)),
            extends_take=Subquery(start.values("source__take_number")[:1]),
            ahead_in_line=Subquery(count[:1]),
        )


class Generation(models.Model):
    """One paid job at a provider: a take, numbered within its project, or a take's version.

    `next_at` is the schedule: when the engine has to look at it again (the end of its lease
    while it is being sent). `last_event` is the number of its newest Event. `expected_s` is how
    long the last takes of its kind needed, when it was accepted by the provider.
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
    account = models.ForeignKey(
        "generations.Account", on_delete=models.PROTECT, related_name="generations"
    )
    version_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="versions"
    )
    take_number = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=12, choices=Reason.choices, default="", blank=True)
    words = models.CharField(
        max_length=500, blank=True, help_text="The reason in words for a person"
    )
    price_usd = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(0))
    next_at = models.DateTimeField(null=True)
    last_event = models.PositiveBigIntegerField(default=0)
    expected_s = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    waiting_since = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[GenerationQuerySet] = GenerationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "take_number"], name="take_number_once"),
            models.CheckConstraint(
                condition=Q(version_of__isnull=True, take_number__isnull=False)
                | Q(version_of__isnull=False, take_number__isnull=True),
                name="generation_take_or_version",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="generation_known_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_SCHEDULED) | Q(next_at__isnull=False),
                name="generation_unfinished_is_scheduled",
            ),
            models.CheckConstraint(
                condition=Q(price_usd__gte=0), name="generation_price_not_negative"
            ),
        ]
        indexes = [
            # generations.sweeping: the schedule
            models.Index(
                fields=["next_at"], condition=Q(state__in=_SCHEDULED), name="generation_due"
            ),
            # for_cards: the place in line; submitting: the next in line
            models.Index(
                fields=["account", "waiting_since", "id"],
                condition=Q(state="waiting"),
                name="generation_line",
            ),
            # submitting.room_at: how many slots are taken
            models.Index(
                fields=["account"], condition=Q(state__in=IN_FLIGHT), name="generation_in_flight"
            ),
            # the board, newest first
            models.Index(fields=["project", "-created_at", "-id"], name="generation_board"),
            # the live page: what changed since
            models.Index(fields=["project", "last_event"], name="generation_changed"),
        ]

    def __str__(self) -> str:
        return f"take {self.take_number}" if self.take_number else f"version {self.uuid}"

    # --- questions ---------------------------------------------------------------------------

    @property
    def is_unfinished(self) -> bool:
        """Whether it is still on its way."""
        return self.state in UNFINISHED

    @property
    def is_overdue(self) -> bool:
        """Whether it has been at the provider for longer than it should (15 minutes)."""
        return (
            self.state in AT_PROVIDER
            and self.accepted_at is not None
            and timezone.now() - self.accepted_at > OVERDUE_AFTER
        )

    @property
    def elapsed_s(self) -> float:
        """Seconds since it was asked for, until now or until it was finished."""
        return ((self.finished_at or timezone.now()) - self.created_at).total_seconds()

    def attempt(self) -> Attempt:
        """Return the newest attempt. Raises Attempt.DoesNotExist."""
        return self.attempts.select_related("account", "generation__project").latest("number")

    # --- verbs: each is one move of the diagram, True for the caller that made it -------------

    def prepare_attempt(self, account: "Account", price_usd: Decimal) -> Attempt:
        """Open the next attempt and reserve its price. Call in the transaction that accepts."""
        number = (self.attempts.aggregate(n=models.Max("number"))["n"] or 0) + 1
        attempt = Attempt.objects.create(
            generation=self, account=account, number=number, price_usd=price_usd
        )
        LedgerEntry.write(LedgerEntry.Kind.RESERVED, attempt)
        return attempt

    def begin(self, lease_until: datetime) -> Attempt | None:
        """Intend to send it now: `waiting` to `submitting`, with a lease. None for a loser."""
        with transaction.atomic():
            if not self._move(State.SUBMITTING, State.WAITING, next_at=lease_until):
                return None
            attempt = self.attempt()
            attempt.outcome = Attempt.Outcome.SENDING
            attempt.sent_at = timezone.now()
            attempt.lease_until = lease_until
            attempt.save(update_fields=["outcome", "sent_at", "lease_until"])
            return attempt

    def accept(self, provider_id: str, *, next_at: datetime, owns_id: bool = True) -> bool:
        """Learn that the provider took it: `submitting` or `unconfirmed` to `queued`."""
        with transaction.atomic():
            if not self._move(
                State.QUEUED,
                State.SUBMITTING,
                State.UNCONFIRMED,
                next_at=next_at,
                accepted_at=timezone.now(),
                expected_s=self._typical_s(),
                detail={"provider_id": provider_id},
            ):
                return False
            self._close(Attempt.Outcome.ACCEPTED, provider_id=provider_id, owns_id=owns_id)
            return True

    def turn_away(self, reason: Reason, words: str, *, next_at: datetime) -> bool:
        """Learn that it certainly wasn't taken, but may be later: back to `waiting`."""
        return self._send_again(
            State.SUBMITTING, Attempt.Outcome.TURNED_AWAY, reason, words, next_at
        )

    def find_absent(self, *, next_at: datetime) -> bool:
        """Learn that an unconfirmed POST certainly never arrived: back to `waiting`."""
        return self._send_again(
            State.UNCONFIRMED,
            Attempt.Outcome.ABSENT,
            Reason.ABSENT,
            "The first try never arrived; it is sent again.",
            next_at,
        )

    def refuse(self, reason: Reason, words: str) -> bool:
        """Learn that the provider won't take it: `submitting` to `failed`, nothing charged."""
        with transaction.atomic():
            if not self._finish(State.FAILED, State.SUBMITTING, reason=reason, words=words):
                return False
            self._settle(Attempt.Outcome.REFUSED, LedgerEntry.Kind.RELEASED)
            return True

    def lose_answer(self, *, next_at: datetime, words: str) -> bool:
        """Learn that the answer to the POST is lost: `submitting` to `unconfirmed`."""
        with transaction.atomic():
            if not self._move(
                State.UNCONFIRMED,
                State.SUBMITTING,
                next_at=next_at,
                reason=Reason.UNSURE,
                words=words,
            ):
                return False
            self._close(Attempt.Outcome.UNCONFIRMED)
            return True

    def dream(self, *, next_at: datetime) -> bool:
        """Learn that the provider renders it: `queued` to `dreaming`."""
        return self._move(State.DREAMING, State.QUEUED, next_at=next_at)

    def complete(self, kind: Asset.Kind, source_url: str) -> bool:
        """Learn that it is ready: charge it, and have its file fetched."""
        with transaction.atomic():
            if not self._finish(State.COMPLETED, *AT_PROVIDER):
                return False
            self._settle(Attempt.Outcome.COMPLETED, LedgerEntry.Kind.CHARGED)
            Asset.objects.create(
                generation=self, kind=kind, source_url=source_url, next_at=timezone.now()
            )
            return True

    def fail(self, reason: Reason, words: str) -> bool:
        """Learn that the provider failed it; it is refunded in full (sheet §11)."""
        with transaction.atomic():
            if not self._finish(State.FAILED, *AT_PROVIDER, reason=reason, words=words):
                return False
            self._settle(Attempt.Outcome.FAILED, LedgerEntry.Kind.RELEASED)
            return True

    def give_up(self, words: str) -> bool:
        """Stop looking for it; its money stays reserved until a person releases it."""
        with transaction.atomic():
            if not self._finish(
                State.FAILED, State.UNCONFIRMED, *AT_PROVIDER, reason=Reason.LOST, words=words
            ):
                return False
            self._close(Attempt.Outcome.LOST)
            return True

    def cancel(self, actor: Any) -> bool:
        """Take it out of our queue before it is sent; nothing is charged."""
        with transaction.atomic():
            if not self._finish(State.CANCELLED, State.WAITING, actor=actor):
                return False
            self._settle(Attempt.Outcome.WITHDRAWN, LedgerEntry.Kind.RELEASED)
            return True

    def retry(self, actor: Any) -> bool:
        """Queue a failed or cancelled take again, as a new attempt at the same price."""
        now = timezone.now()
        with transaction.atomic():
            if not self._move(
                State.WAITING,
                State.FAILED,
                State.CANCELLED,
                actor=actor,
                next_at=now,
                waiting_since=now,
                accepted_at=None,
                finished_at=None,
            ):
                return False
            self.prepare_attempt(self.account, self.price_usd)
            return True

    def announce(self, kind: str, **detail: Any) -> None:
        """Record something that happened without a move (a file was stored, say)."""
        with transaction.atomic():
            event = Event.record(self, kind, detail=detail)
            Generation.objects.filter(pk=self.pk).update(last_event=event.number)
        self.last_event = event.number
        log.info("generation=%s event=%s detail=%s", self.uuid, kind, detail)

    # --- how ---------------------------------------------------------------------------------

    def _move(
        self,
        to: State,
        *from_: State,
        reason: str = "",
        words: str = "",
        actor: Any = None,
        detail: dict[str, Any] | None = None,
        **fields: Any,
    ) -> bool:
        """Change the state by compare-and-set, with its Event in the same transaction."""
        with transaction.atomic():
            previous = self.state
            fields |= {"state": to, "reason": reason, "words": words[:500]}
            mine = Generation.objects.filter(pk=self.pk, state__in=from_)
            if not mine.update(**fields):
                log.info("generation=%s move=%s lost the race", self.uuid, to)
                return False
            event = Event.record(
                self, to, previous=previous, reason=reason, actor=actor, detail=detail or {}
            )
            Generation.objects.filter(pk=self.pk).update(last_event=event.number)
            for name, value in fields.items():
                setattr(self, name, value)
            self.last_event = event.number
        log.info(
            "generation=%s state=%s previous=%s reason=%s", self.uuid, to, previous, reason or "-"
        )
        return True

    def _finish(self, to: State, *from_: State, **fields: Any) -> bool:
        return self._move(to, *from_, next_at=None, finished_at=timezone.now(), **fields)

    def _close(self, outcome: Attempt.Outcome, **fields: Any) -> Attempt:
        attempt = self.attempt()
        attempt.outcome = outcome
        for name, value in fields.items():
            setattr(attempt, name, value)
        attempt.save(update_fields=["outcome", *fields])
        return attempt

    def _settle(self, outcome: Attempt.Outcome, kind: LedgerEntry.Kind) -> None:
        LedgerEntry.write(kind, self._close(outcome))

    def _send_again(
        self, from_: State, outcome: Attempt.Outcome, reason: Reason, words: str, next_at: datetime
    ) -> bool:
        with transaction.atomic():
            if not self._move(State.WAITING, from_, reason=reason, words=words, next_at=next_at):
                return False
            self._settle(outcome, LedgerEntry.Kind.RELEASED)
            self.prepare_attempt(self.account, self.price_usd)
            return True

    def _typical_s(self) -> float | None:
        """Return the median seconds that the last takes of this kind were at the provider."""
        alike = Generation.objects.filter(
            account_id=self.account_id,
            state=State.COMPLETED,
            accepted_at__isnull=False,
            prompt__model=self.prompt.model,
            prompt__resolution=self.prompt.resolution,
            prompt__duration_s=self.prompt.duration_s,
        ).order_by("-id")
        times = sorted(
            (finished - accepted).total_seconds()
            for accepted, finished in alike.values_list("accepted_at", "finished_at")[:20]
        )
        return times[len(times) // 2] if times else None
