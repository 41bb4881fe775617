"""Where a take stands with those who judge it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from studio.models.project import Project
from studio.models.team import Role, Team

if TYPE_CHECKING:
    from generations.models import Generation
    from studio.models.user import User

JUDGES = Role.REVIEWER.and_above
"""The roles that judge takes."""


class Verdict(models.TextChoices):
    """What was said of a take, or that it waits to be judged."""

    WAITING = "waiting", "In review"
    APPROVED = "approved", "Approved"
    CHANGES = "changes", "Changes wanted"
    REJECTED = "rejected", "Rejected"


class ReviewRules(models.Model):
    """What a team wants of its verdicts. A team without such a row wants nothing in particular."""

    team = models.OneToOneField(
        Team, on_delete=models.CASCADE, primary_key=True, related_name="review_rules"
    )
    others_approve = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.team_id}: {'others approve' if self.others_approve else 'anybody approves'}"


class ReviewQuerySet(models.QuerySet["Review"]):
    """Questions about many reviews."""

    def waiting_in(self, team: Any, user: "User") -> Self:
        """What of a team nobody has judged and the person may, whatever their role.

        Not what they made themselves, where the team wants somebody else to approve it.
        """
        return self._to_judge(user, project__team=team)

    def to_be_judged_by(self, user: "User") -> Self:
        """What waits for the person in all their teams; nothing where they are a viewer."""
        return self._to_judge(user, project__team__memberships__role__in=JUDGES)

    def _to_judge(self, user: "User", **where: Any) -> Self:
        mine = self.filter(
            Project.seen_by(user, "project__"),
            verdict=Verdict.WAITING,
            project__archived_at=None,
            generation__trashed_at=None,
            **where,
        )
        own = Q(generation__author=user, project__team__review_rules__others_approve=True)
        return mine.exclude(own)

    def waiting_for(self, user: "User", team: Team) -> Self:
        """What waits for the person in a team, the longest waiting first; nothing for a viewer."""
        judges = team.memberships.filter(user=user, role__in=JUDGES).values("team")
        mine = self.waiting_in(team, user).filter(project__team__in=judges)
        return mine.order_by("asked_at", "generation_id")

    def judged_by(self, user: "User") -> Self:
        """What the person judged, the last first, of takes that they may still see."""
        seen = self.filter(Project.seen_by(user, "project__"))
        mine = seen.filter(judged_by=user, generation__trashed_at=None)
        return mine.exclude(verdict=Verdict.WAITING).order_by("-judged_at")

    def of(self, takes: "Iterable[Generation]") -> Self:
        """Those of some takes."""
        return self.filter(generation__in=[take.pk for take in takes])


class Review(models.Model):
    """Where a take stands: it waits since `asked_at`, or was judged at `judged_at`.

    A take that nobody sent and nobody judged has none. What came before is in the take's Events.
    """

    generation = models.OneToOneField(
        "generations.Generation", on_delete=models.CASCADE, primary_key=True, related_name="review"
    )
    # The take's own: what waits is looked for by project.
    project = models.ForeignKey("studio.Project", on_delete=models.CASCADE, related_name="reviews")
    verdict = models.CharField(
        max_length=10, choices=Verdict.choices, default=Verdict.WAITING.value
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    judged_at = models.DateTimeField(null=True)

    objects: ClassVar[ReviewQuerySet] = ReviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="review_known_verdict"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.WAITING, asked_at__isnull=False, judged_at=None)
                | (~Q(verdict=Verdict.WAITING) & Q(judged_at__isnull=False)),
                name="review_waits_or_is_judged",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "verdict", "asked_at"], name="review_waiting"),
            models.Index(fields=["judged_by", "-judged_at"], name="review_by_judge"),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id}: {self.verdict}"
