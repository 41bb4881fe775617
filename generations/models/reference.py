"""What a generation is made from or after, beside its words and frames."""

from typing import Any

from django.db import models
from django.db.models import Q


class Reference(models.Model):
    """A still or a take that a generation is made from or after.

    The source of a modified, reframed, upscaled or sounding generation is one; so is each picture
    that an image is made after: its looks, its style, its character, or the picture to be modified
    (luma-dream-machine-v1 sheet §7). `weight` is 0 to 1; a source and a character have none.
    """

    class Role(models.TextChoices):
        """What it is for."""

        SOURCE = "source"
        IMAGE = "image"
        STYLE = "style"
        CHARACTER = "character"
        MODIFY = "modify"

    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="references"
    )
    role = models.CharField(max_length=9, choices=Role.choices)
    place = models.PositiveSmallIntegerField(default=0)
    still = models.ForeignKey(
        "generations.Still", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source = models.ForeignKey(
        "generations.Generation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="made_into",
    )
    weight = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["role", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "role", "place"], name="reference_one_per_place"
            ),
            models.CheckConstraint(
                condition=Q(still__isnull=False, source__isnull=True)
                | Q(still__isnull=True, source__isnull=False, role="source"),
                name="reference_still_or_source",
            ),
            models.CheckConstraint(
                condition=Q(role__in=("source", "image", "style", "character", "modify")),
                name="reference_known_role",
            ),
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__gte=0, weight__lte=1),
                name="reference_weight_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.generation_id}"

    @property
    def subject(self) -> Any:
        """The still or the take."""
        return self.still or self.source
