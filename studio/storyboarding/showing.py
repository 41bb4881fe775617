"""A storyboard as its page shows it: each shot's picture, state and next step, and the bar."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from generations.catalogue import dollars
from generations.kinds import Kind
from generations.models import Generation
from studio.access import may_edit
from studio.cards import Card
from studio.forms.offering import choices_of, ending_of, models_of
from studio.marks import veiled_takes, with_verdicts
from studio.models import Project, Run, RunStep, ShotTake, Storyboard, User
from studio.models.storyboard import MOST_SHOTS, MOST_TAKES
from studio.spending import Terms
from studio.storyboarding.planning import Plan, Planned, is_ready

_BAD_ENDS = (RunStep.Stage.STOPPED, RunStep.Stage.CANCELLED)


@dataclass(frozen=True)
class Offer:
    """A button that makes some shots: what it says with its price, and where it goes."""

    words: str
    verb: str
    price_usd: Decimal
    is_strong: bool = False


@dataclass(eq=False)
class ShownShot:
    """A shot as its card shows it; `card` is the take in its frame, if there is one."""

    planned: Planned
    plan: Plan
    card: Card | None
    conflict: str = ""
    errors: dict[str, str] | None = None
    typed: Any = None
    veiled: Set[int] = frozenset()  # the takes that the person is still to judge blind

    @property
    def shot(self) -> Any:
        """The shot itself; what was typed in vain stands in it, for a page without scripts."""
        return self.planned.shot

    @property
    def shows_start(self) -> bool:
        """Whether the person may see the picture that it starts on."""
        return not (self.shot.start and self.shot.start.source_id in self.veiled)

    @property
    def shows_end(self) -> bool:
        """Whether the person may see the picture that it ends on."""
        return not (self.shot.end and self.shot.end.source_id in self.veiled)

    @property
    def is_live(self) -> bool:
        """Whether it may change by itself."""
        return self.planned.is_going or (self.card is not None and self.card.is_live)

    @property
    def strip(self) -> list[ShotTake]:
        """Its takes that are here, to choose among."""
        return self.planned.ready

    @property
    def waits_for(self) -> str:
        """What it waits for in a run, in words, or nothing."""
        step, before = self.planned.step, self.planned.before
        if step is None or step.stage != RunStep.Stage.WAITING:
            return ""
        return f"Waits for shot {before.number}" if before else "Waits for its turn"

    @property
    def stopped(self) -> str:
        """Why nothing came of the last run of it, while that is of use to know."""
        ended = self.planned.ended
        if self.planned.is_going or ended is None or ended.stage not in _BAD_ENDS:
            return ""
        if self.is_fetching or (self.planned.is_made and not self.planned.is_stale):
            return ""
        return ended.words

    @property
    def is_fetching(self) -> bool:
        """Whether the file of its take is being fetched again."""
        return not self.planned.is_made and self.card is not None and self.card.is_fetching

    @property
    def can_fetch(self) -> bool:
        """Whether it has a take that is paid for, and whose file may be fetched again."""
        return not self.planned.is_made and self.card is not None and self.card.can_fetch

    @property
    def state(self) -> str:
        """Its state in a word or two."""
        planned = self.planned
        if self.waits_for:
            return self.waits_for
        if planned.step or self.is_fetching:
            return self._making
        if planned.is_stale:
            return "Stale"
        if planned.is_made:
            return "Ready"
        if self.stopped:
            return "Stopped"
        return planned.problem if planned.problem == "Not written yet" else "Not made yet"

    @property
    def _making(self) -> str:
        step = self.planned.step
        if step is None or step.count == 1:
            return self.card.headline if self.card else "Being made"
        here = sum(is_ready(take) for take in self.planned.takes if take.step_id == step.pk)
        return f"{here} of {step.count} takes"

    @property
    def tone(self) -> str:
        """The name of its state's colours."""
        words = {"Ready": "ready", "Stale": "stale", "Stopped": "failed"}
        return (
            "dreaming" if self.planned.step or self.is_fetching else words.get(self.state, "quiet")
        )

    @property
    def problem(self) -> str:
        """Why it can't be made as it is written, but for what is only not written yet."""
        words = self.planned.problem
        return "" if words == "Not written yet" else words

    @cached_property
    def offers(self) -> list[Offer]:
        """The buttons that make it, or what follows it too."""
        planned, plan = self.planned, self.plan
        if planned.is_going or planned.problem or self.is_fetching:
            return []
        before = planned.before
        is_first = before is None or before.is_sound or before.is_going
        if planned.is_sound:
            return [self._offer("Another take", "make", [planned])]
        if not is_first:
            return []
        word = "Make again" if planned.is_made else "Make"
        offers = [self._offer(word, "make", [planned], is_strong=planned.is_stale)]
        onward = plan.onward(planned)
        if self.stopped:
            strong = not self.can_fetch  # what is paid for comes first
            return [self._offer("Retry from here", "onward", onward, is_strong=strong)]
        if planned.is_made and len(onward) > 1:
            last = onward[-1].number
            words = f"Make shots {planned.number} to {last} again"
            offers.append(self._offer(words, "onward", onward))
        return offers

    def _offer(
        self, words: str, verb: str, some: Sequence[Planned], *, is_strong: bool = False
    ) -> Offer:
        price_usd = self.plan.price_of(some)
        return Offer(f"{words}, {dollars(price_usd)}", verb, price_usd, is_strong)


