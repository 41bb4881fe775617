"""What is known of a take on its card: what it shows, where that is, what may be done with it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from generations import fetching
from generations.catalogue import catalogue
from generations.kinds import BY_ID
from generations.models import Asset, Generation, State
from generations.models.states import AT_PROVIDER, Reason
from generations.ordering import quote_again
from generations.orders import order_of
from generations.pricing import price_usd
from generations.providers import abilities_of
from generations.refusal import Refused
from studio.estimates import Estimate
from studio.models import Verdict
from studio.verbs import verbs_of

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

# Trying the same again can't help where the words or frames themselves were refused.
_EDIT_HELPS = {Reason.CONTENT, Reason.FRAMES, Reason.REQUEST}
_TONES = {
    State.QUEUED: "dreaming",
    State.DREAMING: "dreaming",
    State.FAILED: "failed",
    State.UNCONFIRMED: "unsure",
}


@dataclass(frozen=True)
class CardFacts:
    """A take as a card has it; `generation` comes from `for_cards()`, and has its marks."""

    generation: Generation

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
        return self.is_unfetched and fetching.has_source(self.generation, url)

    @property
    def is_unmade(self) -> bool:
        """Whether its file is here, and its poster or preview couldn't be made of it."""
        return bool(self.generation.is_unmade) and self.is_here  # type: ignore[attr-defined]

    @property
    def is_gone(self) -> bool:
        """Whether its provider made it, and nobody has its file any more."""
        return self.is_unfetched and bool(self.generation.account.sealed_key) and not self.can_fetch

    @property
    def version(self) -> str:
        """What a page compares to know whether this card has changed."""
        return f"{self.generation.last_event}.{self.generation.state}"

    @property
    def tone(self) -> str:
        """The name of its colours."""
        return _TONES.get(State(self.generation.state), "quiet")

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
    def can_be_asked_after(self) -> bool:
        """Whether its provider can say what became of it, once its id is known."""
        return abilities_of(self.generation.account).can_get

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

    @cached_property
    def retry_usd(self) -> "Decimal | None":
        """Dollars: what it would cost today, at the account that would get it today."""
        generation = self.generation
        try:
            if generation.prompt.kind in BY_ID:
                return quote_again(generation)
            own = (generation.again_rate_usd, generation.again_price_usd)  # type: ignore[attr-defined]
            factor = generation.again_factor  # type: ignore[attr-defined]
            after = generation.made_after  # type: ignore[attr-defined]
            return price_usd(order_of(generation.prompt), *own, factor, pictures=after)
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
