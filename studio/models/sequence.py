"""Sequences: clips in order, their every state kept so that nothing done can't be undone."""

from collections.abc import Callable
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from generations.refusal import Refused
from studio.editing import written
from studio.editing.cut import Cut
from studio.models.project import Project

KEPT_EDITS = 500

_NOT_KEPT = (
    "What came of it couldn't be read again ({why}), so nothing was saved. That is a fault of "
    "Dailies, not yours; what you did before it stays."
)
_NAMED = "There is a cut called “{name}” already. Give this one another name."


class Overtaken(Exception):
    """Somebody else has changed the sequence meanwhile, and nothing was saved.

    `edit` is the state in which it is now.
    """

    def __init__(self, edit: "Edit") -> None:
        super().__init__(f"edit {edit.number} came first")
        self.edit = edit


class SequenceQuerySet(models.QuerySet["Sequence"]):
    """Questions about many sequences."""

    def for_page(self) -> Self:
        """With the state that each is in, what was undone last, and the newest name of a cut."""
        undone = Edit.objects.filter(before=OuterRef("head")).order_by("-number").values("said")
        names = NamedCut.objects.filter(sequence=OuterRef("pk")).order_by("-pk").values("name")
        related = self.select_related("project", "head__author")
        return related.annotate(redo_said=Subquery(undone[:1]), newest_name=Subquery(names[:1]))


class Sequence(models.Model):
    """A film, or a part of one, as it is being cut: the timeline shows it.

    `head` is the state in which it is. `version` rises whenever that changes, by undoing and
    redoing too: who saves says which version they saw, and the second of two is told.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sequences")
    name = models.CharField(max_length=80)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)
    head = models.ForeignKey("studio.Edit", on_delete=models.PROTECT, null=True, related_name="+")

    # What its page asks for (for_page).
    redo_said: str | None
    newest_name: str | None

    objects: ClassVar[SequenceQuerySet] = SequenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def begin(cls, project: Project, author: Any, name: str, cut: Cut | None = None) -> "Sequence":
        """Begin a sequence, empty or with a cut. Raises Refused where that can't be kept."""
        with transaction.atomic():
            sequence = cls.objects.create(project=project, name=name, created_by=author)
            sequence.head = Edit.objects.create(
                sequence=sequence,
                number=1,
                document=_document(cut or Cut()),
                said="Began the sequence",
                author=author,
            )
            sequence.save(update_fields=["head"])
        return sequence

    @property
    def cut(self) -> Cut:
        """What it holds now."""
        assert self.head is not None  # noqa: S101  (begun with one)
        return self.head.cut

    @property
    def is_readable(self) -> bool:
        """Whether what is kept of it can be read, as it is unless that was damaged."""
        try:
            self.head and self.head.cut  # noqa: B018
        except written.Unreadable:
            return False
        return True

    def change(
        self,
        version: int,
        author: Any,
        said: str | Callable[[], str],
        change: Callable[[Cut], Cut],
    ) -> "Edit":
        """Keep what `change` makes of the cut, and return the new state; the old one if it's equal.

        `said` tells it in words, or is called for them once it is made. `version` is the one that
        the author saw. Raises Overtaken, whatever `change` raises, and Refused where what it makes
        couldn't be read again; then nothing is saved.
        """
        with transaction.atomic():
            now = self._now(version)
            before = now.cut
            after = change(before)
            if after == before:
                return now
            newest = self.edits.order_by("-number").values_list("number", flat=True)[0]
            edit = Edit.objects.create(
                sequence=self,
                number=newest + 1,
                before=now,
                document=_document(after),
                said=(said if isinstance(said, str) else said())[: Edit.LONGEST_SAID],
                author=author,
            )
            self._go_to(edit, version)
            Edit.objects.forget_old(self, edit.number)
        return edit

    def undo(self, version: int) -> "Edit | None":
        """Go back to the state before, and return what was undone; None at the beginning.

        Raises Overtaken.
        """
        with transaction.atomic():
            now = self._now(version)
            if now.before is None:
                return None
            self._go_to(now.before, version)
        return now

    def redo(self, version: int) -> "Edit | None":
        """Do again what was undone last, and return it; None when nothing was. Raises Overtaken."""
        with transaction.atomic():
            undone = self._now(version).redo
            if undone is None:
                return None
            self._go_to(undone, version)
        return undone

    def name_cut(self, version: int, author: Any, name: str) -> "NamedCut":
        """Give the state in which it is a name to come back to. Raises Overtaken and Refused."""
        with transaction.atomic():
            now = self._now(version)
            if self.names.filter(name=name).exists():
                raise Refused({"name": _NAMED.format(name=name)})
            return NamedCut.objects.create(sequence=self, edit=now, name=name, author=author)

    def rename(self, name: str) -> None:
        """Give it another name."""
        self.name = name
        self.save(update_fields=["name"])

    def copy(self, author: Any, name: str) -> "Sequence":
        """Begin another sequence with what this one holds now."""
        return Sequence.begin(self.project, author, name, self.cut)

    def discard(self) -> None:
        """Delete it with every state that it was in, and the names of those."""
        with transaction.atomic():
            self.names.all().delete()
            Sequence.objects.filter(pk=self.pk).update(head=None)
            self.delete()

    def _now(self, version: int) -> "Edit":
        """Return the state that somebody who saw this version sees. Raises Overtaken.

        Locks the sequence, where the database has such a lock, until the transaction ends.
        """
        # Not joined: who waited for the lock would see the row's new head, but not the edit it is.
        seen = Sequence.objects.select_for_update().get(pk=self.pk)
        head = self._head()
        if seen.version != version:
            raise Overtaken(head)
        return head

    def _head(self) -> "Edit":
        """Return the state in which it is by now."""
        heads = Sequence.objects.filter(pk=self.pk).values("head")
        return Edit.objects.select_related("before").get(pk__in=heads)

    def _go_to(self, edit: "Edit", version: int) -> None:
        """Make a state the one that it is in. Raises Overtaken."""
        now = timezone.now()
        mine = Sequence.objects.filter(pk=self.pk, version=version)
        if not mine.update(head=edit, version=version + 1, changed_at=now):
            raise Overtaken(self._head())
        self.head, self.version, self.changed_at = edit, version + 1, now


