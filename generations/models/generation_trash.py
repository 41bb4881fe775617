"""A generation that ended: into the trash, out of it again, and gone for good."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from generations.models.event import Counter
from generations.models.generation_record import GenerationRecord
from generations.models.generation_standing import GenerationStanding
from generations.models.states import UNFINISHED, Reason, State


class GenerationInTrash(GenerationStanding):
    """What may happen to a generation that nobody works on any more. Its money stays booked."""

    class Meta(GenerationRecord.Meta):
        abstract = True

    def discard(self, at: datetime, actor: Any) -> bool:
        """Put it in the trash, unless it is on its way or its money is undecided.

        False for the loser of a race.
        """
        alive = {"state": State.FAILED, "reason": Reason.LOST}
        with transaction.atomic():
            mine = type(self).objects.filter(pk=self.pk, trashed_at=None)
            mine = mine.exclude(state__in=UNFINISHED).exclude(**alive)
            if not mine.update(trashed_at=at):
                return False
            self.trashed_at = at
            if self.take_number:
                Counter.next(self.project_id, "trashed")
            self.announce("trashed", actor=actor)
            return True

    def restore(self, actor: Any) -> bool:
        """Take it out of the trash, as long as its files are here."""
        with transaction.atomic():
            mine = type(self).objects.filter(pk=self.pk, trashed_at__isnull=False, purged_at=None)
            if not mine.update(trashed_at=None):
                return False
            self.trashed_at = None
            if self.take_number:
                Counter.lower(self.project_id, "trashed")
            self.announce("restored", actor=actor)
            return True

    def note_purged(self, actor: Any, **detail: Any) -> None:
        """Learn that its files are gone for good. Call in the transaction that removes them."""
        self.purged_at = timezone.now()
        type(self).objects.filter(pk=self.pk).update(purged_at=self.purged_at, best_version=None)
        self.announce("purged", actor=actor, **detail)

    def note_erasure(self, at: datetime | None, actor: Any) -> None:
        """Learn that its provider is asked to delete it, or isn't asked any more. As above."""
        self.erased_at = at
        type(self).objects.filter(pk=self.pk).update(erased_at=at)
        self.announce("erase_asked" if at else "erase_withdrawn", actor=actor)
