"""What a person's scripts show in place of a password."""

import hashlib
import secrets
import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

PREFIX = "dailies-"
"""What every token begins with, so that none is taken for a provider's key."""
NAME_MAX = 80
_END = 4


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Questions about many tokens."""

    def on(self) -> Self:
        """Those that work: not revoked, of somebody who may sign in, in a team that is there."""
        return self.filter(revoked_at=None, user__is_active=True, team__deleted_at=None)

    def shown(self, text: str) -> "ApiToken | None":
        """Return the token that a script shows, if it works."""
        return self.on().filter(digest=digest_of(text)).select_related("user", "project").first()


class ApiToken(models.Model):
    """A person's token for one team, with the project that their scripts make takes in.

    Only its digest and its `end` are kept: the token itself is shown once. A script may do what
    the person may do in the team at that moment, and nothing in their other teams.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    team = models.ForeignKey("studio.Team", on_delete=models.CASCADE, related_name="api_tokens")
    project = models.ForeignKey("studio.Project", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=NAME_MAX)
    digest = models.CharField(max_length=64, unique=True)
    end = models.CharField(max_length=_END)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[ApiTokenQuerySet] = ApiTokenQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.name} …{self.end}"

    def renew(self) -> str:
        """Give it a new secret, not saved yet, and return the token to show once."""
        text = PREFIX + secrets.token_urlsafe(32)
        self.digest, self.end = digest_of(text), text[-_END:]
        return text


def digest_of(text: str) -> str:
    """Return what is kept of a token: 256 random bits need no slow digest, nor salt."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
