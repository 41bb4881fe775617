"""The tenant, and a person's role in it."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction

from studio.models.history import keeping_history


class Role(models.TextChoices):
    """What a person may do in a team; each role may do what the ones below it may."""

    OWNER = "owner"
    PRODUCER = "producer"
    ARTIST = "artist"
    REVIEWER = "reviewer"
    VIEWER = "viewer"

    @property
    def rank(self) -> int:
        """The higher, the more this role may do."""
        return len(Role) - list(Role).index(self)

    @property
    def and_above(self) -> "tuple[Role, ...]":
        """This role and those that may do more."""
        return tuple(role for role in Role if role.includes(self))

    def includes(self, other: "Role") -> bool:
        """Tell whether this role may do what `other` may."""
        return self.rank >= other.rank


class Team(models.Model):
    """People who share projects, provider accounts and budgets."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    members: ClassVar[models.ManyToManyField] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="studio.Membership", related_name="teams"
    )

    # what the door annotates (studio.access.team_for)
    role: "Role"
    event_count: int

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the team; a new one has the usual rubric, and the installation's account at once.

        The account where there is a key. However it was made: by the form, in the admin, in a
        shell.
        """
        from studio import provider_accounts  # that knows teams
        from studio.models.rubric import Criterion

        is_new = self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new:
                Criterion.objects.begin(self)
            if is_new and provider_accounts.has_real_key():
                provider_accounts.sync(self)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete a team that nothing was made in. Raises Refused."""
        with keeping_history(self):
            return super().delete(*args, **kwargs)


class Membership(models.Model):
    """A person's place in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.ARTIST)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_once"),
            models.UniqueConstraint(
                fields=["team"], condition=models.Q(role="owner"), name="membership_one_owner"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_known_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} as {self.role} in {self.team_id}"
