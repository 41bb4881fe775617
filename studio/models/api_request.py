"""What a script asked for in Luma's words, and what it was told of it."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from generations.models import Asset, State

_UNHEARD = ("queued", "dreaming")
_OVER = (State.FAILED, State.DECLINED, State.CANCELLED)


class ApiRequestQuerySet(models.QuerySet["ApiRequest"]):
    """Questions about many requests of scripts."""

    def to_call(self, now: datetime) -> Self:
        """Those whose script is to be told by now that its generation moved, none besides.

        Each is told of dreaming, and of its end: failed, or completed with its file kept, or with
        the fetching of it given up. Those of a deleted team are, once it is restored.
        """
        settled = Asset.objects.filter(
            generation=OuterRef("generation"), kind__in=("video", "image")
        ).exclude(state=Asset.State.PENDING)
        made = Q(generation__state=State.COMPLETED)
        is_over = Q(generation__state__in=_OVER) | (made & Exists(settled))
        is_dreaming = made | Q(generation__state=State.DREAMING)
        there = self.filter(generation__project__team__deleted_at=None)
        open_ones = there.exclude(callback_url="").filter(told_state__in=_UNHEARD)
        moved = open_ones.filter(is_over | (is_dreaming & Q(told_state="queued")))
        return moved.filter(Q(next_at=None) | Q(next_at__lte=now)).order_by("pk")


class ApiRequest(models.Model):
    """A generation's request as a script sent it and as it is echoed to it: `asked`.

    `callback_url` is where the script wants to be called when its generation moves; `told_state`
    is the last state that it was told, `tries` how often the next one was tried, and `next_at`
    when it is tried again. `key` is the script's own, under which it orders once, and `said` the
    digest of what it asked under it.
    """

    generation = models.OneToOneField(
        "generations.Generation", on_delete=models.CASCADE, related_name="api_request"
    )
    token = models.ForeignKey(
        "studio.ApiToken", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    key = models.UUIDField(null=True, unique=True, editable=False)
    said = models.CharField(max_length=64, blank=True)
    asked = models.JSONField()
    callback_url = models.TextField(blank=True)
    told_state = models.CharField(max_length=12, default="queued")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    objects: ClassVar[ApiRequestQuerySet] = ApiRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            # to_call
            models.Index(
                fields=["id"],
                condition=~Q(callback_url="") & Q(told_state__in=_UNHEARD),
                name="api_request_unheard",
            )
        ]

    def __str__(self) -> str:
        return f"{self.generation_id}: {self.told_state}"
