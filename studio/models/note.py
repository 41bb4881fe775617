"""Remarks on takes, at a timecode or on the whole, with what was drawn on the frame."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from studio.models.project import Project

if TYPE_CHECKING:
    from studio.models.user import User

LONGEST = 2000
"""Characters of a note."""


class NoteQuerySet(models.QuerySet["Note"]):
    """Questions about many notes."""

    def for_list(self) -> Self:
        """As a take's page lists them: by where they are in it, those on the whole first."""
        people = self.select_related("author", "resolved_by")
        return people.order_by(F("frame").asc(nulls_first=True), "pk")


class Note(models.Model):
    """A remark on a take, or a reply to one.

    `frame` counts from 0, in the file that plays, and is None for a note on the whole and for a
    reply. `drawing` is a list of strokes, each a list of x and y by turns, in thousandths of the
    picture's width and height from its top left.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="notes"
    )
    answers = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    frame = models.PositiveIntegerField(null=True)
    words = models.CharField(max_length=LONGEST, blank=True)
    drawing = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects: ClassVar[NoteQuerySet] = NoteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(words="") | ~Q(drawing=[]), name="note_says_something"
            ),
            models.CheckConstraint(
                condition=Q(answers=None) | Q(frame=None, resolved_at=None),
                name="note_reply_is_plain",
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk} on {self.generation_id}"


class MentionQuerySet(models.QuerySet["Mention"]):
    """Questions about many mentions."""

    def unseen_by(self, user: "User") -> Self:
        """Those that a person hasn't seen, of takes that they may still see; the first first.

        Each with the `role` that the person has there.
        """
        here = self.filter(user=user, seen_at=None, note__generation__trashed_at=None)
        at = "note__generation__project__"
        here = here.filter(Project.seen_by(user, at))
        return here.annotate(**{"role": F(f"{at}team__memberships__role")}).order_by("pk")


class Mention(models.Model):
    """A person whose name stands in a note behind an @, until they say that they have seen it."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    objects: ClassVar[MentionQuerySet] = MentionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="mention_once")]
        indexes = [models.Index(fields=["user"], condition=Q(seen_at=None), name="mention_unseen")]

    def __str__(self) -> str:
        return f"{self.user_id} in note {self.note_id}"
