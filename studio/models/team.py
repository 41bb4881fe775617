"""The tenant, and a person's role in it."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from studio.models.history import keeping_history

if TYPE_CHECKING:
    from studio.models.user import User


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


def kept_for() -> timedelta:
    """Return for how long a deleted team can be restored: as long as what is in the trash."""
    return timedelta(days=settings.TRASH_DAYS)


class TeamQuerySet(models.QuerySet["Team"]):
    """Questions about many teams."""

    def there(self) -> Self:
        """Those that aren't deleted."""
        return self.filter(deleted_at=None)

    def deleted(self) -> Self:
        """Those that are deleted and have their files yet, the last one first."""
        gone = self.filter(deleted_at__isnull=False, emptied_at=None)
        return gone.order_by("-deleted_at", "-pk")

    def due(self, now: datetime) -> Self:
        """Those to be emptied: they can't be restored any more."""
        return self.deleted().filter(deleted_at__lte=now - kept_for())

    def restorable(self) -> Self:
        """Those that are deleted and don't go for good yet."""
        return self.deleted().filter(emptying_at=None, deleted_at__gt=timezone.now() - kept_for())

    def restorable_by(self, user: "User") -> Self:
        """Those that the person may restore: they owned it; or led it, where its owner has left.

        With `is_left`, whether its owner has.
        """
        places = FormerMembership.objects.filter(team=OuterRef("pk"))
        owned = Exists(places.filter(user=user, role=Role.OWNER))
        led = Q(Exists(places.filter(user=user, role=Role.PRODUCER)), is_left=True)
        found = self.restorable().annotate(**{"is_left": ~Exists(places.filter(role=Role.OWNER))})
        return found.filter(Q(owned) | led)

    def held(self, team: "Team") -> "Team | None":
        """Return a team as it is now, where it is one of these, and hold it: call in a transaction.

        Who deletes, restores or empties it, or lets its line go on, comes before or after.
        """
        return self.select_for_update(no_key=True, of=("self",)).filter(pk=team.pk).first()


class Team(models.Model):
    """People who share projects, provider accounts and budgets.

    A deleted one has no members, so that nothing of it is anybody's: who was in it is kept in
    FormerMembership, for a restore. From `emptying_at` on there is none; from `emptied_at` on its
    files are gone, and only what the books need is left (docs/decisions/0033).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    emptying_at = models.DateTimeField(null=True, editable=False)
    emptied_at = models.DateTimeField(null=True, editable=False)
    members: ClassVar[models.ManyToManyField] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="studio.Membership", related_name="teams"
    )

    # what the door annotates (studio.access.team_for)
    role: "Role"
    event_count: int

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(emptied_at=None) | models.Q(deleted_at__isnull=False),
                name="team_emptied_once_deleted",
            ),
        ]

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

    @property
    def goes_at(self) -> datetime | None:
        """When a deleted one goes for good; until then its owner may restore it."""
        return self.deleted_at + kept_for() if self.deleted_at else None


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


class FormerMembership(models.Model):
    """A person's place in a deleted team, which a restore gives back."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="former")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="former_membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="former_membership_known_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} was {self.role} in {self.team_id}"
