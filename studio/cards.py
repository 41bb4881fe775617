"""What a card says about a take: the state's word, a line below it, and the next step."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from generations import lining
from generations.catalogue import catalogue, dollars
from generations.kinds import BY_ID, Kind
from generations.models import Asset, Generation, State
from generations.models.states import AT_PROVIDER, Reason
from generations.ordering import quote_again
from generations.orders import order_of
from generations.pricing import price_usd
from generations.refusal import Refused, upper_first
from studio.estimates import Estimate, about
from studio.models import Verdict
from studio.verbs import verbs_of

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

_UNEXPLAINED = {Reason.NONE, Reason.PROVIDER}
_PAID = "It is rendered and paid for."
_NOWHERE = "Its file is missing, and there is nowhere to fetch it from."
# Trying the same again can't help where the words or frames themselves were refused.
_EDIT_HELPS = {Reason.CONTENT, Reason.FRAMES, Reason.REQUEST}
_TONES = {
    State.QUEUED: "dreaming",
    State.DREAMING: "dreaming",
    State.FAILED: "failed",
    State.UNCONFIRMED: "unsure",
}


@dataclass(frozen=True)
class Card:
    """A take as the board shows it; `generation` comes from `for_cards()`, and has its marks."""

    generation: Generation

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
        }.get(Kind(prompt.kind), f"reframed to {prompt.ratio}")
        number = take.version_of_take  # type: ignore[attr-defined]
        what = "A still" if self.is_picture else "A video"
        return f"Take {number}, {done}" if number else f"{what}, {done}"

    @property
    def is_here(self) -> bool:
        """Whether its video is kept here."""
        return self.generation.video_state == Asset.State.STORED  # type: ignore[attr-defined]

    @property
    def is_playable(self) -> bool:
        """Whether its video is kept here, and is shown to the person who looks."""
        return self.is_here and not self.is_veiled

    @property
    def blind_in(self) -> "UUID | None":
        """The id of the bake-off that the person who looks hasn't judged yet, if it is in one."""
        return getattr(self.generation, "blind_in", None)

    @property
    def is_veiled(self) -> bool:
        """Whether its picture is kept from the person, who would see whose it is."""
        return self.is_here and self.blind_in is not None

    @property
    def shows_poster(self) -> bool:
        """Whether there is a poster that the person who looks may see."""
        return bool(self.generation.has_poster) and self.blind_in is None  # type: ignore[attr-defined]

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, not a video."""
        return self.generation.prompt.is_picture

    @property
    def can_be_cut(self) -> bool:
        """Whether a sequence may show it: a video that is here, or that is still coming."""
        take = self.generation
        comes = take.is_unfinished or take.state == State.COMPLETED
        is_take = take.version_of_id is None and take.trashed_at is None
        return comes and is_take and not self.is_picture

    @cached_property
    def address(self) -> str:
        """The address of its page, below which are its verbs': `…/extend/`; escaped but once."""
        return escape(reverse("generation", args=[self.generation.uuid]))

    @cached_property
    def poster_url(self) -> str:
        """The address of its poster, or of a picture's small one."""
        return reverse("media", args=[self.generation.uuid, "poster"])

    @property
    def preview_url(self) -> str:
        """The address of what plays on its card."""
        return reverse("media", args=[self.generation.plays_uuid, "preview"])  # type: ignore[attr-defined]

    @property
    def file_url(self) -> str:
        """The address of its picture, or of its video at its best."""
        if self.is_picture:
            return reverse("media", args=[self.generation.uuid, "image"])
        return reverse("media", args=[self.generation.plays_uuid, "video"])  # type: ignore[attr-defined]

    @property
    def verbs(self) -> list[tuple[str, str]]:
        """What can be made from it: the ends of their addresses, and words."""
        return list(verbs_of(self.generation).items()) if self.is_playable else []

    @property
    def is_favourite(self) -> bool:
        """Whether the person who looks has starred it."""
        return bool(self.generation.is_favourite)  # type: ignore[attr-defined]

    @property
    def tags(self) -> list[str]:
        """The team's words for it, by the alphabet."""
        return sorted(self.generation.tag_words or [], key=str.casefold)  # type: ignore[attr-defined]

    @property
    def verdict(self) -> Verdict | None:
        """Where it stands with those who judge it, or None for what nobody sent to review."""
        said = getattr(self.generation, "verdict", None)
        return Verdict(said) if said else None

    @property
    def can_discard(self) -> bool:
        """Whether it has ended, with its money settled, so that it may be deleted."""
        ended = not (self.generation.is_unfinished or self.generation.is_unreleased)
        return ended and not self.is_fetching and self.generation.trashed_at is None

    @property
    def is_live(self) -> bool:
        """Whether it may still change by itself, so that the page asks again."""
        return self.generation.is_unfinished or self.is_fetching

    @property
    def has_settled(self) -> bool:
        """Whether its money has been charged or released."""
        return not self.generation.is_unfinished

    @property
    def is_fetching(self) -> bool:
        """Whether it is rendered and its file is on its way to us."""
        return (
            self.generation.state == State.COMPLETED
            and self.generation.video_state == Asset.State.PENDING  # type: ignore[attr-defined]
        )

    @property
    def is_unfetched(self) -> bool:
        """Whether fetching its file was given up."""
        return self.generation.video_state == Asset.State.FAILED  # type: ignore[attr-defined]

    @property
    def can_fetch(self) -> bool:
        """Whether a person may have its file fetched again: somewhere there has to be one."""
        url = self.generation.video_source_url  # type: ignore[attr-defined]
        return self.is_unfetched and bool(url or self.generation.account.sealed_key)

    @property
    def version(self) -> str:
        """What a page compares to know whether this card has changed."""
        return f"{self.generation.last_event}.{self.generation.state}"

    @property
    def tone(self) -> str:
        """The name of its colours."""
        return _TONES.get(State(self.generation.state), "quiet")

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
            given_up = _PAID if self.can_fetch else _NOWHERE
            paid = given_up if self.is_unfetched else ""
            return "It is seen here once you have judged it blind." if self.is_veiled else paid
        if generation.needs_decision:
            return "Whether it was made can't be known from here."
        if generation.is_overdue and not generation.words:
            return "It takes much longer than it should. It is still being watched."
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
        return f"{self.place}, {when}"

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
    def cost_usd(self) -> "Decimal":
        """Dollars: its price, or nothing where it ended without a charge."""
        gone = self.generation.state in (State.FAILED, State.CANCELLED, State.DECLINED)
        if gone and not (self.generation.is_unreleased or self.is_written_off):
            return self.generation.price_usd * 0
        return self.generation.price_usd

    @property
    def is_written_off(self) -> bool:
        """Whether a person gave it up, its price booked as spent."""
        return self.generation.state == State.FAILED and self.generation.reason == Reason.UNSURE

    @property
    def awaits_decision(self) -> bool:
        """Whether a person has to say what became of it, or that its money is free."""
        return self.generation.needs_decision or self.generation.is_unreleased

    @property
    def provider(self) -> str:
        """The name of the provider that it was sent to."""
        return catalogue().providers[self.generation.account.provider].title

    @property
    def can_retry(self) -> bool:
        """Whether asking for the same again may help."""
        ended = self.generation.state in (State.FAILED, State.CANCELLED)
        alive = self.generation.is_unreleased  # perhaps: a retry might pay twice
        return ended and not alive and self.generation.reason not in _EDIT_HELPS

    @property
    def retry_words(self) -> str:
        """What the button says that retries it, with the price of today."""
        # Without a price it then says why it can't be.
        return "Retry" if self.retry_usd is None else f"Retry, {dollars(self.retry_usd)}"

    @cached_property
    def retry_usd(self) -> "Decimal | None":
        """Dollars: what it would cost today, at the account that would get it today."""
        generation = self.generation
        try:
            if generation.prompt.kind in BY_ID:
                return quote_again(generation)
            own = (generation.again_rate_usd, generation.again_price_usd)  # type: ignore[attr-defined]
            return price_usd(order_of(generation.prompt), *own)
        except Refused:
            return None

    @property
    def can_edit(self) -> bool:
        """Whether it ended without a video, so that its words may be changed."""
        return self.generation.state in (State.FAILED, State.CANCELLED, State.DECLINED)

    @property
    def is_editable(self) -> bool:
        """Whether it waits, so that it can be made to ask for something else."""
        return self.can_cancel

    @property
    def can_cancel(self) -> bool:
        """Whether it can still be taken out of our queue."""
        return self.generation.state == State.WAITING

    @property
    def is_requested(self) -> bool:
        """Whether a producer has to say whether it is to be generated."""
        return self.generation.state == State.REQUESTED

    @property
    def shows_progress(self) -> bool:
        """Whether the provider is working on it."""
        return self.generation.state in AT_PROVIDER

    @property
    def since(self) -> datetime:
        """When what it does now began."""
        return self.generation.accepted_at or self.generation.created_at

    @cached_property
    def estimate(self) -> Estimate:
        """How far it is, and how long that usually takes, where the last of its kind say so."""
        take = self.generation
        elapsed_s = max((timezone.now() - self.since).total_seconds(), 0)
        if not take.expected_s or take.expected_s < 1:
            return Estimate(elapsed_s)
        return Estimate(elapsed_s, take.expected_s, take.usual_from_s, take.usual_to_s)

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
