"""Bundles: a project with everything that belongs to it, as one file."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from studio.models.project import Project
from studio.models.work import Work, WorkQuerySet


class BundleQuerySet(WorkQuerySet):
    """Questions about many bundles."""

    def for_list(self, project: Project) -> Self:
        """A project's, the newest first, with all that their list shows."""
        return self.filter(project=project).select_related("author").order_by("-pk")


class Bundle(Work):
    """A project as one file, to be kept or taken elsewhere; `studio.leaving` writes and reads it.

    `takes` and `missing` are how many takes are in it, and how many files could not be.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="bundles")
    takes = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)

    objects: ClassVar[BundleQuerySet] = BundleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Work.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "rendering", "done", "failed", "cancelled")),
                name="bundle_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(path="") & Q(size_bytes__gt=0) & ~Q(sha256="")),
                name="bundle_done_is_whole",
            ),
            # Two people who ask at once get the same one.
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=("waiting", "rendering")),
                name="bundle_one_at_a_time",
            ),
        ]
        indexes = [
            # studio.leaving.bundling: what to make now
            models.Index(
                fields=["state", "lease_until"],
                condition=Q(state__in=("waiting", "rendering")),
                name="bundle_due",
            ),
        ]
