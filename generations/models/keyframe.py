"""A picture or an earlier take, placed in a generation."""

from django.db import models
from django.db.models import Q


class Keyframe(models.Model):
    """A still or an earlier generation placed in a generation: at its start, its end or a frame.

    A still at the start is the first picture; a generation at the start is extended, at the end
    it is led up to (luma-dream-machine-v1 sheet §4). A still at a frame is pinned to it: `frame`
    counts from 0, 24 a second (luma-agents-v1 sheet §3).
    """

    class Position(models.TextChoices):
        """Where in the generation."""

        START = "start"
        END = "end"
        FRAME = "frame"

    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="keyframes"
    )
    position = models.CharField(max_length=5, choices=Position.choices)
    frame = models.PositiveSmallIntegerField(null=True, blank=True)
    still = models.ForeignKey(
        "generations.Still", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source = models.ForeignKey(
        "generations.Generation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="continued_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "position"],
                condition=Q(frame__isnull=True),
                name="keyframe_one_per_position",
            ),
            models.UniqueConstraint(fields=["generation", "frame"], name="keyframe_one_per_frame"),
            models.CheckConstraint(
                condition=Q(position="frame", frame__isnull=False)
                | (~Q(position="frame") & Q(frame__isnull=True)),
                name="keyframe_frame_where_pinned",
            ),
            models.CheckConstraint(
                condition=Q(still__isnull=False, source__isnull=True)
                | Q(still__isnull=True, source__isnull=False),
                name="keyframe_still_or_source",
            ),
            models.CheckConstraint(
                condition=Q(position__in=("start", "end", "frame")), name="keyframe_known_position"
            ),
        ]

    def __str__(self) -> str:
        at = self.position if self.frame is None else f"frame {self.frame}"
        return f"{at} of {self.generation_id}"
