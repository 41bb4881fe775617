"""The audit log: who did what in a team, when and from where."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from studio.models.project import Project
from studio.models.team import Role, Team

if TYPE_CHECKING:
    from studio.models.user import User

WORDS_MAX, WHO_MAX, AGENT_MAX = 600, 340, 200


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Questions about many entries."""

    def of(self, team: Team) -> Self:
        """A team's, the newest first."""
        return self.filter(team=team).order_by("-id")

    def readable_by(self, user: "User", role: Role) -> Self:
        """Those that a person of this role may read: a private project's only if it is theirs."""
        if role is Role.OWNER:
            return self
        visible = Project.objects.visible_to(user).values("pk")
        return self.filter(Q(project=None) | Q(project__in=visible))


class AuditEntry(models.Model):
    """A line of the audit log. Append-only: the database refuses to change or delete one.

    So it outlives what it names: no constraint of the database ties it to its team, its project
    and its actor, and `who` is how the actor was called then. A sign-in is told to each team of
    the person; one with an address that nobody has belongs to no team, and only administrators
    read it. `address` is None for what the server did by itself or somebody at its console.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        SIGN_IN = "sign_in", "Signing in"
        PEOPLE = "people", "People and roles"
        KEYS = "keys", "Accounts and keys"
        BUDGET = "budget", "Budgets"
        APPROVAL = "approval", "Approvals"
        VERDICT = "verdict", "Verdicts"
        SHARE = "share", "Shares"
        DELETION = "deletion", "Deletions"
        EXPORT = "export", "Exports"
        SETTINGS = "settings", "Settings"

    created_at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(max_length=WORDS_MAX)
    team = models.ForeignKey(
        Team, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    project = models.ForeignKey(
        Project, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    who = models.CharField(max_length=WHO_MAX)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=AGENT_MAX, blank=True)

    objects: ClassVar[AuditEntryQuerySet] = AuditEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        *("sign_in", "people", "keys", "budget", "approval"),
                        *("verdict", "share", "deletion", "export", "settings"),
                    )
                ),
                name="audit_known_kind",
            ),
        ]
        # All three are walked by studio.audit_log, from the newest on.
        indexes = [
            models.Index(fields=["team", "-id"], name="audit_of_team"),
            models.Index(fields=["team", "kind", "-id"], name="audit_of_kind"),
            models.Index(fields=["team", "actor", "-id"], name="audit_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.words}"
