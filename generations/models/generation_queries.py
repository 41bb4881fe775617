"""Questions about many generations."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from generations.models.asset import Asset
from generations.models.keyframe import Keyframe
from generations.models.states import IN_FLIGHT, SCHEDULED, UNFINISHED, State

if TYPE_CHECKING:
    from generations.models.generation import Generation  # noqa: F401  (named in the base)


class GenerationQuerySet(models.QuerySet["Generation"]):
    """Questions about many generations."""

    def takes(self) -> Self:
        """Without the versions that were made from a take."""
        return self.filter(version_of__isnull=True)

    def unfinished(self) -> Self:
        """Still on their way."""
        return self.filter(state__in=UNFINISHED)

    def waiting(self) -> Self:
        """In our own queue, the first in line first."""
        return self.filter(state=State.WAITING).order_by("waiting_since", "id")

    def in_flight(self) -> Self:
        """Holding one of their account's slots."""
        return self.filter(state__in=IN_FLIGHT)

    def due(self, now: datetime) -> Self:
        """Whose time has come, whatever is to be done."""
        return self.filter(state__in=SCHEDULED, next_at__lte=now).order_by("next_at")

    def visible_to(self, user: Any) -> Self:
        """Only those of the teams that the person belongs to."""
        return self.filter(project__team__memberships__user=user)

    def changed_since(self, event_number: int) -> Self:
        """Something happened to them after an event; and those in line, whose place may move."""
        return self.filter(Q(last_event__gt=event_number) | Q(state=State.WAITING))

    def for_cards(self) -> Self:
        """With everything that a card shows, in one query."""
        files = Asset.objects.filter(generation=OuterRef("pk"))
        video = files.filter(kind=Asset.Kind.VIDEO)
        start = Keyframe.objects.filter(generation=OuterRef("pk"), position="start")
        ahead = self.model._default_manager.filter(
            Q(waiting_since__lt=OuterRef("waiting_since"))
            | Q(waiting_since=OuterRef("waiting_since"), id__lt=OuterRef("id")),
            account=OuterRef("account"),
            state=State.WAITING,
        )
        count = ahead.order_by().values("state").annotate(n=models.Count("*")).values("n")
        return self.select_related("prompt", "author", "project").annotate(
            video_state=Subquery(video.values("state")[:1]),
            video_duration_s=Subquery(video.values("duration_s")[:1]),
            has_poster=Exists(files.filter(kind=Asset.Kind.POSTER, state=Asset.State.STORED)),
            extends_take=Subquery(start.values("source__take_number")[:1]),
            starts_on_take=Subquery(start.values("still__source__take_number")[:1]),
            ahead_in_line=Subquery(count[:1]),
        )
