"""One paid job at a provider. On the page it is a take."""

import logging
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from generations.logs import about
from generations.models.asset import Asset
from generations.models.attempt import Attempt
from generations.models.event import Event
from generations.models.generation_queries import GenerationQuerySet
from generations.models.ledger import LedgerEntry
from generations.models.states import AT_PROVIDER, IN_FLIGHT, SCHEDULED, UNFINISHED, Reason, State

if TYPE_CHECKING:
    from generations.models.account import Account

log = logging.getLogger(__name__)

OVERDUE_AFTER = timedelta(minutes=15)  # luma-dream-machine-v1 sheet §13
LOST_AFTER = timedelta(days=1)
_RELEASED = "It was never seen again, and its price was released. Nothing was charged."


class Generation(models.Model):
    """One paid job at a provider: a take, numbered within its project, or a take's version.

    `order_key` names the order as its sender knows it, so that sending it again orders nothing.
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
    order_key = models.UUIDField(null=True, blank=True, editable=False)
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
                fields=["next_at"], condition=Q(state__in=SCHEDULED), name="generation_due"
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
    def needs_decision(self) -> bool:
        """Whether its answer is lost for good, so that a person has to say what became of it."""
        return self.state == State.UNCONFIRMED and self.reason == Reason.UNDECIDED

    @property
    def is_unreleased(self) -> bool:
        """Whether it was given up as lost with its money still reserved."""
        return self.state == State.FAILED and self.reason == Reason.LOST

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

    def accept(
        self,
        attempt: Attempt,
        provider_id: str,
        *,
        next_at: datetime,
        owns_id: bool = True,
        actor: Any = None,
    ) -> bool:
        """Learn that the provider took an attempt: `submitting` or `unconfirmed` to `queued`.

        Raises IntegrityError, and changes nothing, when another attempt has that id.
        """
        with transaction.atomic():
            if not self._move(
                State.QUEUED,
                State.SUBMITTING,
                State.UNCONFIRMED,
                attempt=attempt,
                actor=actor,
                next_at=next_at,
                accepted_at=timezone.now(),
                expected_s=self._typical_s(),
                detail={"provider_id": provider_id},
            ):
                return False
            attempt.close(Attempt.Outcome.ACCEPTED, provider_id=provider_id, owns_id=owns_id)
            return True

    def turn_away(self, attempt: Attempt, reason: Reason, words: str, *, next_at: datetime) -> bool:
        """Learn that it certainly wasn't taken, but may be later: back to `waiting`."""
        return self._send_again(
            State.SUBMITTING, attempt, Attempt.Outcome.TURNED_AWAY, reason, words, next_at
        )

    def find_absent(self, attempt: Attempt, *, next_at: datetime, actor: Any = None) -> bool:
        """Learn that an unconfirmed POST certainly never arrived: back to `waiting`."""
        return self._send_again(
            State.UNCONFIRMED,
            attempt,
            Attempt.Outcome.ABSENT,
            Reason.ABSENT,
            "The first try never arrived; it is sent again.",
            next_at,
            actor,
        )

    def refuse(self, attempt: Attempt, reason: Reason, words: str) -> bool:
        """Learn that the provider won't take it: `submitting` to `failed`, nothing charged."""
        with transaction.atomic():
            if not self._finish(
                State.FAILED, State.SUBMITTING, attempt=attempt, reason=reason, words=words
            ):
                return False
            attempt.close(Attempt.Outcome.REFUSED)
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
            return True

    def lose_answer(self, attempt: Attempt, *, next_at: datetime, words: str) -> bool:
        """Learn that the answer to the POST is lost: `submitting` to `unconfirmed`."""
        with transaction.atomic():
            if not self._move(
                State.UNCONFIRMED,
                State.SUBMITTING,
                attempt=attempt,
                next_at=next_at,
                reason=Reason.UNSURE,
                words=words,
            ):
                return False
            attempt.close(Attempt.Outcome.UNCONFIRMED)
            return True

    def dream(self, *, next_at: datetime) -> bool:
        """Learn that the provider renders it: `queued` to `dreaming`."""
        return self._move(State.DREAMING, State.QUEUED, next_at=next_at)

    def complete(self, attempt: Attempt, kind: Asset.Kind, source_url: str) -> bool:
        """Learn that it is ready: charge it, and have its file fetched."""
        with transaction.atomic():
            if not self._finish(State.COMPLETED, *AT_PROVIDER, attempt=attempt):
                return False
            attempt.close(Attempt.Outcome.COMPLETED)
            LedgerEntry.write(LedgerEntry.Kind.CHARGED, attempt)
            Asset.objects.create(
                generation=self, kind=kind, source_url=source_url, next_at=timezone.now()
            )
            return True

    def fail(self, attempt: Attempt, reason: Reason, words: str) -> bool:
        """Learn that the provider failed it; it is refunded in full (sheet §11)."""
        with transaction.atomic():
            if not self._finish(
                State.FAILED, *AT_PROVIDER, attempt=attempt, reason=reason, words=words
            ):
                return False
            attempt.close(Attempt.Outcome.FAILED)
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
            return True

    def give_up(self, attempt: Attempt, words: str, actor: Any = None) -> bool:
        """Stop looking for it; its money stays reserved until a person releases it."""
        with transaction.atomic():
            if not self._finish(
                State.FAILED,
                State.UNCONFIRMED,
                *AT_PROVIDER,
                attempt=attempt,
                reason=Reason.LOST,
                words=words,
                actor=actor,
            ):
                return False
            attempt.close(Attempt.Outcome.LOST)
            return True

    def write_off(self, attempt: Attempt, actor: Any) -> bool:
        """Book an unconfirmed attempt as spent: `unconfirmed` to `failed`, and charged."""
        with transaction.atomic():
            if not self._finish(
                State.FAILED,
                State.UNCONFIRMED,
                attempt=attempt,
                reason=Reason.UNSURE,
                words="Given up: it may have been made, so its price is booked as spent.",
                actor=actor,
            ):
                return False
            attempt.close(Attempt.Outcome.LOST)
            LedgerEntry.write(LedgerEntry.Kind.CHARGED, attempt)
            return True

    def release(self, actor: Any) -> bool:
        """Release the money of a take that was given up as lost; it may then be retried."""
        with transaction.atomic():
            mine = Generation.objects.filter(pk=self.pk, state=State.FAILED, reason=Reason.LOST)
            if not mine.update(reason=Reason.PROVIDER, words=_RELEASED):
                return False
            self.reason, self.words = Reason.PROVIDER, _RELEASED
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, self.attempt())
            self.announce("released", actor=actor)
            return True

    def note(self, reason: Reason, words: str, *, next_at: datetime) -> None:
        """Say why it doesn't move, and look again later; an Event the first time."""
        with transaction.atomic():
            mine = Generation.objects.filter(pk=self.pk, state=self.state)
            if mine.exclude(reason=reason).update(reason=reason, words=words, next_at=next_at):
                self.reason, self.words, self.next_at = reason, words, next_at
                self.announce(reason)
            else:
                mine.update(next_at=next_at)

    def cancel(self, actor: Any) -> bool:
        """Take it out of our queue before it is sent; nothing is charged."""
        with transaction.atomic():
            if not self._finish(State.CANCELLED, State.WAITING, actor=actor):
                return False
            attempt = self.attempt()
            attempt.close(Attempt.Outcome.WITHDRAWN)
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
            return True

    def retry(self, account: "Account", price_usd: Decimal, actor: Any) -> bool:
        """Queue a failed or cancelled take again, as a new attempt.

        Not while money of a lost attempt is reserved: it may be alive, and would be paid twice.
        """
        now = timezone.now()
        with transaction.atomic():
            still = Generation.objects.select_for_update(no_key=True).get(pk=self.pk)
            if still.is_unreleased or not self._move(
                State.WAITING,
                State.FAILED,
                State.CANCELLED,
                actor=actor,
                account=account,
                price_usd=price_usd,
                next_at=now,
                waiting_since=now,
                accepted_at=None,
                finished_at=None,
            ):
                return False
            self.prepare_attempt(account, price_usd)
            return True

    def announce(self, kind: str, actor: Any = None, **detail: Any) -> None:
        """Record something that happened without a move (a file was stored, say)."""
        with transaction.atomic():
            event = Event.record(self, kind, detail=detail, actor=actor)
            Generation.objects.filter(pk=self.pk).update(last_event=event.number)
        self.last_event = event.number
        with about(self):
            log.info("event=%s detail=%s", kind, detail)

    # --- how ---------------------------------------------------------------------------------

    def _move(
        self,
        to: State,
        *from_: State,
        attempt: Attempt | None = None,
        reason: str = "",
        words: str = "",
        actor: Any = None,
        detail: dict[str, Any] | None = None,
        **fields: Any,
    ) -> bool:
        """Change the state by compare-and-set, with its Event in the same transaction.

        With an attempt, only while that attempt is open: news of an attempt that was given up
        must not be taken for news of the one that followed.
        """
        with transaction.atomic():
            previous = self.state
            fields |= {"state": to, "reason": reason, "words": words[:500]}
            mine = Generation.objects.filter(pk=self.pk, state__in=from_)
            if attempt:
                open_one = Attempt.objects.filter(pk=attempt.pk, outcome__in=Attempt.OPEN)
                mine = mine.filter(pk__in=open_one.values("generation_id"))
            if not mine.update(**fields):
                with about(self):
                    log.info("move to %s lost the race", to)
                return False
            event = Event.record(
                self, to, previous=previous, reason=reason, actor=actor, detail=detail or {}
            )
            Generation.objects.filter(pk=self.pk).update(last_event=event.number)
            for name, value in fields.items():
                setattr(self, name, value)
            self.last_event = event.number
        with about(self):
            log.info("state=%s previous=%s reason=%s", to, previous, reason or "-")
        return True

    def _finish(self, to: State, *from_: State, **fields: Any) -> bool:
        return self._move(to, *from_, next_at=None, finished_at=timezone.now(), **fields)

    def _send_again(
        self,
        from_: State,
        attempt: Attempt,
        outcome: Attempt.Outcome,
        reason: Reason,
        words: str,
        next_at: datetime,
        actor: Any = None,
    ) -> bool:
        with transaction.atomic():
            if not self._move(
                State.WAITING,
                from_,
                attempt=attempt,
                reason=reason,
                words=words,
                next_at=next_at,
                actor=actor,
            ):
                return False
            attempt.close(outcome)
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
            self.prepare_attempt(self.account, self.price_usd)
            return True

    def _typical_s(self) -> float | None:
        """Return the median seconds that the last takes of this kind were at the provider."""
        alike = Generation.objects.filter(
            account_id=self.account_id,
            state=State.COMPLETED,
            accepted_at__isnull=False,
            finished_at__isnull=False,
            prompt__model=self.prompt.model,
            prompt__resolution=self.prompt.resolution,
            prompt__duration_s=self.prompt.duration_s,
        ).order_by("-id")
        times = sorted(
            (finished - accepted).total_seconds()
            for accepted, finished in alike.values_list("accepted_at", "finished_at")[:20]
            if accepted and finished
        )
        return times[len(times) // 2] if times else None
