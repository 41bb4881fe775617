"""A film in the making."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import slugify

from studio.models.history import keeping_history
from studio.models.team import Team

if TYPE_CHECKING:
    from studio.models.team import Role
    from studio.models.user import User

# Words that would read as a page of the site.
_TAKEN = {"new", "live"}


class ProjectQuerySet(models.QuerySet["Project"]):
    """Questions about many projects."""

    def visible_to(self, user: "User") -> Self:
        """Only the projects of the teams that the person belongs to."""
        return self.filter(team__memberships__user=user)

    def with_covers(self) -> Self:
        """With the number of takes, and the newest take that has a picture."""
        from generations.models import Asset, Generation

        pictures = Generation.objects.takes().filter(
            project=OuterRef("pk"), assets__kind=Asset.Kind.POSTER, assets__state="stored"
        )
        newest = pictures.order_by("-take_number").values("uuid")[:1]
        return self.annotate(
            **{"take_count": Coalesce("counter__takes", 0), "cover": Subquery(newest)}
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

    # What the door and the lists annotate (studio.access, with_covers).
    role: "Role"
    event_count: int
    take_count: int
    dreaming_count: int
    approval_above_usd: Decimal | None
    has_own_prices: bool = True  # as far as is known, where it wasn't looked up
    cover: UUID | None

    objects: ClassVar[models.Manager["Project"]] = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

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
