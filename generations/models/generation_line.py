"""A generation that waits in line: its attempt, and what may be changed before it is sent."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction
from django.utils import timezone

from generations.logs import about
from generations.models.attempt import Attempt
from generations.models.budget import Budget
from generations.models.event import Event
from generations.models.generation_record import GenerationRecord
from generations.models.ledger import LedgerEntry
from generations.models.states import State
from generations.refusal import Refused

if TYPE_CHECKING:
    from generations.models.account import Account
    from generations.models.generation import Generation
    from generations.models.keyframe import Keyframe
    from generations.models.prompt import Prompt
    from generations.models.reference import Reference
    from generations.models.still import Still

log = logging.getLogger(__name__)


class GenerationInLine(GenerationRecord):
    """What may happen to a generation without a move of its state: only while it waits."""

    attempts: Any  # the other ends of their foreign keys
    keyframes: Any
    references: Any

    class Meta(GenerationRecord.Meta):
        abstract = True

    def attempt(self) -> Attempt:
        """Return the newest attempt. Raises Attempt.DoesNotExist."""
        newest: Attempt = self.attempts.select_related("account", "generation__project").latest(
            "number"
        )
        return newest

    def prepare_attempt(
        self,
        account: "Account",
        price_usd: Decimal,
        *,
        instead_of: Attempt | None = None,
    ) -> Attempt:
        """Open the next attempt and reserve its price. Call in the transaction that accepts.

        The budgets are asked, but for what another attempt that was just released held already:
        a take that was accepted is never lost to a budget. Raises Refused.
        """
        if instead_of is None or price_usd > instead_of.price_usd:
            Budget.objects.admit(self.project, price_usd)
        return self._open_attempt(account, price_usd)

    @classmethod
    def reserve_all(
        cls, project: Any, generations: "Sequence[Generation]", *later_usd: Decimal
    ) -> None:
        """Open the first attempt of each that waits in line, and reserve all their prices.

        They are of one project, and the budgets are asked once, for the whole: with the prices
        of what the same press orders later. Call in the transaction that accepts them. Raises
        Refused.
        """
        waiting = [each for each in generations if each.state == State.WAITING]
        prices_usd = [each.price_usd for each in waiting] + list(later_usd)
        if not prices_usd:
            return
        Budget.objects.admit(project, *prices_usd)
        for each in waiting:
            each._open_attempt(each.account, each.price_usd)

    def _open_attempt(self, account: "Account", price_usd: Decimal) -> Attempt:
        number = (self.attempts.aggregate(n=models.Max("number"))["n"] or 0) + 1
        attempt = Attempt.objects.create(
            is_reserved=True,
            generation=cast("Generation", self),
            account=account,
            number=number,
            price_usd=price_usd,
        )
        LedgerEntry.write(LedgerEntry.Kind.RESERVED, attempt)
        return attempt

    def move(
        self,
        account: "Account",
        price_usd: Decimal,
        notice: str,
        *,
        stills: dict[str, "Still"] | None = None,
        prompt: "Prompt | None" = None,
    ) -> bool:
        """Wait for another account, or for another model: nothing of it was sent.

        `stills` take the place of the takes that stood in its frames, by position; `notice`
        tells a person. The price that was shown stays the most that it may cost. False when it
        was sent or changed meanwhile; raises Refused where a budget has no room.
        """
        detail = {"from": str(self.account), "to": str(account), "words": notice}
        with transaction.atomic():
            asked = prompt or self.prompt
            news = {"kind": "moved", **detail}
            told = {"notice": notice[:500], "shown_usd": self.most_usd}
            if not self._wait_anew(account, price_usd, asked, news, **told):
                return False
            self.put_in_place(stills or {})
            return True

    def prolong(self, attempt: Attempt, lease_until: datetime) -> bool:
        """Extend the lease of an attempt of which nothing was posted yet; False where it ended.

        The time is by the clock that all machines share.
        """
        with transaction.atomic():
            mine = type(self).objects.filter(
                pk=self.pk, state=State.SUBMITTING, next_at=attempt.lease_until
            )
            if not mine.update(next_at=lease_until):
                return False
            attempt.lease_until = lease_until
            attempt.save(update_fields=["lease_until"])
            return True

    def put_in_place(self, stills: "Mapping[str, Still]") -> None:
        """Begin or end on stills instead of the takes that stood there, by position."""
        for position, still in stills.items():
            self.keyframes.filter(position=position).update(source=None, still=still)

    def edit(
        self,
        account: "Account",
        price_usd: Decimal,
        prompt: "Prompt",
        parts: "Sequence[Keyframe | Reference]",
        actor: Any,
    ) -> bool:
        """Ask for something else while it waits, at its place in line. Raises Refused.

        An approval ends with it: that was for other words. False when it was sent or changed
        meanwhile.
        """
        with transaction.atomic():
            news = {"kind": "edited", "actor": actor}
            anew = {"notice": "", "shown_usd": None, "approved_by": None}
            if not self._wait_anew(account, price_usd, prompt, news, **anew):
                return False
            self.keyframes.all().delete()
            self.references.all().delete()
            for part in parts:
                part.generation = cast("Generation", self)
                part.save()
            return True

    def tell(self, notice: str, kind: str = "told") -> bool:
        """Tell a person something about it that stays true, with an Event the first time.

        True when that was news.
        """
        kept = notice[:500]
        with transaction.atomic():
            mine = type(self).objects.filter(pk=self.pk).exclude(notice=kept)
            is_new = bool(mine.update(notice=kept))
            if is_new:
                self.announce(kind, words=notice)
        self.notice = kept
        return is_new

    def announce(self, kind: str, actor: Any = None, **detail: Any) -> None:
        """Record something that happened without a move (a file was stored, say)."""
        with transaction.atomic():
            type(self).objects.filter(pk=self.pk).lock()
            event = Event.record(self, kind, detail=detail, actor=actor)
            type(self).objects.filter(pk=self.pk).update(last_event=event.number)
        self.last_event = event.number
        with about(self):
            log.info("event=%s detail=%s", kind, detail)

    def _wait_anew(
        self,
        account: "Account",
        price_usd: Decimal,
        prompt: "Prompt",
        news: dict[str, Any],
        **fields: Any,
    ) -> bool:
        """Exchange the attempt that wasn't sent for another, its price for another's.

        Raises Refused where a budget has no room for what is dearer. The budgets are asked last:
        nothing else may be locked after them. Refused, it is in memory, too, what it was.
        """
        here = {"account": self.account_id, "prompt": self.prompt_id, "state": State.WAITING}
        fields |= {"account": account, "price_usd": price_usd, "prompt": prompt}
        fields |= {"next_at": timezone.now(), "reason": "", "words": "", "no_room_since": None}
        if account.pk != self.account_id:
            fields["turn"] = type(self).objects.next_turn(account, self.author_id, prompt.model)
        mine = type(self).objects.filter(pk=self.pk, **here)
        if mine.select_for_update(no_key=True).first() is None:
            return False
        if prompt.pk is None:
            prompt.save()
        mine.update(**fields)
        last_event = self.last_event
        self.announce(**news)
        attempt = self.attempt()
        attempt.close(Attempt.Outcome.WITHDRAWN)
        LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
        try:
            self.prepare_attempt(account, price_usd, instead_of=attempt)
        except Refused:
            self.last_event = last_event
            raise
        for name, value in fields.items():
            setattr(self, name, value)
        return True
