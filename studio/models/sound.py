"""Sounds: music and voices that were uploaded to a project."""

from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models

from studio.editing.cut import FPS
from studio.models.project import Project
from studio.timecode import frames_in


class SoundQuerySet(models.QuerySet["Sound"]):
    """Questions about many sounds."""

    def for_list(self, project: Project) -> Self:
        """A project's, the newest first."""
        return self.filter(project=project).select_related("author").defer("peaks")


class Sound(models.Model):
    """A file with music or a voice, kept as it was uploaded.

    `path` is relative to MEDIA_ROOT and immutable. `demuxer` is the one that its kind was checked
    for; nothing else ever opens it. `peaks` has a byte for each frame of a sequence: how far the
    loudest sample swings, 255 at most.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sounds")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=40)
    demuxer = models.CharField(max_length=8)
    codec = models.CharField(max_length=20)
    duration_s = models.FloatField()
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    peaks = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[SoundQuerySet] = SoundQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> Path:
        """Where the file is on disk."""
        return Path(settings.MEDIA_ROOT) / self.path

    @property
    def frames(self) -> int:
        """How many frames of a sequence it lasts."""
        return frames_in(self.duration_s, FPS)

    def waveform(self, begin: int, end: int, points: int) -> list[int]:
        """Return the peaks between two frames as so many values from 0 to 255, to be drawn."""
        part = bytes(self.peaks)[begin:end]
        count = min(points, len(part))
        edges = [at * len(part) // count for at in range(count + 1)] if count else []
        return [max(part[a:b]) for a, b in pairwise(edges)]

    def rename(self, name: str) -> None:
        """Give it another name."""
        self.name = name
        self.save(update_fields=["name"])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete it with its file; clips that play it say that it is gone."""
        deleted = super().delete(*args, **kwargs)
        self.file.unlink(missing_ok=True)
        return deleted
