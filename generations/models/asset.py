"""A file we keep of a take."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from generations.providers.base import Output

_LABEL_MAX = 120
# No clip has so many frames, nor a picture so many layers: more are a provider's nonsense.
_MOST_BESIDE = 1000


class AssetQuerySet(models.QuerySet["Asset"]):
    """Questions about many assets."""

    def due(self, now: datetime) -> Self:
        """Files to fetch now, and fetches whose worker died."""
        return self.filter(state=Asset.State.PENDING, next_at__lte=now).order_by("next_at")

    def expect(
        self, generation: Any, kind: str, source_url: str, beside: Iterable["Output"] = ()
    ) -> None:
        """Have a finished job's file fetched, and what comes beside it."""
        at: dict[str, Any] = {"generation": generation, "next_at": timezone.now()}
        others = [
            Asset(
                kind=each.kind,
                number=each.number,
                label=each.label[:_LABEL_MAX],
                source_url=each.url,
                **at,
            )
            for each in islice(beside, _MOST_BESIDE)
        ]
        Asset.objects.bulk_create([Asset(kind=kind, source_url=source_url, **at), *others])


class Asset(models.Model):
    """A file we keep of a take: video, poster, hover preview, image, and what came beside.

    Beside a video may come its frames as EXR, beside a picture its layers: `number` tells those of
    one kind apart, `label` is what the provider calls it. `path` is relative to MEDIA_ROOT and
    immutable once stored. `source_url` is the provider's, which expires. While a worker fetches the
    file, `next_at` is the end of its lease.
    """

    class Kind(models.TextChoices):
        """What the file is for."""

        VIDEO = "video"
        POSTER = "poster"
        PREVIEW = "preview"
        IMAGE = "image"
        EXR = "exr"
        LAYER = "layer"

    OWN: ClassVar = (Kind.VIDEO, Kind.IMAGE)
    """What a provider made of a take: one of the two."""
    BESIDE: ClassVar = (Kind.EXR, Kind.LAYER)
    """What may come beside that, each several times."""
    SMALL: ClassVar = (Kind.POSTER, Kind.PREVIEW)
    """What is made of it here."""

    class State(models.TextChoices):
        """Whether we have it."""

        PENDING = "pending"
        STORED = "stored"
        FAILED = "failed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="assets"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=_LABEL_MAX, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    source_url = models.TextField(blank=True)
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    path = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    fps = models.FloatField(null=True)
    duration_s = models.FloatField(null=True)
    codec = models.CharField(max_length=20, blank=True)
    has_sound = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    stored_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Asset"]] = AssetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "kind", "number"], name="asset_kind_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="stored") | (~Q(path="") & Q(size_bytes__gt=0) & ~Q(sha256="")),
                name="asset_stored_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("video", "poster", "preview", "image", "exr", "layer")),
                name="asset_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("pending", "stored", "failed")), name="asset_known_state"
            ),
        ]
        indexes = [
            # generations.sweeping: files to fetch
            models.Index(fields=["next_at"], condition=Q(state="pending"), name="asset_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.generation_id}: {self.state}"

    def fetch_again(self) -> bool:
        """Schedule a fetch that was given up; False when it wasn't. The sweep then does it."""
        with transaction.atomic():
            type(self.generation).objects.filter(pk=self.generation_id).lock()
            mine = Asset.objects.filter(pk=self.pk, state=Asset.State.FAILED)
            now = timezone.now()
            if not mine.update(state=Asset.State.PENDING, tries=0, next_at=now):
                return False
            self.generation.announce("fetching")
        return True

    @property
    def named(self) -> str:
        """What the file is asked for by: its kind, and its number where there may be several."""
        return f"{self.kind}-{self.number}" if self.kind in Asset.BESIDE else str(self.kind)

    @property
    def file(self) -> Path:
        """Where the file is on disk."""
        return Path(settings.MEDIA_ROOT) / self.path
