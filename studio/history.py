"""What happened to a take, in plain words."""

from dataclasses import dataclass
from datetime import timedelta

from generations.models import Event, Generation, State
from generations.models.states import Reason
from studio.estimates import span

_KINDS = {
    "version_stored": "A version was kept",
    "stored": "The file was fetched and checked",
    "stored_beside": "What came beside it was fetched and checked",
    "store_failed": "Fetching the file was given up",
    "fetching": "Fetching the file again",
    "undecided": "It can't be known whether it was made",
    "switched_off": "Its account is switched off",
    "key": "Its account's key is refused, so nothing is heard of it",
    "unreachable": "Nothing is heard of it",
    "answered": "Heard of again",
    "released": "Given up for good, its price released",
    "paused": "Paused in the line",
    "resumed": "Goes on waiting",
    "line_paused": "The line was paused",
    "line_resumed": "The line goes on",
    "reordered": "Moved within the line",
    "prioritised": "Its priority was changed",
    "account_down": "Its account is left alone until it works again",
    "account_up": "Its account works again",
    "moved": "Moved on",
    "chosen": "Another version was chosen to play",
    "told": "Said why it waits",
    "overdue": "It takes much longer than it should",
    "edited": "Changed while it waited",
    "imported": "Brought in; it was made and paid for before",
    "sent_to_review": "Sent to review",
    "taken_from_review": "Taken back from review",
    "approved": "Approved",
    "changes_wanted": "Changes wanted",
    "rejected": "Rejected",
    "verdict_undone": "The verdict was undone",
    "noted": "A note was left",
    "guest_judged": "A guest said what they think of it",
    "final_accepted": "Accepted as a final",
    "copied": "Copied from another project",
    "trashed": "Put in the trash",
    "restored": "Taken out of the trash",
    "purged": "Its files were removed for good",
    "erase_asked": "To be deleted at Luma",
    "erase_withdrawn": "Not to be deleted at Luma any more",
    "erased": "Deleted at Luma",
    "erase_failed": "Luma couldn't be made to delete it",
    "stray": "It was made a second time at the provider",
    State.REQUESTED: "Asked for",
    State.WAITING: "Asked for",
    State.SUBMITTING: "Sent",
    State.UNCONFIRMED: "The answer was lost; looking for it",
    State.QUEUED: "Accepted and queued",
    State.DREAMING: "Dreaming",
    State.COMPLETED: "Rendered and charged",
    State.FAILED: "Not generated",
    State.DECLINED: "Declined",
    State.CANCELLED: "Cancelled",
}
_DECIDED: dict[str, str] = {
    State.WAITING: "Approved",
    State.DECLINED: "Declined",
    State.CANCELLED: "The request was withdrawn",
}
_WRITTEN_OFF = "Given up, its price booked as spent"
_BACK_IN_LINE = "Put back in line"


@dataclass(frozen=True)
class Happening:
    """A line of the history, in plain words."""

    event: Event
    is_free: bool = False  # nothing was ever to be paid for the take
    after: timedelta | None = None  # since what happened before

    @property
    def words(self) -> str:
        """What happened."""
        if self._is_rendered_free:
            return "Rendered"
        if told := self.event.detail.get("words"):  # it moved, or was told why it waits
            return str(told)
        if self.event.previous == State.REQUESTED:
            return _DECIDED.get(self.event.kind, "")
        if self.event.kind == State.WAITING and self.event.previous:
            return _BACK_IN_LINE
        if self.event.kind == State.FAILED and self.event.reason == Reason.UNSURE:
            return _WRITTEN_OFF
        return _KINDS.get(self.event.kind, self.event.kind.replace("_", " ").capitalize())

    @property
    def later(self) -> str:
        """How long after what happened before, or nothing: `12 s`, `3 h`."""
        seconds = self.after.total_seconds() if self.after else 0
        if seconds < 1:
            return ""
        if seconds < 100 * 60:
            return span(seconds)
        hours = seconds / 3600
        return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"

    @property
    def by(self) -> str:
        """Who did it, or nothing."""
        return "" if self._is_rendered_free else str(self.event.actor or "")

    @property
    def then(self) -> str:
        """What has to happen next, or nothing."""
        asked = self.event.kind == State.REQUESTED
        return "; a producer has to approve it" if asked else ""

    @property
    def _is_rendered_free(self) -> bool:
        return self.is_free and self.event.kind == State.COMPLETED


def history_of(generation: Generation) -> list[Happening]:
    """Return everything that happened, in order."""
    events = list(generation.events.select_related("actor").order_by("number"))
    is_free = not generation.price_usd
    times = [None, *(event.at for event in events)]
    return [
        Happening(event, is_free, event.at - before if before else None)
        for event, before in zip(events, times, strict=False)
    ]
