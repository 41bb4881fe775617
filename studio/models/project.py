"""A film in the making."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from studio.models.history import keeping_history
from studio.models.team import Team

if TYPE_CHECKING:
    from generations.models import Generation, Still
    from studio.models.team import Role
    from studio.models.user import User

# Words that would read as a page of the site.
_TAKEN = {"new", "live"}

_TAKE_COUNT = Coalesce(F("counter__takes") - F("counter__trashed"), 0)


class ProjectQuerySet(models.QuerySet["Project"]):
    """Questions about many projects."""

    def visible_to(self, user: "User") -> Self:
        """Only the projects of the teams that the person belongs to."""
        return self.filter(team__memberships__user=user)

    def open(self) -> Self:
        """Only those that aren't archived."""
        return self.filter(archived_at=None)

    def archived(self) -> Self:
        """Only those that are archived, the last one first."""
        return self.filter(archived_at__isnull=False).order_by("-archived_at")

    def with_covers(self) -> Self:
        """With the number of takes, and what is on the cover: a still, or the take `cover`.

        That is what was chosen, and else the newest take that has a picture.
        """
        from generations.models import Asset, Generation

        pictures = (
            Generation.objects.takes()
            .kept()
            .filter(project=OuterRef("pk"), assets__kind=Asset.Kind.POSTER, assets__state="stored")
        )
        newest = pictures.order_by("-take_number").values("uuid")[:1]
        chosen = pictures.filter(pk=OuterRef("cover_take")).values("uuid")[:1]
        return self.annotate(
            **{
                "take_count": _TAKE_COUNT,
                "cover": Coalesce(Subquery(chosen), Subquery(newest)),
                "cover_picture": F("cover_still__uuid"),
            }
        )


class Project(models.Model):
    """A film in the making; it belongs to a team."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=90, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    # At most one of them; without any the newest take is on the cover.
    cover_take = models.ForeignKey(
        "generations.Generation",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    cover_still = models.ForeignKey(
        "generations.Still", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    # What the door and the lists annotate (studio.access, with_covers).
    role: "Role"
    event_count: int
    take_count: int
    dreaming_count: int
    trashed_count: int
    approval_above_usd: Decimal | None
    own_prices: Sequence[dict[str, str | None]] | None
    cover: UUID | None
    cover_picture: UUID | None

    objects: ClassVar[models.Manager["Project"]] = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def cover_url(self) -> str:
        """The picture on its cover, small, or nothing; for what comes from `with_covers()`."""
        if self.cover_picture:
            return reverse("media", args=[self.cover_picture, "still-small"])
        return reverse("media", args=[self.cover, "poster"]) if self.cover else ""

    @property
    def has_own_prices(self) -> bool:
        """Whether its team has its own prices; so it may, where that wasn't looked up."""
        return bool(getattr(self, "own_prices", True))

    def own_price(self, model: str, kind: str) -> tuple[Decimal | None, Decimal | None]:
        """Return its team's own rate and own price for a take in dollars, where there is one.

        For what came through the door (studio.access).
        """
        known = {(each["model"], each["kind"]): each for each in self.own_prices or ()}
        own = known.get((model, kind), {})
        rate, price = own.get("rate_usd"), own.get("price_usd")
        # To the places that are kept: SQLite drops zeros at the end.
        return (
            round(Decimal(rate), 6) if rate else None,
            round(Decimal(price), 4) if price else None,
        )

    def rename(self, name: str) -> None:
        """Give it another name; its address stays, for people have kept it."""
        self.name = name
        self.save(update_fields=["name"])

    def set_cover(self, take: "Generation | None" = None, still: "Still | None" = None) -> None:
        """Put a take's poster or a still on its cover, or with neither the newest take's."""
        self.cover_take, self.cover_still = take, still
        self.save(update_fields=["cover_take", "cover_still"])

    def archive(self) -> bool:
        """Close it to new takes and take it off the lists; False when it was."""
        return self._move_archive(None, timezone.now())

    def reopen(self) -> bool:
        """Take it out of the archive; False when it wasn't there."""
        return bool(self.archived_at) and self._move_archive(self.archived_at, None)

    def _move_archive(self, before: datetime | None, after: datetime | None) -> bool:
        mine = Project.objects.filter(pk=self.pk, archived_at=before)
        return mine.update(archived_at=after) == 1

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete a project that nothing was made in. Raises Refused."""
        with keeping_history(self):
            return super().delete(*args, **kwargs)

    @staticmethod
    def free_slug(name: str) -> str:
        """Return a slug for a name that no project of the installation has yet."""
        stem = slugify(name)[:80] or "project"
        taken = set(Project.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
        taken |= _TAKEN
        number, slug = 1, stem
        while slug in taken:
            number += 1
            slug = f"{stem}-{number}"
        return slug
