"""What a team scores takes by, and the scores."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from generations.refusal import Refused
from studio.models.team import Team

if TYPE_CHECKING:
    from generations.models import Generation
    from studio.models.user import User

USUAL = (
    "Motion coherence",
    "Faces",
    "Natural landscape",
    "Physics",
    "Text and logos",
    "Several characters",
    "Overall",
)
"""What a new team scores by."""
LOWEST, HIGHEST = 1, 10
MOST, LONGEST = 20, 60
"""How many criteria a team has at once, and the characters of each."""


class CriterionQuerySet(models.QuerySet["Criterion"]):
    """Questions about many criteria."""

    def kept(self) -> Self:
        """Those that takes are scored by now, in the team's order."""
        return self.filter(retired_at=None).order_by("position", "pk")

    def begin(self, team: Team) -> None:
        """Give a new team the usual ones."""
        for place, words in enumerate(USUAL):
            self.create(team=team, position=place, words=words)

    def set(self, team: Team, lines: Sequence[str]) -> None:
        """Score by these from now on, in this order; what isn't among them is retired.

        Raises Refused for lines that are too long or too many.
        """
        words = list(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))
        if len(words) > MOST:
            raise Refused({"lines": f"A rubric has at most {MOST} lines. Take some out."})
        if long := next((each for each in words if len(each) > LONGEST), ""):
            told = f"A line has at most {LONGEST} characters. Shorten “{long[:40]}…”."
            raise Refused({"lines": told})
        with transaction.atomic():
            gone = self.filter(team=team, retired_at=None).exclude(words__in=words)
            gone.update(retired_at=timezone.now())
            for place, each in enumerate(words):
                self.update_or_create(
                    team=team, words=each, defaults={"position": place, "retired_at": None}
                )


class Criterion(models.Model):
    """One thing that a team scores takes by. What was scored by it stays when it is retired."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="criteria")
    words = models.CharField(max_length=LONGEST)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    objects: ClassVar[CriterionQuerySet] = CriterionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "words"], name="criterion_once_per_team")
        ]

    def __str__(self) -> str:
        return self.words


class Score(models.Model):
    """What a person gives a take by one criterion, from 1 to 10."""

    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="scores"
    )
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="scores")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="scores"
    )
    value = models.PositiveSmallIntegerField()
    scored_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "criterion", "author"], name="score_once_each"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=LOWEST, value__lte=HIGHEST), name="score_from_1_to_10"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} for {self.criterion_id}"

    @classmethod
    def give(cls, take: "Generation", criterion: Criterion, user: "User", value: int) -> None:
        """Keep what a person gives a take, in the place of what they gave before."""
        cls._default_manager.update_or_create(
            generation=take, criterion=criterion, author=user, defaults={"value": value}
        )
