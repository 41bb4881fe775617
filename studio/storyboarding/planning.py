"""How far a storyboard is: which shots are made, missing or stale, and what making them costs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Subquery

from generations.catalogue import dollars
from generations.checking import settings_errors, words_errors
from generations.models import Asset, Generation, State
from generations.models.generation_queries import there_is
from generations.ordering import quote_in, quote_usd
from generations.orders import Frame, Order, model_of
from generations.refusal import Refused
from studio.models import Final, Project, RunStep, Shot, ShotTake, Storyboard

_PARTS = {
    "words": "Its words",
    "duration_s": "Its length",
    "concepts": "Its camera moves",
    "start": "Its start frame",
    "end": "Its end frame",
    "size": "The model or size of the storyboard",
}


@dataclass(eq=False)
class Planned:
    """A shot in its place: its takes, what is being made of it, and whether it still fits.

    `before` is the shot that it continues from, if it continues from one. `takes` are those that
    aren't deleted, the oldest first.
    """

    shot: Shot
    number: int
    price_usd: Decimal
    problem: str
    before: "Planned | None" = None
    takes: list[ShotTake] = field(default_factory=list)
    step: RunStep | None = None  # the active one
    ended: RunStep | None = None  # the newest of those that ended
    drafts: Mapping[int, int] = field(default_factory=dict)  # of which take one is the final

    @property
    def ready(self) -> list[ShotTake]:
        """Its takes that are here."""
        return [take for take in self.takes if is_ready(take)]

    @cached_property
    def chosen(self) -> ShotTake | None:
        """Its take in the film: the one that was chosen, else the newest that is here."""
        return shown_of(self.shot, self.ready)

    @property
    def is_made(self) -> bool:
        """Whether it has a take in the film."""
        return self.chosen is not None

    @property
    def is_going(self) -> bool:
        """Whether a run is to make it, or is making it."""
        return self.step is not None

    @property
    def is_missing(self) -> bool:
        """Whether it has yet to be made, and nothing is making it."""
        return not self.is_made and not self.is_going

    @cached_property
    def own_changes(self) -> list[str]:
        """What was changed of it after its take was ordered, in words."""
        if self.chosen is None:
            return []
        now, then = self.shot.asked, self.chosen.asked
        return [words for name, words in _PARTS.items() if now[name] != then.get(name)]

    @cached_property
    def stale_since(self) -> "Planned | None":
        """The shot over whose change its take is stale: itself, or one before; None: it isn't."""
        if self.chosen is None:
            return None
        if self.own_changes:
            return self
        grown_from = self.chosen.continued_from_id
        if self.before is None or grown_from is None:
            return self if self.before or grown_from else None
        there = self.before.chosen
        if there is None or self._draft(there.generation_id) != self._draft(grown_from):
            return self.before
        return self.before.stale_since

    def _draft(self, take: int) -> int:
        """Return the first draft of a take, by ids: itself, where it is nobody's final."""
        while take in self.drafts:
            take = self.drafts[take]
        return take

    @property
    def is_stale(self) -> bool:
        """Whether its take doesn't fit what is planned any more."""
        return self.stale_since is not None

    @property
    def why_stale(self) -> str:
        """Over what it is stale, in words."""
        since = self.stale_since
        if since is None:
            return ""
        if since is not self:
            changed = "changed after this was made" if since.is_made else "has no take any more"
            return f"Shot {since.number} {changed}."
        if self.own_changes:
            return f"{self.own_changes[0]} changed after this was made."
        if self.before:
            return f"It didn't continue from shot {self.before.number} when it was made."
        return "It continued from another shot when it was made."

    @property
    def stale_words(self) -> str:
        """Over what it is stale, and what making it again costs."""
        if not self.is_stale or self.is_going:
            return ""
        return f"{self.why_stale} Making it again costs {dollars(self.price_usd)}."

    @property
    def is_sound(self) -> bool:
        """Whether what continues from it can be made: its take is here, and fits."""
        return self.is_made and not self.is_stale

    @property
    def source(self) -> Generation | None:
        """The take that it would continue from, if it continues from one that is here."""
        take = self.before.chosen if self.before else None
        return take.generation if take else None

    def order(self, source: Generation | None) -> Order:
        """Return the order of a take of it, which continues from `source`."""
        return order_of_shot(self.shot, source)


