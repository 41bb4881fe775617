"""A generation that stays where it is: what is learned and decided of it meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from generations.models.attempt import Attempt
from generations.models.generation_line import GenerationInLine
from generations.models.generation_record import GenerationRecord
from generations.models.ledger import LedgerEntry
from generations.models.states import Reason, State

_RELEASED = "It was never seen again, and its price was released. Nothing was charged."


class GenerationStanding(GenerationInLine):
    """What may happen to a generation in whatever state, without a move of it."""

    class Meta(GenerationRecord.Meta):
        abstract = True

    def release(
        self, actor: Any, failed: bool = False, reason: str = Reason.PROVIDER, words: str = ""
    ) -> bool:
        """Release the money of a take that was given up as lost; it may then be retried.

        `failed`: its provider says by now that it failed, for this reason in these words.
        """
        words = (words or _RELEASED)[:500]
        with transaction.atomic():
            mine = type(self).objects.filter(pk=self.pk, state=State.FAILED, reason=Reason.LOST)
            if not mine.update(reason=reason, words=words):
                return False
            self.reason, self.words = reason, words
            attempt = self.attempt()
            if failed:
                attempt.close(Attempt.Outcome.FAILED)
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
            self.announce("released", actor=actor)
            return True

    def note(
        self, reason: Reason, words: str, *, next_at: datetime, among: Sequence[State] = ()
    ) -> None:
        """Say why it doesn't move, and look again later; an Event when that is news.

        Only while it is in the state that this object knows, and in one of those, if any are given:
        whoever asked outside for long may have read it after it ended.
        """
        if among and self.state not in among:
            return
        words = words[:500]
        with transaction.atomic():
            mine = type(self).objects.filter(pk=self.pk, state=self.state)
            news = mine.exclude(reason=reason, words=words)
            if news.update(reason=reason, words=words, next_at=next_at):
                self.reason, self.words, self.next_at = reason, words, next_at
                self.announce(reason or "answered")
            else:
                mine.update(next_at=next_at)
