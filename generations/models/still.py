"""An image in a project."""

import uuid
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from generations.models.still_queries import StillQuerySet


class Still(models.Model):
    """An image in a project: uploaded, generated, or a frame grabbed from a take.

    `path` is relative to MEDIA_ROOT. The file is ours: re-encoded, without metadata. A small copy
    for lists lies beside it, except for stills of before there were any.
    """

    class Origin(models.TextChoices):
        """Where a still came from."""

        UPLOADED = "uploaded"
        GENERATED = "generated"
        GRABBED = "grabbed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey("studio.Project", on_delete=models.CASCADE, related_name="stills")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.UPLOADED)
    source = models.ForeignKey(
        "generations.Generation", on_delete=models.SET_NULL, null=True, related_name="stills"
    )
    frame = models.PositiveIntegerField(
        null=True, blank=True, help_text="Which frame of the source, from 0, where one was chosen"
    )
    # What a crop was cut from: it may be cut again elsewhere.
    cut_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="crops"
    )
    rights = models.CharField(
        max_length=300, blank=True, help_text="Who holds the rights, and what was agreed"
    )
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    use_count: int  # what with_uses annotates
    is_new: bool = False  # made for what is just being asked for, and not found

    objects: ClassVar[models.Manager["Still"]] = StillQuerySet.as_manager()

    class Meta:
        indexes = [
            # studio.views.project_stills: a project's stills, the newest first
            models.Index(fields=["project", "-id"], name="still_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(width__gt=0, height__gt=0, size_bytes__gt=0),
                name="still_not_empty",
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=("uploaded", "generated", "grabbed")),
                name="still_known_origin",
            ),
            # A picture that was generated becomes one still, however often it is collected.
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(origin="generated"),
                name="still_generated_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.width}x{self.height}"

    @property
    def file(self) -> Path:
        """Where the picture is on disk."""
        return Path(settings.MEDIA_ROOT) / self.path

    @property
    def small_file(self) -> Path:
        """Where its small copy is on disk, if it has one."""
        return self.file.with_suffix(".small.webp")