def shown_of(shot: Shot, ready: Sequence[ShotTake]) -> ShotTake | None:
    """Return which of a shot's takes that are here is in the film; they come the oldest first."""
    mine = next((take for take in ready if take.pk == shot.chosen_id), None)
    return mine or (ready[-1] if ready else None)


def is_ready(take: ShotTake) -> bool:
    """Tell whether a take is made, kept, and not deleted; it comes from `takes_of`."""
    made = take.generation
    is_here = take.video_state == Asset.State.STORED  # type: ignore[attr-defined]
    return made.state == State.COMPLETED and is_here and made.trashed_at is None


def order_of_shot(shot: Shot, source: Generation | None) -> Order:
    """Return the order of a take of a shot, which continues from `source`."""
    board = shot.storyboard
    start = Frame(source=source) if source else None
    if start is None and shot.start and not shot.continues_something:
        start = Frame(still=shot.start)
    return Order(
        words=shot.words,
        model=board.model,
        ratio=board.ratio,
        resolution=board.resolution,
        duration_s=shot.duration_s,
        concepts=tuple(shot.concepts),
        start=start,
        end=Frame(still=shot.end) if shot.end else None,
    )


class Plan:
    """A storyboard's shots as they stand, in a fixed number of queries."""

    def __init__(self, project: Project, storyboard: Storyboard) -> None:
        self.project = project
        self.storyboard = storyboard
        self._prices: dict[int, Decimal] = {}
        self.shots: list[Planned] = []
        if storyboard.pk:
            self._load()

    # --- what there is -----------------------------------------------------------------------

    @property
    def missing(self) -> list[Planned]:
        """What Run makes: shots without a take that can be made now, or behind one of them."""
        return self._can_be_made(each for each in self.shots if each.is_missing)

    @property
    def stale_to_make(self) -> list[Planned]:
        """The stale shots that can be made again now, or behind one of them."""
        return self._can_be_made(self.stale)

    def _can_be_made(self, some: Iterable[Planned]) -> list[Planned]:
        found: list[Planned] = []
        for each in some:
            before = each.before
            is_next = before is None or before.is_sound or before.is_going or before in found
            if is_next and not each.problem:
                found.append(each)
        return found

    @property
    def unwritten(self) -> list[Planned]:
        """Shots that can't be made as they are."""
        return [each for each in self.shots if each.is_missing and each.problem]

    @property
    def held_back(self) -> list[Planned]:
        """Missing shots that wait for one before them, which Run doesn't make."""
        found = self.missing
        return [
            each
            for each in self.shots
            if each.is_missing and not each.problem and each not in found
        ]

    @property
    def stale(self) -> list[Planned]:
        """Shots whose take doesn't fit any more, and that nothing makes again yet."""
        return [each for each in self.shots if each.is_stale and not each.is_going]

    @property
    def going(self) -> list[Planned]:
        """Shots that runs are making, or wait to."""
        return [each for each in self.shots if each.is_going]

    @property
    def made(self) -> list[Planned]:
        """Shots with a take in the film."""
        return [each for each in self.shots if each.is_made]

    @property
    def duration_s(self) -> int:
        """How long the film is, as it is planned."""
        return sum(each.shot.duration_s for each in self.shots)

    def find(self, uuid: Any) -> Planned | None:
        """Return a shot by its uuid, if it is there."""
        return next((each for each in self.shots if str(each.shot.uuid) == str(uuid)), None)

    # --- what to make ------------------------------------------------------------------------

    def again(self, planned: Planned) -> list[Planned]:
        """Return what has to be made for a shot to be made: itself, behind what it waits for."""
        found = [planned]
        before = planned.before
        while before and not (before.is_sound or before.is_going):
            found.insert(0, before)
            before = before.before
        return found

    def onward(self, planned: Planned) -> list[Planned]:
        """Return a shot, with what it waits for, and all that continues from it and isn't sound."""
        found = self.again(planned)
        for each in self.shots[planned.number :]:
            if each.before is not found[-1] or each.is_going or each.problem:
                break
            if not each.is_made and not (each.ended and each.ended.stage != "done"):
                break  # it was never asked for
            found.append(each)
        return found

    def price_of(self, some: Iterable[Planned]) -> Decimal:
        """Return what the takes of some shots cost together, in dollars."""
        return sum((each.price_usd for each in some), Decimal(0))

    # --- how ---------------------------------------------------------------------------------

    def _load(self) -> None:
        shots = self.storyboard.shots.kept().select_related("start", "end", "changed_by")
        before: Planned | None = None
        by_pk: dict[int, Planned] = {}
        drafts: dict[int, int] = {}
        for number, shot in enumerate(shots, start=1):
            shot.storyboard = self.storyboard
            planned = Planned(shot, number, self._price(shot), problem_of(shot), drafts=drafts)
            planned.before = before if shot.continues_something else None
            before = planned
            by_pk[shot.pk] = planned
            self.shots.append(planned)
        for take in takes_of(by_pk):
            if take.draft_id:  # type: ignore[attr-defined]
                drafts[take.generation_id] = take.draft_id  # type: ignore[attr-defined]
            if take.generation.trashed_at is None:
                by_pk[take.shot_id].takes.append(take)
        for step in RunStep.objects.filter(shot__in=by_pk).select_related("run").order_by("pk"):
            if step.stage in RunStep.ACTIVE:
                by_pk[step.shot_id].step = step
            else:
                by_pk[step.shot_id].ended = step

    def _price(self, shot: Shot) -> Decimal:
        """Return what its takes cost; for each length it is asked once."""
        each_usd = self._prices.get(shot.duration_s)
        if each_usd is None:
            each_usd = self._prices[shot.duration_s] = self._quote(shot)
        return each_usd * shot.count

    def _quote(self, shot: Shot) -> Decimal:
        # Words, frames and moves don't change a price.
        order = order_of_shot(Shot(storyboard=self.storyboard, duration_s=shot.duration_s), None)
        try:
            return (
                quote_in(self.project, order) if self.project.has_own_prices else quote_usd(order)
            )
        except Refused:
            return Decimal(0)


def takes_of(shots: Iterable[int]) -> Iterator[ShotTake]:
    """Return the takes of shots, with what is needed to tell how far each is."""
    files = Asset.objects.filter(generation=OuterRef("generation"))
    video = files.filter(kind=Asset.Kind.VIDEO).values("state")[:1]
    poster = files.filter(kind=Asset.Kind.POSTER, state=Asset.State.STORED)
    drafts = Final.objects.filter(take=OuterRef("generation"))
    found = ShotTake.objects.filter(shot__in=list(shots)).select_related("generation__prompt")
    return found.annotate(
        video_state=Subquery(video),
        has_poster=there_is(poster),
        draft_id=Subquery(drafts.values("draft")[:1]),
        draft_number=Subquery(drafts.values("draft__take_number")[:1]),
    ).iterator()


def problem_of(shot: Shot) -> str:
    """Return why a shot can't be made as it is written, in words, or nothing."""
    order = order_of_shot(shot, None)
    try:
        model = model_of(order)
    except Refused as refused:
        return str(refused)
    errors = settings_errors(order, model) | words_errors(order, model.kinds[order.kind])
    if "words" in errors and not shot.words.strip():
        return "Not written yet"
    return next(iter(errors.values()), "")
