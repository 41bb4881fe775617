"""Takes that a person chose on the board, and what can be done with all of them at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from generations.models import Generation
from generations.refusal import Refused
from studio.cards import Card
from studio.marks import with_marks
from studio.models import Project, Role, User

MOST = 500


@dataclass(frozen=True)
class Verb:
    """What can be done with many takes: an entry of the bar.

    `name` is its address's, `fits` says of which takes it can be done. `done` and `why_not`, of
    one and of several, are what a sentence says of the others ("2 of 7 have no file here: they
    can't be downloaded"). A verb that `hides` isn't offered where it fits none.
    """

    name: str
    words: str
    fits: Callable[[Card, User], bool]
    done: str = ""
    why_not: tuple[str, ...] = ()
    role: Role = Role.VIEWER
    hides: bool = False
    is_file: bool = False


VERBS = (
    Verb(
        "favourite_chosen",
        "Favourite",
        lambda card, user: not card.is_favourite,
        hides=True,
    ),
    Verb(
        "unfavourite_chosen",
        "Take the star off",
        lambda card, user: card.is_favourite,
        hides=True,
    ),
    Verb(
        "download_chosen",
        "Download as ZIP",
        lambda card, user: card.is_playable,
        "downloaded",
        ("has no file here", "have no file here"),
        is_file=True,
    ),
)


@dataclass(frozen=True)
class Act:
    """A verb for takes that were chosen: of which it can be done."""

    verb: Verb
    cards: Sequence[Card]
    total: int

    @property
    def words(self) -> str:
        """What its button says: of how many, where not of all."""
        count = len(self.cards)
        return self.verb.words if count in (0, self.total) else f"{self.verb.words} ({count})"

    @property
    def explained(self) -> str:
        """Why it can't be done with all of them, or nothing."""
        others, why = self.total - len(self.cards), self.verb.why_not
        if not others or not why or (self.verb.hides and not self.cards):
            return ""
        if self.total == 1:
            return f"It {why[0]}: it can't be {self.verb.done}."
        if others == self.total:
            return f"All {self.total} {why[1]}: they can't be {self.verb.done}."
        it, are = ("it", why[0]) if others == 1 else ("they", why[1])
        return f"{others} of {self.total} {are}: {it} can't be {self.verb.done}."


class Selection:
    """What a person chose of a project's takes. Raises Refused where that is too much."""

    def __init__(self, project: Project, user: User, chosen: Sequence[str]) -> None:
        self.project = project
        self.user = user
        self._uuids = {uuid for uuid in map(_uuid, chosen) if uuid}
        if len(self._uuids) > MOST:
            raise Refused({"": f"At most {MOST} takes can be chosen at once. Choose fewer."})

    @cached_property
    def cards(self) -> list[Card]:
        """The takes that are still there, the newest first."""
        takes = Generation.objects.for_cards().takes().kept()
        mine = takes.filter(project=self.project, uuid__in=self._uuids)
        found = list(with_marks(mine, self.user).order_by("-take_number")) if self._uuids else []
        for take in found:
            take.project = self.project  # with the person's role
        return [Card(take) for take in found]

    @property
    def missing(self) -> int:
        """How many of them aren't there any more."""
        return len(self._uuids) - len(self.cards)

    @property
    def acts(self) -> list[Act]:
        """What the person may do with them, each with those that it fits."""
        found = [self.act(verb.name) for verb in VERBS if self._may(verb)]
        return [act for act in found if act.cards or not act.verb.hides or not self.cards]

    @property
    def explained(self) -> list[str]:
        """What can't be done with all of them, a sentence each."""
        gone = f"{self.missing} {'is' if self.missing == 1 else 'are'} not there any more."
        return [
            *([gone] if self.missing else []),
            *filter(None, (it.explained for it in self.acts)),
        ]

    def act(self, name: str) -> Act:
        """Return a verb with those of them that it fits."""
        verb = next(verb for verb in VERBS if verb.name == name)
        cards = [card for card in self.cards if verb.fits(card, self.user)]
        return Act(verb, cards, len(self.cards))

    def takes_for(self, name: str) -> list[Generation]:
        """Return those of them that a verb fits. Raises Refused where it fits none."""
        act = self.act(name)
        if not act.cards:
            nothing = "No take was chosen." if not self.cards else act.explained
            raise Refused({"": nothing or "There is nothing to do with them."})
        return [card.generation for card in act.cards]

    def _may(self, verb: Verb) -> bool:
        return Role(self.project.role).includes(verb.role)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
