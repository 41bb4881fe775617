"""A bake-off as one person sees it: pictures without names, in an order of the person's own."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from string import ascii_uppercase

from generations.canvas import FPS
from generations.models import Asset, Generation, State
from studio.access import judges, leads
from studio.models import BakeOff, Ballot, Criterion, Entrant, Mark, Pick, Role, User
from studio.models.bakeoff import LEAST
from studio.models.rubric import HIGHEST, LOWEST
from studio.timecode import frames_in

PIPS = tuple(range(LOWEST, HIGHEST + 1))
_SHOWN = (Asset.Kind.VIDEO, Asset.Kind.IMAGE)
_STANDING = {
    State.REQUESTED: "waiting for approval",
    State.WAITING: "in line",
    State.SUBMITTING: "in line",
    State.UNCONFIRMED: "being looked for",
    State.QUEUED: "dreaming",
    State.DREAMING: "dreaming",
    State.COMPLETED: "being fetched",
}


@dataclass(frozen=True)
class Line:
    """A criterion, and what the person gave an entrant by it."""

    criterion: Criterion
    mine: int | None

    @property
    def pips(self) -> tuple[int, ...]:
        """What can be given."""
        return PIPS


@dataclass(frozen=True)
class Seen:
    """An entrant without its name: a letter, and the lot by which the page's addresses name it."""

    letter: str
    lot: str
    entrant: Entrant
    lines: list[Line]

    @property
    def generation(self) -> Generation:
        """The take."""
        return self.entrant.generation

    @cached_property
    def file(self) -> Asset | None:
        """Its video or picture, where that is here."""
        return self.stored(*_SHOWN)

    @property
    def poster(self) -> Asset | None:
        """Its poster, where that is here."""
        return self.stored(Asset.Kind.POSTER)

    def stored(self, *kinds: str) -> Asset | None:
        """Return its file of one of some kinds, where that is here."""
        files = self.generation.assets.all()
        here = (each for each in files if each.state == Asset.State.STORED)
        return next((each for each in here if each.kind in kinds), None)

    @property
    def is_coming(self) -> bool:
        """Whether it is still being made or fetched."""
        take = self.generation
        fetching = any(
            each.kind in _SHOWN and each.state == Asset.State.PENDING for each in take.assets.all()
        )
        return take.is_unfinished or (take.state == State.COMPLETED and fetching)

    @property
    def is_ready(self) -> bool:
        """Whether it can be looked at and judged."""
        take = self.generation
        return take.state == State.COMPLETED and not take.trashed_at and self.file is not None

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, not a video."""
        return bool(self.generation.prompt.is_picture)

    @property
    def fps(self) -> float:
        """Frames per second of its video."""
        return (self.file and self.file.fps) or FPS

    @property
    def frames_long(self) -> int:
        """How many frames it has."""
        return frames_in(self.file.duration_s if self.file else None, self.fps)

    @property
    def is_scored(self) -> bool:
        """Whether the person gave it something."""
        return any(line.mine is not None for line in self.lines)


@dataclass(frozen=True)
class Pair:
    """Two entrants side by side, and what the person said of them: `better`, or `said` neither."""

    left: Seen
    right: Seen
    said: bool = False
    better: Entrant | None = None

    @property
    def choice(self) -> str:
        """The lot of the better one, `same` for neither, nothing where nothing was said."""
        sides = (self.left, self.right)
        better = next((it.lot for it in sides if it.entrant == self.better), "same")
        return better if self.said else ""


class Blind:
    """A bake-off for one person, of some role in its team."""

    def __init__(self, bakeoff: BakeOff, user: User, role: Role) -> None:
        self.bakeoff = bakeoff
        self.user = user
        self.role = role

    @cached_property
    def ballot(self) -> Ballot | None:
        """What the person has said so far."""
        return Ballot.objects.filter(bakeoff=self.bakeoff, judge=self.user).first()

    @property
    def is_told(self) -> bool:
        """Whether the person may know who is who."""
        return bool(self.bakeoff.closed_at or (self.ballot and self.ballot.done_at))

    @property
    def may_judge(self) -> bool:
        """Whether the person may say what they think, as long as they aren't told."""
        return judges(self.role) and not self.is_told

    @property
    def may_close(self) -> bool:
        """Whether the person may end it for all."""
        return leads(self.role) and not self.bakeoff.closed_at

    @cached_property
    def criteria(self) -> list[Criterion]:
        """What the team scores by."""
        return list(Criterion.objects.filter(team=self.bakeoff.project.team_id).kept())

    @cached_property
    def entrants(self) -> list[Seen]:
        """All of them, as the person's lots fell."""
        rows = self.bakeoff.entrants.select_related(
            "generation__prompt", "generation__account", "generation__project__team"
        ).prefetch_related("generation__assets")
        given = {
            (each.entrant_id, each.criterion_id): each.value
            for each in Mark.objects.filter(ballot=self.ballot)
        }
        drawn = sorted((self.bakeoff.drawn(self.user.pk, each.pk), each) for each in rows)
        return [
            Seen(
                ascii_uppercase[place],
                lot,
                each,
                [Line(it, given.get((each.pk, it.pk))) for it in self.criteria],
            )
            for place, (lot, each) in enumerate(drawn)
        ]

    def named(self, lot: str) -> Seen | None:
        """Return the entrant that an address names for this person."""
        return next((each for each in self.entrants if each.lot == lot), None)

    @property
    def ready(self) -> list[Seen]:
        """Those that can be judged."""
        return [each for each in self.entrants if each.is_ready]

    @property
    def coming(self) -> int:
        """How many are still being made."""
        return sum(each.is_coming for each in self.entrants)

    @property
    def left_out(self) -> int:
        """How many came to nothing."""
        return len(self.entrants) - len(self.ready) - self.coming

    @property
    def standing(self) -> list[tuple[str, int]]:
        """How many are in which state, as a person says it, while some are on their way."""
        coming = (each for each in self.entrants if each.is_coming)
        counts = Counter(_STANDING[State(each.generation.state)] for each in coming)
        return list(counts.items())

    @property
    def is_making(self) -> bool:
        """Whether it has to be waited for before anything is judged."""
        return self.coming > 0 and self.ballot is None

    @property
    def can_be_judged(self) -> bool:
        """Whether there is something to hold against each other."""
        return len(self.ready) >= LEAST

    @cached_property
    def pairs(self) -> list[Pair]:
        """Every two of them, in an order and on sides that lots decided."""
        picks = {(it.one_id, it.other_id): it for it in Pick.objects.filter(ballot=self.ballot)}
        found = []
        for one, other in combinations(sorted(self.ready, key=lambda it: it.entrant.pk), 2):
            lot = self.bakeoff.drawn(self.user.pk, one.entrant.pk, other.entrant.pk)
            pick = picks.get((one.entrant.pk, other.entrant.pk))
            left, right = (one, other) if int(lot[-1], 16) % 2 else (other, one)
            said = Pair(left, right, pick is not None, _better_of(pick, one, other))
            found.append((lot, said))
        return [pair for _, pair in sorted(found, key=lambda each: each[0])]

    @property
    def scored(self) -> int:
        """How many the person has given something."""
        return sum(each.is_scored for each in self.ready)

    @property
    def picked(self) -> int:
        """Of how many pairs the person has said something."""
        return sum(pair.said for pair in self.pairs)

    @property
    def is_judged(self) -> bool:
        """Whether the person has judged all of it: given each something, or decided each pair."""
        if not self.can_be_judged or self.coming:
            return False
        return self.scored == len(self.ready) or self.picked == len(self.pairs)

    @property
    def version(self) -> str:
        """What the page compares to know whether anything has changed; it tells nothing else."""
        said = [(each.lot, each.generation.last_event) for each in self.entrants]
        return hashlib.sha256(f"{self.is_told} {said}".encode()).hexdigest()[:16]


def _better_of(pick: Pick | None, one: Seen, other: Seen) -> Entrant | None:
    better = pick.better_id if pick else None
    return next((it.entrant for it in (one, other) if it.entrant.pk == better), None)
