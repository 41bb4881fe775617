"""Questions about many stills."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from generations.models.keyframe import Keyframe
from generations.models.reference import Reference

if TYPE_CHECKING:
    from generations.models.still import Still  # noqa: F401  (named in the base)


class StillQuerySet(models.QuerySet["Still"]):
    """Questions about many stills."""

    def kept(self) -> Self:
        """Without the pictures of takes that are in the trash; frames of such takes stay."""
        return self.exclude(origin="generated", source__trashed_at__isnull=False)

    def with_uses(self) -> Self:
        """With the number of generations that each is placed in, at an end or as a reference.

        None has the same still in both ways: a video has frames, a picture references.
        """
        placed = [_count(Keyframe), _count(Reference)]
        return self.annotate(use_count=placed[0] + placed[1])


def _count(places: type[models.Model]) -> Any:
    mine = places._default_manager.filter(still=OuterRef("pk")).order_by().values("still")
    return Coalesce(Subquery(mine.annotate(n=Count("generation", distinct=True)).values("n")), 0)
