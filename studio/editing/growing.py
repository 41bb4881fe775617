"""Growing a cut: what is ordered so that a new take joins a clip without a seam."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone

from generations import frames, grabbing
from generations.catalogue import KindFacts, catalogue
from generations.kinds import Kind
from generations.models import Account, Generation, Still
from generations.ordering import account_of, check, quote_in
from generations.orders import Frame, Order, facts_of, in_trash, model_of
from generations.preflight import Fit, shape_of
from generations.refusal import Refused, upper_first
from studio.editing.cut import Clip, Cut
from studio.editing.footage import Footage, footage_of, lengths_from
from studio.models import Sequence

USUAL_S = 5
_ALIKE = 0.03  # less than this can't be seen

GONE = "That clip isn't in the sequence any more. Somebody may have removed it."
_CARD = "Clip {number} is a title card: there is no take to go on from."
_NO_NEXT = "It is the last clip: there is no next one to bridge to. Extend it instead."
_MISSING = "The take of clip {number} is gone. Swap it for another first."
_SHAPES = (
    "Clip {number} is {first} and the next one {second}: nothing in between can fit both. "
    "Reframe one of the takes first."
)


class Where(StrEnum):
    """Where a new take grows: after a clip, before it, or between it and the next."""

    AFTER = "after"
    BEFORE = "before"
    BRIDGE = "bridge"


@dataclass(frozen=True)
class Asked:
    """What a person chooses of a new take: its words, its model, and its length in seconds."""

    words: str
    model: str
    duration_s: int


@dataclass(frozen=True)
class End:
    """The frame of a clip that a new take joins: at its `start` the last, at its `end` the first.

    `frame` is counted in the take, 24 to a second. `whole`: the clip shows its take up to there.
    """

    position: str
    footage: Footage
    frame: int
    whole: bool

    @property
    def take(self) -> Generation:
        """The take that the clip shows."""
        return self.footage.take

    def why_not(self, account: Account, facts: KindFacts) -> str:
        """Return why the take itself can't be gone on from, but only a picture of it; or nothing.

        It is said inside a sentence.
        """
        file = self.footage.file
        if not self.whole:
            verb = "ends before" if self.position == "start" else "begins after"
            return f"the clip {verb} {self.take.name} does"
        if file and file.generation_id != self.take.pk:
            return f"a version of {self.take.name} plays"
        if self.take.erased_at:
            return f"{self.take.name} is deleted at its provider"
        if not self.take.was_made_by_a_provider:
            return f"no account of this team made {self.take.name}"
        if not self.take.is_known_at(account):
            return f"{self.take.name} was made with another account"
        return "" if facts.extends else "the model can't go on from takes"

    @property
    def number(self) -> int:
        """Which frame of the file that is, from 0."""
        file = self.footage.file
        return frames.number_at(file, self.frame) if file else self.frame

    @property
    def picture(self) -> Still:
        """What the frame would be as a still, not cut out yet."""
        file = self.footage.file
        return Still(width=(file and file.width) or 16, height=(file and file.height) or 9)

    def grab(self, author: Any) -> Still:
        """Keep the frame as a still. Raises Refused."""
        file = self.footage.file
        assert file is not None  # noqa: S101  (Growth refuses what isn't here)
        try:
            return grabbing.grab_at(file.generation, self.number, author)
        except grabbing.NoFrame as error:
            raise Refused({self.position: str(error)}) from error


class Growth:
    """A take that is to grow at a clip of a sequence. Raises Refused where that clip is gone."""

    def __init__(
        self,
        sequence: Sequence,
        key: str,
        where: Where,
        asked: Asked,
        footage: dict[UUID, Footage] | None = None,
    ) -> None:
        self.sequence, self.project = sequence, sequence.project
        self.key, self.where, self.asked = key, where, asked
        self.cut: Cut = sequence.cut
        try:
            self.clip = self.cut.clip(key)
        except KeyError:
            raise Refused({"": GONE}) from None
        self.number = self.cut.place_of(key) + 1
        self.footage = footage or footage_of(self.project, self.cut.takes)
        self.lengths = lengths_from(self.footage)

    @property
    def next(self) -> Clip:
        """The clip behind it. Raises Refused where there is none."""
        if self.number == len(self.cut.clips):
            raise Refused({"": _NO_NEXT})
        return self.cut.clips[self.number]

    @cached_property
    def ends(self) -> list[End]:
        """The frames that it joins. Raises Refused where one isn't here to be joined."""
        if self.where is Where.AFTER:
            return [self._end("start", self.clip, self.number)]
        if self.where is Where.BEFORE:
            return [self._end("end", self.clip, self.number)]
        return [
            self._end("start", self.clip, self.number),
            self._end("end", self.next, self.number + 1),
        ]

    @cached_property
    def order(self) -> Order:
        """What is ordered, without its ends, which cost nothing. Raises Refused."""
        prompt = self.ends[0].take.prompt
        order = Order(self.asked.words, self.asked.model, duration_s=self.asked.duration_s)
        facts = facts_of(order)
        resolution = prompt.resolution
        if resolution not in facts.resolutions:
            resolution = "720p" if "720p" in facts.resolutions else facts.resolutions[0]
        return Order(
            self.asked.words,
            self.asked.model,
            ratio=self._ratio(facts),
            resolution=resolution,
            duration_s=self.asked.duration_s,
        )

    @cached_property
    def account(self) -> Account:
        """The account that would get it. Raises Refused."""
        return account_of(self.project, self.order)

    @cached_property
    def price_usd(self) -> Decimal:
        """What it costs in dollars. Raises Refused."""
        return quote_in(self.project, self.order)

    @cached_property
    def why_pictures(self) -> str:
        """Why it is made from frames as pictures, not from the takes themselves; or nothing."""
        facts = facts_of(self.order)
        whys = [end.why_not(self.account, facts) for end in self.ends]
        if len(whys) > 1 and not any(whys) and not facts.interpolates:
            return "the model can't go from take to take"
        return next((why for why in whys if why), "")

    @property
    def words(self) -> str:
        """How it is made, as a sentence that is read before it is paid for."""
        first, last = self.ends[0].take.name, self.ends[-1].take.name
        by = catalogue().providers[model_of(self.order).provider].title
        if not self.why_pictures:
            return {
                Where.AFTER: f"{by} continues {first} itself.",
                Where.BEFORE: f"{by} leads up to {first} itself.",
                Where.BRIDGE: f"{by} makes the way from {first} to {last}.",
            }[self.where]
        how = {
            Where.AFTER: "Goes on from the clip's last frame as a picture",
            Where.BEFORE: "Leads up to the clip's first frame as a picture",
            Where.BRIDGE: "Goes from this clip's last frame to the next one's first, as pictures",
        }[self.where]
        return f"{how}: {self.why_pictures}."

    @property
    def sign(self) -> str:
        """What it is made from, to tell whether that is still what was shown."""
        pictured = bool(self.why_pictures)
        return "-".join(
            f"{end.take.uuid.hex}.{end.footage.file.pk}.{end.number}"
            if pictured and end.footage.file
            else end.take.uuid.hex
            for end in self.ends
        )

    def check(self) -> None:
        """Raise Refused over anything that the provider would refuse. Nothing is kept for it."""
        placed = {end.position: Frame(source=end.take) for end in self.ends}
        if self.why_pictures:
            placed = {
                end.position: Frame(still=self._unsaved(end), as_is=True) for end in self.ends
            }
        check(self._with(placed), self.project, self.account)

    @contextmanager
    def ordered(self, author: Any) -> Iterator[Order]:
        """Give the order with its ends. Pictures are kept for it, unless an error is raised.

        Raises Refused.
        """
        if not self.why_pictures:
            yield self._with({end.position: Frame(source=end.take) for end in self.ends})
            return
        grabbed = {end.position: end.grab(author) for end in self.ends}
        try:
            yield self._with({it: Frame(still=still, as_is=True) for it, still in grabbed.items()})
        except Refused:
            grabbing.leave_none(still for still in grabbed.values() if still.pk)
            raise

    def _with(self, placed: dict[str, Frame]) -> Order:
        return replace(self.order, start=placed.get("start"), end=placed.get("end"))

    def _unsaved(self, end: End) -> Still:
        still = end.picture
        still.project = self.project
        return still

    def _end(self, position: str, clip: Clip, number: int) -> End:
        if clip.take is None:
            raise Refused({"": _CARD.format(number=number)})
        footage = self.footage.get(clip.take)
        if footage is None:
            raise Refused({"": _MISSING.format(number=number)})
        if footage.take.is_in_trash:
            raise Refused({"": in_trash(footage.take)})
        if footage.file is None:
            name = upper_first(footage.take.name)
            remedy = "Retry it first." if footage.has_ended else "Wait for it."
            raise Refused({"": f"{name} isn't here yet. {remedy}"})
        begin, out = self.lengths.ends_of(clip)
        if position == "start":
            return End(position, footage, out - 1, whole=out == footage.frames)
        return End(position, footage, begin, whole=begin == 0)

    def _ratio(self, facts: KindFacts) -> str:
        """Return the ratio of the first clip's picture, the nearest that the model makes.

        Raises Refused where the other clip's is another.
        """
        first = self.ends[0]
        own = first.take.prompt.ratio
        near = min(facts.ratios, key=lambda each: abs(_share(first.picture, each)))
        ratio = own if own in facts.ratios and Fit(first.picture, own).is_right else near
        last = self.ends[-1]
        alike = _share(first.picture, ratio) - _share(last.picture, ratio)
        if abs(alike) > _ALIKE:
            shapes = {"first": shape_of(first.picture), "second": shape_of(last.picture)}
            raise Refused({"": _SHAPES.format(number=self.number, **shapes)})
        return ratio


def _share(picture: Still, ratio: str) -> float:
    """Return by how much a picture is wider than a ratio, as a share of it."""
    width, height = map(int, ratio.split(":"))
    return picture.width / picture.height / (width / height) - 1


def models_for(order_kind: Kind = Kind.VIDEO) -> dict[str, str]:
    """Return the models that can make what grows, with their titles."""
    today = timezone.now().date()
    makers = catalogue().making(order_kind, today)
    return {key: model.offered_as(today) for key, model in makers.items()}


def usual(take: Generation) -> Asked:
    """Return what is asked for unless somebody says otherwise: the take's words and model."""
    follows = catalogue().in_place_of(take.prompt.model, Kind.VIDEO, timezone.now().date())
    own = follows.key if follows else next(iter(models_for()))
    durations_s = catalogue().models[own].kinds[Kind.VIDEO].durations_s
    duration_s = USUAL_S if USUAL_S in durations_s else durations_s[0]
    return Asked(take.prompt.words, own, duration_s)
