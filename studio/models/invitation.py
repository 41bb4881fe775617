"""Invitations into a team."""

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from studio.models.team import Role, Team

if TYPE_CHECKING:
    from studio.models.user import User

TOKEN_BYTES = 32
"""Of randomness in an invitation's address: nobody guesses one."""


# Who owns a team hands it over.
_ROLES = [(role.value, role.label) for role in Role if role is not Role.OWNER]


def digest_of(token: str) -> str:
    """Return what is kept of a token, and looked for: whoever reads the database can't use it."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Questions about many invitations."""

    def open(self, now: datetime) -> Self:
        """Those that can still be used."""
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=now)

    def of_token(self, token: str) -> Self:
        """The one that an address names, if any; none into a deleted team."""
        return self.filter(token_digest=digest_of(token), team__deleted_at=None)


class Invitation(models.Model):
    """An address that takes one person into a team, once and until a moment.

    With an email, only who owns that address may use it. The token itself isn't kept.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=_ROLES)
    email = models.EmailField(blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[value for value, _ in _ROLES]),
                name="invitation_not_as_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email or 'somebody'} as {self.role} into {self.team_id}"

    @classmethod
    def make(
        cls, team: Team, role: Role, by: "User", expires_at: datetime, email: str = ""
    ) -> "tuple[Invitation, str]":
        """Make an invitation, and return it with its token, which is never known again."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        made = cls.objects.create(
            **{"team": team, "role": role, "invited_by": by, "email": email},
            **{"expires_at": expires_at, "token_digest": digest_of(token)},
        )
        return made, token
