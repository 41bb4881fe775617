"""How finals are shown: how far each is, where it stands in the cut, and what can be done."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch
from django.utils import timezone

from generations.catalogue import catalogue
from generations.models import Generation
from generations.refusal import upper_first
from studio.access import may_edit
from studio.cards import Card
from studio.editing.cut import Cut
from studio.editing.swapping import places_of
from studio.editing.written import Unreadable
from studio.finals.choosing import alive_of, is_alive
from studio.finals.shots import shots_by_take
from studio.finals.standing import end_of
from studio.marks import with_marks
from studio.models import (
    Final,
    FinalPlace,
    Finals,
    Project,
    Sequence,
    Share,
    Shot,
    Storyboard,
    User,
    Verdict,
)

MOST = 20
MOST_WATCHED = 500
_STAGES = {
    Final.Stage.CANCELLED: "Taken out",
    Final.Stage.REPLACED: "Another was made",
    Final.Stage.STOPPED: "Not ordered",
}


_SHARED = (
    "Guests see {names} only while each take in it is approved: have it approved in review, and "
    "they go on seeing it."
)
_GONE = "What it goes on from has no final any more. Don't wait: it then goes on from the draft."
_DEAD = (
    "{end}. Make that final again, which this one goes on from, or don't wait: this one then goes "
    "on from the draft itself."
)


@dataclass(frozen=True)
class InCut:
    """A sequence that shows a final or its draft, in so many clips each."""

    sequence: Sequence
    finals: int
    drafts: int
    place: FinalPlace | None
    is_asked: bool

    @property
    def words(self) -> str:
        """How it stands there, as a sentence."""
        if self.finals:
            more = f" {self.drafts} still show the draft." if self.drafts else ""
            besides = f" {self.place.words}" if self.place and self.place.words else ""
            return f"In {_clips(self.finals)} of “{self.sequence}”.{more}{besides}"
        if self.place and self.place.clips:
            return f"Taken out of “{self.sequence}” again, which shows the draft."
        return f"“{self.sequence}” shows the draft in {_clips(self.drafts)}."


@dataclass(frozen=True)
class Shown:
    """A final as its page shows it; `card` is its take's, once it is ordered."""

    final: Final
    draft: Card
    card: Card | None
    befores: list[Final] = field(default_factory=list)  # the newest of what it waits for
    cuts: list[InCut] = field(default_factory=list)
    shot: Shot | None = None  # the one that shows it or its draft, once it is accepted
    is_in_shot: bool = False  # whether that shows it, not its draft
    shared: str = ""  # the films that guests see as long as each take in them is approved

    @property
    def asked_words(self) -> str:
        """What it is made with."""
        asked = self.final.asked
        known = catalogue().models.get(asked["model"])
        title = known.title if known else asked["model"]
        return f"{title}, {asked['resolution']}, {asked['duration_s']} s"

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for the final of the take that its draft goes on from."""
        return self.final.stage == Final.Stage.WAITING

    @property
    def is_accepted(self) -> bool:
        """Whether somebody accepted it."""
        return self.final.accepted_at is not None

    @property
    def is_over(self) -> bool:
        """Whether nothing comes of it, unless another is made."""
        return not is_alive(self.final)

    @property
    def can_be_used(self) -> bool:
        """Whether it is here to be accepted."""
        here = self.card is not None and self.card.is_playable
        return here and not self.is_accepted and self.final.stage == Final.Stage.ORDERED

    @property
    def shot_words(self) -> str:
        """How it stands on the storyboard, as a sentence; or nothing."""
        if self.shot is None:
            return ""
        words = self.shot.place_words
        return f"In {words}." if self.is_in_shot else f"{upper_first(words)} shows the draft."

    @property
    def compare_query(self) -> str:
        """The query of the page that shows it beside its draft, where both are to be seen."""
        both = [card for card in (self.draft, self.card) if card and card.is_playable]
        return "&".join(f"take={card.generation.uuid}" for card in both) if len(both) > 1 else ""

    @property
    def can_be_sent(self) -> bool:
        """Whether it can be sent to review."""
        return self.can_be_used and self.card is not None and self.card.verdict is None

    @property
    def can_be_made_again(self) -> bool:
        """Whether another final of its draft may be made."""
        return self.is_over and self.final.stage != Final.Stage.REPLACED

    @property
    def is_live(self) -> bool:
        """Whether it may change by itself."""
        if self.card is None or self.final.stage != Final.Stage.ORDERED:
            return False
        is_judged = self.is_accepted or self.card.verdict is Verdict.WAITING
        return self.card.is_live or is_judged  # then it takes its places

    @property
    def tone(self) -> str:
        """The name of its colours."""
        if self.is_accepted:
            return "approved"
        if self.card and self.card.can_edit:
            return "failed"
        if self.card and self.card.is_live:
            return "dreaming"
        return "waiting"

    @property
    def headline(self) -> str:
        """How far it is, in a few words."""
        said = _STAGES.get(Final.Stage(self.final.stage))
        if said or self.card is None:
            return said or "Waits"
        if self.card.generation.is_in_trash:
            return "Deleted"
        if self.is_accepted or not self.card.is_playable:
            return self._accepted if self.is_accepted else self.card.headline
        verdict = self.card.verdict
        if verdict is Verdict.WAITING:
            return "Waits for review"
        return verdict.label if verdict else "Ready to be looked at"

    @property
    def line(self) -> str:
        """The sentence below that."""
        if self.final.words:
            return self.final.words
        if self.is_waiting:
            return self._waits
        if self.card is None:
            return ""
        if self.is_accepted:
            return "" if self.cuts or self.shot else "No sequence shows it or its draft."
        if not self.card.is_playable:
            return " ".join(filter(None, (self.card.line, self.card.money)))
        return _SHARED.format(names=self.shared) if self.shared and self.can_be_used else ""

    @property
    def _waits(self) -> str:
        if not self.befores:
            return _GONE
        dead = [end_of(before) for before in self.befores if not is_alive(before)]
        coming = [_called(it) for it in self.befores if is_alive(it) and not it.accepted_at]
        words = [_DEAD.format(end=upper_first(", and ".join(dead)))] if dead else []
        if coming:
            which = f"{upper_first(' and '.join(coming))}, which it goes on from,"
            words.append(f"{which} {'is' if len(coming) == 1 else 'are'}n't accepted yet.")
        return " ".join(words) or "It is about to be ordered."

    @property
    def _accepted(self) -> str:
        by = f" by {self.final.accepted_by}" if self.final.accepted_by else ""
        return f"Accepted{by}"


@dataclass(frozen=True)
class Batch:
    """The finals of one press."""

    finals: Finals
    each: list[Shown]

    @property
    def accepted(self) -> int:
        """How many are accepted."""
        return sum(shown.is_accepted for shown in self.each)


class FinalsPage:
    """The newest finals of a project, as somebody sees them."""

    def __init__(self, project: Project, user: User) -> None:
        self.project, self.user = project, user

    @property
    def may_act(self) -> bool:
        """Whether the person may accept them and swap them in."""
        return may_edit(self.project)

    @cached_property
    def batches(self) -> list[Batch]:
        """Them press by press, the newest first."""
        each = Final.objects.select_related("accepted_by", "take__review")
        before = Final.objects.select_related(
            "draft__version_of", "take__version_of", "take__prompt", "take__review"
        )
        each = each.prefetch_related("places", Prefetch("waits_for", before)).order_by("pk")
        found = Finals.objects.filter(project=self.project).select_related("author")
        presses = list(found.prefetch_related(Prefetch("each", each), "sequences")[:MOST])
        cards = self._cards(final for press in presses for final in press.each.all())
        return [
            Batch(press, [self._shown(final, press, cards) for final in press.each.all()])
            for press in presses
        ]

    @property
    def is_live(self) -> bool:
        """Whether something may change by itself."""
        return any(shown.is_live for batch in self.batches for shown in batch.each)

    @property
    def version(self) -> str:
        """What a page compares to know whether anything changed."""
        stages = Final.objects.filter(finals__project=self.project).order_by("-pk")
        known = [
            self.project.event_count,
            *((it.pk, it.version) for it in self._sequences),
            *Storyboard.objects.filter(project=self.project).values_list("version", flat=True),
            *stages.values_list("pk", "stage", "accepted_at")[:MOST_WATCHED],
        ]
        return hashlib.sha256(repr(known).encode()).hexdigest()[:16]

    def _cards(self, finals: Iterable[Final]) -> dict[int, Card]:
        keys = {key for final in finals for key in (final.draft_id, final.take_id) if key}
        found = with_marks(Generation.objects.for_cards().filter(pk__in=keys), self.user)
        for take in found:
            take.project = self.project
        return {take.pk: Card(take) for take in found}

    def _shown(self, final: Final, press: Finals, cards: dict[int, Card]) -> Shown:
        card = cards.get(final.take_id) if final.take_id else None
        names = [f"“{it}”" for it in press.sequences.all() if it.pk in self._shared]
        shared = " and ".join(names)
        here, there = (self._shot_of(final, pk) for pk in (final.take_id, final.draft_id))
        befores = [self._instead.get(it.draft_id, it) for it in final.waits_for.all()]
        shown = Shown(
            final,
            cards[final.draft_id],
            card,
            befores,
            shared=shared,
            shot=here or there,
            is_in_shot=here is not None,
        )
        if card and final.accepted_at:
            shown.cuts.extend(self._in_cuts(final, press, shown.draft, card))
        return shown

    @cached_property
    def _instead(self) -> dict[int, Final]:
        """The finals that stand or are to come of what others wait for, by their drafts."""
        waiting = Final.objects.filter(finals__project=self.project, stage=Final.Stage.WAITING)
        return alive_of(waiting.values("waits_for__draft"))

    def _in_cuts(self, final: Final, press: Finals, draft: Card, card: Card) -> list[InCut]:
        places = {place.sequence_id: place for place in final.places.all()}
        asked = {sequence.pk for sequence in press.sequences.all()}
        found = []
        for sequence, cut in self._cuts:
            finals, drafts = (len(places_of(cut, it.generation.uuid)) for it in (card, draft))
            if finals or drafts:
                place, is_asked = places.get(sequence.pk), sequence.pk in asked
                found.append(InCut(sequence, finals, drafts, place, is_asked))
        return found

    def _shot_of(self, final: Final, take: int | None) -> Shot | None:
        return self._shots.get(take or 0) if final.accepted_at else None

    @cached_property
    def _shots(self) -> dict[int, Shot]:
        """The shots of the storyboard, by the take that each shows."""
        return shots_by_take(Shot.objects.kept().filter(storyboard__project=self.project))

    @cached_property
    def _shared(self) -> set[int]:
        """The sequences that guests see by a link which shows approved takes alone."""
        found = Share.objects.open(timezone.now()).filter(shows_unapproved=False)
        theirs = found.filter(sequence__project=self.project)
        return {pk for pk in theirs.values_list("sequence", flat=True) if pk}

    @cached_property
    def _sequences(self) -> list[Sequence]:
        return list(Sequence.objects.filter(project=self.project).select_related("head"))

    @cached_property
    def _cuts(self) -> list[tuple[Sequence, Cut]]:
        found = []
        for sequence in self._sequences:
            try:
                found.append((sequence, sequence.cut))
            except Unreadable:
                continue
        return found


def _called(final: Final) -> str:
    take = f"{final.take.name}, " if final.take else ""
    return f"{take}the final of {final.draft.name}"


def _clips(count: int) -> str:
    return f"{count} clip{'' if count == 1 else 's'}"