class EditQuerySet(models.QuerySet["Edit"]):
    """Questions about many states."""

    def forget_old(self, sequence: Sequence, newest: int) -> None:
        """Delete what can't be undone any more, but for what has a name or an export."""
        old = self.filter(sequence=sequence, number__lte=newest - KEPT_EDITS)
        old.filter(names=None, exports=None).delete()


class Edit(models.Model):
    """A state of a sequence, and what somebody did to reach it from the one `before`.

    Never changed: what is undone stays, to be done again. The last `KEPT_EDITS` of a sequence are
    kept, and those that have a name or an export.
    """

    LONGEST_SAID = 120

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="edits")
    number = models.PositiveIntegerField()
    before = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="after")
    document = models.JSONField()
    said = models.CharField(max_length=LONGEST_SAID)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[EditQuerySet] = EditQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["sequence", "number"], name="edit_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.said}"

    @property
    def cut(self) -> Cut:
        """What the sequence holds in this state. Raises written.Unreadable."""
        return written.read(self.document)

    @property
    def redo(self) -> "Edit | None":
        """What was done last from here and undone, if anything was."""
        return self.after.order_by("-number").first()


class NamedCut(models.Model):
    """A state of a sequence that somebody gave a name, such as “v3”, to come back to."""

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="names")
    edit = models.ForeignKey(Edit, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=40)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["sequence", "name"], name="named_cut_once"),
        ]

    def __str__(self) -> str:
        return self.name


def _document(cut: Cut) -> dict[str, Any]:
    """Return a cut as it is kept, read back before. Raises Refused."""
    document = written.write(cut)
    try:
        written.read(document)
    except written.Unreadable as error:
        raise Refused({"": _NOT_KEPT.format(why=error)}) from error
    return document
