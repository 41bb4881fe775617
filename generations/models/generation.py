"""One paid job at a provider, and its every move. On the page it is a take."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from generations.logs import about
from generations.models.asset import Asset
from generations.models.attempt import Attempt
from generations.models.event import Event
from generations.models.generation_births import GenerationBirths
from generations.models.generation_record import OVERDUE_AFTER
from generations.models.ledger import LedgerEntry
from generations.models.states import AT_PROVIDER, UNFINISHED, Reason, State

if TYPE_CHECKING:
    from generations.models.account import Account
    from generations.models.prompt import Prompt
    from generations.providers.base import Output

__all__ = ["LOST_AFTER", "OVERDUE_AFTER", "Generation"]

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(days=1)
_ON_ITS_WAY = "It was on its way when its project left the other Dailies, and ended there."


class Generation(GenerationBirths):
    """One paid job at a provider: a take, numbered within its project, or a take's version.

    Each verb is one move from a state to another: it compares and sets the
    state and writes the Event in one transaction, and is True for the caller that made the move.
    """

    def begin(self, lease_until: datetime, sent_at: datetime | None = None) -> Attempt | None:
        """Intend to send it now: `waiting` to `submitting`, with a lease. None for a loser.

        Both times are by the clock that all machines share.

        Not while it is paused, nor when it has moved to another account's line meanwhile.
        """
        here = {"account": self.account_id, "paused_at": None}
        with transaction.atomic():
            if not self._move(
                State.SUBMITTING,
                State.WAITING,
                where=here,
                next_at=lease_until,
                no_room_since=None,
            ):
                return None
            attempt = self.attempt()
            attempt.outcome = Attempt.Outcome.SENDING
            attempt.sent_at = sent_at or timezone.now()
            attempt.lease_until = lease_until
            attempt.save(update_fields=["outcome", "sent_at", "lease_until"])
            return attempt

    def accept(
        self,
        attempt: Attempt,
        provider_id: str,
        *,
        next_at: datetime,
        owns_id: bool = True,
        actor: Any = None,
        accepted_at: datetime | None = None,
    ) -> bool:
        """Learn that the provider took an attempt: `submitting` or `unconfirmed` to `queued`.

        It is at the provider since `accepted_at`, from now on if that isn't said.

        Raises IntegrityError, and changes nothing, when another attempt has that id.
        """
        usual = Generation.objects.usual_s(self)
        with transaction.atomic():
            if not self._move(
                State.QUEUED,
                State.SUBMITTING,
                State.UNCONFIRMED,
                attempt=attempt,
                actor=actor,
                next_at=next_at,
                accepted_at=accepted_at or timezone.now(),
                expected_s=usual and usual.median_s,
                usual_from_s=usual and usual.from_s,
                usual_to_s=usual and usual.to_s,
                detail={"provider_id": provider_id},
            ):
                return False
            attempt.close(Attempt.Outcome.ACCEPTED, provider_id=provider_id, owns_id=owns_id)
            return True

    def turn_away(self, attempt: Attempt, reason: Reason, words: str, *, next_at: datetime) -> bool:
        """Learn that it certainly wasn't taken, but may be later: back to `waiting`."""
        return self._send_again(
            State.SUBMITTING, attempt, Attempt.Outcome.TURNED_AWAY, reason, words, next_at
        )

    def find_absent(self, attempt: Attempt, *, next_at: datetime, actor: Any = None) -> bool:
        """Learn that an unconfirmed POST certainly never arrived: back to `waiting`."""
        return self._send_again(
            State.UNCONFIRMED,
            attempt,
            Attempt.Outcome.ABSENT,
            Reason.ABSENT,
            "The first try never arrived; it is sent again.",
            next_at,
            actor,
        )

    def refuse(self, attempt: Attempt, reason: Reason, words: str) -> bool:
        """Learn that the provider won't take it: `submitting` to `failed`, nothing charged."""
        with transaction.atomic():
            if not self._finish(
                State.FAILED, State.SUBMITTING, attempt=attempt, reason=reason, words=words
            ):
                return False
            attempt.close(Attempt.Outcome.REFUSED)
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
            return True

    def lose_answer(self, attempt: Attempt, *, next_at: datetime, words: str) -> bool:
        """Learn that the answer to the POST is lost: `submitting` to `unconfirmed`."""
        with transaction.atomic():
            if not self._move(
                State.UNCONFIRMED,
                State.SUBMITTING,
                attempt=attempt,
                next_at=next_at,
                reason=Reason.UNSURE,
                words=words,
            ):
                return False
            attempt.close(Attempt.Outcome.UNCONFIRMED)
            return True

    def dream(self, *, next_at: datetime) -> bool:
        """Learn that the provider renders it: `queued` to `dreaming`."""
        return self._move(State.DREAMING, State.QUEUED, next_at=next_at)

    def complete(
        self,
        attempt: Attempt,
        kind: Asset.Kind,
        source_url: str,
        beside: Iterable["Output"] = (),
        *,
        actor: Any = None,
        words: str = "",
    ) -> bool:
        """Learn that it is ready: charge it, and have its file fetched, and what comes beside it.

        Also where it was given up as lost, for as long as its price is reserved, or was written
        off: then it was charged before. `words` are for its history.
        """
        where: dict[str, Any] = {"attempt": attempt}
        from_: tuple[State, ...] = AT_PROVIDER
        if self.is_unreleased or self.is_written_off:
            where = {"where": {"reason": self.reason}, "notice": ""}
            from_ = (State.FAILED,)
        with transaction.atomic():
            detail = {"words": words} if words else None
            if not self._finish(State.COMPLETED, *from_, actor=actor, detail=detail, **where):
                return False
            attempt.close(Attempt.Outcome.COMPLETED)
            if not attempt.is_booked():
                LedgerEntry.write(LedgerEntry.Kind.CHARGED, attempt)
            Asset.objects.expect(self, kind, source_url, beside)
            return True

    def fail(self, attempt: Attempt, reason: Reason, words: str) -> bool:
        """Learn that the provider failed it; it is refunded in full (sheet §11)."""
        with transaction.atomic():
            if not self._finish(
                State.FAILED, *AT_PROVIDER, attempt=attempt, reason=reason, words=words
            ):
                return False
            attempt.close(Attempt.Outcome.FAILED)
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
            return True

    def give_up(self, attempt: Attempt, words: str, actor: Any = None) -> bool:
        """Stop looking for it; its money stays reserved until a person releases it."""
        with transaction.atomic():
            if not self._finish(
                State.FAILED,
                State.UNCONFIRMED,
                *AT_PROVIDER,
                attempt=attempt,
                reason=Reason.LOST,
                words=words,
                actor=actor,
            ):
                return False
            attempt.close(Attempt.Outcome.LOST)
            return True

    def write_off(self, attempt: Attempt, actor: Any) -> bool:
        """Book an unconfirmed attempt as spent: `unconfirmed` to `failed`, and charged.

        Also where it was given up as lost, for as long as its price is reserved.
        """
        from_ = State.UNCONFIRMED
        which: dict[str, Any] = {"attempt": attempt}
        if self.is_unreleased:
            from_, which = State.FAILED, {"where": {"reason": Reason.LOST}}
        with transaction.atomic():
            if not self._finish(
                State.FAILED,
                from_,
                **which,
                reason=Reason.UNSURE,
                words="Given up: it may have been made, so its price is booked as spent.",
                actor=actor,
            ):
                return False
            attempt.close(Attempt.Outcome.LOST)
            LedgerEntry.write(LedgerEntry.Kind.CHARGED, attempt)
            return True

    def cancel(self, actor: Any) -> bool:
        """Take it out of our queue before it is sent; nothing is charged."""
        with transaction.atomic():
            if not self._finish(State.CANCELLED, State.WAITING, actor=actor):
                return False
            attempt = self.attempt()
            attempt.close(Attempt.Outcome.WITHDRAWN)
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
            return True

    def approve(self, account: "Account", price_usd: Decimal, actor: Any) -> bool:
        """Reserve the price of a take that was asked for, and queue it. Raises Refused."""
        return self._join_line(account, price_usd, actor, State.REQUESTED, approved_by=actor)

    def decline(self, why: str, actor: Any) -> bool:
        """Decline a take that was asked for, with the reason in words; nothing is charged."""
        words = f"{actor} declined it: {why}"
        return self._finish(
            State.DECLINED, State.REQUESTED, words=words, actor=actor, detail={"why": why}
        )

    def withdraw(self, actor: Any) -> bool:
        """Take back what was asked for, before anybody has decided about it."""
        return self._finish(State.CANCELLED, State.REQUESTED, actor=actor)

    def ask_again(self, price_usd: Decimal, actor: Any) -> bool:
        """Ask for the approval of a failed or cancelled take, to be sent again."""
        with transaction.atomic():
            still = Generation.objects.select_for_update(no_key=True).get(pk=self.pk)
            return still.may_go_again and self._move(
                State.REQUESTED,
                State.FAILED,
                State.CANCELLED,
                actor=actor,
                price_usd=price_usd,
                shown_usd=None,
                approved_by=None,
                next_at=None,
                waiting_since=None,
                accepted_at=None,
                finished_at=None,
            )

    def retry(self, account: "Account", price_usd: Decimal, actor: Any) -> bool:
        """Queue a failed or cancelled take again, as a new attempt. Raises Refused.

        Not while money of a lost attempt is reserved: it may be alive, and would be paid twice.
        """
        with transaction.atomic():
            still = Generation.objects.select_for_update(no_key=True).get(pk=self.pk)
            return still.may_go_again and self._join_line(
                account, price_usd, actor, State.FAILED, State.CANCELLED
            )

    @classmethod
    def brought(cls, state: State, **fields: Any) -> "Generation":
        """Keep one that was made elsewhere as it ended there; its history is brought, too.

        What was on its way there has ended here: nothing is sent that nobody here ordered. What
        was given up with its money undecided is decided there. Raises IntegrityError.
        """
        if state in UNFINISHED:
            state, fields["reason"], fields["words"] = State.CANCELLED, "", _ON_ITS_WAY
        if state == State.FAILED and fields["reason"] == Reason.LOST:
            fields["reason"] = Reason.PROVIDER
        made = cls(state=state, **fields)
        made.save_base(raw=True, force_insert=True)  # as it is: its dates are from there
        return made

    # --- how ---------------------------------------------------------------------------------

    @classmethod
    def _begun(
        cls,
        state: State,
        prompt: "Prompt",
        account: "Account",
        kind: str = "",
        detail: dict[str, Any] | None = None,
        **fields: Any,
    ) -> "Generation":
        """Make one in its first state, with its Event (of that `kind`)."""
        made = cls.objects.create(
            project_id=prompt.project_id, prompt=prompt, account=account, state=state, **fields
        )
        made.announce(kind or state, actor=made.author, **detail or {})
        return made

    def _move(
        self,
        to: State,
        *from_: State,
        attempt: Attempt | None = None,
        reason: str = "",
        words: str = "",
        actor: Any = None,
        detail: dict[str, Any] | None = None,
        where: dict[str, Any] | None = None,
        **fields: Any,
    ) -> bool:
        """Change the state by compare-and-set, with its Event in the same transaction.

        With an attempt, only while that attempt is open: news of an attempt that was given up
        must not be taken for news of the one that followed. `where` compares more of the row.
        """
        with transaction.atomic():
            previous = self.state
            fields |= {"state": to, "reason": reason, "words": words[:500]}
            mine = Generation.objects.filter(pk=self.pk, state__in=from_, **where or {})
            if attempt:
                open_one = Attempt.objects.filter(pk=attempt.pk, outcome__in=Attempt.OPEN)
                mine = mine.filter(pk__in=open_one.values("generation_id"))
            if not mine.update(**fields):
                with about(self):
                    log.info("move to %s lost the race", to)
                return False
            event = Event.record(
                self, to, previous=previous, reason=reason, actor=actor, detail=detail or {}
            )
            Generation.objects.filter(pk=self.pk).update(last_event=event.number)
            for name, value in fields.items():
                setattr(self, name, value)
            self.last_event = event.number
        with about(self):
            log.info("state=%s previous=%s reason=%s", to, previous, reason or "-")
        return True

    def _join_line(
        self, account: "Account", price_usd: Decimal, actor: Any, *from_: State, **fields: Any
    ) -> bool:
        now = timezone.now()
        with transaction.atomic():
            if not self._move(
                State.WAITING,
                *from_,
                actor=actor,
                account=account,
                price_usd=price_usd,
                shown_usd=None,
                next_at=now,
                waiting_since=now,
                turn=Generation.objects.next_turn(account, self.author_id, self.prompt.model),
                priority=0,
                paused_at=None,
                no_room_since=None,
                notice="",
                accepted_at=None,
                finished_at=None,
                **fields,
            ):
                return False
            self.prepare_attempt(account, price_usd)
            return True

    def _finish(self, to: State, *from_: State, **fields: Any) -> bool:
        return self._move(to, *from_, next_at=None, finished_at=timezone.now(), **fields)

    def _send_again(
        self,
        from_: State,
        attempt: Attempt,
        outcome: Attempt.Outcome,
        reason: Reason,
        words: str,
        next_at: datetime,
        actor: Any = None,
    ) -> bool:
        with transaction.atomic():
            if not self._move(
                State.WAITING,
                from_,
                attempt=attempt,
                reason=reason,
                words=words,
                next_at=next_at,
                actor=actor,
            ):
                return False
            attempt.close(outcome)
            LedgerEntry.write(LedgerEntry.Kind.RELEASED, attempt)
            self.prepare_attempt(self.account, self.price_usd, instead_of=attempt)
            return True
