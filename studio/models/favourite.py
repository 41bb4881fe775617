"""A person's own star on a take."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from generations.models import Generation
    from studio.models.user import User


class FavouriteQuerySet(models.QuerySet["Favourite"]):
    """What a person does with the stars of many takes."""

    def star(self, takes: Iterable["Generation"], user: "User") -> None:
        """Star takes, also those that are starred already."""
        stars = [Favourite(user=user, generation=take) for take in takes]
        Favourite._default_manager.bulk_create(stars, ignore_conflicts=True)

    def unstar(self, takes: Iterable["Generation"], user: "User") -> None:
        """Take the stars off takes."""
        self.filter(user=user, generation__in=takes).delete()


class Favourite(models.Model):
    """A person's own star on a take: nobody else sees it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites"
    )
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="favourites"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[FavouriteQuerySet] = FavouriteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            # it is also the index of studio.marks
            models.UniqueConstraint(fields=["user", "generation"], name="favourite_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.generation_id}"
