"""Exports: a state of a sequence rendered to a file."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from studio.models.sequence import Edit, Sequence
from studio.models.work import Work, WorkQuerySet


class ExportQuerySet(WorkQuerySet):
    """Questions about many exports."""

    def for_list(self, sequence: Sequence) -> Self:
        """A sequence's, the newest first, with all that their list shows."""
        return (
            self.filter(sequence=sequence)
            .select_related("author", "edit", "sequence")
            .prefetch_related("edit__names")
            .order_by("-pk")
        )

    def films_of(self, sequence: Sequence) -> Self:
        """The films of a sequence that a browser plays, the newest first."""
        done = self.filter(sequence=sequence, state=Export.State.DONE, kind__in=PLAYED)
        return done.order_by("-ended_at", "-pk")

    def measured(self, kind: str) -> Self:
        """The last of a kind that are done, from which it is told how long the next takes."""
        done = self.filter(kind=kind, state=Export.State.DONE, took_s__gt=0)
        return done.order_by("-pk")[:10]


class Export(Work):
    """A file that is, or was, made of a state of a sequence.

    `edit` is that very state, and stays as long as the export does. `height` is the shorter side
    that was asked for, none for that of the takes.
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

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="exports")
    # Not forgotten while there is an export of it; gone with the whole sequence, though.
    edit = models.ForeignKey(Edit, on_delete=models.RESTRICT, related_name="exports")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    height = models.PositiveIntegerField(null=True)
    loudness_lufs = models.FloatField(null=True)
    clip_key = models.CharField(max_length=32, blank=True)
    estimate_s = models.FloatField(null=True)
    # How it was made, in frames of the sequence: taken over as they were, and encoded anew.
    frames_copied = models.PositiveIntegerField(default=0)
    frames_rendered = models.PositiveIntegerField(default=0)
    duration_s = models.FloatField(null=True)
    width = models.PositiveIntegerField(null=True)
    pixel_height = models.PositiveIntegerField(null=True)

    objects: ClassVar[ExportQuerySet] = ExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Work.Meta):
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


PLAYED = (Export.Kind.MP4, Export.Kind.WEBM)
"""The kinds that a browser plays."""
