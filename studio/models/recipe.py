"""Recipes: words with blanks to be filled in, kept by a person and shared in the team."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Max, Window
from django.db.models.functions import Lower, RowNumber
from django.utils import timezone

from generations.catalogue import WORDS_MAX
from studio.models.team import Team
from studio.prompting.wildcards import LONGEST_NAME

LONGEST_VALUE = 300
_SUGGESTED = 12


class Recipe(models.Model):
    """Words to be made a prompt of again and again, as in `A {time of day} shot of {subject}`.

    `author` is who saved it; they and producers rename and delete it, the team uses it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="recipes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name = models.CharField(max_length=60)
    words = models.TextField(max_length=WORDS_MAX)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint("team", Lower("name"), name="recipe_name_once_per_team"),
        ]

    def __str__(self) -> str:
        return self.name


class FillingQuerySet(models.QuerySet["Filling"]):
    """Questions about what blanks were filled with."""

    def remember(self, team: Team, user: Any, values: Mapping[str, str]) -> None:
        """Keep what a person filled blanks with; the newest is offered first."""
        for blank, value in values.items():
            if value:
                named = {"team": team, "user": user, "blank": blank, "value": value}
                self.update_or_create(**named, defaults={"used_at": timezone.now()})

    def last_of(self, team: Team, user: Any, blanks: Iterable[str]) -> dict[str, str]:
        """What the person filled blanks with last, by blank."""
        mine = self.filter(team=team, user=user, blank__in=list(blanks)).order_by("used_at", "pk")
        return dict(mine.values_list("blank", "value"))

    def suggested(self, team: Team, blanks: Iterable[str]) -> dict[str, list[str]]:
        """What anybody in the team filled blanks with, by blank, each value once, the newest first.

        So many of each blank at the most, in one query however many blanks there are.
        """
        values = self.filter(team=team, blank__in=list(blanks)).values("blank", "value")
        newest_first = Window(
            RowNumber(), partition_by="blank", order_by=[F("at").desc(), F("value")]
        )
        found = values.annotate(at=Max("used_at")).annotate(place=newest_first)
        suggested: dict[str, list[str]] = {}
        for each in found.filter(place__lte=_SUGGESTED).order_by("blank", "place"):
            suggested.setdefault(each["blank"], []).append(each["value"])
        return suggested


class Filling(models.Model):
    """What a person filled a blank with: the next time it is offered again, to the team too."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="fillings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    blank = models.CharField(max_length=LONGEST_NAME)
    value = models.CharField(max_length=LONGEST_VALUE)
    used_at = models.DateTimeField()

    objects: ClassVar[FillingQuerySet] = FillingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            # also how a team's values of a blank are found
            models.UniqueConstraint(fields=["team", "blank", "user", "value"], name="filling_once"),
        ]

    def __str__(self) -> str:
        return f"{self.blank}: {self.value}"
