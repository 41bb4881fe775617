"""What finals of some drafts would be: each with its price, or why there is none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from generations.catalogue import ModelFacts, catalogue
from generations.judging import Judge
from generations.kinds import Kind
from generations.models import Generation
from generations.orders import Order
from generations.refusal import Refused
from studio.cards import Card
from studio.editing.swapping import places_of
from studio.editing.written import Unreadable
from studio.finals.choosing import (
    KINDS,
    Choice,
    Unfit,
    going_on_from,
    is_alive,
    models_for,
    rank,
    resolutions_for,
    sources_of,
)
from studio.finals.standing import standing_of
from studio.finals.versions import Playing, playing_of
from studio.marks import with_marks
from studio.models import Final, Project, User, Verdict
from studio.models import Sequence as Cutting
from studio.spending import Terms

MOST = 200
_PICTURE = "It is a picture."
_OTHER_KIND = "It was made from another take ({kind}): make it again there."
_INSTEAD = "Choose another model for it: {titles}."
_NEITHER = "No other model does it at {resolution}, either."
_SAME_SOURCE = "Made from {name} again, not from a final of it."
_NOT_HERE = "It isn't made yet."
_TRASH = "It is in the trash."
_BLIND = "It is still to be judged blind."
_UNAPPROVED = "It isn't approved."
_LARGE = "It is {resolution} already."
_HAS_ONE = "It has a final: {name}, {how}."
_LOST = (
    "In the cut a version of it plays ({lost}): its final comes without. Make that of the final, "
    "too, once it is here."
)


@dataclass(eq=False)
class Planned:
    """A draft and what its final would be; `problem` says why there is none.

    `after` are the drafts among the others whose finals it waits for, `waits_for` the finals of
    other presses that it goes on from, accepted or not; `clips` are the numbers of the clips that
    show it where it began. It is offered where nothing but a choice is in its way.
    """

    card: Card
    order: Order | None = None
    model: ModelFacts | None = None
    price_usd: Decimal | None = None
    problem: str = ""
    is_unapproved: bool = False
    is_picked: bool = False
    after: "list[Planned]" = field(default_factory=list)
    waits_for: list[Final] = field(default_factory=list)
    clips: Sequence[int] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def draft(self) -> Generation:
        """The take that it would be the final of."""
        return self.card.generation

    @property
    def fits(self) -> bool:
        """Whether it can be made."""
        return not self.problem

    @property
    def waits(self) -> bool:
        """Whether it is ordered only once another final is accepted."""
        return bool(self.after) or any(it.accepted_at is None for it in self.waits_for)

    @property
    def made_with(self) -> str:
        """What the draft was made with."""
        prompt = self.draft.prompt
        known = catalogue().models.get(prompt.model)
        title = known.title if known else prompt.model
        return f"{title}, {prompt.resolution}, {prompt.duration_s} s"

    @property
    def will_be(self) -> str:
        """What its final would be made with."""
        if self.order is None or self.model is None:
            return ""
        return f"{self.model.title}, {self.order.resolution}, {self.order.duration_s} s"


class FinalsPlan:
    """Drafts of a project, and what their finals would be with a choice.

    `left_out` are those that somebody unticked. Where it begins at a sequence, that says which
    clips show each.
    """

    def __init__(
        self,
        project: Project,
        user: User,
        drafts: Collection[str],
        choice: Choice,
        *,
        takes_unapproved: bool = False,
        left_out: Collection[str] = (),
        begun_at: Cutting | None = None,
    ) -> None:
        self.project, self.user, self.choice = project, user, choice
        self.takes_unapproved, self.begun_at = takes_unapproved, begun_at
        named = list(dict.fromkeys(drafts))
        self._named, self._left_out = named[:MOST], set(left_out)
        self.beyond = len(named[MOST:])  # how many aren't looked at, for want of room

    @cached_property
    def cards(self) -> list[Card]:
        """The drafts: in the order of the cut, else of their numbers."""
        takes = Generation.objects.for_cards().takes().filter(project=self.project)
        named = with_marks(takes.filter(uuid__in=self._named), self.user)
        found = named.with_parts().order_by("take_number")
        for take in found:
            take.project = self.project
        if self.begun_at:
            places = {name: place for place, name in enumerate(self._named)}
            return [Card(it) for it in sorted(found, key=lambda it: places[str(it.uuid)])]
        return [Card(take) for take in found]

    @cached_property
    def planned(self) -> list[Planned]:
        """What is made of each of them."""
        found = [self._plan(card) for card in self.cards]
        chosen = {each.draft.pk: each for each in found if each.is_picked}
        for each in found:
            if each.order and each.is_picked:
                self._link(each, chosen)
        return found

    @property
    def offered(self) -> list[Planned]:
        """Those that can be made."""
        return [each for each in self.planned if each.fits]

    @property
    def skipped(self) -> list[Planned]:
        """Those that aren't, each with the reason."""
        return [each for each in self.planned if not each.fits]

    @property
    def chosen(self) -> list[Planned]:
        """Those that would be made now."""
        return [each for each in self.planned if each.is_picked]

    @property
    def unapproved(self) -> int:
        """How many are left out only because nobody approved them, or would be."""
        return sum(each.is_unapproved for each in self.planned)

    @cached_property
    def terms(self) -> Terms:
        """What all that is chosen costs, and what the budgets say to it."""
        prices_usd = [each.price_usd for each in self.chosen if each.price_usd is not None]
        return Terms.of_prompts(self.project, prices_usd, len(prices_usd), Decimal(0))

    @cached_property
    def models(self) -> list[ModelFacts]:
        """The models that can be chosen for all."""
        return models_for(self.project)

    @property
    def own_words(self) -> str:
        """Which models are only for drafts, and what makes the finals instead, in words."""
        known = catalogue().models
        drafts = dict.fromkeys(card.generation.prompt.model for card in self.cards)
        instead = [known[key] for key in drafts if key in known and known[key].finals_with]
        return ", ".join(f"{known[it.finals_with].title} for {it.title}" for it in instead)

    @property
    def resolutions(self) -> list[str]:
        """The sizes that can be chosen."""
        return resolutions_for(self.models)

    @cached_property
    def sequences(self) -> list[tuple[Cutting, int]]:
        """The project's sequences that show any of the drafts, with in how many clips."""
        uuids = [card.generation.uuid for card in self.cards]
        found = []
        for sequence in Cutting.objects.filter(project=self.project).select_related("head"):
            try:
                cut = sequence.cut
            except Unreadable:
                continue
            if count := sum(len(places_of(cut, uuid)) for uuid in uuids):
                found.append((sequence, count))
        return found

    def _plan(self, card: Card) -> Planned:
        planned = Planned(card, clips=self._clips_of(card))
        planned.problem = _obstacle(card) or self._has_one(card) or self._too_large(card)
        if planned.problem:
            return planned
        try:
            anew = self.choice.anew(card.generation)
            order = anew.order
            planned.model = catalogue().models[order.model]
            planned.problem = _as_large(card.generation, order)
            # On its draft's own frames: what these become is told where it is linked.
            planned.price_usd = self._judge.judged_usd(order)
        except Unfit as unfit:
            planned.problem = f"{unfit} {self._instead(card.generation)}"
        except Refused as refused:
            planned.problem = planned.problem or str(refused)
        if planned.problem:
            return planned
        planned.order = order
        source = order.source.source if order.source else None
        told = (anew.without, _SAME_SOURCE.format(name=source.name) if source else "")
        planned.notes += filter(None, told)
        planned.is_unapproved = card.verdict is not Verdict.APPROVED
        if planned.is_unapproved and not self.takes_unapproved:
            planned.problem = _UNAPPROVED
            return planned
        planned.is_picked = str(card.generation.uuid) not in self._left_out
        if lost := self._lost(card.generation, order):
            planned.notes.append(_LOST.format(lost=lost))
        if order.duration_s != card.generation.prompt.duration_s:
            planned.notes.append(
                f"{order.duration_s} s instead of {card.generation.prompt.duration_s} s: the model "
                "makes no other length. The clips keep what they show, as far as it has that."
            )
        return planned

    def _instead(self, draft: Generation) -> str:
        """Say which models would make the final of a draft that the one of the choice can't."""
        titles = []
        for model in self.models:
            try:
                order = Choice(model.key, self.choice.resolution).anew(draft).order
            except Refused:
                continue
            if not _as_large(draft, order):
                titles.append(model.title)
        if titles:
            return _INSTEAD.format(titles=", ".join(titles))
        return _NEITHER.format(resolution=self.choice.resolution)

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.project)

    def _link(self, planned: Planned, chosen: dict[int, Planned]) -> None:
        """Have one that goes on from another draft go on from that one's final."""
        assert planned.order is not None  # noqa: S101  (asked of what fits alone)
        last = planned.order.end.source if planned.order.end else None
        for source in sources_of(planned.order):
            name, goes = source.name, "Leads up to" if source is last else "Goes on from"
            if before := chosen.get(source.pk):
                planned.after.append(before)
                planned.notes.append(
                    f"{goes} the final of {name}: it is ordered once that is accepted."
                )
            elif final := self._alive.get(source.pk):
                planned.waits_for.append(final)
                its = f"{final.take.name}, the final" if final.take else "the final"
                if final.accepted_at and final.take:
                    planned.order = going_on_from(planned.order, {source.pk: final.take})
                    planned.notes.append(f"{goes} {its} of {name}.")
                else:
                    planned.notes.append(
                        f"{goes} {its} of {name}: it is ordered once that is accepted."
                    )
            else:
                planned.notes.append(f"{goes} {name}, the draft: that has no final.")

    def _lost(self, draft: Generation, order: Order) -> str:
        """Say what plays of a draft's version and its final comes without; or nothing."""
        plays = self._playing.get(draft.pk) if draft.best_version_id else None
        return plays.beyond(Playing(has_sound=False, resolution=order.resolution)) if plays else ""

    @cached_property
    def _playing(self) -> dict[int, Playing]:
        return playing_of(card.generation for card in self.cards)

    @cached_property
    def _alive(self) -> dict[int, Final]:
        """The newest final that stands or is to come, by its draft."""
        found = Final.objects.filter(finals__project=self.project)
        found = found.select_related("take__prompt", "take__review").order_by("pk")
        return {final.draft_id: final for final in found if is_alive(final)}

    def _has_one(self, card: Card) -> str:
        final = self._alive.get(card.generation.pk)
        if final is None:
            return ""
        if final.take is None:
            return "A final of it waits to be made."
        if final.accepted_at and rank(final.take.prompt.resolution) < rank(self.choice.resolution):
            return ""
        return _HAS_ONE.format(name=final.take.name, how=standing_of(final))

    def _too_large(self, card: Card) -> str:
        own = card.generation.prompt.resolution
        larger = rank(own) > rank(self.choice.resolution)
        return _LARGE.format(resolution=own) if larger else ""

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        if self.begun_at is None:
            return {}
        cut = self.begun_at.cut
        return {str(take): places_of(cut, take) for take in cut.takes}

    def _clips_of(self, card: Card) -> list[int]:
        return self._places.get(str(card.generation.uuid), [])


def _as_large(draft: Generation, order: Order) -> str:
    """Say that the same model would make the same size, or nothing: another may well."""
    prompt = draft.prompt
    same = (order.model, order.resolution) == (prompt.model, prompt.resolution)
    return _LARGE.format(resolution=prompt.resolution) if same else ""


def _obstacle(card: Card) -> str:
    """Return why nothing can be made of a draft, whatever is chosen; or nothing."""
    take = card.generation
    if card.is_picture:
        return _PICTURE
    if take.prompt.kind not in KINDS:
        return _OTHER_KIND.format(kind=Kind(take.prompt.kind).label.lower())
    if take.is_in_trash:
        return _TRASH
    if card.is_veiled:
        return _BLIND
    return "" if card.is_here else _NOT_HERE