class Page:
    """All that the page of a storyboard shows a person, in a fixed number of queries."""

    def __init__(
        self, project: Project, viewer: User, storyboard: Storyboard | None = None
    ) -> None:
        self.project, self.viewer = project, viewer
        self.storyboard = storyboard or Storyboard.of(project)
        self.plan = Plan(project, self.storyboard)
        self.key = uuid4()
        self.most = MOST_SHOTS

    @cached_property
    def shots(self) -> list[ShownShot]:
        """The shots with the takes in their frames."""
        framed = {each.number: take for each in self.plan.shots if (take := _framed(each))}
        keys = [take.generation_id for take in framed.values()]
        takes = with_verdicts(Generation.objects.for_cards()).filter(pk__in=keys).in_bulk()
        ends = [end for it in self.plan.shots for end in (it.shot.start, it.shot.end) if end]
        veiled = veiled_takes([end.source_id for end in ends], self.viewer)
        return [
            ShownShot(
                each,
                self.plan,
                Card(takes[framed[each.number].generation_id]) if each.number in framed else None,
                veiled=veiled,
            )
            for each in self.plan.shots
        ]

    def shot(self, uuid: Any) -> ShownShot | None:
        """Return one of the shots."""
        return next((each for each in self.shots if each.shot.uuid == uuid), None)

    @property
    def may_edit(self) -> bool:
        """Whether the person may change and run it."""
        return may_edit(self.project)

    @property
    def choices(self) -> dict[str, Any]:
        """What can be chosen with the storyboard's model; of models, those that can be ordered."""
        return choices_of(Kind.VIDEO, self.storyboard.model, self.project)

    @property
    def ending(self) -> str:
        """What is to be said of the model of all shots, which will be switched off, or was."""
        return ending_of(self.storyboard.model)

    @property
    def is_gone(self) -> bool:
        """Whether the model of all shots was switched off: another must be chosen."""
        return self.storyboard.model not in models_of(Kind.VIDEO)

    @property
    def counts(self) -> range:
        """How many takes of a shot can be made at once."""
        return range(1, MOST_TAKES + 1)

    @property
    def is_full(self) -> bool:
        """Whether no further shot has room."""
        return len(self.plan.shots) >= MOST_SHOTS

    @property
    def summary(self) -> str:
        """What is left to do, in a few words."""
        plan = self.plan
        said = (
            (len(plan.missing), "to make"),
            (len(plan.held_back), "behind a stale one" if plan.stale else "behind one that isn't"),
            (len(plan.unwritten), "not written yet"),
            (len(plan.stale), "stale"),
        )
        words = ", ".join(f"{count} {what}" for count, what in said if count)
        return words or ("" if plan.going or not plan.shots else "all made")

    @cached_property
    def missing_usd(self) -> Decimal:
        """What Run costs, in dollars."""
        return self.plan.price_of(self.plan.missing)

    @cached_property
    def terms(self) -> Terms:
        """What stands beside Run."""
        takes = sum(each.shot.count for each in self.plan.missing)
        price_usd = self.missing_usd if self.plan.missing else None
        return Terms(self.project, price_usd, takes=takes, prompts=len(self.plan.missing))

    @property
    def run_verb(self) -> str:
        """What Run says."""
        if self.terms.is_over or self.terms.needs_approval:
            return self.terms.verb
        return "Run what's missing"

    @cached_property
    def again(self) -> Offer | None:
        """The button that makes all stale shots again, where there are any."""
        some = self.plan.stale_to_make
        if not some:
            return None
        price_usd = self.plan.price_of(some)
        what = "the stale shot" if len(some) == 1 else f"{len(some)} stale shots"
        return Offer(f"Make {what} again, {dollars(price_usd)}", "again", price_usd)

    @cached_property
    def runs(self) -> list[Run]:
        """The runs that aren't finished."""
        found = {each.step.run_id: each.step.run for each in self.plan.going if each.step}
        return list(found.values())

    @property
    def progress(self) -> str:
        """How far the runs are, in words, or nothing."""
        steps = [each.step for each in self.plan.going if each.step]
        if not steps:
            return ""
        making = sum(step.stage == RunStep.Stage.ORDERED for step in steps)
        waiting = len(steps) - making
        said = [f"{making} being made"] if making else []
        said += [f"{waiting} waiting"] if waiting else []
        return f"Running: {', '.join(said)}"

    @property
    def can_stop(self) -> bool:
        """Whether anything of a run has yet to be ordered."""
        return any(
            each.step.stage == RunStep.Stage.WAITING for each in self.plan.going if each.step
        )

    @property
    def is_live(self) -> bool:
        """Whether something may change by itself."""
        return any(each.is_live for each in self.shots)

    @property
    def can_go_on(self) -> bool:
        """Whether there is a take to put on a timeline."""
        return bool(self.plan.made)


def usual_s(storyboard: Storyboard) -> int:
    """Return the length of a new shot, in seconds: the shortest that its model makes."""
    lengths = choices_of(Kind.VIDEO, storyboard.model)["durations_s"]
    return lengths[0] if lengths else 5


def _framed(planned: Planned) -> ShotTake | None:
    """Return the take that a shot's frame shows: what is being made, else the chosen one."""
    step = planned.step
    if step and step.stage == RunStep.Stage.ORDERED:
        mine = [take for take in planned.takes if take.step_id == step.pk]
        coming = [take for take in mine if not is_ready(take)]
        if coming and not (planned.chosen and planned.chosen.step_id == step.pk):
            return coming[0]
    if planned.chosen:
        return planned.chosen
    bad = [take for take in planned.takes if not is_ready(take)]
    return bad[-1] if bad and planned.ended else None
