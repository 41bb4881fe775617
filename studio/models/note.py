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
LONGEST_GUEST = 60
"""Characters of a guest's name."""


_TINTS = 4  # as many as tokens.css has


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
    picture's width and height from its top left. A guest's note has no author: `guest` is how they
    called themselves, and `share` the link by which they came.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.ForeignKey(
        "generations.Generation", on_delete=models.CASCADE, related_name="notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="notes"
    )
    guest = models.CharField(max_length=LONGEST_GUEST, blank=True)
    share = models.ForeignKey(
        "studio.Share", on_delete=models.SET_NULL, null=True, related_name="notes"
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

    @property
    def who(self) -> str:
        """Who left it."""
        return str(self.author or guest_called(self.guest) or "Someone who left")

    @property
    def initials(self) -> str:
        """Two letters for the round mark of who left it."""
        if self.author:
            return self.author.initials
        return "".join(word[0] for word in self.guest.split()[:2]).upper() or "?"

    @property
    def tint(self) -> int:
        """The number of that mark's colour, from 1: always a person's own; 0 for a guest."""
        return self.author_id % _TINTS + 1 if self.author_id else 0


def guest_called(name: str) -> str:
    """Return a guest's name as the team reads it: nobody passes for a member by theirs."""
    return f"{name} (guest)" if name else ""


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
