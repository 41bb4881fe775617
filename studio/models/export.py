"""Exports: a state of a sequence rendered to a file."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generations.clocks import shared_now
from studio.models.sequence import Edit, Sequence

log = logging.getLogger(__name__)


class ExportQuerySet(models.QuerySet["Export"]):
    """Questions about many exports."""

    def due(self, now: datetime) -> Self:
        """Those that wait, and those whose worker died, the oldest first."""
        waiting = Q(state=Export.State.WAITING)
        abandoned = Q(state=Export.State.RENDERING, lease_until__lt=now)
        return self.filter(waiting | abandoned).order_by("pk")

    def unfinished(self) -> Self:
        """Those that aren't over."""
        return self.filter(state__in=Export.OPEN)

    def for_list(self, sequence: Sequence) -> Self:
        """A sequence's, the newest first, with all that their list shows."""
        return (
            self.filter(sequence=sequence)
            .select_related("author", "edit", "sequence")
            .prefetch_related("edit__names")
            .order_by("-pk")
        )

    def measured(self, kind: str) -> Self:
        """The last of a kind that are done, from which it is told how long the next takes."""
        done = self.filter(kind=kind, state=Export.State.DONE, took_s__gt=0)
        return done.order_by("-pk")[:10]


class Export(models.Model):
    """A file that is, or was, made of a state of a sequence.

    `edit` is that very state, and stays as long as the export does. `height` is the shorter side
    that was asked for, none for that of the takes. While a worker is at it, `lease_until` is when
    it counts as dead, and `tries` says whose it is: another worker that takes over counts up.
    `tries_before` are those from before a person had it rendered once more.
    """

    class Kind(models.TextChoices):
        """What is made."""

        MP4 = "mp4", "MP4, H.264"
        PRORES = "prores", "ProRes 422, MOV"
        WEBM = "webm", "WebM, VP9"
        GIF = "gif", "GIF"
        FRAMES = "frames", "PNG frames of a clip, ZIP"
        SHEET = "sheet", "Contact sheet, JPEG"
        PDF = "pdf", "Storyboard, PDF"

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        RENDERING = "rendering"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.WAITING, State.RENDERING)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="exports")
    # Not forgotten while there is an export of it; gone with the whole sequence, though.
    edit = models.ForeignKey(Edit, on_delete=models.RESTRICT, related_name="exports")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    height = models.PositiveIntegerField(null=True)
    loudness_lufs = models.FloatField(null=True)
    clip_key = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    words = models.CharField(max_length=400, blank=True)
    progress = models.FloatField(default=0)
    estimate_s = models.FloatField(null=True)
    tries = models.PositiveIntegerField(default=0)
    tries_before = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    took_s = models.FloatField(null=True)
    # How it was made, in frames of the sequence: taken over as they were, and encoded anew.
    frames_copied = models.PositiveIntegerField(default=0)
    frames_rendered = models.PositiveIntegerField(default=0)
    path = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    duration_s = models.FloatField(null=True)
    width = models.PositiveIntegerField(null=True)
    pixel_height = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects: ClassVar[ExportQuerySet] = ExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("mp4", "prores", "webm", "gif", "frames", "sheet", "pdf")),
                name="export_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "rendering", "done", "failed", "cancelled")),
                name="export_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(path="") & Q(size_bytes__gt=0) & ~Q(sha256="")),
                name="export_done_is_whole",
            ),
        ]
        indexes = [
            # studio.editing.exporting: what to render now
            models.Index(
                fields=["state", "lease_until"],
                condition=Q(state__in=("waiting", "rendering")),
                name="export_due",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.uuid}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being rendered."""
        return self.state in self.OPEN

    @property
    def file(self) -> Path:
        """Where the file is on disk."""
        return Path(settings.MEDIA_ROOT) / self.path

    def claim(self, lease_s: float) -> bool:
        """Make it this worker's for a while; False when another was first."""
        now = shared_now()
        mine = Export.objects.due(now).filter(pk=self.pk, tries=self.tries)
        return self._move(
            mine,
            state=Export.State.RENDERING,
            tries=self.tries + 1,
            lease_until=now + timedelta(seconds=lease_s),
            started_at=now,
            progress=0,
            words="",
        )

    def go_on(self, progress: float, lease_s: float) -> bool:
        """Say how far it is, and keep it; False when it was cancelled or is another worker's."""
        until = shared_now() + timedelta(seconds=lease_s)
        return self._move(self._mine(), progress=min(max(progress, 0.0), 1.0), lease_until=until)

    def finish(self, **facts: Any) -> bool:
        """Say that the file is there; False when it was cancelled or is another worker's."""
        return self._end(Export.State.DONE, progress=1.0, **facts)

    def fail(self, words: str) -> bool:
        """Say why there will be no file; False when it was cancelled or is another worker's."""
        return self._end(Export.State.FAILED, words=words[:400])

    def cancel(self) -> bool:
        """End it, whoever is at it; False when it is over."""
        return self._move(
            Export.objects.unfinished().filter(pk=self.pk),
            state=Export.State.CANCELLED,
            lease_until=None,
            ended_at=timezone.now(),
        )

    def again(self) -> bool:
        """Let one that failed or was cancelled wait once more; False when it didn't."""
        over = (Export.State.FAILED, Export.State.CANCELLED)
        return self._move(
            Export.objects.filter(pk=self.pk, state__in=over),
            state=Export.State.WAITING,
            tries_before=self.tries,
            words="",
            progress=0,
            ended_at=None,
        )

    def discard(self) -> bool:
        """Delete it with its file; False when it isn't over."""
        gone, _ = Export.objects.filter(pk=self.pk).exclude(state__in=Export.OPEN).delete()
        if gone:
            log.info("export=%s deleted", self.uuid)
        if gone and self.path:
            self.file.unlink(missing_ok=True)
        return bool(gone)

    def _mine(self) -> ExportQuerySet:
        return Export.objects.filter(pk=self.pk, state=Export.State.RENDERING, tries=self.tries)

    def _end(self, state: "Export.State", **facts: Any) -> bool:
        now = timezone.now()
        began = self.started_at or now
        took_s = max((now - began).total_seconds(), 0.0)
        return self._move(
            self._mine(), state=state, lease_until=None, ended_at=now, took_s=took_s, **facts
        )

    def _move(self, mine: ExportQuerySet, **fields: Any) -> bool:
        if mine.update(**fields) != 1:
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        if "state" in fields:
            log.info("export=%s state=%s tries=%s", self.uuid, self.state, self.tries)
        return True
