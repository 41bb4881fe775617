"""What a take's own page says beyond its card: facts, history, lineage, money."""

from dataclasses import dataclass
from functools import cached_property

from generations.models import Asset, Event, Generation, Keyframe, LedgerEntry, State
from generations.models.states import Reason
from studio.cards import Card

_KINDS = {
    "stored": "The file was fetched and checked",
    "store_failed": "Fetching the file was given up",
    "fetching": "Fetching the file again",
    "undecided": "It can't be known whether it was made",
    "switched_off": "Its account is switched off",
    "released": "Given up for good, its price released",
    "stray": "It was made a second time at the provider",
    State.REQUESTED: "Asked for, to be approved",
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
_WRITTEN_OFF = "Given up, its price booked as spent"
_BACK_IN_LINE = "Put back in line"


@dataclass(frozen=True)
class Happening:
    """A line of the history, in plain words."""

    event: Event

    @property
    def words(self) -> str:
        """What happened."""
        if self.event.kind == State.WAITING and self.event.previous:
            return _BACK_IN_LINE
        if self.event.kind == State.FAILED and self.event.reason == Reason.UNSURE:
            return _WRITTEN_OFF
        return _KINDS.get(self.event.kind, self.event.kind.replace("_", " ").capitalize())


@dataclass(frozen=True)
class Take(Card):
    """A take as its own page shows it."""

    @property
    def version(self) -> str:
        """What the page compares to know whether anything changed, its place in line included."""
        return f"{super().version}.{self.generation.ahead_in_line or 0}"  # type: ignore[attr-defined]

    @cached_property
    def video(self) -> Asset | None:
        """The video's file, if there is one."""
        return self.generation.assets.filter(kind=Asset.Kind.VIDEO).first()

    @cached_property
    def history(self) -> list[Happening]:
        """Everything that happened, in order."""
        events = self.generation.events.select_related("actor").order_by("number")
        return [Happening(event) for event in events]

    @cached_property
    def frames(self) -> list[Keyframe]:
        """What it starts from and ends on."""
        return list(
            self.generation.keyframes.select_related("still", "source").order_by("-position")
        )

    @cached_property
    def continued_by(self) -> list[Generation]:
        """The takes that continue it or lead up to it, oldest first."""
        following = Generation.objects.takes().filter(keyframes__source=self.generation)
        return list(following.order_by("take_number").distinct())

    @cached_property
    def remix_of(self) -> Generation | None:
        """The take whose words this one's were made from."""
        parent = self.generation.prompt.parent_id
        return Generation.objects.takes().filter(prompt_id=parent).first() if parent else None

    @cached_property
    def remixes(self) -> list[Generation]:
        """The takes whose words were made from this one's."""
        children = Generation.objects.takes().filter(prompt__parent=self.generation.prompt_id)
        return list(children.order_by("take_number"))

    @cached_property
    def money_words(self) -> str:
        """Where its money stands, from the ledger."""
        from studio.templatetags.dailies import dollars

        ledger = LedgerEntry.objects.filter(generation=self.generation)
        charged, reserved = ledger.spent_usd(), ledger.reserved_usd()
        parts = [f"{dollars(charged)} charged"] if charged else []
        parts += [f"{dollars(reserved)} reserved"] if reserved > 0 else []
        return ", ".join(parts) or "Nothing charged"
