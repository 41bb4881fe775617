"""Work that a worker does for long: a file that is made, or none when it was ended."""

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

log = logging.getLogger(__name__)


class WorkQuerySet(models.QuerySet[Any]):
    """Questions about much work."""

    def due(self, now: datetime) -> Self:
        """What waits, and that whose worker died, the oldest first."""
        waiting = Q(state=Work.State.WAITING)
        abandoned = Q(state=Work.State.RENDERING, lease_until__lt=now)
        return self.filter(waiting | abandoned).order_by("pk")

    def unfinished(self) -> Self:
        """What isn't over."""
        return self.filter(state__in=Work.OPEN)


class Work(models.Model):
    """A file that is, or was, to be made.

    While a worker is at it, `lease_until` is when it counts as dead, and `tries` says whose it is:
    another worker that takes over counts up. `tries_before` are those from before a person had it
    made once more. `path` is relative to MEDIA_ROOT.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        RENDERING = "rendering"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.WAITING, State.RENDERING)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    words = models.CharField(max_length=400, blank=True)
    progress = models.FloatField(default=0)
    tries = models.PositiveIntegerField(default=0)
    tries_before = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    took_s = models.FloatField(null=True)
    path = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects: ClassVar[Any] = WorkQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.uuid}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being made."""
        return self.state in self.OPEN

    @property
    def file(self) -> Path:
        """Where the file is on disk."""
        return Path(settings.MEDIA_ROOT) / self.path

    def claim(self, lease_s: float) -> bool:
        """Make it this worker's for a while; False when another was first."""
        now = shared_now()
        mine = type(self).objects.due(now).filter(pk=self.pk, tries=self.tries)
        return self._move(
            mine,
            state=self.State.RENDERING,
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
        return self._end(self.State.DONE, progress=1.0, **facts)

    def fail(self, words: str) -> bool:
        """Say why there will be no file; False when it was cancelled or is another worker's."""
        return self._end(self.State.FAILED, words=words[:400])

    def cancel(self) -> bool:
        """End it, whoever is at it; False when it is over."""
        return self._move(
            type(self).objects.unfinished().filter(pk=self.pk),
            state=self.State.CANCELLED,
            lease_until=None,
            ended_at=timezone.now(),
        )

    def again(self) -> bool:
        """Let what failed or was cancelled wait once more; False when it didn't."""
        over = (self.State.FAILED, self.State.CANCELLED)
        return self._move(
            type(self).objects.filter(pk=self.pk, state__in=over),
            state=self.State.WAITING,
            tries_before=self.tries,
            words="",
            progress=0,
            ended_at=None,
        )

    def discard(self) -> bool:
        """Delete it with its file; False when it isn't over."""
        gone, _ = type(self).objects.filter(pk=self.pk).exclude(state__in=self.OPEN).delete()
        if gone:
            log.info("%s=%s deleted", self._meta.model_name, self.uuid)
        if gone and self.path:
            self.file.unlink(missing_ok=True)
        return bool(gone)

    def _mine(self) -> WorkQuerySet:
        mine: WorkQuerySet = type(self).objects.filter(
            pk=self.pk, state=self.State.RENDERING, tries=self.tries
        )
        return mine

    def _end(self, state: "Work.State", **facts: Any) -> bool:
        now = timezone.now()
        began = self.started_at or now
        took_s = max((now - began).total_seconds(), 0.0)
        return self._move(
            self._mine(), state=state, lease_until=None, ended_at=now, took_s=took_s, **facts
        )

    def _move(self, mine: WorkQuerySet, **fields: Any) -> bool:
        if mine.update(**fields) != 1:
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        if "state" in fields:
            kind = self._meta.model_name
            log.info("%s=%s state=%s tries=%s", kind, self.uuid, self.state, self.tries)
        return True
