"""Webhooks: where a team's events are told, and the log of what was told there."""

import base64
import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from generations.clocks import shared_now
from generations.sealing import seal, unseal
from studio.models.project import Project
from studio.models.team import Team

LONGEST_URL = 500
MOST = 10
# What a secret begins with, and how many random bytes follow: 24 to 64 by the Standard Webhooks
# specification (standardwebhooks.com).
PREFIX = "whsec_"
_SECRET_BYTES = 32


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Questions about many webhooks."""

    def on(self) -> Self:
        """Those that are told something."""
        return self.filter(stopped_at=None, team__deleted_at=None)


class Webhook(models.Model):
    """An address outside that is told what happens in a team's projects, but for private ones.

    `events` are names of studio.webhooks.events. The secret signs what is sent; it is kept
    encrypted, and shown once. One that is stopped is told nothing until it goes on: `trouble` says
    why it was stopped, where that wasn't a person's doing. `held_against` are the warnings of
    budgets that it was told of, or that were there before: one by one, for transactions that end
    in another order than their ids were given would leave some out.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=LONGEST_URL)
    events = models.JSONField()
    sealed_secret = models.TextField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    stopped_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)
    held_against: ClassVar[models.ManyToManyField] = models.ManyToManyField(
        "generations.BudgetWarning", related_name="+"
    )

    objects: ClassVar[WebhookQuerySet] = WebhookQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "url"], name="webhook_once"),
        ]

    def __str__(self) -> str:
        return self.url

    def renew_secret(self) -> str:
        """Put a new secret in, encrypted, and return it; the caller saves."""
        secret = PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        self.sealed_secret = seal(secret)
        return secret

    def key(self) -> bytes:
        """Return the bytes that sign. Raises CannotUnseal."""
        return base64.b64decode(unseal(self.sealed_secret).removeprefix(PREFIX))


class WebhookPlace(models.Model):
    """The number of the last event of a project that a webhook was held against."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="places")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "project"], name="webhook_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} in {self.project_id}: {self.number}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Questions about many deliveries."""

    def due(self, now: datetime) -> Self:
        """Those to be sent now, the oldest first, of webhooks that are on."""
        waiting = self.filter(state=Delivery.State.WAITING, next_at__lte=now)
        on = waiting.filter(webhook__stopped_at=None, webhook__team__deleted_at=None)
        return on.order_by("pk")


class Delivery(models.Model):
    """A message to a webhook. `uuid` is its id there, the same at every try.

    `body` is the very text that is signed and sent. While it is being sent, `next_at` is when its
    sender counts as dead; `tries` says whose turn it is. `status` and `said` are what came back
    last: an HTTP status, or none and why.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waits"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    status = models.PositiveIntegerField(null=True)
    said = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "delivered", "given_up")),
                name="delivery_known_state",
            ),
        ]
        indexes = [
            # studio.webhooks.delivering: what to send now
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["webhook", "-id"], name="delivery_log"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.uuid}: {self.state}"

    def claim(self, lease_s: float) -> bool:
        """Make this try the caller's for a while; False when another was first."""
        now = shared_now()
        mine = Delivery.objects.due(now).filter(pk=self.pk, tries=self.tries)
        self.tries += 1
        until = now + timedelta(seconds=lease_s)
        return bool(mine.order_by().update(tries=self.tries, next_at=until))

    def arrive(self, status: int) -> bool:
        """Say that it arrived; False when another took over."""
        now = shared_now()
        mine = self._mine()
        return bool(
            mine.update(state=Delivery.State.DELIVERED, status=status, said="", ended_at=now)
        )

    def give_up(self, status: int | None, said: str) -> bool:
        """Say that it is tried no more, and why; False when another took over."""
        facts = {"status": status, "said": said[:200], "ended_at": shared_now()}
        return bool(self._mine().update(state=Delivery.State.GIVEN_UP, **facts))

    def put_off(self, seconds: float, status: int | None, said: str) -> bool:
        """Wait with the next try, after this one failed; False when another took over."""
        later = shared_now() + timedelta(seconds=seconds)
        return self._mine().update(next_at=later, status=status, said=said[:200]) == 1

    def again(self) -> bool:
        """Send it once more, from the first try on; False where it waits anyway."""
        over = Delivery.objects.filter(pk=self.pk).exclude(state=Delivery.State.WAITING)
        afresh = {"tries": 0, "next_at": shared_now(), "ended_at": None}
        return bool(over.update(state=Delivery.State.WAITING, **afresh))

    def _mine(self) -> DeliveryQuerySet:
        return Delivery.objects.filter(pk=self.pk, tries=self.tries, state=Delivery.State.WAITING)
