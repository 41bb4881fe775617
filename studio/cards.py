"""What a card says about a take: the state's word, a line below it, and the next step."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.utils import timezone

from generations import fetching, lining, small_ones
from generations.catalogue import dollars
from generations.kinds import Kind
from generations.models import State
from generations.models.states import Reason
from generations.providers import named
from generations.refusal import upper_first
from studio.card_facts import CardFacts
from studio.estimates import about

# A shorter rest is over before it is read.
_WORTH_SAYING = timedelta(seconds=20)
_UNEXPLAINED = {Reason.NONE, Reason.PROVIDER}
_PAID = "It is rendered and paid for."
_NOWHERE = "Its file is missing, and there is nowhere to fetch it from."


@dataclass(frozen=True)
class Card(CardFacts):
    """A take as the board shows it, in words."""

    @property
    def title(self) -> str:
        """What it is called: its words, or what it was made from where it has none."""
        return self.generation.prompt.words or self._made_from

    @property
    def _made_from(self) -> str:
        take, prompt = self.generation, self.generation.prompt
        if prompt.kind in (Kind.VIDEO, Kind.IMAGE):
            if take.extends_take:  # type: ignore[attr-defined]
                return f"Continues take {take.extends_take}"  # type: ignore[attr-defined]
            if take.has_start and take.has_end:  # type: ignore[attr-defined]
                return "Between two frames"
            if take.has_start or take.has_end:  # type: ignore[attr-defined]
                return "From a first frame" if take.has_start else "Up to a last frame"  # type: ignore[attr-defined]
            return "Its words aren't known"  # it was brought in: an order has words or a frame
        if prompt.kind == Kind.MODIFY_VIDEO:
            number = take.made_from_take  # type: ignore[attr-defined]
            return f"Take {number}, modified" if number else "A video, modified"
        done = {
            Kind.UPSCALE: f"upscaled to {prompt.resolution}",
            Kind.AUDIO: "with sound",
            Kind.LAYERS: "taken apart",
        }.get(Kind(prompt.kind), f"reframed to {prompt.ratio}")
        number = take.version_of_take  # type: ignore[attr-defined]
        what = "A still" if self.is_picture else "A video"
        return f"Take {number}, {done}" if number else f"{what}, {done}"

    @property
    def headline(self) -> str:
        """The state in a word or two."""
        if self.generation.purged_at:
            return "Deleted for good"
        if self.generation.state == State.COMPLETED and self.is_veiled:
            return "In a bake-off"
        if self.generation.state == State.COMPLETED and not self.is_playable:
            return "Fetching the file…" if self.is_fetching else "The file couldn't be fetched"
        return State(self.generation.state).label

    @property
    def place(self) -> str:
        """Where it stands in line, while it waits; one that is paused stands nowhere."""
        if self.generation.paused_at:
            return "Paused"
        ahead = self.generation.ahead_in_line or 0  # type: ignore[attr-defined]
        return "Next in line" if ahead == 0 else f"{ordinal(ahead + 1)} in line"

    @cached_property
    def line(self) -> str:
        """The sentence below the headline."""
        generation = self.generation
        if generation.state == State.WAITING:
            return self._in_line
        if generation.state == State.COMPLETED:
            if self.is_veiled:
                return "It is seen here once you have judged it blind."
            return self._unfetched if self.is_unfetched else ""
        if generation.needs_decision:
            return "Whether it was made can't be known from here."
        if generation.state == State.FAILED and generation.reason not in _UNEXPLAINED:
            return generation.words or f"{upper_first(Reason(generation.reason).label)}."
        return generation.words or _LINES.get(State(generation.state), "")

    @property
    def notice(self) -> str:
        """What became different from what was asked, until it is done; then its history has it.

        That something was made and paid for twice stays.
        """
        stays = self.generation.is_unfinished or self.generation.has_stray  # type: ignore[attr-defined]
        return self.generation.notice if stays else ""

    @property
    def pause(self) -> str:
        """Who holds it back, or nothing."""
        if self.generation.paused_at:
            return "Paused; it keeps its place."
        if self.generation.line_is_paused:  # type: ignore[attr-defined]
            return "The team's line is paused."
        account = self.generation.account
        return f"The line of {account.name} is paused." if account.paused_at else ""

    @property
    def stands(self) -> str:
        """Why it doesn't move, beside a pause, or nothing."""
        generation, account = self.generation, self.generation.account
        if generation.words and generation.reason != Reason.BUSY:
            return generation.words
        return f"{account} {account.trouble}." if account.is_open else ""

    @property
    def wait_s(self) -> float | None:
        """In how many seconds it is likely to be sent, where that can be said."""
        if self.pause or self.stands:
            return None
        return lining.wait_s(self.generation)

    @property
    def _in_line(self) -> str:
        """Where it stands, or why it doesn't move."""
        if self.generation.paused_at:
            return self.pause
        if self.pause:
            return f"{self.pause} {self.place}."
        if self.generation.words and self.stands:
            return self.stands
        if self.stands:
            return f"{self.stands} {self.place}, until it works again."
        when = "starts when a slot frees" if self.wait_s is None else about(self.wait_s)
        return f"{self.place}, {when}{self.rest}"

    @property
    def rest(self) -> str:
        """What follows the estimate where its account is sent nothing for a while, or nothing."""
        until = lining.rests_until(self.generation)
        if until is None or until - timezone.now() < _WORTH_SAYING:
            return ""
        return f"; until then {named(self.generation.account)} takes nothing more"

    @property
    def unmade_words(self) -> str:
        """What is said of it where its poster or preview couldn't be made."""
        return small_ones.UNMADE

    @property
    def _unfetched(self) -> str:
        """What is known of its file, which isn't here."""
        if self.is_gone:
            return fetching.GONE
        return _PAID if self.can_fetch else _NOWHERE

    @property
    def money(self) -> str:
        """Whether money moved, once it has ended without a video."""
        if self.generation.state not in (State.FAILED, State.CANCELLED, State.DECLINED):
            return ""
        if "charged" in self.line or "reserved" in self.line or self.is_written_off:
            return ""
        if self.generation.is_unreleased:
            return "Its price stays reserved until a person releases it."
        return "Nothing was charged."

    @property
    def retry_words(self) -> str:
        """What the button says that retries it, with the price of today."""
        # Without a price it then says why it can't be.
        return "Retry" if self.retry_usd is None else f"Retry, {dollars(self.retry_usd)}"

    @property
    def announcement(self) -> str:
        """What a screen reader is told when it joins the line and when it ends, or nothing."""
        said = self._said
        return f"{upper_first(self.generation.name)} {said}" if said else ""

    @property
    def _said(self) -> str:
        if self.is_playable:
            return "is ready."
        if self.generation.needs_decision:
            return f"needs a decision. {self.line}"
        said = {
            State.REQUESTED: "waits for a producer's approval.",
            State.WAITING: f"is {lower_first(self.place)}.",
            State.FAILED: f"was not generated. {self.line}",
            State.DECLINED: f"was declined. {self.line}",
            State.CANCELLED: f"is out of the line. {self.money}",
        }
        return said.get(State(self.generation.state), "")


def announcement(cards: list[Card]) -> str:
    """Return what a screen reader is told of takes that were asked for together."""
    if len(cards) < 2:
        return "".join(card.announcement for card in cards)
    first, last = (cards[place].generation.take_number for place in (0, -1))
    waits = "wait for a producer's approval" if cards[0].is_requested else "are in line"
    return f"Takes {first} to {last} {waits}."


_LINES = {
    State.REQUESTED: "A producer has to approve it first",
    State.SUBMITTING: "On its way to the provider",
    State.UNCONFIRMED: "The answer was lost. It is looked for, and never sent twice.",
    State.FAILED: "The provider gave no reason.",
    State.CANCELLED: "Taken out of the line.",
}


def lower_first(words: str) -> str:
    """Write a phrase as it stands inside a sentence."""
    return words[:1].lower() + words[1:]


def ordinal(number: int) -> str:
    """Write a number as a place: 1st, 2nd, 3rd, 11th, 22nd."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
