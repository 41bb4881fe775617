"""What a person is told of, beside the page they look at, and whether by mail, too."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from studio.models.bakeoff import BakeOff
from studio.models.project import Project
from studio.models.team import Team

if TYPE_CHECKING:
    from studio.models.user import User

WORDS_MAX = 300
FINAL = "final:"
"""How the key of a notice begins that a final waits to be accepted; its id follows."""


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Questions about many notices."""

    def of(self, user: "User") -> Self:
        """A person's, of what they may still see, the newest first."""
        seen = Q(project__in=Project.objects.visible_to(user))
        of_team = Q(project=None, team__in=Team.objects.filter(memberships__user=user))
        return self.filter(seen | of_team, user=user).order_by("-pk")

    def unseen_by(self, user: "User") -> Self:
        """Those of a person that they haven't said to have seen."""
        return self.of(user).filter(pk__gt=models.F("user__notice_seen"))


class Notice(models.Model):
    """Something that a person is told once.

    `key` says of what, so that it is told once however often it is found. `mailed_at` is when it
    went into a mail, or was left out of one; None while no mail has been written since.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        FINISHED = "finished", "A take of mine is finished"
        FAILED = "failed", "A take of mine failed"
        REQUESTED = "requested", "A take needs my approval"
        REVIEW = "review", "A take waits for my verdict"
        VERDICT = "verdict", "Somebody judged a take of mine"
        MENTION = "mention", "My name stands in a note"
        GUEST = "guest", "A guest says something of a take of mine, or by a link of mine"
        BUDGET = "budget", "Four fifths of a budget are gone"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=60)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, null=True, related_name="+"
    )
    bakeoff = models.ForeignKey(BakeOff, on_delete=models.CASCADE, null=True, related_name="+")
    words = models.CharField(max_length=WORDS_MAX)
    created_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        *("finished", "failed", "requested", "review", "verdict", "mention"),
                        *("guest", "budget"),
                    )
                ),
                name="notice_known_kind",
            ),
        ]
        indexes = [
            # studio.notices.mailing: who has something to be mailed
            models.Index(fields=["user"], condition=Q(mailed_at=None), name="notice_unmailed"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def path(self) -> str:
        """Where something is done about it."""
        if self.bakeoff:
            return reverse("bakeoff", args=[self.bakeoff.uuid])
        if self.project and self.key.startswith(FINAL):
            finals = reverse("finals", args=[self.project.slug])
            return f"{finals}#final-{self.key.removeprefix(FINAL)}"
        if self.generation and self.kind == self.Kind.REVIEW:
            return f"{reverse('review')}?take={self.generation.uuid}"
        if self.generation:
            return reverse("generation", args=[self.generation.uuid])
        return f"{reverse('spend')}?team={self.team.uuid}"


class NoticePlace(models.Model):
    """The number of the last event of a project of which people were told."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.project_id}: {self.number}"


def every_kind() -> list[str]:
    """Return all kinds of notices."""
    return list(Notice.Kind.values)


class NoticeRules(models.Model):
    """How a person wants to be told: nobody who said nothing gets a mail."""

    class Mail(models.TextChoices):
        """When it comes by mail."""

        NEVER = "never", "Never"
        AT_ONCE = "at_once", "At once"
        DAILY = "daily", "Once a day, at 8:00 UTC"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_rules"
    )
    mail = models.CharField(max_length=7, choices=Mail.choices, default=Mail.NEVER)
    kinds = models.JSONField(default=every_kind)
    digest_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "notice rules"
        constraints = [
            models.CheckConstraint(
                condition=Q(mail__in=("never", "at_once", "daily")), name="notice_known_mail"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.mail}"
