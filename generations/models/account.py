"""A team's key at a provider."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from generations.sealing import seal, unseal


class AccountQuerySet(models.QuerySet["Account"]):
    """Questions about many accounts."""

    def usable(self) -> Self:
        """Accounts that work may be given to, the preferred first."""
        return self.filter(enabled=True).order_by("rank", "id")


class Account(models.Model):
    """A team's key at a provider, stored encrypted and shown only as a suffix.

    `concurrent_limit` counts generations in flight, `per_minute_limit` creates in any 60 s
    (luma-dream-machine-v1 sheet §11). `echoed_at` is when this account's list first showed us
    one of our nonces: only since then does absence from the list prove anything. `key_since` is
    when its key was put in.
    """

    class Problem(models.TextChoices):
        """Why the account can't take work at the moment."""

        NONE = "", "none"
        KEY = "key", "the key was refused"
        CREDITS = "credits", "out of credits"
        UNREACHABLE = "unreachable", "can't be reached"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey("studio.Team", on_delete=models.CASCADE, related_name="accounts")
    provider = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    base_url = models.URLField(blank=True, help_text="Empty for the provider's own address")
    sealed_key = models.TextField()
    key_suffix = models.CharField(max_length=4)
    simulated = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    rank = models.PositiveSmallIntegerField(default=0)
    concurrent_limit = models.PositiveIntegerField(default=10)
    per_minute_limit = models.PositiveIntegerField(default=20)
    problem = models.CharField(
        max_length=12, choices=Problem.choices, default=Problem.NONE, blank=True
    )
    echoed_at = models.DateTimeField(null=True, blank=True)
    key_since = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Account"]] = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="account_name_once_per_team"),
            models.CheckConstraint(
                condition=Q(concurrent_limit__gt=0, per_minute_limit__gt=0),
                name="account_limits_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.key_suffix})"

    def set_key(self, key: str) -> None:
        """Put a key in the account, encrypted; the caller saves.

        Another key may be another organisation's: its list says nothing of earlier jobs.
        """
        self.sealed_key = seal(key)
        self.key_suffix = key[-4:]
        self.key_since = timezone.now()
        self.problem = self.Problem.NONE

    def reveal_key(self) -> str:
        """Return the key in the clear, for a request header only. Raises CannotUnseal."""
        return unseal(self.sealed_key)

    def note_problem(self, problem: str) -> None:
        """Remember why the account can't take work, or (empty) that it can."""
        if self.problem != problem:
            type(self).objects.filter(pk=self.pk).update(problem=problem)
            self.problem = problem
